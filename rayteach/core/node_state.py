"""One node as the scheduler sees it: its CPUs, its queue, its workers.

A *reader* is a worker that takes tasks from the node's queue; it claims one CPU
whether it runs or idles. A *parked* worker claims none and waits on its own
line. A PARK request travels through the queue like a task, so that whoever
takes it leaves the queue exactly where the request stood in line:

* plain tasks (one CPU, nothing else) are posted to the queue: any reader takes
  them, in order, without asking the driver;
* everything else (other CPU counts, custom resources, blocked tasks that want
  their CPU back) needs CPUs of its own: the node asks readers to park until
  enough are free, then dispatches by direct line.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from rayteach.core import states
from rayteach.core.decisions import (
    Decision,
    Dispatch,
    Park,
    Post,
    Resume,
    StartWorker,
    Unpark,
)
from rayteach.core.recall import Recall
from rayteach.core.task import CREATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.task import Task

READER, PARKED, DIRECT, AWAY, ACTOR = "reader", "parked", "direct", "away", "actor"
"""Roles: AWAY is a reader whose task is blocked; DIRECT runs one by direct line."""
LEAVING = "leaving"
"""The role of a worker that was told to end, since nobody needs it."""

AHEAD_S = 0.08
"""How much work may lie in a node's queue per CPU: enough for a busy driver."""
AHEAD_MIN, AHEAD_MAX = 16, 2048
"""…but never fewer or more tasks than this per CPU."""
ALONE = 16
"""After so many tasks that came one at a time a spare reader is let go."""
EPSILON = 1e-9


