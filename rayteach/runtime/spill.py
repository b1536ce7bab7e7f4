"""Values on disk, when shared memory has no room for them.

A value that is spilled keeps its name in another folder, where every reader looks
second: it is read where it lies, through the system's file cache, and never copied
back. Whoever needs room makes it: first from dropped files, then by spilling what
nobody looks at, oldest first; a value larger than the store goes to disk at once.
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from rayteach.runtime.descriptors import open_high
from rayteach.runtime.segments import (
    DRAFT,
    FREE,
    FULL,
    Ledger,
    is_value,
    let_go,
    reclaim,
    size_of,
    write_pieces,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from typing import Any

LEAST_FREE = 0.05
"""Share of the disk that spilling leaves alone. Source: Ray, full at 95 %."""


class DiskFullError(Exception):
    """The disk has no room; the caller says it in the learner's words."""


class Spill:
    """What one process may do about a full store."""

    def __init__(self, directory: str, folder: str, owner: str, ledger: Ledger) -> None:
        """Spill from ``directory`` to ``folder`` ("" for never).

        ``owner`` ends the names of drafts, so that a dead process's can be told.
        """
        self.folder = folder
        self._directory = directory
        self._draft = f"{DRAFT}{owner}"
        self._ledger = ledger
        #: told the path of each value that this process moved to disk
        self.on_spilled: Callable[[str], None] = lambda _: None

    def make_room(self, size: int, stops: Callable[[], bool]) -> None:
        """Try to free ``size`` bytes of shared memory.

        Raises:
            KeyboardInterrupt: ``stops`` said so.
            DiskFullError: there is no room on the disk either.
        """
        freed = 0
        for entry in os.scandir(self._directory):
            if entry.name.endswith(FREE):
                freed += reclaim(entry.path, self._ledger)
        if freed >= size or not self.folder:
            return
        with self._alone() as is_alone:
            # Else somebody makes room already, and the value can go to disk.
            for path in self._oldest() if is_alone else ():
                freed += self._move(path, stops)
                if freed >= size:
                    return

    def write(
        self, path: str, pieces: list[Any], size: int, stops: Callable[[], bool]
    ) -> None:
        """Write the value that belongs at ``path`` to disk.

        Raises:
            DiskFullError: no room.
            KeyboardInterrupt: ``stops`` said so; nothing is left behind.
        """
        if not self._has_room(size):
            raise DiskFullError
        target = f"{self.folder}/{path.rpartition('/')[2]}"
        draft = target + self._draft
        fd = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            write_pieces(fd, pieces, stops)
            os.rename(draft, target)  # noqa: PTH104 (a plain path)
        except BaseException as error:
            with suppress(FileNotFoundError):
                os.unlink(draft)  # noqa: PTH108 (as above)
            if isinstance(error, OSError) and error.errno in FULL:
                raise DiskFullError from None
            raise
        finally:
            os.close(fd)

    def drop(self, path: str) -> None:
        """The owner dropped the value: it may lie on disk."""
        if self.folder:
            with suppress(FileNotFoundError):
                os.unlink(f"{self.folder}/{path.rpartition('/')[2]}")  # noqa: PTH108

    def forget(self, owner: str, known: Container[str]) -> None:
        """The process of that name died: remove its drafts, and what is not known."""
        if not self.folder:
            return
        for entry in os.scandir(self.folder):
            name = entry.name
            lost = name.startswith(f"{owner}-") and not self._is_known(name, known)
            if lost or name.endswith(f"{DRAFT}{owner}"):
                with suppress(FileNotFoundError):
                    os.unlink(entry.path)  # noqa: PTH108 (as above)

    def _is_known(self, name: str, known: Container[str]) -> bool:
        """Tell whether the owner of the value has a book entry for it."""
        path = f"{self._directory}/{name.partition(DRAFT)[0]}"
        return path in known

    def _alone(self) -> _Alone:
        return _Alone(f"{self._directory}/spilling")

    def _oldest(self) -> Iterator[str]:
        """Yield the paths of values, those written longest ago first."""
        found = []
        for entry in os.scandir(self._directory):
            if is_value(entry.name):
                with suppress(FileNotFoundError):
                    found.append((entry.stat().st_mtime_ns, entry.path))
        for _, path in sorted(found):
            yield path

    def _move(self, path: str, stops: Callable[[], bool]) -> int:
        """Move a value to disk if nobody looks at it; return the bytes freed.

        Readers may come at any time: until the rename they find it in shared memory,
        after it on disk. The owner may drop it meanwhile: then it is not kept.
        """
        try:
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return 0
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(fd, fcntl.LOCK_SH)
            if not os.path.exists(path):  # noqa: PTH110 (dropped before the lock)
                return 0
            data = memoryview(mmap.mmap(fd, 0, prot=mmap.PROT_READ))
            size = size_of(path)
            self.write(path, [data[:size]], size, stops)
            try:
                os.rename(path, path + FREE)  # noqa: PTH104 (a plain path)
            except FileNotFoundError:
                self.drop(path)
                return 0
        except BlockingIOError:
            return 0
        finally:
            let_go(fd)
        self.on_spilled(path)
        return reclaim(path + FREE, self._ledger)

    def _has_room(self, size: int) -> bool:
        space = os.statvfs(self.folder)
        left = space.f_bavail * space.f_frsize - size
        return left >= LEAST_FREE * space.f_blocks * space.f_frsize


class _Alone:
    """A context that says whether no other process of the session is in it."""

    def __init__(self, path: str) -> None:
        self._fd = open_high(path, os.O_CREAT | os.O_RDWR)

    def __enter__(self) -> bool:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise
        return True

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)
