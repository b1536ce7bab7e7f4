"""The log of a replay: the same events as a real run, under the same numbers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from rayteach.core import events
from rayteach.simulate.program import to_key
from rayteach.trace.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rayteach.core.events import Event, ObjectKey
    from rayteach.core.task import Task
    from rayteach.simulate.program import Job, Program
    from rayteach.trace.views.rows import Rows, TaskRow, WaitRow

_RUN = 1


class Predicted(Recording):
    """A recording of what would have been; labels and lines are the real run's."""

    def __init__(self, found: list[Event], real: Rows, guests: set[int]) -> None:
        """Keep the events; ``real`` are the rows that they were made from."""
        super().__init__(found, 0.0, guests)
        self._real = real

    @cached_property
    def rows(self) -> Rows:
        """The rows of the replay."""
        rows, real = super().rows, self._real
        rows.run.cell, rows.run.source = real.run.cell, real.run.source
        for number, task in rows.tasks.items():
            known = real.tasks[number]
            task.label, task.cell = known.label, known.cell
            task.line, task.source = known.line, known.source
        for key, made in rows.objects.items():
            if key in real.objects:
                made.label = real.objects[key].label
        for number, actor in rows.actors.items():
            if number in real.actors:
                actor.label = real.actors[number].label
        for number, wait in rows.waits.items():
            wait.source, wait.cell = real.waits[number].source, real.waits[number].cell
        return rows


class Notes:
    """Takes down what happens in a replay."""

    def __init__(self, program: Program, nodes: Mapping[str, float]) -> None:
        """Open the log with the nodes, by name, and their CPUs."""
        self._rows = program.rows
        self._jobs = program.jobs
        self._guests: set[int] = set()
        self._functions: dict[str, int] = {}
        self._found: list[Event] = []
        self._add(events.SessionStarted(0.0, 0.0))
        for name, num_cpus in nodes.items():
            self._add(events.NodeAdded(0.0, name, num_cpus))
        run = program.rows.run
        self._add(events.CellRunStarted(0.0, _RUN, "", run.cell, 1, run.source))

    def recording(self) -> Recording:
        """Return all that was taken down."""
        return Predicted(self._found, self._rows, self._guests)

    def _add(self, event: Event) -> None:
        self._found.append(event)

    def requested(
        self, now_s: float, worker: int, node: str, actor: int | None
    ) -> None:
        """A worker was asked for; it starts when its first task does."""
        kind = "pool" if actor is None else "actor"
        self._add(events.WorkerRequested(now_s, worker, node, kind, actor))

    def up(self, now_s: float, worker: int) -> None:
        """The worker answered."""
        self._add(events.WorkerStarted(now_s, worker, 0))

    def submitted(self, now_s: float, job: Job) -> None:
        """A task was submitted."""
        row = job.row
        tail = row.label.rpartition("-")[2]
        number = int(tail) if tail.isdigit() else 0
        keys = [to_key(text) for text in row.inputs]
        inputs = (k for k in keys if k[0] in job.makers or k[0] not in self._jobs)
        self._add(
            events.TaskSubmitted(
                now_s, row.id, self._function(now_s, row.function), number, _RUN,
                row.line, row.parent, tuple(inputs), row.actor, row.kind,
                row.num_returns, row.num_cpus,
            )
        )  # fmt: skip
        self._slots(now_s, row.id)

    def adopted(self, now_s: float, actor: int) -> None:
        """An actor of another run is called."""
        row = self._rows.actors.get(actor)
        name = "Actor" if row is None else row.class_name
        function = self._function(now_s, name)
        self._guests.add(actor)
        self._add(
            events.TaskSubmitted(
                now_s, actor, function, 1, _RUN, 0, None, (), actor, "creation", 1, 0.0
            )
        )
        self._slots(now_s, actor)

    def _function(self, now_s: float, name: str) -> int:
        number = self._functions.get(name)
        if number is None:
            number = self._functions[name] = len(self._functions) + 1
            self._add(events.FunctionDefined(now_s, number, name))
        return number

    def _slots(self, now_s: float, actor: int) -> None:
        row = self._rows.actors.get(actor)
        if row is not None and row.max_concurrency > 1:
            self._add(events.SlotsGiven(now_s, actor, row.max_concurrency))

    def ready(self, now_s: float, task: int) -> None:
        """The last input of a task came to exist."""
        self._add(events.TaskReady(now_s, task))

    def started(self, now_s: float, task: int, worker: int) -> None:
        """A task began."""
        self._add(events.TaskStarted(now_s, task, 0, worker))

    def blocked(self, now_s: float, task: int) -> None:
        """A task waits and lends its CPU."""
        self._add(events.TaskBlocked(now_s, task))

    def resumed(self, now_s: float, task: int) -> None:
        """A task has its CPU again."""
        self._add(events.TaskResumed(now_s, task))

    def finished(
        self, now_s: float, row: TaskRow, worker: int, start_s: float, end_s: float
    ) -> None:
        """A task came to its end, the one that it had in the run."""
        if row.end == "failed":
            error, _, message = row.error.partition(": ")
            self._add(
                events.TaskFailed(
                    now_s, row.id, 0, worker, start_s, end_s, error, message,
                    row.error_line,
                )
            )  # fmt: skip
            return
        made = self._rows.objects.get(f"{row.id}.0")
        size = (made and made.size_bytes) or 0
        self._add(events.TaskFinished(now_s, row.id, 0, worker, start_s, end_s, size))
        if row.kind == "creation":
            self._add(events.ActorStarted(now_s, row.id, worker))

    def results(self, now_s: float, row: TaskRow, node: str) -> None:
        """The results of a task exist; only those in shared memory are told."""
        for index in range(row.num_returns if row.kind != "creation" else 0):
            made = self._rows.objects.get(f"{row.id}.{index}")
            if made is not None and made.shared:
                self.created(now_s, (row.id, index), node)

    def placed(self, now_s: float, task: int, node: str, reason: str) -> None:
        """A task got its node."""
        self._add(events.TaskPlaced(now_s, task, node, reason))

    def copied(
        self,
        now_s: float,
        key: ObjectKey,
        source: str,
        target: str,
        size_bytes: int,
        start_s: float,
    ) -> None:
        """A value has come to another node."""
        self._add(
            events.ObjectCopied(now_s, key, source, target, size_bytes, start_s, now_s)
        )

    def put(self, now_s: float, number: int, node: str, task: Task | None) -> None:
        """A value was put."""
        made = self._rows.objects[f"{number}.0"]
        tail = made.label.rpartition("-")[2]
        parent = None if task is None else task.number
        self._add(
            events.ObjectPut(now_s, (number, 0), int(tail), _RUN, made.line, parent)
        )
        self.created(now_s, (number, 0), node)

    def created(self, now_s: float, key: ObjectKey, node: str) -> None:
        """A value exists on a node."""
        made = self._rows.objects[f"{key[0]}.{key[1]}"]
        self._add(
            events.ObjectCreated(now_s, key, made.size_bytes or 0, made.shared, node)
        )

    def wait_started(self, now_s: float, row: WaitRow, task: int | None) -> None:
        """``get`` or ``wait`` was called."""
        self._add(
            events.WaitStarted(
                now_s, row.id, row.kind, task, _RUN, row.line,
                tuple(to_key(text) for text in row.objects),
                row.num_returns, row.timeout_s, row.unit,
            )
        )  # fmt: skip

    def returned(
        self, now_s: float, wait: int, ready: tuple[int, ...], reason: str
    ) -> None:
        """``get`` or ``wait`` came back."""
        self._add(events.WaitReturned(now_s, wait, ready, reason))
