"""What a recorded run decided, to be decided again.

    starts   which task, call or actor started after which, and on which worker
    waits    what each ``wait`` returned, and which ones timed out

Starts are let through one at a time in the recorded order; so every actor gets
its calls in that order too. What cannot be kept is a *difference*, in words.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

from rayteach.core import states
from rayteach.core.directed import Names
from rayteach.core.node_state import LEAVING
from rayteach.core.task import TASK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rayteach.core.directed import Directed
    from rayteach.core.task import Task

KEYS_KNOWN = 256
"""The log names so many IDs of a wait at most."""


class Start(NamedTuple):
    """A task began."""

    #: see ``Names``
    name: str
    #: the worker of the recorded run; 0 for an actor's
    worker: int


class Form(NamedTuple):
    """What tells the waits of a caller apart, beside their order."""

    #: "get" or "wait"
    kind: str
    #: how many IDs, up to ``KEYS_KNOWN``
    ids: int
    num_returns: int
    #: True if it has a timeout, of whatever length: many are computed
    is_timed: bool

    @property
    def is_choice(self) -> bool:
        """True if it may come back with different answers."""
        return self.is_timed or (self.kind == "wait" and self.num_returns < self.ids)


class Answer(NamedTuple):
    """How a wait came back."""

    positions: tuple[int, ...]
    #: "enough ready", "timeout" …
    reason: str


class Score:
    """The chooser that repeats a run; see :mod:`rayteach.core.directed`."""

    def __init__(
        self,
        starts: Iterable[Start],
        known: Iterable[str],
        waits: Iterable[tuple[str, Form, Answer]],
    ) -> None:
        """Take the recorded choices.

        Args:
            starts: in the order of the recorded times.
            known: the names of all recorded tasks, also of those that never began.
            waits: caller ("" for the driver), form and answer of those that may
                come back in more than one way, in order.
        """
        self.starts = deque(starts)
        self.differences: list[str] = []
        self._starting = {start.name for start in self.starts}
        self._missing = dict.fromkeys(known)
        self._known = frozenset(self._missing)
        self._waits: dict[tuple[str, Form], deque[Answer]] = defaultdict(deque)
        for caller, form, answer in waits:
            self._waits[caller, form].append(answer)
        self._names = Names()
        self._tasks: dict[str, Task] = {}
        #: tasks that the recorded run did not have, or did not begin with
        self._others: list[Task] = []
        #: worker of the recorded run -> worker that stands for it
        self._lanes: dict[int, int] = {}
        #: True once nothing of the recorded order is left to keep
        self._is_free = False

    def met(self, task: Task, *, is_new: bool) -> None:
        """Note what a new task is in the recorded run."""
        if not is_new:
            self._others.append(task)
            return
        name = self._names.add(
            task.number, task.kind, task.function.name, task.parent, task.actor or 0
        )
        if name not in self._known:
            self.differences.append(f"{name} is not in the recorded run")
            self._others.append(task)
            return
        self._missing.pop(name, None)
        self._tasks[name] = task

    def answer(self, caller: int | None, form: Form) -> Answer | None:
        """Return what the recorded run answered here; None: whatever comes."""
        name = "" if caller is None else self._names.of(caller)
        if name is None or not form.is_choice:
            return None
        answers = self._waits.get((name, form))
        if not answers:
            self.differences.append(
                f"a {form.kind} of {name or 'the driver'} on {form.ids} IDs is not"
                " in the recorded run"
            )
            return None
        return answers.popleft()

    def start_next(self, gate: Directed) -> bool:
        """Let the next start of the recorded run through, or one that it has not."""
        while self.starts:
            start = self.starts[0]
            task = self._tasks.get(start.name)
            if task is not None and task.state in states.END_STATES:
                self.starts.popleft()
                self.differences.append(f"{start.name} ended before it began")
                continue
            if task is not None and gate.can_start(task):
                return self._begin(gate, task, start)
            return self._start_other(gate)
        if not self._is_free:
            self._is_free = True
            self._others += [
                task
                for name, task in self._tasks.items()
                if name not in self._starting
            ]  # fmt: skip
        return self._start_other(gate)

    def give_way(self) -> None:
        """Nothing happens any more: leave out what was to start next."""
        if self.starts:
            start = self.starts.popleft()
            what = "was not submitted"
            if start.name in self._tasks:
                what = "could not start"
                self._others.append(self._tasks[start.name])
            self.differences.append(f"{start.name} {what} when it was its turn")

    def finish(self) -> list[str]:
        """Return all differences; nothing comes any more."""
        missing = list(self._missing)
        self._missing.clear()
        found = [f"{name} is missing" for name in missing]
        left = sum(map(len, self._waits.values()))
        self._waits.clear()
        if left:
            found.append(f"{left} waits of the recorded run are missing")
        self.differences += found
        return self.differences

    def _begin(self, gate: Directed, task: Task, start: Start) -> bool:
        lane = self._lanes.get(start.worker, 0)
        if lane and task.node and task.node.roles.get(lane, LEAVING) == LEAVING:
            del self._lanes[start.worker]  # idle for long, or it died
            lane = 0
        if not gate.begin(task, lane, self._lanes.values()):
            return False
        if task.kind == TASK:
            self._lanes[start.worker] = task.worker
        self.starts.popleft()
        return True

    def _start_other(self, gate: Directed) -> bool:
        self._others = [t for t in self._others if t.state not in states.END_STATES]
        for task in self._others:
            if gate.can_start(task):
                return gate.begin(task, 0, self._lanes.values())
        return False
