"""The processes that a submission started: seen, weighed and ended, orphans too.

On Linux the grader adopts orphans while it works (``PR_SET_CHILD_SUBREAPER``),
so a process that left its family is found among the grader's own children.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

_ADOPT = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h
#: rounds of killing before giving up: whoever forks faster than this wins
_ROUNDS = 50
_PAUSE_S = 0.05
#: our own processes end by themselves once their kernel has
_OWN = "rayteach"


@contextmanager
def adopting() -> Iterator[None]:
    """Be the parent of every orphan below this process, for a while."""
    _adopt(1)
    try:
        yield
    finally:
        _adopt(0)


def _adopt(flag: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_ADOPT, flag, 0, 0, 0)


class Family:
    """All processes below this one that were not there at first."""

    def __init__(self) -> None:
        """Take what lives now as not ours."""
        self._before = set(psutil.Process().children(recursive=True))
        #: all that was ever seen: an orphan is not below us everywhere
        self._seen: set[psutil.Process] = set()

    def alive(self) -> list[psutil.Process]:
        """Return the living ones; those that ended are buried."""
        now = set(psutil.Process().children(recursive=True)) - self._before
        self._seen |= now
        living = [one for one in self._seen if _lives(one)]
        self._seen = set(living)
        return living

    def memory_bytes(self) -> int:
        """Return what they hold together; what they share counts once."""
        return sum(_proportional_bytes(one.pid) for one in self.alive())

    def leftovers(self, own_s: float, foreign_s: float) -> list[psutil.Process]:
        """Wait for processes to end by themselves and return those that do not.

        Args:
            own_s: how long rayteach's own processes may take.
            foreign_s: how long any other may take.
        """
        start_s = time.monotonic()
        while True:
            left = self.alive()
            waited_s = time.monotonic() - start_s
            late = foreign_s if not any(map(_is_own, left)) else own_s
            if not left or waited_s >= late:
                return left
            time.sleep(_PAUSE_S)

    def kill(self) -> None:
        """End all of them, and what they start meanwhile."""
        for _ in range(_ROUNDS):
            left = self.alive()
            if not left:
                return
            for one in left:
                with suppress(psutil.Error):
                    one.kill()
            psutil.wait_procs(left, timeout=_PAUSE_S)


def words(process: psutil.Process) -> str:
    """Return the command of a process as people know it."""
    try:
        return " ".join(process.cmdline())[:60] or process.name()
    except psutil.Error:
        return f"process {process.pid}"


def _is_own(process: psutil.Process) -> bool:
    return _OWN in words(process)


def _lives(process: psutil.Process) -> bool:
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            return bool(process.is_running())
        if process.ppid() == os.getpid():
            _bury(process.pid)
    except psutil.Error:
        pass
    return False


def _bury(pid: int) -> None:
    """Take an adopted orphan's entry out of the process table."""
    with suppress(OSError):
        os.waitpid(pid, os.WNOHANG)


def _proportional_bytes(pid: int) -> int:
    """Return the memory of a process, what it shares divided among the sharers."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    with suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0
