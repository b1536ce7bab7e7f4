"""The files that hold values, and one process's supply of them.

    d-7-1e8480       a value of 0x1e8480 bytes, the driver's seventh
    d-7-1e8480.w     it is being written; its writer holds LOCK_EX
    d-7-1e8480.f     dropped by its owner: whoever gets LOCK_EX may reuse or free it

A name is never used twice. A reader holds LOCK_SH for as long as it can see the
bytes, so a lock that can be had says that nobody looks: no counts, no messages,
and a process that dies takes its locks with it.

Fresh pages are the whole cost of a large value (3 GB/s here), so the maker keeps
its dropped files and writes into the same pages again, through a mapping that
stays warm: as fast as memory can be copied.
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import struct
import sys
import threading
from collections import OrderedDict
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING, Any

from rayteach.runtime.arriving import Arriving
from rayteach.runtime.descriptors import open_high

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

from rayteach.runtime.serialization import Payload

FREE, DRAFT = ".f", ".w"
SLICE_BYTES = 32 << 20
"""Between slices of this size a write looks whether it is to stop."""
ALONE_BYTES = 8 << 20
"""From here on a second thread copies half of a buffer."""
MAPPINGS = 16
"""Warm mappings that one maker keeps."""
REMEMBERED = 16
"""Values that a maker remembers that is not told which ones were dropped…"""
REMEMBERED_IF_TOLD = 256
"""…and one that is, of each kind."""
ATTEMPTS = 8
"""Dropped files that a write tries to get: the rest may all be in use."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.ENOMEM)
_LEDGER = struct.Struct("<QQ")
"""limit, used"""
_POPULATE: int = getattr(mmap, "MAP_POPULATE", 0)


def size_of(path: str) -> int:
    """Return how many bytes the value in that file has."""
    return int(path.rpartition("-")[2], 16)


def whole_numpy() -> Any:
    """Return NumPy if it is imported; None also while a thread is importing it."""
    numpy = sys.modules.get("numpy")
    return numpy if hasattr(numpy, "frombuffer") else None


def is_value(name: str) -> bool:
    """Tell a value's file from drafts, dropped ones, and others."""
    return name.count("-") == 2 and "." not in name  # noqa: PLR2004 (owner, number, size)


class Ledger:
    """How many bytes all files of a session take; shared by its processes."""

    def __init__(self, directory: str, limit: int | None = None) -> None:
        """Open the session's ledger; with a ``limit`` in bytes, begin it."""
        flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if limit is not None else 0)
        self._directory = directory
        self._fd = open_high(f"{directory}/store", flags)
        self._lock = threading.Lock()
        if limit is not None:
            os.pwrite(self._fd, _LEDGER.pack(limit, 0), 0)

    def read(self) -> tuple[int, int]:
        """Return (limit, used) in bytes."""
        with self._lock:
            return self._read()

    def create(self, path: str, size: int) -> int | None:
        """Make a file of ``size`` bytes and open it; None if the limit forbids."""
        with self._locked():
            limit, used = self._read()
            if used + size > limit:
                return None
            flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC
            fd = open_high(path, flags)
            os.ftruncate(fd, size)
            self._write(limit, used + size)
        return fd

    def free(self, fd: int, path: str) -> int:
        """Give the memory of a file back; return its bytes. LOCK_EX is ours.

        Cut short before it is unlinked: others may still have it mapped, unseen.
        """
        with self._locked():
            limit, used = self._read()
            size = os.fstat(fd).st_size
            os.ftruncate(fd, 0)
            os.unlink(path)  # noqa: PTH108 (a plain path, no object needed)
            self._write(limit, max(0, used - size))
        return size

    def recount(self) -> None:
        """Count anew: a process died, perhaps between two steps."""
        with self._locked():
            limit, _ = self._read()
            used = 0
            for entry in files_of(self._directory):
                if entry.name.count("-") == 2:  # noqa: PLR2004 (as above)
                    with suppress(FileNotFoundError):
                        used += entry.stat().st_size
            self._write(limit, used)

    def close(self) -> None:
        """Close the file; what is asked afterwards is an ``OSError``."""
        with self._lock:
            fd, self._fd = self._fd, -1
            if fd >= 0:
                os.close(fd)

    def _read(self) -> tuple[int, int]:
        limit, used = _LEDGER.unpack(os.pread(self._fd, _LEDGER.size, 0))
        return limit, used

    def _write(self, limit: int, used: int) -> None:
        os.pwrite(self._fd, _LEDGER.pack(limit, used), 0)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._fd, fcntl.LOCK_UN)


