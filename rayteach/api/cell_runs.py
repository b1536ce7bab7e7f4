"""Which cell run made which ID, and which runs were followed by another."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rayteach.engines.cell_work import CellWork
    from rayteach.object_id import ObjectID

_DRIVERS = 1 << 40
"""Numbers from here on were given by workers."""


class CellRuns:
    """The cell runs of one session."""

    def __init__(self, work: CellWork) -> None:
        """End their work through ``work``."""
        self._work = work
        #: the latest run of each cell
        self._latest: dict[str, int] = {}
        #: the first task number of each stretch, and whose stretch it is
        self._firsts: list[int] = []
        self._owners: list[int] = []
        self._superseded: set[int] = set()
        #: key and run of the cell that runs now
        self._now: tuple[str, int] | None = None
        #: the same of the cell that opened the session
        self._opener: tuple[str, int] | None = None

    def begin(self, key: str, run: int) -> None:
        """A cell begins to run."""
        self._latest[key] = run
        self._now = key, run
        self._stretch(run)

    def end(self) -> None:
        """No cell runs."""
        self._now = None
        self._stretch(0)

    def opened(self) -> None:
        """The cell that runs now has opened the session."""
        self._opener = self._now

    @property
    def is_opener_again(self) -> bool:
        """True while the cell that opened the session runs another time."""
        now, opener = self._now, self._opener
        if now is None or opener is None:
            return False
        return now[0] == opener[0] and now[1] != opener[1]

    def keep(self, key: str) -> None:
        """Let the work of the cell's latest run go on when it runs again."""
        self._latest.pop(key, None)

    def supersede(self, key: str) -> bool | None:
        """The cell is about to run again.

        Returns:
            None if it has not run before; else whether work of superseded runs is
            alive.
        """
        run = self._latest.pop(key, None)
        if run is None:
            return None
        self._superseded.add(run)
        return self._work.supersede(run)

    def review(self) -> None:
        """End superseded work that nobody can name any more."""
        self._work.review()

    def interrupt(self, run: int) -> tuple[int, list[str]]:
        """Cancel what a run started; see ``engines.cell_work``."""
        return self._work.interrupt(run)

    def run_of(self, one: ObjectID) -> int:
        """Return the run that made an ID; 0 outside cells, or if it is not known."""
        if one.task >= _DRIVERS:
            return 0
        at = bisect_right(self._firsts, one.task) - 1
        return self._owners[at] if at >= 0 else 0

    def is_superseded(self, one: ObjectID) -> bool:
        """Tell whether the cell that made an ID has run again since."""
        return self.run_of(one) in self._superseded

    def _stretch(self, run: int) -> None:
        self._firsts.append(self._work.mark())
        self._owners.append(run)
