"""A bell that one thread sleeps by and any thread may ring."""

from __future__ import annotations

from threading import Condition


class Alarm:
    """Sleep until rung or until a time is up; a ring while awake is kept."""

    def __init__(self) -> None:
        """Start unrung."""
        self._condition = Condition()
        self._rung = False

    def ring(self) -> None:
        """Wake the sleeper, or keep it from its next sleep."""
        with self._condition:
            self._rung = True
            self._condition.notify_all()

    def wait(self, timeout_s: float | None) -> None:
        """Return when rung, or after ``timeout_s``; ``None`` waits for good."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung, timeout_s)
            self._rung = False
