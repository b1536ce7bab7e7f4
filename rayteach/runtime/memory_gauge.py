"""How much memory is in use, and whether that is too much."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from rayteach.runtime.allowance import Allowance

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT = "RAYTEACH_MEMORY_LIMIT"
"""What the workers of a session may use together, e.g. "500MB"; default: no limit
but that of the container and of the machine."""
THRESHOLD = "RAYTEACH_MEMORY_THRESHOLD"
"""The part of the machine's or the container's memory from which on it is short."""
_DEFAULT_THRESHOLD = 0.95
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", re.IGNORECASE)


class Level(NamedTuple):
    """One kind of memory: how much there is, how much is in use."""

    used: int
    most: int
    #: the share of ``most`` that may be in use
    threshold: float
    #: whose it is: "the machine's", …
    whose: str

    @property
    def share(self) -> float:
        """In use, as a share of what may be in use; above 1 it is short."""
        return self.used / (self.most * self.threshold)

    @property
    def words(self) -> str:
        """Say how things stand: "97 % of the machine's 8.0 GB are in use"."""
        percent = 100 * self.used / self.most
        return f"{percent:.0f} % of {self.whose} {in_words(self.most)} are in use"


class MemoryGauge:
    """Measures; keeps nothing but the limits."""

    def __init__(self) -> None:
        """Read the limits.

        Raises:
            ValueError: an environment variable is no size, or no share.
        """
        self._limit = _size_in(LIMIT)
        self._threshold = _share_in(THRESHOLD)
        self._allowance = Allowance()

    def level(self, workers: Iterable[int], server: int) -> Level:
        """Return the level that is nearest to its limit.

        Args:
            workers: process ids.
            server: process id of what they were forked from.
        """
        import psutil  # noqa: PLC0415 (20 ms, and not before tasks run)

        machine = psutil.virtual_memory()
        used = machine.total - machine.available
        found = [Level(used, machine.total, self._threshold, "the machine's")]
        group = self._allowance.memory()
        if group is not None and group[1] < machine.total:
            found.append(Level(*group, self._threshold, "the container's"))
        if self._limit is not None:
            used = sum(self.used_by(pid, server) for pid in workers)
            found.append(Level(used, self._limit, 1.0, f"the workers' ({LIMIT})"))
        return max(found, key=lambda one: one.share)

    def used_by(self, pid: int, server: int) -> int:
        """Return the bytes that a worker has of its own, 0 if it is gone."""
        return max(0, _private(pid) - _private(server))


def _private(pid: int) -> int:
    import psutil  # noqa: PLC0415 (see above)

    try:
        found = psutil.Process(pid).memory_info()
    except (psutil.Error, ValueError):
        return 0
    return int(found.rss - getattr(found, "shared", 0))


def in_words(size: float) -> str:
    """Return bytes for people: "1.2 GB"."""
    for unit in ("bytes", "KB", "MB"):
        if size < 1000:  # noqa: PLR2004 (three digits)
            return f"{size:.0f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"


def _size_in(name: str) -> int | None:
    text = os.environ.get(name, "")
    if not text:
        return None
    match = _SIZE.fullmatch(text)
    if match is None or not float(match[1]):
        msg = f'{name} is {text!r}; it must be a size, e.g. "500MB"'
        raise ValueError(msg)
    return int(float(match[1]) * _UNITS[match[2].upper()])


def _share_in(name: str) -> float:
    text = os.environ.get(name, "")
    try:
        share = float(text) if text else _DEFAULT_THRESHOLD
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        msg = f"{name} is {text!r}; it must be above 0 and at most 1, e.g. 0.95"
        raise ValueError(msg)
    return share
