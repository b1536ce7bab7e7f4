"""A gate that somebody directs: who starts next, and on which worker.

The gate of a pause lets the first in line start. This one asks a *chooser*: a
:class:`rayteach.core.score.Score` repeats a recorded run, a
:class:`rayteach.core.exploring.Explorer` tries other orders. Both see tasks under
*names* that are the same whenever the same program runs.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from rayteach.core import states
from rayteach.core.gate import Gate, Upcoming
from rayteach.core.node_state import EPSILON
from rayteach.core.task import CALL, CREATION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from rayteach.core.mailbox import Mailbox
    from rayteach.core.node_state import NodeState
    from rayteach.core.scheduler import Scheduler
    from rayteach.core.task import Task

_ALWAYS = 1 << 60
_AT_WORK = (states.POSTED, states.RUNNING, states.RESUMING)


class Names:
    """Names tasks by function, caller and actor: f-1, f-1/g-2, Counter-1.add-3."""

    def __init__(self) -> None:
        """Begin to count."""
        self._names: dict[int, str] = {}
        self._counts: Counter[str] = Counter()

    def of(self, number: int | None) -> str | None:
        """Return the name of a task; None for one that was never added."""
        return None if number is None else self._names.get(number)

    def add(
        self, number: int, kind: str, function: str, parent: int | None, actor: int
    ) -> str:
        """Name a task, call or creation that was submitted just now.

        Args:
            number: its number in the session.
            kind: "task", "call" or "creation".
            function: name of the function, the class, or class and method.
            parent: number of the task that submitted it.
            actor: the actor's number, for a call.
        """
        if kind == CALL:
            class_name, _, method = function.rpartition(".")
            if actor not in self._names:  # it was made before
                self._names[actor] = self._next(f"earlier {class_name}")
            function = f"{self._names[actor]}.{method}"
        caller = self.of(parent)
        name = self._next(function if caller is None else f"{caller}/{function}")
        self._names[number] = name
        return name

    def _next(self, scope: str) -> str:
        self._counts[scope] += 1
        return f"{scope}-{self._counts[scope]}"


class Chooser(Protocol):
    """Who decides what starts."""

    def met(self, task: Task, *, is_new: bool) -> None:
        """A task was submitted; before the direction began unless ``is_new``."""

    def start_next(self, gate: Directed) -> bool:
        """Let the next one start, if one can; say whether one does."""


class Directed(Gate):
    """The gate while a chooser decides. It begins passive: see :meth:`open`."""

    def __init__(self, scheduler: Scheduler, chooser: Chooser) -> None:
        """Ask ``chooser`` from ``open`` on."""
        super().__init__(scheduler)
        self._chooser = chooser
        self._met: set[int] = set()
        self._is_open = False
        #: tells whether the driver can do nothing before something starts or ends
        self.driver_waits: Callable[[], bool] = lambda: False

    def open(self) -> None:
        """Begin: what is there now is of before."""
        self._meet()
        self._is_open = True
        self.permits = _ALWAYS

    @property
    def is_shut(self) -> bool:
        """Nobody has to say anything: the chooser does."""
        return False

    def upcoming(self) -> Upcoming:
        """Tell nothing: what comes next is decided when it comes."""
        return Upcoming(None, 0, "", "a schedule is being followed", ())

    def is_quiet(self, *, ignore_slots: bool = False) -> bool:
        """Tell whether nothing happens before something is started.

        Args:
            ignore_slots: leave out calls of actors that run several at once: one of
                them may wait for another, which nobody can see.
        """
        scheduler = self._scheduler
        if not self.driver_waits():
            return False
        if any(one.permits > 0 for one in scheduler.actors.values()):
            return False  # it waits to have its CPUs back
        return not any(
            task.state in _AT_WORK
            for task in scheduler.tasks.values()
            if not (ignore_slots and self._has_slots(task))
        )

    @property
    def is_waiting_for_a_worker(self) -> bool:
        """True while a process is being started."""
        nodes = self._scheduler.nodes.values()
        return any(node.starting_parked or node.parks_owed for node in nodes)

    def startable(self) -> list[Task]:
        """Return what can start now, in order of submission."""
        found = {task.number: task for task in self._ready() if self.can_start(task)}
        return [found[number] for number in self._in_order(found)]

    def can_start(self, task: Task) -> bool:
        """Tell whether all that a ready task asks for is there."""
        if task.state != states.QUEUED:
            return False
        if task.kind == CALL:
            mailbox = self._scheduler.actors[task.actor or 0]
            return _has_room(mailbox) and task in mailbox.heads()
        node: NodeState | None = task.node
        if node is None:
            return False
        return node.has_resources(task) and node.free + EPSILON >= task.num_cpus

    def begin(self, task: Task, wanted: int = 0, taken: Collection[int] = ()) -> bool:
        """Let a task start that can; False if its worker is on its way.

        Args:
            task: :meth:`can_start` holds.
            wanted: the worker that it must have, 0 for any.
            taken: workers that it must not have.
        """
        if task.kind == CALL:
            mailbox = self._scheduler.actors[task.actor or 0]
            mailbox.prefer(task)
            mailbox.permits += 1
            self._scheduler.deliver(mailbox)
            return True
        node: NodeState = task.node
        if task.kind != CREATION and not _choose_worker(node, wanted, taken):
            if not wanted and not node.parks_owed:
                parked, node.parked = node.parked, []
                node.place(task, self._scheduler.out)  # asks for one more
                node.parked = parked
            return False
        if not node.place(task, self._scheduler.out):
            return False
        for line in (node.queue, node.direct, node.late):
            if task in line:
                line.remove(task)
        task.is_plain = False  # it has a worker of its own
        return True

    def _start_next(self) -> bool:
        self._meet()
        return self._is_open and self._chooser.start_next(self)

    def _meet(self) -> None:
        """Tell the chooser of tasks that are new; they stand last."""
        new: list[Task] = []
        for task in reversed(self._scheduler.tasks.values()):
            if task.number not in self._met:
                new.append(task)
            elif task.kind != CREATION:  # one that is done again comes last, too
                break
        for task in reversed(new):
            self._met.add(task.number)
            self._chooser.met(task, is_new=self._is_open)

    def _ready(self) -> Iterator[Task]:
        for node in self._scheduler.nodes.values():
            for line in (node.queue, node.direct, node.late):
                yield from line
        for mailbox in self._scheduler.actors.values():
            yield from mailbox.heads()

    def _has_slots(self, task: Task) -> bool:
        if task.kind != CALL:
            return False
        return bool(self._scheduler.actors[task.actor or 0].slots)


def _has_room(mailbox: Mailbox) -> bool:
    """Tell whether an actor can begin with one more call."""
    if mailbox.state != "alive" or mailbox.permits > 0:
        return False
    return len(mailbox.in_flight) < max(1, mailbox.slots)


def _choose_worker(node: NodeState, wanted: int, taken: Collection[int]) -> bool:
    """Put the worker that a task is to have where ``place`` looks for one."""
    free = [
        one
        for one in node.parked
        if (one == wanted if wanted else one not in taken)
    ]  # fmt: skip
    if not free:
        return False
    node.parked.remove(min(free))
    node.parked.append(min(free))
    return True
