"""Which node a task goes to, and why: the policy of sessions with several nodes.

    node="B"   waits in B's own line while B lives
    SPREAD     the next node in turn that has room
    PACK       the first node that has room
    (default)  the node with room that holds most of the task's input bytes;
               without such bytes, as PACK

Tasks wait in one line, first in, first out, and get their node when one has room
for them. What asks for no CPU has room everywhere and gets its node at once.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from rayteach.core import states
from rayteach.core.decisions import Place
from rayteach.core.node_state import EPSILON
from rayteach.core.sizes import human

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rayteach.core.decisions import Decision
    from rayteach.core.node_state import NodeState
    from rayteach.core.task import Task

SPREAD, PACK = "SPREAD", "PACK"
_ASKS, _SPREADS = "it asks for node ", "tasks are spread"
_ASKED = re.compile(r"node (\S+), which it asks for, ")


class Wish(NamedTuple):
    """What the options of a task say about its node."""

    #: the node it is to run on, "" for any
    node: str = ""
    #: SPREAD, PACK or "" for the default
    strategy: str = ""


NO_WISH = Wish()


def wish_said(reason: str) -> Wish:
    """Return the wish that the reason of a placement tells of.

    PACK sounds like the default, and differs only where large inputs lie.
    """
    if reason.startswith(_ASKS):
        return Wish(reason.removeprefix(_ASKS))
    asked = _ASKED.match(reason)
    strategy = SPREAD if _SPREADS in reason else ""
    return Wish(asked[1] if asked else "", strategy)


class Placement:
    """The line of tasks that have no node yet."""

    def __init__(self, nodes: dict[str, NodeState]) -> None:
        """Place on ``nodes``, a mapping that changes as nodes come and go."""
        #: what the task's options say; set by the engine
        self.wish_of: Callable[[Task], Wish] = lambda _: NO_WISH
        #: how many input bytes of the task lie on which node; set by the engine
        self.bytes_of: Callable[[Task], Mapping[str, int]] = lambda _: {}
        #: tasks that no node could ever run
        self.misfits: deque[Task] = deque()
        #: True if a task came since ``settle`` was last called
        self.has_news = False
        self._nodes = nodes
        self._line: deque[Task] = deque()
        #: those that need no room, or wait at the node that they ask for
        self._at_once: deque[Task] = deque()
        #: the node that was given the last SPREAD task
        self._turn = ""

    def __len__(self) -> int:
        """Return how many tasks have no node yet."""
        return len(self._line) + len(self._at_once)

    def __contains__(self, task: Task) -> bool:
        """Tell whether the task waits here."""
        return any(task in line for line in self._lines)

    def add(self, task: Task, *, front: bool = False) -> bool:
        """Put a ready task in line; False if no node could ever run it."""
        task.is_plain = False  # it gets a worker of its own
        task.node, task.worker = None, 0
        self.has_news = True
        if not self._fits(task):
            self.misfits.append(task)
            return False
        is_easy = not task.num_cpus or self.wish_of(task).node in self._nodes
        line = self._at_once if is_easy else self._line
        if front:
            line.appendleft(task)
        else:
            line.append(task)
        return True

    def forget(self, task: Task) -> None:
        """The task is in line no more, here or at its node."""
        lines = list(self._lines)
        if task.node is not None:
            lines += [task.node.direct, task.node.late]
        for line in lines:
            while task in line:
                line.remove(task)

    def look_again(self) -> None:
        """Nodes came or went: who fitted nowhere may fit now, and the reverse."""
        waiting = [task for line in self._lines for task in line]
        for line in self._lines:
            line.clear()
        for task in waiting:
            if task.state == states.QUEUED:
                self.add(task)

    def settle(self, out: list[Decision], *, force: bool = False) -> list[NodeState]:
        """Give nodes to tasks; return the nodes that got some.

        ``force`` gives one to each task, room or not: nothing starts by itself then.
        """
        self.has_news = False
        rooms = {name: self._room(node) for name, node in self._nodes.items()}
        touched: dict[str, NodeState] = {}
        kept: list[Task] = []
        self._put_behind()
        for line in (self._at_once, self._line):
            is_full = False
            while line and not is_full:
                task = line.popleft()
                if task.state != states.QUEUED:
                    continue
                anywhere = force or line is self._at_once
                node, reason = self._choose(task, rooms, force=anywhere)
                if node is None:
                    kept.append(task)
                    is_full = self._lacks_cpus(task, rooms)
                    continue
                rooms[node.name] -= task.num_cpus
                task.node = node
                node.direct.append(task)
                touched[node.name] = node
                out.append(Place(task, node.name, reason))
        self._line.extendleft(reversed(kept))
        return list(touched.values())

    def _put_behind(self) -> None:
        """Let tasks of earlier runs of a cell stand behind all others."""
        behind = {run for node in self._nodes.values() for run in node.behind}
        if behind:
            self._line = deque(sorted(self._line, key=lambda t: t.run in behind))

    @property
    def _lines(self) -> tuple[deque[Task], ...]:
        return self._at_once, self._line, self.misfits

    def _room(self, node: NodeState) -> float:
        """Return CPUs that no task uses or waits for; idle readers have none."""
        room = node.free + node.readers - node.posted
        room -= sum(t.num_cpus for t in node.resuming if t.state == states.RESUMING)
        for task in node.direct:
            if task.state == states.QUEUED:
                room -= task.num_cpus
                if room <= 0:
                    break
        return room

    def _fits(self, task: Task) -> list[NodeState]:
        return [n for n in self._nodes.values() if n.can_ever_run(task)]

    def _lacks_cpus(self, task: Task, rooms: dict[str, float]) -> bool:
        """Tell whether CPUs are what is missing; else others may overtake."""
        fits = self._fits(task)
        having = [n for n in fits if n.has_resources(task)]
        return any(rooms[n.name] + EPSILON < task.num_cpus for n in having)

    def _choose(
        self, task: Task, rooms: dict[str, float], *, force: bool
    ) -> tuple[NodeState | None, str]:
        fits = sorted(self._fits(task), key=lambda node: node.name)
        wish, prefix = self.wish_of(task), ""
        if wish.node:
            wanted = self._nodes.get(wish.node)
            if wanted is not None and wanted in fits:
                return wanted, f"{_ASKS}{wish.node}"
            lacks = "is gone" if wanted is None else "has not what it asks for"
            prefix = f"node {wish.node}, which it asks for, {lacks}, and "
        has_room = {
            n.name: rooms[n.name] + EPSILON >= task.num_cpus and n.has_resources(task)
            for n in fits
        }
        if force and not any(has_room.values()):
            has_room = dict.fromkeys(has_room, True)
        if not any(has_room.values()):
            return None, ""
        by = {SPREAD: self._spread, PACK: self._pack}.get(wish.strategy)
        node, reason = by(fits, has_room) if by else self._near(task, fits, has_room)
        return node, prefix + reason

    def _spread(
        self, fits: list[NodeState], has_room: dict[str, bool]
    ) -> tuple[NodeState, str]:
        last = self._turn
        in_turn = sorted(fits, key=lambda n: (n.name <= last, n.name))
        node = next(n for n in in_turn if has_room[n.name])
        self._turn = node.name
        if not last:
            return node, f"{_SPREADS}, and {node.name} is the first with room"
        reason = f"{_SPREADS}, and {last} had the one before"
        full = [n.name for n in in_turn if not has_room[n.name]]
        if full and node is not in_turn[0]:
            reason += f", while {_and(full)} {_has(full)} no room"
        return node, reason

    def _pack(
        self, fits: list[NodeState], has_room: dict[str, bool]
    ) -> tuple[NodeState, str]:
        node = next(n for n in fits if has_room[n.name])
        full = [n.name for n in fits if n.name < node.name]
        if not full:
            return node, f"{node.name} is the first node, and has room"
        return node, f"{_and(full)} {_has(full)} no room"

    def _near(
        self, task: Task, fits: list[NodeState], has_room: dict[str, bool]
    ) -> tuple[NodeState, str]:
        found = self.bytes_of(task)
        held = {n.name: found.get(n.name, 0) for n in fits}
        if not any(held.values()):
            return self._pack(fits, has_room)
        node = max((n for n in fits if has_room[n.name]), key=lambda n: held[n.name])
        most = max(held, key=lambda name: held[name])
        text = human(held[most])
        if held[node.name] == held[most]:
            return node, f"{text} of its inputs lie on {node.name}"
        return node, f"{most} holds {text} of its inputs, but has no room"


def _and(names: list[str]) -> str:
    return " and ".join(names)


def _has(names: list[str]) -> str:
    return "has" if len(names) == 1 else "have"
