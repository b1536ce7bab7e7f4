"""Run a program again through the scheduler of ``core``, on a virtual clock.

    program ──► driver and tasks take their steps ──► Scheduler ──► Workers
                        └──────────── events ────────────┘──► Prediction.recording

No process and no real time: what comes out is a recording like any other, so
views and questions read it as they read a run.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rayteach.core import states
from rayteach.core.scheduler import Scheduler
from rayteach.core.task import CREATION, Task
from rayteach.core.wait import choose
from rayteach.errors import RayteachError
from rayteach.simulate.cluster import Cluster, add_nodes
from rayteach.simulate.copies import Copies
from rayteach.simulate.notes import Notes
from rayteach.simulate.program import END, ITEM, PUT, SUBMIT, WAIT, to_key
from rayteach.simulate.workers import Clock, Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.events import ObjectKey
    from rayteach.simulate.program import Program, Step
    from rayteach.trace.recording import Recording
    from rayteach.trace.views.rows import WaitRow


class _Function:
    """All that the scheduler asks of one: so short that none is held back."""

    mean_s = 1e-9


@dataclass(slots=True, eq=False)
class _Agent:
    """The driver, or a task that runs."""

    steps: tuple[Step, ...]
    task: Task | None = None
    worker: int = 0
    start_s: float = 0.0
    at: int = 0


@dataclass(slots=True, eq=False)
class _Waiting:
    """An agent inside ``get`` or ``wait``."""

    row: WaitRow
    agent: _Agent
    keys: list[ObjectKey] = field(default_factory=list)
    #: how many more must be ready
    missing: int = 0
    is_over: bool = False
    is_blocked: bool = False
    #: why it comes back
    reason: str = "enough ready"


class Replay:
    """One run of a program on some machines."""

    def __init__(
        self,
        program: Program,
        machines: Cluster,
        first: Callable[[Task], float] | None = None,
    ) -> None:
        """Be ready to :meth:`run`; ``first`` is a policy's order of the queue."""
        self._program = program
        self._machines = machines
        self._home = next(iter(machines.nodes))
        self._clock = Clock()
        self._scheduler = Scheduler()
        self._workers = Workers(self._scheduler, self._clock, program.costs, self)
        self._workers.first = first
        self._notes = Notes(program, machines.nodes)
        self._copies = Copies(machines, self._clock, self._notes, program.rows)
        add_nodes(self._scheduler, machines, program.rows, self._bytes_of, first)
        self._tasks: dict[int, Task] = {}
        self._ready: set[ObjectKey] = set()
        #: results that nobody of this program makes
        self._given = self._objects_from_outside()
        #: items of generators for which somebody waits
        self._items = self._items_waited_for()
        self._watchers: dict[ObjectKey, list[_Waiting]] = defaultdict(list)
        #: blocked tasks, by number
        self._blocked: dict[int, _Waiting] = {}
        #: agents that pass on the result of a task that is not submitted yet
        self._stalled: dict[int, list[_Agent]] = defaultdict(list)

    def run(self) -> Recording:
        """Return what would have happened.

        Raises:
            RayteachError: the program never ends on so few CPUs.
        """
        driver = _Agent(self._program.driver)
        self._advance(driver)
        while self._clock.step():
            pass
        left = [
            job.row.label
            for number, job in self._program.jobs.items()
            if number not in self._tasks
            or self._tasks[number].state not in states.END_STATES
        ]
        if left or driver.at < len(driver.steps):
            what = left[0] if left else "the driver"
            raise RayteachError(
                f"on {self._machines.words} this program never ends: {what} waits for"
                " ever; ask for more CPUs"
            )
        return self._notes.recording()

    # Agents.

    def _advance(self, agent: _Agent) -> None:
        """Let an agent work up to its next step."""
        step = agent.steps[agent.at]
        self._clock.after(step.busy_s, lambda: self._do(agent, step))

    def _do(self, agent: _Agent, step: Step) -> None:
        if step.kind == SUBMIT and not self._submit(agent, step):
            return
        agent.at += 1
        if step.kind == WAIT:
            self._wait(agent, step)
            return
        if step.kind == END:
            self._end(agent)
            return
        if step.kind == PUT and step.number:
            node = self._node_of(agent)
            self._notes.put(self._clock.now_s, step.number, node, agent.task)
            self._settle_object((step.number, 0), node)
        elif step.kind == ITEM:
            node, key = self._node_of(agent), (step.number, step.index)
            self._notes.created(self._clock.now_s, key, node)
            self._settle_object(key, node)
        self._advance(agent)

    def _submit(self, agent: _Agent, step: Step) -> bool:
        """Submit a task; False if what it takes must be submitted first."""
        job = self._program.jobs[step.number]
        row = job.row
        needed = [*job.makers]
        if row.kind == "call" and row.actor in self._program.jobs:
            needed.append(row.actor or 0)
        missing = [number for number in needed if number not in self._tasks]
        if missing:
            self._stalled[missing[0]].append(agent)
            return False
        if row.kind == "call" and row.actor not in self._tasks:
            self._adopt(row.actor or 0)
        task = Task(
            row.id, _Function, kind=row.kind, run=1, parent=row.parent,
            actor=row.actor, num_cpus=row.num_cpus,
        )  # fmt: skip
        self._tasks[row.id] = task
        self._notes.submitted(self._clock.now_s, job)
        makers = [self._tasks[number] for number in job.makers]
        unfinished = [one for one in makers if one.state not in states.END_STATES]
        self._scheduler.submit(task, unfinished)
        self._give_slots(row.id, row.kind)
        self._settle()
        for other in self._stalled.pop(row.id, ()):
            self._do(other, other.steps[other.at])
        return True

    def _adopt(self, actor: int) -> None:
        """Bring in an actor that another run made: it is alive, and costs nothing."""
        self._notes.adopted(self._clock.now_s, actor)
        creation = Task(actor, _Function, kind=CREATION, actor=actor, num_cpus=0.0)
        self._tasks[actor] = creation
        self._scheduler.submit(creation)
        self._give_slots(actor, CREATION)
        self._settle()

    def _give_slots(self, number: int, kind: str) -> None:
        row = self._program.rows.actors.get(number)
        if kind == CREATION and row is not None and row.max_concurrency > 1:
            self._scheduler.actors[number].slots = row.max_concurrency

    # Tasks.

    def begin(self, task: Task, worker: int) -> None:
        """A worker begins with a task."""
        now_s = self._clock.now_s
        self._scheduler.start(task, worker)
        job = self._program.jobs.get(task.number)
        if job is None:  # an adopted actor
            self._finish(_Agent((), task, worker, now_s))
            return
        self._notes.started(now_s, task.number, worker)
        self._advance(_Agent(job.steps, task, worker, now_s))

    def _end(self, agent: _Agent) -> None:
        """A task's function has returned, or the driver has come to its end."""
        if agent.task is not None:
            report_s = self._program.costs.report_s
            end_s = self._clock.now_s
            self._clock.after(report_s, lambda: self._finish(agent, end_s))
            self._workers.ended(agent.task, agent.worker)

    def _finish(self, agent: _Agent, end_s: float | None = None) -> None:
        """The driver learns that a task has ended."""
        task = agent.task
        if task is None:
            return
        job = self._program.jobs.get(task.number)
        if job is None:
            self._workers.ended(task, agent.worker)
        else:
            self._notes.finished(
                self._clock.now_s, job.row, agent.worker, agent.start_s, end_s or 0.0
            )
        node = self._node_of(agent)
        for index in range(0 if job is None else job.row.num_returns):
            self._copies.made((task.number, index), node)
        self._scheduler.finish(task)
        self._settle()
        if job is not None and task.kind != CREATION:
            self._notes.results(self._clock.now_s, job.row, node)
            for index in range(job.row.num_returns):
                self._settle_object((task.number, index), node)
            for key in self._items.get(task.number, ()):  # a generator has ended
                self._settle_object(key, node)

    def _settle(self) -> None:
        """Carry out decisions; note which tasks have all their inputs."""
        self._workers.settle()
        ready, self._scheduler.became_ready = self._scheduler.became_ready, []
        for task in ready:
            self._notes.ready(self._clock.now_s, task.number)

    def requested(self, worker: int, node: str, actor: int | None) -> float:
        """A worker was asked for; return how long its start takes, in seconds."""
        self._notes.requested(self._clock.now_s, worker, node, actor)
        if actor is None:
            return self._program.costs.worker_s
        return self._program.costs.actor_s if actor in self._program.jobs else 0.0

    def up(self, worker: int) -> None:
        """The worker answered."""
        self._notes.up(self._clock.now_s, worker)

    # Places.

    def placed(self, task: Task, node: str, reason: str) -> None:
        """A task got its node."""
        self._notes.placed(self._clock.now_s, task.number, node, reason)

    def bring(self, task: Task, node: str, then: Callable[[], None]) -> None:
        """Call ``then`` when the large inputs of a task are on its node."""
        self._copies.bring(self._inputs(task), node, then)

    def _bytes_of(self, task: Task) -> dict[str, int]:
        return self._copies.bytes_on(self._inputs(task))

    def _inputs(self, task: Task) -> list[ObjectKey]:
        job = self._program.jobs.get(task.number)
        return [] if job is None else [to_key(text) for text in job.row.inputs]

    def _node_of(self, agent: _Agent) -> str:
        return self._workers.node_of(agent.worker) if agent.worker else self._home

    # Waits.

    def _wait(self, agent: _Agent, step: Step) -> None:
        row = self._program.rows.waits[step.number]
        waiting = _Waiting(row, agent, [to_key(text) for text in row.objects])
        if row.reason != "timeout":
            waiting.reason = row.reason
        number = None if agent.task is None else agent.task.number
        self._notes.wait_started(self._clock.now_s, row, number)
        waiting.missing = self._missing(waiting)
        if waiting.missing <= 0 and not self._far(waiting):
            self._return(waiting)
            return
        for key in waiting.keys:
            if not self._is_ready(key):
                self._watchers[key].append(waiting)
        if row.timeout_s is not None:
            self._clock.after(row.timeout_s, lambda: self._time_out(waiting))
        if agent.task is not None:
            waiting.is_blocked = True
            self._blocked[agent.task.number] = waiting
            self._notes.blocked(self._clock.now_s, agent.task.number)
            self._scheduler.block(agent.task, agent.worker)
            self._settle()
        if waiting.missing <= 0:
            self._fetch(waiting)

    def _far(self, waiting: _Waiting) -> list[ObjectKey]:
        """Return what a ``get`` must have copied to its node."""
        keys = waiting.keys if waiting.row.kind == "get" else []
        return self._copies.far(keys, self._node_of(waiting.agent))

    def _fetch(self, waiting: _Waiting) -> None:
        """Bring what a ``get`` returns to its caller's node, then wake the caller."""

        def wake() -> None:
            if not waiting.is_over:
                self._wake(waiting)

        self._copies.bring(self._far(waiting), self._node_of(waiting.agent), wake)

    def _is_ready(self, key: ObjectKey) -> bool:
        return key in self._ready or key in self._given

    def _missing(self, waiting: _Waiting) -> int:
        """Return how many objects must come to exist before it comes back."""
        wanted = waiting.row.num_returns
        if waiting.row.reason in ("failed", "interrupted"):
            ready = sum(how == "ready" for how in waiting.row.outcome)
            wanted = min(wanted, ready)
        return wanted - sum(map(self._is_ready, waiting.keys))

    def _settle_object(self, key: ObjectKey, node: str) -> None:
        if key in self._ready:
            return
        self._ready.add(key)
        self._copies.made(key, node)
        for waiting in self._watchers.pop(key, ()):
            waiting.missing -= 1
            if not waiting.is_over and waiting.missing <= 0:
                self._fetch(waiting)

    def _time_out(self, waiting: _Waiting) -> None:
        if not waiting.is_over:
            waiting.reason = "timeout"
            self._wake(waiting)

    def _wake(self, waiting: _Waiting) -> None:
        waiting.is_over = True
        task = waiting.agent.task
        if not waiting.is_blocked or task is None:
            self._return(waiting)
            return
        self._scheduler.unblock(task)
        self._settle()

    def resumed(self, task: Task) -> None:
        """A blocked task has a CPU again."""
        waiting = self._blocked.pop(task.number)
        self._notes.resumed(self._clock.now_s, task.number)
        self._return(waiting)

    def _return(self, waiting: _Waiting) -> None:
        waiting.is_over = True
        own_s = self._program.wait_s.get(waiting.row.id, 0.0)
        self._clock.after(own_s, lambda: self._returned(waiting))

    def _returned(self, waiting: _Waiting) -> None:
        is_ready = [self._is_ready(key) for key in waiting.keys]
        most = len(is_ready) if waiting.row.kind == "get" else waiting.row.num_returns
        chosen = choose(is_ready, most)
        self._notes.returned(
            self._clock.now_s, waiting.row.id, tuple(chosen), waiting.reason
        )
        self._advance(waiting.agent)

    def _objects_from_outside(self) -> set[ObjectKey]:
        """Return what is waited for, and is made by nothing that is replayed."""
        program = self._program
        own = [program.driver, *(job.steps for job in program.jobs.values())]
        put = {s.number for steps in own for s in steps if s.kind == PUT}
        wanted = self._waited_for()
        return {k for k in wanted if k[0] not in put and k[0] not in program.jobs}

    def _items_waited_for(self) -> dict[int, list[ObjectKey]]:
        found: dict[int, list[ObjectKey]] = defaultdict(list)
        for key in self._waited_for():
            job = self._program.jobs.get(key[0])
            if job is not None and key[1] >= job.row.num_returns:
                found[key[0]].append(key)
        return found

    def _waited_for(self) -> set[ObjectKey]:
        waits = self._program.rows.waits.values()
        return {to_key(text) for wait in waits for text in wait.objects}
