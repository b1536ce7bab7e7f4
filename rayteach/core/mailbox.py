"""An actor's mailbox: calls in order per caller, and who goes next.

Calls of one caller run in the order in which they were made; a call whose input
is missing holds back that caller's later calls and nobody else's. Between
callers, the call that was made first among those that can go goes first.

An actor runs one call at a time and has the next ones at hand, or it has *slots*:
then each call that it is sent starts at once, and no more are sent than there are.
"""

from __future__ import annotations

import heapq
from collections import deque
from typing import TYPE_CHECKING

from rayteach.core import states

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from rayteach.core.lending import Recall
    from rayteach.core.task import Task

IN_FLIGHT = 64
"""Calls that may lie in a process that runs one at a time, so that it never idles."""
_FIRST = -(1 << 60)
_WAITING = (states.BLOCKED, states.RESUMING)


class _Caller:
    """Carries a caller through the heap; arrival numbers never tie."""

    __slots__ = ("number",)

    def __init__(self, number: int | None) -> None:
        self.number = number

    def __lt__(self, other: _Caller) -> bool:
        return False


class Mailbox:
    """The calls of one actor that have not ended, and the actor's state."""

    def __init__(self, creation: Task, permits: int = -1) -> None:
        """Make the mailbox of the actor that ``creation`` makes."""
        self.creation = creation
        self.worker = 0
        self.node: str = ""
        #: "pending", "alive", "restarting" or "dead"
        self.state = "pending"
        #: how often its process may still be made again; -1 for ever
        self.restarts = creation.retries
        #: how many calls may run at once; 0: one at a time, the next ones at hand
        self.slots = 0
        #: how many calls may be sent while the gate is closed; below 0: no gate
        self.permits = permits
        #: True while its CPUs are lent, because all that it runs waits
        self.is_lent = False
        #: its place in the line of those that want their CPUs back
        self.recall: Recall | None = None
        #: calls sent to the process and not ended, in order
        self.in_flight: dict[int, Task] = {}
        self._lines: dict[int | None, deque[Task]] = {}
        self._heads: list[tuple[int, _Caller]] = []
        self._arrivals = 0
        #: how many calls came back into line
        self._returns = 0
        self._order: dict[int, int] = {}

    def __len__(self) -> int:
        """Return the number of calls that have not ended."""
        return len(self.in_flight) + sum(map(len, self._lines.values()))

    @property
    def has_line(self) -> bool:
        """True if a call could be sent once there is room."""
        return bool(self._heads)

    def add(self, task: Task) -> None:
        """Put a new call at the end of its caller's line."""
        self._arrivals += 1
        self._order[task.number] = self._arrivals
        line = self._lines.get(task.parent)
        if line is None:
            line = self._lines[task.parent] = deque()
        line.append(task)
        if len(line) == 1:
            self._offer(task.parent)

    def ready(self, task: Task) -> None:
        """The last missing input of ``task`` came to exist."""
        line = self._lines.get(task.parent)
        if line and line[0] is task:
            self._offer(task.parent)

    def take(self) -> list[Task]:
        """Return the calls to send now; they count as in flight."""
        taken: list[Task] = []
        most = self.slots or IN_FLIGHT
        if self.permits >= 0:
            most = min(most, len(self.in_flight) + self.permits)
        while self._heads and len(self.in_flight) < most:
            caller = heapq.heappop(self._heads)[1].number
            line = self._lines.get(caller)
            if not line or line[0].missing:
                continue
            task = line.popleft()
            self._order.pop(task.number, None)
            if task.state == states.QUEUED:
                self.in_flight[task.number] = task
                taken.append(task)
            if line:
                self._offer(caller)
            else:
                del self._lines[caller]
        if self.permits > 0:
            self.permits -= len(taken)
        return taken

    def next_call(self) -> Task | None:
        """Return the call that would be sent next, were there room."""
        for _, caller in sorted(self._heads, key=lambda one: one[0]):
            line = self._lines.get(caller.number)
            if line and not line[0].missing and line[0].state == states.QUEUED:
                return line[0]
        return None

    def heads(self) -> list[Task]:
        """Return the calls that could be sent next, one per caller at most."""
        heads = [line[0] for line in self._lines.values() if line]
        return [t for t in heads if not t.missing and t.state == states.QUEUED]

    def prefer(self, task: Task) -> None:
        """Send this call, one of ``heads``, before those of other callers."""
        self._order[task.number] = _FIRST
        self._offer(task.parent)

    def remove(self, task: Task) -> None:
        """The call has ended, wherever it was."""
        if self.in_flight.pop(task.number, None) is not None:
            return
        line = self._lines.get(task.parent)
        if not line or task not in line:
            return
        was_head = line[0] is task
        line.remove(task)
        self._order.pop(task.number, None)
        if not line:
            del self._lines[task.parent]
        elif was_head:
            self._offer(task.parent)

    def lose_process(
        self, begun: Container[int], change: Callable[[Task, str], None]
    ) -> list[Task]:
        """The process is gone and another is to come; return calls that must end.

        Calls with a retry left go back in line, those in ``begun`` one retry
        poorer; what has no input yet stays where it is. An actor that has never
        been alive loses no call.
        """
        if self.state == "pending":
            return []
        self.state, self.worker = "restarting", 0
        refused, back = [], []
        for call in list(self.in_flight.values()):
            if not call.retries:
                refused.append(call)
                continue
            if call.number in begun:
                call.retries -= call.retries > 0
                call.attempt += 1
            change(call, states.QUEUED)
            call.worker = 0
            back.append(call)
        refused += [call for call in self.queued_calls() if not call.retries]
        self.put_back(back)
        return refused

    def put_back(self, calls: list[Task]) -> None:
        """Let calls that were in flight stand first in line again.

        They are queued; ``calls`` is in the order in which they were sent.
        """
        for at, task in enumerate(calls):
            del self.in_flight[task.number]
            self._order[task.number] = at - len(calls) - self._returns
        self._returns += len(calls)
        for task in reversed(calls):
            self._lines.setdefault(task.parent, deque()).appendleft(task)
        self._heads.clear()
        for caller in self._lines:
            self._offer(caller)

    def queued_calls(self) -> list[Task]:
        """Return the calls that have all their inputs and were not sent."""
        lines = self._lines.values()
        return [task for line in lines for task in line if not task.missing]

    def at_work(self) -> list[Task]:
        """Return what may be running: calls, or the constructor."""
        if self.state != "alive":
            return [self.creation]
        calls = list(self.in_flight.values())
        return calls if self.slots else calls[:1]

    @property
    def waits(self) -> bool:
        """True if it runs something, and all that it runs is blocked."""
        if not self.creation.num_cpus:
            return False
        at_work = self.at_work()
        return bool(at_work) and all(one.state in _WAITING for one in at_work)

    @property
    def is_held_back(self) -> bool:
        """True if a call could be sent, had the actor its CPUs."""
        return self.is_lent and bool(self.slots)

    def wants_cpus(self, *, waits: bool) -> bool:
        """Tell whether an actor that lent its CPUs has use for them."""
        if not waits or any(one.state == states.RESUMING for one in self.at_work()):
            return True
        has_room = self.state == "alive" and self.slots > len(self.in_flight)
        return has_room and bool(self._heads) and self.permits != 0

    def all_calls(self) -> Iterator[Task]:
        """Yield every call that has not ended, in-flight ones first."""
        yield from list(self.in_flight.values())
        for line in list(self._lines.values()):
            yield from list(line)

    def _offer(self, caller: int | None) -> None:
        head = self._lines[caller][0]
        if not head.missing:
            heapq.heappush(self._heads, (self._order[head.number], _Caller(caller)))
