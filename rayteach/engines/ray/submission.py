"""Which cell run the driver's submissions belong to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Submissions:
    """Numbers labels per cell run, and tells once that a run has started something."""

    def __init__(self) -> None:
        """Start outside of all cells."""
        self.run = 0
        self.run_labels: dict[int, str] = {0: ""}
        #: told once per run, in the submitting thread
        self.on_first: Callable[[int], None] = lambda _: None
        #: how many tasks of each name the current run has
        self.counts: dict[str, int] = {}
        self._announced: set[int] = set()

    def begin_run(self, run: int, label: str) -> None:
        """Number labels from 1 again."""
        self.run = run
        self.run_labels[run] = label
        self.counts = {}

    def announce(self) -> None:
        """Tell once that this run has started something (main thread only)."""
        if self.run in self._announced:
            return
        if threading.current_thread() is threading.main_thread():
            self._announced.add(self.run)
            self.on_first(self.run)
