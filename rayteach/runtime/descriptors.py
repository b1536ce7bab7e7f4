"""Where our own descriptors lie: out of a learner's reach.

Learners close "all" descriptors up to a number, to see what happens.
"""

from __future__ import annotations

import fcntl
import os

FLOOR = 256
"""Ours lie above."""
_close = os.close


def out_of_reach(fd: int) -> int:
    """Move a descriptor of ours to where nobody closes it by the way."""
    try:
        high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, FLOOR)
    except OSError:  # a low limit on open files
        return fd
    _close(fd)
    return high


def open_high(path: str, flags: int) -> int:
    """Open a file for us alone; raises what ``os.open`` raises."""
    return out_of_reach(os.open(path, flags | os.O_CLOEXEC, 0o600))
