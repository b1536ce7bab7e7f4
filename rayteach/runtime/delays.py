"""How long a worker was ready to run while the machine ran others.

Two workers on one core take turns: each task takes twice its own time. Linux
counts the time that a thread stood in line for a core; a task that took long is
told with what it lost that way, so that predictions need not count it.
"""

from __future__ import annotations

import os

from rayteach.runtime.descriptors import open_high

_BYTES = 96
_NS = 1e-9
SHARE = 0.05
"""A task that lost less of its time than this is not told."""


class Delays:
    """The line for a core of this process's main thread."""

    def __init__(self) -> None:
        """Know nothing where the system does not count."""
        self._last_s = 0.0
        try:
            self._fd = open_high("/proc/self/schedstat", os.O_RDONLY)
        except OSError:
            self._fd = -1

    def of(self, took_s: float) -> float:
        """Return what a task that ends now lost of its time, in seconds.

        Counted from the last such task on; a short one in between loses little.
        """
        if self._fd < 0:
            return 0.0
        try:
            lost_s = int(os.pread(self._fd, _BYTES, 0).split()[1]) * _NS
        except (OSError, IndexError, ValueError):  # a learner has closed it
            self._fd = -1
            return 0.0
        delay_s, self._last_s = lost_s - self._last_s, lost_s
        delay_s = min(delay_s, took_s)
        return delay_s if delay_s > SHARE * took_s else 0.0
