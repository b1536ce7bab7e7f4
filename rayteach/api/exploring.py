"""``seeded`` and ``explore``: a program under schedules that might have been."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rayteach.api import session as sessions
from rayteach.api.observe import Block
from rayteach.api.repeating import directed
from rayteach.api.run import Run
from rayteach.core.exploring import Explorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rayteach.core.exploring import Choice

_SHOWN = 12
"""So many choices around the one that matters are shown."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One run of the program, and the choices that made it."""

    run: Run
    #: what could come next each time, and what did
    choices: tuple[Choice, ...]
    #: what the program raised, None if nothing
    error: Exception | None

    @property
    def order(self) -> list[str]:
        """What came, in order."""
        return [choice.name for choice in self.choices]


class Exploration:
    """What became of a program under different schedules.

    Attributes:
        schedules: all that were tried, those of the search for the smallest
            difference included.
        passing: one under which the program ran to its end, None if there is none.
        breaking: one under which it raised, None if there is none; where both are
            there, they differ in one choice and what follows from it.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.schedules: list[Schedule] = []
        self.passing: Schedule | None = None
        self.breaking: Schedule | None = None

    @property
    def differs_at(self) -> int | None:
        """Position of the first choice that differs; None without such a pair."""
        if self.passing is None or self.breaking is None:
            return None
        pairs = zip(self.passing.order, self.breaking.order, strict=False)
        return next((at for at, (a, b) in enumerate(pairs) if a != b), None)

    def __repr__(self) -> str:
        """Say how many broke it, and which choice makes the difference."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        broken = sum(one.error is not None for one in self.schedules)
        yield f"{len(self.schedules)} schedules: {broken} break the program."
        if self.breaking is not None:
            yield _told(self.breaking.error)
        at = self.differs_at
        if at is None or self.passing is None or self.breaking is None:
            return
        first, second = self.passing.choices[at], self.breaking.choices[at]
        yield (
            f"One choice makes the difference: it passes where {first.name} comes "
            f"next, and breaks where it is {second.name}."
        )
        yield f"  passes: {_around(self.passing.order, at)}"
        yield f"  breaks: {_around(self.breaking.order, at)}"


@contextmanager
def seeded(seed: int) -> Iterator[Run]:
    """Let a seed decide what starts next, so that it can be decided again.

    While anything runs nothing new starts; then one of the tasks and calls that
    can start is drawn, or one of the open waits times out. The same program does
    the same under the same seed, on any machine. Its end waits for all that the
    block submitted.

    Args:
        seed: any whole number.

    Yields:
        The run, as ``observe`` does.

    Raises:
        RayteachError: a schedule is being followed already, the session is paused,
            or this is a task.

    Source: ours.
    """
    sessions.engine()
    block = Block()
    with directed(Explorer(_by_chance(seed))):
        yield Run(block)
    block.close()


def explore(
    fn: Callable[[], Any], schedules: int = 20, *, seed: int = 0
) -> Exploration:
    """Run a function under different legal schedules, and see which break it.

    The first schedule starts what was submitted first; the others draw. If some
    raise and some do not, the choices of one are put in place of another's, fewer
    and fewer, until one choice is left that makes the difference.

    Args:
        fn: takes nothing, submits tasks and checks what comes; to raise means to
            break. It must do the same each time but for the schedule, and make the
            actors that it uses.
        schedules: how many to draw, from 1; some more are run to narrow down.
        seed: draws others.

    Returns:
        What was tried, and a pair with the smallest difference.

    Raises:
        ValueError: ``schedules`` is no whole number from 1.
        RayteachError: as :func:`seeded`.

    Source: ours; the idea is that of systematic concurrency testing (Musuvathi et
    al. 2008, "Finding and reproducing Heisenbugs in concurrent programs").
    """
    if isinstance(schedules, bool) or not isinstance(schedules, int) or schedules < 1:
        msg = f"schedules={schedules!r}: how many to try, a whole number from 1"
        raise ValueError(msg)
    found = Exploration()
    first = _tried(fn, _first, found)
    other = None
    for number in range(1, schedules):
        one = _tried(fn, _by_chance(seed * 1_000_003 + number), found)
        if (one.error is None) != (first.error is None):
            other = other or one
    pair = (first,) if other is None else _narrowed(fn, first, other, found)
    for one in pair:
        if one.error is None:
            found.passing = one
        else:
            found.breaking = one
    return found


def _narrowed(
    fn: Callable[[], Any], first: Schedule, other: Schedule, found: Exploration
) -> tuple[Schedule, Schedule]:
    """Return two schedules with different ends that differ in one choice.

    ``first`` begins with none of ``other``'s choices and goes on with the first in
    line, as all do here. With ``low`` of them it ends as ``first``, with ``high``
    as ``other``; so somewhere between one more turns it.
    """
    order, low, high = other.order, 0, len(other.order)
    while high - low > 1:
        middle = (low + high) // 2
        one = _tried(fn, _scripted(order[:middle]), found)
        if (one.error is None) == (first.error is None):
            low, first = middle, one
        else:
            high, other = middle, one
    return first, other


def _tried(
    fn: Callable[[], Any], pick: Callable[[Sequence[str]], int], found: Exploration
) -> Schedule:
    sessions.engine()
    block, chooser = Block(), Explorer(pick)
    error: Exception | None = None
    with directed(chooser):
        try:
            fn()
        except Exception as raised:  # noqa: BLE001 (what it raises is the answer)
            error = raised
    block.close()
    schedule = Schedule(Run(block), tuple(chooser.choices), error)
    found.schedules.append(schedule)
    return schedule


def _first(_: Sequence[str]) -> int:
    return 0


def _by_chance(seed: int) -> Callable[[Sequence[str]], int]:
    chance = random.Random(seed)  # noqa: S311 (no secret)
    return lambda options: chance.randrange(len(options))


def _scripted(order: Sequence[str]) -> Callable[[Sequence[str]], int]:
    """Follow an order as long as it goes, then take the first in line."""
    script = iter(order)

    def pick(options: Sequence[str]) -> int:
        wanted = next(script, options[0])
        return options.index(wanted) if wanted in options else 0

    return pick


def _told(error: Exception | None) -> str:
    at = error.__traceback__ if error is not None else None
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    line = f" (line {at.tb_lineno})" if at is not None else ""
    text = str(error).partition("\n")[0]
    return f"{type(error).__name__}{line}" + (f": {text}" if text else "")


def _around(order: list[str], at: int) -> str:
    start = max(0, at - _SHOWN // 2)
    shown = order[start : start + _SHOWN]
    before = "… " if start else ""
    after = " …" if start + _SHOWN < len(order) else ""
    return f"{before}{', '.join(shown)}{after}"
