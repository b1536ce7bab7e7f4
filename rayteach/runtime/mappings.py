"""Read values where they lie, through mappings that are used again.

A view is a read-only ``memoryview``; whatever is made of it (arrays, slices of
arrays) keeps it alive, and the lock on its file as long. The first touch of a page
costs more than reading it, so a mapping stays when its last view is gone, without
the lock: the maker may then write another value into the same file, and the next
reader finds its pages mapped. An idle mapping is never looked at, and holds no
memory once its file has been cut short.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any

from rayteach.errors import ObjectLostError
from rayteach.runtime.descriptors import open_high
from rayteach.runtime.finalizing import Reaper
from rayteach.runtime.segments import size_of, whole_numpy

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

IDLE = 8
"""Mappings that one process keeps without a view."""
WORTH_BYTES = 1 << 20
"""Smaller values are mapped anew each time."""


class _Mapping:
    """A mapped file. ``fd`` holds LOCK_SH while ``root`` lives."""

    __slots__ = ("data", "fd", "root")

    def __init__(self, fd: int, data: mmap.mmap) -> None:
        self.fd = fd
        self.data = data
        #: what every view of it holds, weakly
        self.root: Any = None


class Mappings:
    """The views of one process. Safe from several threads."""

    def __init__(
        self, spill: str, reaper: Reaper, shield: AbstractContextManager[Any]
    ) -> None:
        """Look for a value's file where its path says, then in ``spill``."""
        self._spill = spill
        self._reaper = reaper
        self._shield = shield
        self._lock = threading.RLock()
        #: mappings that may be used again, by (device, inode), oldest use first
        self._kept: dict[tuple[int, int], _Mapping] = {}
        #: mappings that end with their last view
        self._passing: weakref.WeakValueDictionary[tuple[int, int], mmap.mmap] = (
            weakref.WeakValueDictionary()
        )
        _all.add(self)

    def view(self, path: str) -> memoryview:
        """Return the bytes of a value, read-only.

        Raises:
            ObjectLostError: its file is gone.
        """
        with self._shield, self._lock:
            fd, is_shared = self.open(path)
            try:
                status = os.fstat(fd)
                key = status.st_dev, status.st_ino
                numpy = whole_numpy()
                if is_shared and status.st_size >= WORTH_BYTES and numpy is not None:
                    return self._keep(key, fd, numpy)[: size_of(path)]
                data = self._passing.get(key)
                if data is None:
                    data = mmap.mmap(fd, 0, prot=mmap.PROT_READ)  # with the lock
                    self._passing[key] = data
                return memoryview(data)[: size_of(path)]
            finally:
                os.close(fd)

    def idle(self) -> int:
        """Return how many mappings are kept without a view."""
        with self._lock:
            return sum(m.root is None for m in self._kept.values())

    def close(self) -> None:
        """Forget all; views that are held keep their bytes."""
        with self._lock:
            for mapping in self._kept.values():
                os.close(mapping.fd)
            self._kept.clear()

    def forking(self) -> None:
        """The process forks: what it sees now stays locked until it is unmapped.

        Else the parent would unlock what the child still reads.
        """
        with self._lock:
            for key, mapping in self._kept.items():
                if mapping.root is not None:
                    self._passing[key] = mapping.data
            self.close()

    def open(self, path: str) -> tuple[int, bool]:
        """Open and lock a value's file; say whether it lies in shared memory."""
        found = _open_locked(path)
        if found is not None:
            return found, True
        name = path.rpartition("/")[2]
        found = _open_locked(f"{self._spill}/{name}") if self._spill else None
        if found is None:
            msg = f"the stored value {name} is gone; make it again"
            raise ObjectLostError(msg)
        return found, False

    def _keep(self, key: tuple[int, int], fd: int, numpy: Any) -> memoryview:
        mapping = self._kept.pop(key, None)
        if mapping is None:
            mapping = _Mapping(os.dup(fd), mmap.mmap(fd, 0, prot=mmap.PROT_READ))
        self._kept[key] = mapping
        root = mapping.root() if mapping.root is not None else None
        if root is None:
            fcntl.flock(mapping.fd, fcntl.LOCK_SH)  # at once: ``fd`` has it too
            root = numpy.frombuffer(mapping.data, numpy.uint8)
            mapping.root = self._reaper.watch(root, _Rest(self, mapping))
        return memoryview(root)

    def rest(self, mapping: _Mapping) -> None:
        """The last view of a mapping is gone: keep it without the lock."""
        with self._lock:
            if mapping.root is None or mapping.root() is not None:
                return  # somebody looks again
            mapping.root = None
            if mapping not in self._kept.values():
                return
            fcntl.flock(mapping.fd, fcntl.LOCK_UN)
            resting = [k for k, m in self._kept.items() if m.root is None]
            for key in resting[: len(resting) - IDLE]:
                os.close(self._kept.pop(key).fd)


_all: weakref.WeakSet[Mappings] = weakref.WeakSet()


def _before_fork() -> None:
    for mappings in tuple(_all):
        mappings.forking()


os.register_at_fork(before=_before_fork)


class _Rest:
    """The action of a mapping's watch."""

    __slots__ = ("_mapping", "_mappings")

    def __init__(self, mappings: Mappings, mapping: _Mapping) -> None:
        self._mappings = mappings
        self._mapping = mapping

    def __call__(self) -> None:
        self._mappings.rest(self._mapping)


def _open_locked(path: str) -> int | None:
    """Open a file with LOCK_SH; None if it is gone, or no longer this value's."""
    try:
        fd = open_high(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH)
        now = os.stat(path)  # noqa: PTH116 (a plain path)
        if now.st_ino == os.fstat(fd).st_ino:
            return fd
    except FileNotFoundError:  # dropped or spilled between the two steps
        pass
    os.close(fd)
    return None
