"""The workers of a replay: they take what the scheduler posts, in no real time.

    scheduler ── decisions ──► Workers ── a task begins ──► the replay runs it

Readers take from the node's queue, first in, first out unless a policy says else;
PARK requests keep their place in it, and come first with a policy. An actor's
process takes its calls in order, one at a time, or as many at once as it has slots.
Before a task or a call goes to its worker, its large inputs are brought there.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Protocol

from rayteach.core.decisions import (
    Deliver,
    Dispatch,
    Park,
    Place,
    Post,
    Resume,
    StartWorker,
    Unpark,
)
from rayteach.core.task import CALL, Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.decisions import Decision
    from rayteach.core.scheduler import Scheduler
    from rayteach.simulate.program import Costs

_READING, _PARKED, _ACTOR = "reading", "parked", "actor"


class Clock:
    """Virtual time: actions in order of their time, then of their making."""

    def __init__(self) -> None:
        """Start at 0."""
        self.now_s = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something later."""
        due_s = self.now_s + max(0.0, seconds)
        heapq.heappush(self._due, (due_s, next(self._numbers), action))

    def step(self) -> bool:
        """Do the next action; False if there is none."""
        if not self._due:
            return False
        self.now_s, _, action = heapq.heappop(self._due)
        action()
        return True


@dataclass(slots=True)
class _Worker:
    number: int
    mode: str
    node: str
    #: the actor whose process it is
    actor: int | None = None
    #: what it runs now
    running: dict[int, Task] = field(default_factory=dict)
    #: True if it had a task before this moment and went straight on
    is_warm: bool = False
    #: calls that were sent to the process and have not begun
    inbox: deque[Task] = field(default_factory=deque)
    #: what was decided for it; the first one's inputs are on their way
    box: deque[Task] = field(default_factory=deque)


class Host(Protocol):
    """Whoever runs what workers begin."""

    def requested(self, worker: int, node: str, actor: int | None) -> float:
        """A worker was asked for; return how long its start takes, in seconds."""

    def up(self, worker: int) -> None:
        """The worker answered."""

    def begin(self, task: Task, worker: int) -> None:
        """The worker begins with the task."""

    def resumed(self, task: Task) -> None:
        """A blocked task has a CPU again."""

    def placed(self, task: Task, node: str, reason: str) -> None:
        """The task got its node."""

    def bring(self, task: Task, node: str, then: Callable[[], None]) -> None:
        """Call ``then`` when the inputs of the task are on the node."""


class Workers:
    """All processes, and the queue that readers take from where there is one node."""

    def __init__(
        self,
        scheduler: Scheduler,
        clock: Clock,
        costs: Costs,
        host: Host,
    ) -> None:
        """Start without workers.

        Args:
            scheduler: it is told what workers do.
            clock: the virtual time.
            costs: what starting and handing over take.
            host: told what happens.
        """
        self._scheduler, self._clock, self._costs = scheduler, clock, costs
        self._host = host
        self._workers: dict[int, _Worker] = {}
        #: tasks, and None for a request to park
        self._queue: deque[Task | None] = deque()
        self._idle: deque[_Worker] = deque()
        #: what a policy puts first, None for first in, first out
        self.first: Callable[[Task], float] | None = None
        #: the tasks of the queue in that order; the queue then holds parks only
        self._ordered: list[tuple[float, int, Task]] = []

    def settle(self) -> None:
        """Carry out all that the scheduler has decided."""
        while decisions := self._scheduler.decide():
            for decision in decisions:
                self._carry_out(decision)
            self._feed()

    def _carry_out(self, decision: Decision) -> None:
        if isinstance(decision, StartWorker):
            self._start(decision)
        elif isinstance(decision, Post):
            self._post(decision.tasks)
        elif isinstance(decision, Park):
            self._queue.extend([None] * decision.count)
        elif isinstance(decision, Unpark):
            worker = self._workers[decision.worker]
            worker.mode = _READING
            self._idle.append(worker)
        elif isinstance(decision, Dispatch):
            self._send(self._workers[decision.worker], [decision.task])
        elif isinstance(decision, Deliver):
            number = self._scheduler.actors[decision.actor].worker
            self._send(self._workers[number], decision.tasks)
        elif isinstance(decision, Place):
            self._host.placed(decision.task, decision.node, decision.reason)
        elif isinstance(decision, Resume):
            self._host.resumed(decision.task)

    def _send(self, worker: _Worker, tasks: list[Task]) -> None:
        """Let a worker have tasks or calls, behind what it was sent before."""
        is_idle = not worker.box
        worker.box.extend(tasks)
        if is_idle:
            self._advance(worker)

    def _advance(self, worker: _Worker) -> None:
        if worker.box:
            task = worker.box[0]
            self._host.bring(task, worker.node, lambda: self._arrived(worker))

    def _arrived(self, worker: _Worker) -> None:
        """All that the first in the box needs is there."""
        task = worker.box.popleft()
        if task.kind == CALL:
            worker.inbox.append(task)
            self._work_off(worker)
        else:
            self._run(worker, task)
        self._advance(worker)

    def node_of(self, worker: int) -> str:
        """Return the node of a worker."""
        return self._workers[worker].node

    def _start(self, decision: StartWorker) -> None:
        mode = _PARKED if decision.parked else _READING
        mode = mode if decision.actor is None else _ACTOR
        worker = _Worker(decision.worker, mode, decision.node, decision.actor)
        self._workers[worker.number] = worker
        start_s = self._host.requested(worker.number, worker.node, worker.actor)
        self._clock.after(start_s, lambda: self._started(worker))

    def _started(self, worker: _Worker) -> None:
        self._host.up(worker.number)
        self._scheduler.worker_started(worker.number)
        if worker.mode == _READING:
            self._idle.append(worker)
        self.settle()
        self._feed()

    def _feed(self) -> None:
        """Let idle readers take from the queue."""
        while self._idle and (self._queue or self._ordered):
            worker = self._idle.popleft()
            task = self._take()
            if task is None:
                worker.mode = _PARKED
                self._scheduler.worker_parked(worker.number)
            else:
                self._run(worker, task)

    def _post(self, tasks: list[Task]) -> None:
        if self.first is None:
            self._queue.extend(tasks)
            return
        for task in tasks:
            heapq.heappush(self._ordered, (self.first(task), task.number, task))

    def _take(self) -> Task | None:
        if self._queue:
            return self._queue.popleft()
        return heapq.heappop(self._ordered)[2]

    def _run(self, worker: _Worker, task: Task) -> None:
        worker.running[task.number] = task
        if task.kind == CALL:
            cost_s = 0.0
        else:
            cost_s = self._costs.next_s if worker.is_warm else self._costs.wake_s
        worker.is_warm = False
        self._clock.after(cost_s, lambda: self._host.begin(task, worker.number))

    def ended(self, task: Task, number: int) -> None:
        """The function of a task has returned: its worker looks for the next."""
        worker = self._workers[number]
        del worker.running[task.number]
        if worker.mode == _READING:
            worker.is_warm = True
            self._idle.appendleft(worker)
            self._feed()
            worker.is_warm = False
            self.settle()
        elif worker.mode == _ACTOR:
            self._work_off(worker)

    def _work_off(self, worker: _Worker) -> None:
        """Begin the calls of an actor that can begin."""
        slots = max(1, self._scheduler.actors[worker.actor or 0].slots)
        while worker.inbox and len(worker.running) < slots:
            self._run(worker, worker.inbox.popleft())
