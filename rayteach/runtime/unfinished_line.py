"""Text up to its line end, as a terminal would leave it standing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LINE_CHARS = 8 * 1024
"""A line longer than this goes on its way in pieces."""
PROGRESS_S = 2.0
"""A line that is written over and over (a progress bar) is shown this often."""


class UnfinishedLine:
    """What one thread of a task has written since its last line end.

    A carriage return starts the line over, so of a progress bar's many states
    the last one stays; one that goes on for long shows its state now and then.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start empty; ``clock`` gives monotonic seconds."""
        self._parts: list[str] = []
        self._size = 0
        self._clock = clock
        self._shown_s = 0.0

    def add(self, text: str) -> str:
        """Take ``text``; return the lines that are whole now, "" if none is."""
        self._parts.append(text)
        self._size += len(text)
        if "\n" not in text and "\r" not in text and self._size <= LINE_CHARS:
            return ""
        whole, newline, rest = "".join(self._parts).rpartition("\n")
        lines = ""
        if newline:
            self._shown_s = 0.0
            lines = "".join(f"{_standing(line)}\n" for line in whole.split("\n"))
        if "\r" in rest:
            # A return at its end starts the line over when something follows it.
            starts_over = "\r" if rest.endswith("\r") else ""
            rest = f"\r{_last_state(rest)}{starts_over}"
            lines += self._progress(_standing(rest))
        if len(rest) > LINE_CHARS:
            lines, rest = f"{lines}{_standing(rest)}\n", ""
        self._parts = [rest] if rest else []
        self._size = len(rest)
        return lines

    def end(self) -> str:
        """Return what is left as a line, "" if nothing is."""
        text = _standing("".join(self._parts))
        self._parts, self._size = [], 0
        return f"{text}\n" if text else ""

    def _progress(self, state: str) -> str:
        now = self._clock()
        if not self._shown_s:
            self._shown_s = now
        elif now - self._shown_s > PROGRESS_S:
            self._shown_s = now
            return f"{state}\n" if state else ""
        return ""


def _standing(line: str) -> str:
    """Return what stays of a line that was written over: its last state."""
    return _last_state(line).rstrip() if "\r" in line else line


def _last_state(line: str) -> str:
    return next((s for s in reversed(line.split("\r")) if s.strip()), "")