class NodeState:
    """CPU accounting and admission for one node."""

    def __init__(
        self,
        name: str,
        num_cpus: float,
        resources: dict[str, float],
        new_worker: Callable[[], int],
        change: Callable[[Task, str], None],
    ) -> None:
        """Start empty; ``new_worker`` numbers workers, ``change`` sets states."""
        self.name = name
        self.num_cpus = num_cpus
        self.resources = resources
        self.used = dict.fromkeys(resources, 0.0)
        #: ready plain tasks, first in line first
        self.queue: deque[Task] = deque()
        #: runs whose tasks let all others go first, and those that are ready
        self.behind: set[int] = set()
        self.late: deque[Task] = deque()
        #: ready tasks that need a worker of their own
        self.direct: deque[Task] = deque()
        #: blocked tasks whose wait is over, and actors that want their CPUs back
        self.resuming: deque[Task | Recall] = deque()
        #: actors that have their CPUs back; the scheduler empties it
        self.recalled: list[Recall] = []
        #: plain tasks in the node's queue or with a reader
        self.posted = 0
        #: readers that count: those asked to park for certain are left out
        self.readers = 0
        #: parks asked of busy readers; each brings one CPU when it is answered
        self.parks_wanted = 0
        #: parks asked of idle readers; their CPUs count as free already
        self.parks_owed = 0
        #: who was parked last is needed first
        self.parked: list[int] = []
        #: the fewest that were parked at a time since ``retire`` was last called
        self.least_parked = 0
        self.roles: dict[int, str] = {}
        #: CPUs claimed by workers other than readers
        self.claims: dict[int, float] = {}
        #: creation tasks by the worker that is being started for them
        self.creating: dict[int, Task] = {}
        self.starting_parked = 0
        self._claimed = 0.0
        #: how many tasks in a row were posted while nothing else was
        self._alone = 0
        self._new_worker = new_worker
        self._change = change

    @property
    def free(self) -> float:
        """CPUs nobody claims."""
        return self.num_cpus - self.readers - self._claimed

    @property
    def has_line(self) -> bool:
        """True if somebody waits for a CPU here."""
        return bool(self.queue or self.direct or self.resuming or self.late)

    def claim(self, worker: int, cpus: float) -> None:
        """Let ``worker`` (no reader) hold exactly ``cpus``."""
        self._claimed += cpus - self.claims.pop(worker, 0.0)
        if cpus:
            self.claims[worker] = cpus

    def can_ever_run(self, task: Task) -> bool:
        """Tell whether the node, when idle, could run the task."""
        if task.is_plain:
            return self.num_cpus >= 1
        return task.num_cpus <= self.num_cpus + EPSILON and all(
            self.resources.get(name, 0.0) + EPSILON >= amount
            for name, amount in task.resources
        )

    def enqueue(self, task: Task, *, front: bool = False) -> None:
        """Put a ready task in line."""
        line = self.queue if task.is_plain else self.direct
        if task.run in self.behind:
            line = self.late
        if front:
            line.appendleft(task)
        else:
            line.append(task)

    def admit(self, out: list[Decision]) -> None:
        """Decide all that can be decided now."""
        if self.late and not self.queue:
            self.let_some_go()
        if self.resuming or self.direct:
            self._resume(out)
            self._dispatch(out)
            self._reclaim(out)
        if self.queue:
            self._post(out)
        if self.readers < self.posted:
            self._grow(out)

    def put_behind(self, run: int) -> None:
        """Move the run's ready tasks behind all others, those to come as well."""
        self.behind.add(run)
        for line in (self.queue, self.direct):
            self.late.extend(task for task in line if task.run == run)
            kept = [task for task in line if task.run != run]
            line.clear()
            line.extend(kept)

    def let_some_go(self) -> None:
        """Nobody else waits: no more of those behind than there are CPUs for."""
        room = int(self.num_cpus + EPSILON) - self.posted
        while self.late and room > 0:
            task = self.late.popleft()
            if task.state == states.QUEUED:
                (self.queue if task.is_plain else self.direct).append(task)
                room -= 1

    def hold(self, out: list[Decision]) -> None:
        """Decide what is decided while the gate is closed: nobody reads the queue.

        What runs goes on, and a reader with nothing to do parks.
        """
        self._resume(out)
        while self.readers - self.posted > self.parks_wanted:
            self.readers -= 1
            self.parks_owed += 1
            out.append(Park(self.name, 1))
        self._resume(out)

    def _resume(self, out: list[Decision]) -> None:
        while self.resuming:
            task = self.resuming[0]
            if task.state == states.RESUMING:
                if self.free + EPSILON < task.num_cpus:
                    return
                if isinstance(task, Recall):
                    self.claim(task.worker, task.num_cpus)
                    self.recalled.append(task)
                    self.resuming.popleft()
                    continue
                self._change(task, states.RUNNING)
                if task.is_plain:
                    self.roles[task.worker] = READER
                    self.readers += 1
                    self.posted += 1
                else:
                    self.claim(task.worker, task.num_cpus)
                out.append(Resume(task))
            self.resuming.popleft()

    def _dispatch(self, out: list[Decision]) -> None:
        for task in list(self.direct):
            if task.state != states.QUEUED:
                self.direct.remove(task)
                continue
            if not self.has_resources(task):
                continue
            if self.free + EPSILON < task.num_cpus:
                return
            if not self.place(task, out):
                return
            self.direct.remove(task)

    def place(self, task: Task, out: list[Decision]) -> bool:
        """Give the task a worker of its own; False: one is on its way."""
        worker = self._worker_for(task, out)
        if worker is None:
            return False
        self.claim(worker, task.num_cpus)
        for name, amount in task.resources:
            self.used[name] += amount
        task.worker = worker
        self._change(task, states.POSTED)
        return True

    def _worker_for(self, task: Task, out: list[Decision]) -> int | None:
        if task.kind == CREATION:
            worker = self._new_worker()
            self.roles[worker] = ACTOR
            self.creating[worker] = task
            out.append(StartWorker(self.name, worker, actor=task.actor))
            return worker
        if self.parked:
            worker = self._pop_parked()
            self.roles[worker] = DIRECT
            out.append(Dispatch(task, worker))
            return worker
        if not self.starting_parked:
            self.starting_parked += 1
            out.append(StartWorker(self.name, self._new_worker(), parked=True))
        return None

    def has_resources(self, task: Task) -> bool:
        """Tell whether the custom resources that the task asks for are free."""
        return all(
            self.resources.get(name, 0.0) - self.used.get(name, 0.0) + EPSILON >= amount
            for name, amount in task.resources
        )

    def _demand(self) -> float:
        need = sum(t.num_cpus for t in self.resuming if t.state == states.RESUMING)
        for task in self.direct:
            if task.state == states.QUEUED and self.has_resources(task):
                need += task.num_cpus
                break  # one at a time: the line keeps its order
        return need

    def _reclaim(self, out: list[Decision]) -> None:
        missing = self._demand() - self.free - self.parks_wanted
        certain = 0
        while missing > EPSILON:
            if self.posted < self.readers:
                self.readers -= 1
                self.parks_owed += 1
                certain += 1
            elif self.parks_wanted < self.readers:
                self.parks_wanted += 1
            else:
                break
            out.append(Park(self.name, 1))
            missing -= 1
        if certain:
            self._resume(out)
            self._dispatch(out)

    def _post(self, out: list[Decision]) -> None:
        room = self._room(self.queue[0]) - self.posted
        if room <= 0:
            return
        tasks: list[Task] = []
        queue = self.queue
        while queue and len(tasks) < room:
            task = queue.popleft()
            if task.state == states.QUEUED:
                self._change(task, states.POSTED)
                tasks.append(task)
        if tasks:
            self._thin_out(len(tasks), out)
            self.posted += len(tasks)
            out.append(Post(self.name, tasks))

    def _thin_out(self, coming: int, out: list[Decision]) -> None:
        """Where tasks come one at a time, let one reader serve them all.

        The kernel wakes a sleeping reader for each message, also when another
        one is awake and quicker: that costs more than a short task.
        """
        self._alone = self._alone + 1 if coming == 1 and not self.posted else 0
        if self._alone >= ALONE and self.readers > 1:
            self._alone = 0
            self.readers -= 1
            self.parks_owed += 1
            out.append(Park(self.name, 1))

    def _room(self, first: Task) -> int:
        cpus = int(self.num_cpus + EPSILON)
        mean_s: float = first.function.mean_s
        ahead = AHEAD_S / mean_s if mean_s > 0 else AHEAD_MIN
        return cpus * int(min(max(ahead, AHEAD_MIN), AHEAD_MAX))

    def _grow(self, out: list[Decision]) -> None:
        if self.resuming or self._demand() > EPSILON:
            return
        while self.readers < self.posted and self.free + EPSILON >= 1:
            self.readers += 1
            if self.parked:
                worker = self._pop_parked()
                out.append(Unpark(worker))
            else:
                worker = self._new_worker()
                out.append(StartWorker(self.name, worker))
            self.roles[worker] = READER

    def _pop_parked(self) -> int:
        worker = self.parked.pop()
        self.least_parked = min(self.least_parked, len(self.parked))
        return worker

    def retire(self, keep: int) -> list[int]:
        """Return parked workers that may end; no task will be given to them.

        Those beyond ``keep`` of which none was needed since the last call.
        """
        surplus = max(0, self.least_parked - keep)
        gone, self.parked = self.parked[:surplus], self.parked[surplus:]
        for worker in gone:
            self.roles[worker] = LEAVING
        self.least_parked = len(self.parked)
        return gone

    # What the workers do.

    def worker_started(self, worker: int, out: list[Decision]) -> None:
        """A process answered; its role was settled when it was asked for."""
        task = self.creating.pop(worker, None)
        if task is not None:
            if task.state == states.POSTED:
                out.append(Dispatch(task, worker))
        elif worker not in self.roles:
            self.starting_parked -= 1
            self.roles[worker] = PARKED
            self.parked.append(worker)

    def worker_parked(self, worker: int) -> None:
        """A reader took a PARK request, or had lent its CPU when its task ended."""
        role, self.roles[worker] = self.roles[worker], PARKED
        self.parked.append(worker)
        if role == AWAY:
            return
        if self.parks_owed:
            self.parks_owed -= 1
        else:
            self.readers -= 1
            self.parks_wanted = max(0, self.parks_wanted - 1)

    def worker_died(self, worker: int) -> None:
        """Take the process out of the books."""
        role = self.roles.pop(worker, None)
        self.creating.pop(worker, None)
        self.claim(worker, 0.0)
        if role is None:
            self.starting_parked = max(0, self.starting_parked - 1)
        elif role == PARKED:
            self.parked.remove(worker)
            self.least_parked = min(self.least_parked, len(self.parked))
        elif role == READER:
            # Was it a busy one, or one of those that are to park? The second is
            # the safe answer: the books never show fewer CPUs in use than are.
            if self.parks_owed:
                self.parks_owed -= 1
            else:
                self.readers -= 1

    def leave(self, task: Task) -> None:
        """The task no longer holds anything here (ended, blocked or lost)."""
        if task.is_plain:
            self.posted -= 1
            return
        for name, amount in task.resources:
            self.used[name] -= amount

    def worker_free(self, worker: int) -> None:
        """A direct worker has finished its task."""
        if self.roles.get(worker) == DIRECT:
            self.claim(worker, 0.0)
            self.roles[worker] = PARKED
            self.parked.append(worker)
