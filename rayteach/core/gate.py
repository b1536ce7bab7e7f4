"""The gate: while it is closed, nothing starts that was not let through.

    closed   everything that is ready waits here; what runs goes on
    let(n)   the next n starts go through, now or as soon as they can
    paced    after each start the gate asks the engine for some time (``Rest``)

There is one line: who was submitted first and can start is next. The scheduler
picks the worker too, the one with the lowest number; so the next decision can be
told, with its reason, before it happens.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from rayteach.core import lending, states
from rayteach.core.decisions import Rest
from rayteach.core.node_state import EPSILON
from rayteach.core.task import CALL, CREATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rayteach.core.mailbox import Mailbox
    from rayteach.core.node_state import NodeState
    from rayteach.core.scheduler import Scheduler
    from rayteach.core.task import Task

LOSERS = 4
"""So many of those that are not next are named."""

_LATER = "was submitted later"
_BEHIND = "stands further back in the line"
_SUPERSEDED = "its cell has run again: current work goes first"


class Upcoming(NamedTuple):
    """The next decision. ``task`` is None if nothing can start now."""

    task: Task | None
    #: the worker that would get it; 0 if none is free, or it has a process of its own
    worker: int
    #: "worker 2", "a new worker" …; "" without a task
    where: str
    #: why it is next, or why nothing is
    reason: str
    #: some of the others that are ready, and why they are not next
    losers: tuple[tuple[Task, str], ...]


def close(scheduler: Scheduler) -> Gate:
    """From here on nothing starts but what the gate lets through."""
    if scheduler.gate is None:
        scheduler.gate = Gate(scheduler)
    gate = scheduler.gate
    gate.permits, gate.is_paced = 0, False
    for mailbox in scheduler.actors.values():
        mailbox.permits = 0
    for node in scheduler.nodes.values():
        scheduler.touch(node)
    return gate


def open_wide(scheduler: Scheduler) -> None:
    """Everything may start again."""
    scheduler.gate = None
    for mailbox in scheduler.actors.values():
        mailbox.permits = -1
        scheduler.look_at(mailbox)
    for node in scheduler.nodes.values():
        scheduler.touch(node)


def put_in_order(scheduler: Scheduler) -> None:
    """What was taken back stands in the order of its submission again."""
    rank = {number: at for at, number in enumerate(scheduler.tasks)}
    last = len(rank)
    for node in scheduler.nodes.values():
        tasks = sorted(node.queue, key=lambda task: rank.get(task.number, last))
        node.queue.clear()
        node.queue.extend(tasks)


class Gate:
    """Decides in place of the nodes while the session is paused or slowed."""

    def __init__(self, scheduler: Scheduler) -> None:
        """Let nothing through."""
        #: how many starts may go through
        self.permits = 0
        #: True: a start uses up all permits and asks for a ``Rest``
        self.is_paced = False
        self._scheduler = scheduler

    @property
    def is_shut(self) -> bool:
        """True if nothing will start before somebody says so."""
        return not (self.permits or self.is_paced)

    def let(self, count: int) -> None:
        """Let the next ``count`` starts through."""
        self.permits += count
        for node in self._scheduler.nodes.values():
            self._scheduler.touch(node)

    def admit(self, touched: dict[str, NodeState], mail: dict[int, Mailbox]) -> None:
        """Decide all that can be decided now; empties both."""
        scheduler = self._scheduler
        while True:
            while touched:
                node = touched.popitem()[1]
                node.hold(scheduler.out)
                if node.recalled:
                    lending.granted(scheduler, node)
            while mail:
                mailbox = mail.popitem()[1]
                if mailbox.permits:
                    scheduler.deliver(mailbox)
            if touched:
                continue
            if not (self.permits and self._start_next()):
                return
            self.permits -= 1
            if self.is_paced and not self.permits:
                scheduler.out.append(Rest())

    def upcoming(self) -> Upcoming:
        """Tell the next decision."""
        line = list(self._line())
        first = next((task for task, obstacle in line if not obstacle), None)
        if first is None:
            reason = "what is ready cannot start now" if line else "nothing is ready"
            return Upcoming(None, 0, "", reason, tuple(line[:LOSERS]))
        worker, where, free = self._place_of(first)
        front = "first in line" if line[0][0] is first else "first that can start"
        others = [(t, why or _LATER) for t, why in line if t is not first][:LOSERS]
        reason = f"{front}; its inputs are there; {free}"
        return Upcoming(first, worker, where, reason, tuple(others))

    def waiting(self) -> int:
        """Count the tasks, and the actors with a call, that stand in line."""
        count = 0
        for node in self._scheduler.nodes.values():
            lines = (*node.queue, *node.direct, *node.late)
            count += sum(task.state == states.QUEUED for task in lines)
        for mailbox in self._scheduler.actors.values():
            count += mailbox.state != "dead" and mailbox.next_call() is not None
        return count

    def _place_of(self, task: Task) -> tuple[int, str, str]:
        if task.kind == CALL:
            return 0, "its actor", "its actor is free"
        name = task.node.name
        if task.kind == CREATION:
            return 0, "a process of its own", f"node {name} has what it asks for"
        if task.node.parked:
            worker = min(task.node.parked)
            return worker, f"worker {worker}", f"worker {worker} of node {name} is free"
        return 0, "a new worker", f"node {name} has a CPU for it"

    def _start_next(self) -> bool:
        """Let the next one start; False if nothing can now."""
        for task, obstacle in self._line():
            if not obstacle:
                return self._start(task)
        return False

    def _start(self, task: Task) -> bool:
        if task.kind == CALL:
            mailbox = self._scheduler.actors[task.actor or 0]
            mailbox.permits += 1
            self._scheduler.deliver(mailbox)
            return True
        node: NodeState = task.node
        if task.kind != CREATION and not node.parked and node.parks_owed:
            return False  # a worker is about to come free
        if node.parked:
            lowest = min(node.parked)
            node.parked.remove(lowest)
            node.parked.append(lowest)  # the last is needed first
        if not node.place(task, self._scheduler.out):
            return False  # a new worker is on its way
        line = node.queue if task.is_plain else node.direct
        if task in node.late:
            line = node.late
        line.remove(task)
        task.is_plain = False  # it has a worker of its own now
        return True

    def _line(self) -> Iterator[tuple[Task, str]]:
        """Yield who waits, in order, with what is in the way ("": nothing)."""
        found: dict[int, tuple[Task, str]] = {}
        for node in self._scheduler.nodes.values():
            for task, obstacle in self._of_node(node):
                found[task.number] = task, obstacle
        for mailbox in self._scheduler.actors.values():
            call = mailbox.next_call() if mailbox.state != "dead" else None
            if call is not None:
                found[call.number] = call, _obstacle(mailbox)
        return (found[number] for number in self._in_order(found))

    def _in_order(self, numbers: Iterable[int]) -> Iterator[int]:
        """Sort by submission."""
        wanted = set(numbers)
        if not wanted:
            return
        for number in self._scheduler.tasks:
            if number in wanted:
                yield number
                wanted.discard(number)
                if not wanted:
                    return

    def _of_node(self, node: NodeState) -> Iterator[tuple[Task, str]]:
        while node.queue and node.queue[0].state != states.QUEUED:
            node.queue.popleft()
        heads = {t.number: t for t in node.direct if t.state == states.QUEUED}
        for task in islice(node.queue, 1):
            heads[task.number] = task
        late = [task for task in node.late if task.state == states.QUEUED]
        if late and not heads:
            heads = {late[0].number: late.pop(0)}
        short = ""
        for number in self._in_order(heads):
            task = heads[number]
            if not node.has_resources(task):
                yield task, "a resource that it asks for is in use"
            elif short and task.num_cpus:
                yield task, short
            elif node.free + EPSILON < task.num_cpus:
                yield task, f"needs {_cpus(task.num_cpus)}, {max(0, node.free):g} free"
                short = "waits behind one that needs more CPUs than are free"
            else:
                yield task, ""
        behind = [
            t for t in islice(node.queue, 1, LOSERS + 1) if t.state == states.QUEUED
        ]
        yield from ((task, _BEHIND) for task in behind)
        yield from ((task, _SUPERSEDED) for task in late[:LOSERS])


def _cpus(number: float) -> str:
    return "1 CPU" if number == 1 else f"{number:g} CPUs"


def _obstacle(mailbox: Mailbox) -> str:
    """Say why the mailbox's next call cannot be sent, "" if it can."""
    if mailbox.state != "alive":
        return f"its actor is {mailbox.state}"
    if mailbox.permits > 0:
        return "its actor waits to have its CPUs back"
    busy = len(mailbox.in_flight)
    if busy >= max(1, mailbox.slots):
        one = "its actor runs another call"
        return one if not mailbox.slots else f"all {mailbox.slots} slots are in use"
    return ""
