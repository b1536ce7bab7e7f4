"""The driver's book: what is told of tasks becomes the events of the log.

The driver tells of its own submissions and waits at once; workers tell through the
recorder, a little later. All methods are called under the engine's lock; their first
argument is a time of the driver's clock.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from rayteach.core import events
from rayteach.core.task import CALL, CREATION, TASK
from rayteach.engines.ray.lives import Lives
from rayteach.engines.ray.spec import SHARED_BYTES, Ended
from rayteach.engines.ray.work import ActorFacts, Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rayteach.engines.outputs import Outputs
    from rayteach.engines.ray.spec import Submission
    from rayteach.trace.log import EventLog

_EARLY = 10_000
"""Reports of tasks that nobody has told of yet: so many numbers are kept."""


class _Owner(NamedTuple):
    """Whose a print is."""

    label: str
    run: int


class Book(Lives):
    """See the module."""

    def __init__(self, log: EventLog, outputs: Outputs) -> None:
        """Start empty."""
        super().__init__(log)
        self._outputs = outputs
        self._early: dict[int, list[tuple[str, Any]]] = {}
        self._waits = count(1)
        self._wait_numbers: dict[Any, int] = {}

    # Told by whoever submits.

    def defined(
        self, time_s: float, number: int, name: str, where: str, line: int
    ) -> None:
        """A function got its number."""
        if number not in self._functions:
            self._functions.add(number)
            self.log.append(events.FunctionDefined(time_s, number, name, where, line))

    def submitted(
        self, time_s: float, entry: Submission, ids: Sequence[Any] = ()
    ) -> None:
        """``.remote()`` was called."""
        self._log_submission(time_s, entry)
        work = self.works[entry.number] = Work(entry, ids)
        if entry.kind == CREATION:
            self.actors[entry.number] = ActorFacts(entry, ids[0] if ids else None)
            if entry.life[1]:
                self.log.append(events.SlotsGiven(time_s, entry.number, entry.life[1]))
        failed = None
        for number, _ in entry.inputs:
            producer = self.works.get(number)
            if producer is not None:
                producer.dependents.append(work)
                work.missing += 1
            elif number in self.failed:
                failed = number
        if failed is not None:
            self.unrunnable(time_s, work, failed, self.failed[failed])
        for name, arguments in self._early.pop(entry.number, ()):
            getattr(self, name)(*arguments)

    def _log_submission(self, time_s: float, entry: Submission) -> None:
        plain = entry.is_plain and entry.parent is None
        head = (entry.number, entry.function, entry.count, entry.run, entry.line)
        if plain and entry.kind == TASK:
            self.log.submitted(time_s, *head, entry.inputs)
        elif plain and entry.kind == CALL and entry.actor is not None:
            self.log.called(time_s, *head, entry.actor, entry.inputs)
        else:
            self.log.append(
                events.TaskSubmitted(
                    time_s, *head, entry.parent, entry.inputs, entry.actor, entry.kind,
                    entry.num_returns, entry.num_cpus, entry.name,
                )
            )  # fmt: skip

    def was_put(
        self,
        time_s: float,
        number: int,
        count_: int,
        run: int,
        line: int,
        parent: int | None,
        size: int,
        node: str,
    ) -> None:
        """``put`` was called."""
        key, shared = (number, 0), size > SHARED_BYTES
        self.log.append(events.ObjectPut(time_s, key, count_, run, line, parent))
        name = self.nodes.name(node)
        self.log.append(events.ObjectCreated(time_s, key, size, shared, name))

    def was_cancelled(self, time_s: float, number: int, reason: str = "cancel") -> None:
        """``cancel`` was called."""
        work = self.works.get(number)
        if work is not None and work.cancelled is None:
            work.cancelled, work.reason = time_s, reason

    def was_killed(self, _time_s: float, number: int) -> None:
        """``kill`` was called."""
        facts = self.actors.get(number)
        if facts is not None and not facts.is_dead:
            facts.is_left, facts.reason = True, "killed"
            facts.text = f"{facts.label} was killed with kill()"
            self.dying.add(number)

    # Told by workers.

    def _work(self, number: int, name: str, *arguments: Any) -> Work | None:
        """Return the task, or keep the report until its submission is told."""
        work = self.works.get(number)
        is_early = work is None and number not in self.seen(number)
        if is_early and len(self._early) < _EARLY:
            self._early.setdefault(number, []).append((name, arguments))
        return work

    def begun(self, time_s: float, number: int, worker: int) -> None:
        """An attempt runs."""
        work = self._work(number, "begun", time_s, number, worker)
        if work is None:
            return
        self._next_attempt(time_s, work)
        work.worker, work.start_s = worker, time_s
        self.log.append(events.TaskStarted(time_s, number, work.attempt, worker))
        self.running(time_s, work)

    def _next_attempt(self, time_s: float, work: Work) -> None:
        """An attempt that was running has come to nothing."""
        if work.worker:
            self.lost(time_s, work, "its worker died")

    def ended(self, time_s: float, how: Ended) -> None:
        """An attempt came to its end."""
        work = self._work(how.number, "ended", time_s, how)
        if work is None:
            return
        if work.worker not in (0, how.worker):
            self._next_attempt(time_s, work)
        work.worker, work.start_s = how.worker, how.start_s
        if how.error:
            self._raised(time_s, work, how)
        else:
            self._done(time_s, work, how)

    def _done(self, time_s: float, work: Work, how: Ended) -> None:
        number, sizes = how.number, how.sizes
        if work.cancelled is not None and work.entry.kind == CALL:
            self.call_off(time_s, work)  # it went on to its end, its value is dropped
            return
        self.log.finished(
            time_s, number, work.attempt, how.worker, how.start_s, how.end_s, sum(sizes)
        )
        for index, size in enumerate(sizes):
            if size > SHARED_BYTES:
                key = (number, index)
                node = self.node_of(how.worker)
                self.log.append(
                    events.ObjectCreated(time_s, key, size, True, node)  # noqa: FBT003
                )
                self.shared.add(key)
        if work.entry.kind == CREATION:
            self.running(time_s, work)
            self.log.append(events.ActorStarted(time_s, number, how.worker))
        self.over(time_s, work)

    def _raised(self, time_s: float, work: Work, how: Ended) -> None:
        retries = work.entry.retries
        if how.is_retried and (retries < 0 or work.attempt < retries):
            self.lost(time_s, work, f"raised {how.error}: {how.message}", how.end_s)
            return
        if how.error == "TaskCancelledError" and work.cancelled is not None:
            self.call_off(time_s, work)
            return
        self.log.append(
            events.TaskFailed(
                time_s, how.number, work.attempt, how.worker, how.start_s, how.end_s,
                how.error, how.message, how.line,
            )
        )  # fmt: skip
        self.gone(time_s, work, how.error)
        actor = work.entry.actor
        if work.entry.kind == CREATION:
            text = (
                f"{work.entry.label} died: its constructor raised {how.error}: "
                f"{how.message}"
            )
            self.actor_died(time_s, how.number, "its constructor failed", text)
        elif how.message == "exit_actor" and actor is not None:
            label = self.label_of(actor)
            text = f"{label} ended itself with exit_actor() in {work.entry.label}"
            self.actor_died(time_s, actor, "exit_actor", text)

    def cancelled(self, time_s: float, how: Ended) -> None:
        """A running attempt was interrupted."""
        work = self._work(how.number, "cancelled", time_s, how)
        if work is not None:
            if work.worker == 0:
                self.log.append(
                    events.TaskStarted(
                        how.start_s, how.number, work.attempt, how.worker
                    )
                )
            self.call_off(time_s, work)

    def yielded(self, time_s: float, number: int, index: int, size: int) -> None:
        """A generator task has yielded an item."""
        work = self._work(number, "yielded", time_s, number, index, size)
        if work is not None:
            key, node = (number, index), self.node_of(work.worker)
            shared = size > SHARED_BYTES
            self.log.append(events.ObjectCreated(time_s, key, size, shared, node))

    def printed(
        self,
        _time_s: float,
        number: int,
        label: str,
        run: int,
        worker: int,
        stream: str,
        text: str,
    ) -> None:
        """A task has printed whole lines."""
        owner: Any = _Owner(label, run) if label else None
        self._outputs.add(worker, number, owner, stream, text)

    # Waits.

    def wait_began(
        self,
        time_s: float,
        wait: Any,
        kind: str,
        task: int | None,
        run: int,
        line: int,
        keys: Sequence[events.ObjectKey],
        num_returns: int,
        timeout_s: float | None,
        unit: str,
        blocks: bool = False,
    ) -> int:
        """``get`` or ``wait`` was called; return the number of the wait."""
        number = next(self._waits)
        if task is None:
            self.log.wait_began(
                time_s, number, kind, run, line, keys, num_returns, timeout_s, unit
            )
            return number
        self._wait_numbers[wait] = number
        self.log.append(
            events.WaitStarted(
                time_s, number, kind, task, run, line, tuple(keys), num_returns,
                timeout_s, unit,
            )
        )  # fmt: skip
        if blocks:
            self.log.append(events.TaskBlocked(time_s, task))
        return number

    def wait_ended(
        self,
        time_s: float,
        wait: Any,
        ready: Sequence[int],
        reason: str,
        task: int | None = None,
        blocks: bool = False,
        keys: Sequence[events.ObjectKey] = (),
    ) -> None:
        """The call came back; ``keys`` are those of what was ready."""
        if task is not None:
            wait = self._wait_numbers.pop(wait, 0)
        self.log.wait_ended(time_s, wait, tuple(ready), reason)
        if blocks and task is not None:
            self.log.append(events.TaskResumed(time_s, task))
        for number, _ in keys:
            work = self.works.get(number)
            if work is not None:
                work.is_known = True
