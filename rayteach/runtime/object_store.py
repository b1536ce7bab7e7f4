"""One process's door to the session's stored values: write one, look at one.

    write ──► a dropped file of its own, still mapped     (segments)
          ──► a fresh file, if the session's limit allows (segments)
          ──► room made by spilling older values          (spill)
          ──► the disk
    view  ──► shared memory, then the disk                (mappings)

All processes agree through the files alone: names, locks, and one ledger of bytes.
"""

from __future__ import annotations

import os
import resource
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rayteach.record import Record
from rayteach.runtime.mappings import Mappings
from rayteach.runtime.segments import FREE, Ledger, SegmentPool
from rayteach.runtime.spill import DiskFullError, Spill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from rayteach.runtime.finalizing import Reaper
    from rayteach.runtime.serialization import Payload

_FILES = 1 << 16
"""Descriptors that a process may open, if its hard limit allows: one or two per
large value that it looks at."""
ROOM_S = 1.0
"""So long a worker's value waits for room when nothing can be spilled…"""
_LOOK_S = 0.02
"""…and looks this often."""
_CGROUP_LIMITS = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)


class NoRoomError(Exception):
    """A value fits nowhere; the engine says it in the learner's words."""

    def __init__(self, size: int, *, is_disk: bool) -> None:
        """Keep the value's bytes, and whether it is the disk that is full."""
        super().__init__(size, is_disk)
        self.size = size
        self.is_disk = is_disk


class Places(Record):
    """Where a process keeps values, and under which name."""

    #: the session's directory in shared memory
    directory: str
    #: the session's directory on disk, "" for none
    spill: str
    #: "d" for the driver, "w3" for worker 3
    owner: str


class ObjectStore:
    """Values of one process. Safe from several threads."""

    def __init__(
        self,
        places: Places,
        reaper: Reaper,
        shield: AbstractContextManager[Any],
        stops: Callable[[], bool],
        *,
        is_driver: bool = False,
        limit: int | None = None,
    ) -> None:
        """Open the store; with a ``limit`` in bytes, begin it.

        Args:
            places: folders and name of this process.
            reaper: told when views are gone.
            shield: holds interrupts while files change hands.
            stops: asked between slices of a long write: is it to end?
            is_driver: ``dropped`` is called for each file, and copies may use
                two threads.
            limit: bytes of shared memory for all values.
        """
        _raise_file_limit()
        self.ledger = Ledger(places.directory, limit)
        self.spill = Spill(places.directory, places.spill, places.owner, self.ledger)
        two = is_driver and (os.cpu_count() or 1) > 1
        self.pool = SegmentPool(
            places.directory,
            places.owner,
            self.ledger,
            is_told=is_driver,
            threads=2 if two else 1,
        )
        self._mappings = Mappings(places.spill, reaper, shield)
        self._shield = shield
        self._stops = stops
        self._is_driver = is_driver

    def write(self, payload: Payload) -> str:
        """Store a payload; return its path.

        Raises:
            NoRoomError: there is no room in shared memory, nor on disk.
            KeyboardInterrupt: nothing is left behind.
        """
        stops = _Sticky(self._stops)
        with self._shield:
            try:
                return self._write(payload, stops)
            except DiskFullError:
                raise NoRoomError(payload.size, is_disk=True) from None

    def view(self, path: str) -> memoryview:
        """Return the bytes of a value, read-only.

        Raises:
            ObjectLostError: its file is gone.
        """
        return self._mappings.view(path)

    @contextmanager
    def opened(self, path: str) -> Iterator[int]:
        """Open a value's file, which stays as it is meanwhile.

        Raises:
            ObjectLostError: its file is gone.
        """
        fd = self._mappings.open(path)[0]
        try:
            yield fd
        finally:
            os.close(fd)

    def discard(self, path: str) -> None:
        """Take a value back that nobody heard of."""
        with suppress(FileNotFoundError):
            os.rename(path, path + FREE)  # noqa: PTH104 (a plain path)
        self.spill.drop(path)
        self.pool.dropped(path)

    def close(self) -> None:
        """Forget mappings; views that are held keep their bytes."""
        self._mappings.close()
        self.ledger.close()

    def _write(self, payload: Payload, stops: Callable[[], bool]) -> str:
        size = payload.size
        limit, _ = self.ledger.read()
        if size <= limit:
            path = self.pool.write(payload, stops)
            if path is not None:
                return path
            limit, used = self.ledger.read()
            # The limit may allow it and the file system not: then all of it is missing.
            missing = used + size - limit
            self.spill.make_room(missing if missing > 0 else size, stops)
            path = self.pool.write(payload, stops)
            if path is not None:
                return path
        if not self.spill.folder:
            path = self._wait_for_room(payload, stops) if size <= limit else None
            if path is None:
                raise NoRoomError(size, is_disk=False)
            return path
        path = self.pool.path(size)
        self.spill.write(path, payload.pieces, size, stops)
        self.spill.on_spilled(path)
        return path

    def _wait_for_room(self, payload: Payload, stops: Callable[[], bool]) -> str | None:
        """Write once drops that are under way elsewhere have made room.

        The driver drops a value in a thread of its own, a moment after its last
        reference is gone: what fills the store now may already be nobody's.
        """
        if self._is_driver:  # which has just dropped what is gone
            return None
        until_s = time.monotonic() + ROOM_S
        while time.monotonic() < until_s:
            if stops():
                raise KeyboardInterrupt
            time.sleep(_LOOK_S)
            self.spill.make_room(payload.size, stops)
            path = self.pool.write(payload, stops)
            if path is not None:
                return path
        return None


class _Sticky:
    """Asks until the answer is yes, then keeps it."""

    __slots__ = ("_ask", "_said")

    def __init__(self, ask: Callable[[], bool]) -> None:
        self._ask = ask
        self._said = False

    def __call__(self) -> bool:
        self._said = self._said or self._ask()
        return self._said


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def default_limit(directory: str) -> int:
    """Return how many bytes values may take where nobody says it.

    The smaller of 30 % of the memory (of the container, if it has a limit) and 80 %
    of what is free where ``directory`` lies: Docker gives 64 MB.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for source in _CGROUP_LIMITS:
        with suppress(OSError, ValueError):  # none, or "max"
            memory = min(memory, int(Path(source).read_text(encoding="ascii")))
    space = os.statvfs(directory)
    free = space.f_bavail * space.f_frsize
    return max(1, int(min(memory * 0.3, free * 0.8)))


def write_file(path: str, data: bytes) -> None:
    """Write ``data`` so that a reader sees all of it or no file."""
    draft = Path(f"{path}.{os.getpid()}-{threading.get_ident()}")
    draft.write_bytes(data)
    draft.replace(path)
