"""What tasks printed after their cell had ended: no cell may show it any more."""

from __future__ import annotations

from collections import defaultdict, deque
from threading import Lock

KEPT_LINES = 2_000
"""Per run; the tasks' own logs have the rest."""

Line = tuple[str, str, str]
"""The task's label, "stdout" or "stderr", and the line without its end."""


class LateLog:
    """The latest lines of each run, numbered from 0; safe from any thread."""

    def __init__(self) -> None:
        """Start empty."""
        self._lines: defaultdict[int, deque[Line]] = defaultdict(
            lambda: deque(maxlen=KEPT_LINES)
        )
        self._counts: defaultdict[int, int] = defaultdict(int)
        self._lock = Lock()

    def add(self, run: int, label: str, stream: str, text: str) -> None:
        """Append the lines of ``text``, each of which has its end."""
        with self._lock:
            for line in text.removesuffix("\n").split("\n"):
                self._lines[run].append((label, stream, line))
                self._counts[run] += 1

    def since(self, run: int | None, start: int = 0) -> tuple[int, list[Line]]:
        """Return the number of the first line, and the lines from ``start`` on.

        The number is above ``start`` if lines in between are no longer kept.
        """
        with self._lock:
            if run is None or self._counts.get(run, 0) <= start:
                return start, []
            lines, count = list(self._lines[run]), self._counts[run]
        start = max(start, count - len(lines))
        return start, lines[start - count :]
