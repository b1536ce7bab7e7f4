"""What this process may use of the machine: containers and hubs allow less."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = Path("/proc/self/cgroup")
_ROOT = Path("/sys/fs/cgroup")
_UNLIMITED = 1 << 60
"""Version 1 says "no limit" with a huge number."""


class Allowance:
    """Limits of the control groups above this process; versions 1 and 2."""

    def __init__(self, proc: Path = _PROC, root: Path = _ROOT) -> None:
        """Read the membership from ``proc``, the limits below ``root``."""
        self._root = root
        self._groups: dict[str, str] = {}
        try:
            lines = proc.read_text().splitlines()
        except OSError:  # not Linux
            lines = []
        for line in lines:
            _, controllers, path = line.split(":", 2)
            for controller in controllers.split(","):
                self._groups[controller] = path

    def cpus(self) -> float | None:
        """Return the smallest quota in CPUs, None if there is none."""
        found = []
        for folder in self._folders(""):
            quota, _, period = _read(folder / "cpu.max").partition(" ")
            if quota.isdigit() and period.isdigit():
                found.append(int(quota) / int(period))
        for folder in self._folders("cpu"):
            quota = _read(folder / "cpu.cfs_quota_us")
            period = _read(folder / "cpu.cfs_period_us")
            if quota.isdigit() and period.isdigit():  # "-1": none
                found.append(int(quota) / int(period))
        return min(found) if found else None

    def memory(self) -> tuple[int, int] | None:
        """Return (bytes in use, limit) where the least is left, None without limit.

        Pages of files that could be dropped at once do not count as in use.
        """
        found = []
        for folder in self._folders(""):
            names = ("memory.current", "memory.max", "inactive_file")
            found += _memory(folder, *names)
        for folder in self._folders("memory"):
            names = (
                "memory.usage_in_bytes",
                "memory.limit_in_bytes",
                "total_inactive_file",
            )
            found += _memory(folder, *names)
        return min(found, key=lambda one: one[1] - one[0]) if found else None

    def _folders(self, controller: str) -> Iterator[Path]:
        """Yield the group's folder and those above it."""
        path = self._groups.get(controller)
        if path is None:
            return
        top = self._root / controller
        folder = top / path.lstrip("/")
        while folder != top and folder.is_relative_to(top):
            yield folder
            folder = folder.parent
        yield top


def allowed_cpus() -> float | None:
    """Return how many CPUs affinity and quota allow, None if nothing says."""
    limits = [Allowance().cpus()]
    if hasattr(os, "sched_getaffinity"):
        limits.append(float(len(os.sched_getaffinity(0))))
    return min((one for one in limits if one is not None), default=None)


def _memory(folder: Path, used: str, limit: str, cache: str) -> list[tuple[int, int]]:
    most, now = _read(folder / limit), _read(folder / used)
    if not (most.isdigit() and now.isdigit()) or int(most) > _UNLIMITED:
        return []
    droppable = 0
    for line in _read(folder / "memory.stat").splitlines():
        name, _, value = line.partition(" ")
        if name == cache and value.isdigit():
            droppable = int(value)
    return [(max(0, int(now) - droppable), int(most))]


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
