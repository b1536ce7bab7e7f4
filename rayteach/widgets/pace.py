"""How much the publisher reads in a turn, and how long it rests after it.

    calm       some thousand events a second at most: told within a twentieth of one
    a storm    far more: the thread takes 5 % of a CPU, and the picture stays behind
    after it   what is unread is told in turns, half of the time

The thread shares the interpreter with the learner's code, so what it works in a storm
is what the program loses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

STORM_PER_S = 4_000
"""From so many events a second on the program counts more than the picture."""

REST = 19
"""In a storm the thread rests so many times as long as it worked: 5 % at most."""

MOST_IN_STORM = 2_000
"""Events of one turn in a storm: what takes a twentieth of a second or so to tell."""

MOST = 10_000
"""Events of one turn otherwise."""

MUCH = 500
"""Unread events from which on the rows are those of an earlier moment."""

_SHORTEST_S = 0.05


class Pace:
    """Looks at how many events come, once per turn."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Know nothing yet; ``clock`` gives monotonic seconds."""
        self._clock = clock
        self._looked_s = clock()
        self._known = 0
        self.is_storm = False

    def most(self, count: int) -> int:
        """Return how many events may be read, when there are ``count`` in all."""
        now_s = self._clock()
        elapsed_s = max(now_s - self._looked_s, _SHORTEST_S)
        self.is_storm = count - self._known > STORM_PER_S * elapsed_s
        self._looked_s, self._known = now_s, count
        return MOST_IN_STORM if self.is_storm else MOST

    def rest(self, worked_s: float) -> float:
        """Return how long to rest after so much work, at least."""
        return (REST if self.is_storm else 1) * worked_s
