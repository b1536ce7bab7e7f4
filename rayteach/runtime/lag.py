"""What a worker of a slowed node adds to each task, so that it takes longer.

The task's function ends, then its worker waits until as much time has passed as it
would have taken on a machine that is so many times slower. What the task spent
waiting for others does not count. A cancellation ends the wait as it ends a sleep.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rayteach.runtime.board import Board


class Lag:
    """One worker's."""

    __slots__ = ("_waited", "factor")

    def __init__(self, board: Board, worker: int) -> None:
        """Look at the board, where the driver may change it at any time."""
        #: [0]: how many times as long everything takes, 0 for no longer
        self.factor = board.drag_of(worker)
        #: the task that waited for others last, and for how long
        self._waited = 0, 0.0

    def waited(self, task: int, seconds: float) -> None:
        """The task waited for a value that others make."""
        known, so_far = self._waited
        self._waited = task, seconds + (so_far if known == task else 0.0)

    def spend(self, task: int, begun_s: float) -> None:
        """Take the rest of the time that a slower machine would."""
        known, waited_s = self._waited
        own_s = time.monotonic() - begun_s - (waited_s if known == task else 0.0)
        time.sleep(max(0.0, own_s) * max(0.0, self.factor[0] - 1.0))
