"""One legal order of a program's starts after another.

Whenever nothing happens any more (all that was started has ended or waits, and
the driver waits too) the next event is chosen: one of the tasks and calls that can
start, or one of the open waits times out. So a program that is deterministic but
for its schedule does the same under the same choices, however busy the machine is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rayteach.core.directed import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rayteach.core.directed import Directed
    from rayteach.core.task import Task


class Choice(NamedTuple):
    """What could come next, and what did."""

    #: names of tasks in order of submission, then "<wait> times out"
    options: tuple[str, ...]
    #: position of the one that came
    chosen: int

    @property
    def name(self) -> str:
        """What came."""
        return self.options[self.chosen]


class Explorer:
    """The chooser that tries an order; see :mod:`rayteach.core.directed`."""

    def __init__(self, pick: Callable[[Sequence[str]], int]) -> None:
        """Let ``pick`` choose among names; it returns a position."""
        self.choices: list[Choice] = []
        #: open waits with a timeout: what ends each
        self.timed: dict[str, Callable[[], None]] = {}
        #: True: do not wait for calls of actors that run several at once
        self.is_impatient = False
        self._pick = pick
        self._names = Names()
        self._waits = 0
        #: what was chosen and has no worker yet
        self._chosen: Task | None = None

    def met(self, task: Task, *, is_new: bool) -> None:  # noqa: ARG002 (all alike)
        """Name a new task."""
        self._names.add(
            task.number, task.kind, task.function.name, task.parent, task.actor or 0
        )

    def name_wait(self, caller: int | None, kind: str) -> str:
        """Return the name of a wait that begins; each is given once."""
        self._waits += 1
        who = "the driver" if caller is None else self._names.of(caller) or "a task"
        return f"{kind} {self._waits} of {who} times out"

    def start_next(self, gate: Directed) -> bool:
        """Choose, if nothing happens otherwise."""
        if not gate.is_quiet(ignore_slots=self.is_impatient):
            return False
        task = self._chosen
        if task is None or not gate.can_start(task):
            ready = {self._names.of(t.number) or "": t for t in gate.startable()}
            options = (*ready, *self.timed)
            if not options:
                return False
            choice = Choice(options, self._pick(options))
            self.choices.append(choice)
            self.is_impatient = False
            if choice.name in self.timed:
                self.timed.pop(choice.name)()
                return True
            task = ready[choice.name]
        is_begun = gate.begin(task)
        self._chosen = None if is_begun else task
        return is_begun