def files_of(directory: str) -> list[os.DirEntry[str]]:
    """Return the files of a session; none if it is being closed."""
    with suppress(FileNotFoundError), os.scandir(directory) as entries:
        return list(entries)
    return []


def open_idle(path: str) -> int | None:
    """Open a dropped file with LOCK_EX; None if it is in use or gone."""
    try:
        fd = open_high(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.exists(path):  # noqa: PTH110 (nobody took it before the lock)
            return fd
    except BlockingIOError:
        pass
    os.close(fd)
    return None


def let_go(fd: int) -> None:
    """Unlock and close; a forked child's copy must not hold the lock."""
    fcntl.flock(fd, fcntl.LOCK_UN)
    os.close(fd)


def reclaim(path: str, ledger: Ledger) -> int:
    """Give a dropped file's memory back; return its bytes, 0 if it is in use."""
    fd = open_idle(path)
    if fd is None:
        return 0
    try:
        return ledger.free(fd, path)
    finally:
        let_go(fd)


class _Made:
    """A file that this process made and may use again."""

    __slots__ = ("capacity", "mapping", "path")

    def __init__(self, path: str, capacity: int, mapping: mmap.mmap | None) -> None:
        self.path = path
        self.capacity = capacity
        self.mapping = mapping


class SegmentPool:
    """Writes values of one process. Safe from several threads."""

    def __init__(
        self,
        directory: str,
        owner: str,
        ledger: Ledger,
        *,
        is_told: bool = False,
        threads: int = 1,
    ) -> None:
        """Make files whose names start with ``owner``.

        Args:
            directory: the session's directory.
            owner: "d" for the driver, "w3" for worker 3.
            ledger: the session's ledger.
            is_told: ``dropped`` is called for each file; else the pool looks.
            threads: how many may copy one large buffer, 1 or 2.
        """
        self._prefix = f"{directory}/{owner}-"
        self._ledger = ledger
        self._numbers = count(1)
        self._threads = threads
        self._lock = threading.Lock()
        #: oldest first, but for dropped ones that were found in use
        self._made: OrderedDict[str, _Made] = OrderedDict()
        self._dropped: OrderedDict[str, _Made] | None = (
            OrderedDict() if is_told else None
        )

    def path(self, size: int) -> str:
        """Return a path that was never used."""
        return f"{self._prefix}{next(self._numbers)}-{size:x}"

    def write(self, payload: Payload, stops: Callable[[], bool]) -> str | None:
        """Store a payload; return its path, None if there is no room.

        Raises:
            KeyboardInterrupt: ``stops`` said so; nothing is left behind.
        """
        path = self.path(payload.size)
        draft = path + DRAFT
        found = self._claim(payload.size, draft)
        made, fd = found or (None, self._create(draft, payload.size))
        if fd is None:
            return None
        try:
            if isinstance(payload.pieces, Arriving):
                payload.pieces.fill(fd)
                made = made or _Made(path, payload.size, None)
            elif made is None:
                write_pieces(fd, payload.pieces, stops)
                made = _Made(path, payload.size, None)
            else:
                if made.mapping is None:
                    flags = mmap.MAP_SHARED | _POPULATE
                    made.mapping = mmap.mmap(fd, 0, flags=flags)
                copy_pieces(made.mapping, payload.pieces, stops, self._threads)
            os.rename(draft, path)  # noqa: PTH104 (a plain path)
        except BaseException as error:
            self._ledger.free(fd, draft)
            if isinstance(error, OSError) and error.errno in FULL:
                return None
            raise
        finally:
            let_go(fd)
        made.path = path
        self._remember(made)
        return path

    def dropped(self, path: str) -> None:
        """The owner dropped this file: it may be written again."""
        if self._dropped is None:
            return
        with self._lock:
            made = self._made.pop(path, None)
            if made is not None:
                self._dropped[path] = made
                if len(self._dropped) > REMEMBERED_IF_TOLD:
                    self._dropped.popitem(last=False)

    def _remember(self, made: _Made) -> None:
        told = self._dropped is not None
        with self._lock:
            self._made[made.path] = made
            if len(self._made) > (REMEMBERED_IF_TOLD if told else REMEMBERED):
                self._made.popitem(last=False)
            if made.mapping is not None:
                warm = [m for m in self._all() if m.mapping is not None]
                for cold in warm[: len(warm) - MAPPINGS]:
                    cold.mapping = None

    def _all(self) -> list[_Made]:
        return [*(self._dropped or {}).values(), *self._made.values()]

    def _claim(self, size: int, draft: str) -> tuple[_Made, int] | None:
        """Take a dropped file of a fitting size and rename it to ``draft``."""
        with self._lock:
            told = self._dropped is not None
            choice = self._made if self._dropped is None else self._dropped
            fitting = [m for m in choice.values() if size <= m.capacity <= 2 * size]
            for made in fitting[: -ATTEMPTS - 1 : -1]:
                fd = open_idle(made.path + FREE)
                if fd is None:
                    choice.move_to_end(made.path, last=False)
                    if self._is_gone(made.path, told=told):
                        del choice[made.path]
                    continue
                os.rename(made.path + FREE, draft)  # noqa: PTH104 (a plain path)
                del choice[made.path]
                return made, fd
        return None

    def _create(self, draft: str, size: int) -> int | None:
        try:
            return self._ledger.create(draft, size)
        except OSError as error:
            if error.errno in FULL:
                return None
            raise

    @staticmethod
    def _is_gone(path: str, *, told: bool) -> bool:
        if os.path.exists(path + FREE):  # noqa: PTH110 (a plain path)
            return False
        return told or not os.path.exists(path)  # noqa: PTH110 (as above)


def write_pieces(fd: int, pieces: Any, stops: Callable[[], bool]) -> None:
    """Write pieces one behind the other; allocates, so a full store is an error.

    Raises:
        OSError: no room.
        KeyboardInterrupt: ``stops`` said so.
    """
    if isinstance(pieces, Arriving):
        pieces.fill(fd)
        return
    for piece in pieces:
        view = memoryview(piece).cast("B")
        while view:
            view = view[os.write(fd, view[:SLICE_BYTES]) :]
            if stops():
                raise KeyboardInterrupt


def copy_pieces(
    target: mmap.mmap, pieces: list[Any], stops: Callable[[], bool], threads: int
) -> None:
    """Copy pieces one behind the other into pages that exist.

    Raises:
        KeyboardInterrupt: ``stops`` said so.
    """
    at = 0
    with memoryview(target) as whole:
        for piece in pieces:
            view = memoryview(piece).cast("B")
            end = at + view.nbytes
            with whole[at:end] as part:
                if threads > 1 and view.nbytes >= ALONE_BYTES:
                    _copy_in_two(part, view, stops)
                else:
                    _copy(part, view, stops)
            at = end
    if stops():
        raise KeyboardInterrupt


def _copy(target: memoryview, source: memoryview, stops: Callable[[], bool]) -> None:
    numpy = whole_numpy()
    for start in range(0, source.nbytes, SLICE_BYTES):
        stop = min(start + SLICE_BYTES, source.nbytes)
        if numpy is None:
            target[start:stop] = source[start:stop]
        else:  # lets other threads run meanwhile
            into = numpy.frombuffer(target[start:stop], numpy.uint8)
            numpy.copyto(into, numpy.frombuffer(source[start:stop], numpy.uint8))
            del into
        if stops():
            return


def _copy_in_two(
    target: memoryview, source: memoryview, stops: Callable[[], bool]
) -> None:
    half = source.nbytes // 2
    ended = threading.Event()
    helper = threading.Thread(
        target=_copy, args=(target[half:], source[half:], ended.is_set), daemon=True
    )
    helper.start()
    try:
        _copy(target[:half], source[:half], stops)
        if stops():
            ended.set()
    finally:
        helper.join()
