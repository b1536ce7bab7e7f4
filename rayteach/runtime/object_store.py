"""Values in shared memory: files in the session's directory, mapped by readers.

A segment is written with ``write`` (which allocates: a full store is an error
at the writer, never a SIGBUS at a reader) and never changed afterwards. The
driver owns it: when its last reference goes, the file is unlinked; whoever has
it mapped keeps its bytes.
"""

from __future__ import annotations

import errno
import mmap
import os
import threading
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from rayteach.errors import ObjectStoreFullError

if TYPE_CHECKING:
    from rayteach.runtime.serialization import Payload

_IOV_MAX = 512


class _Process:
    """Whether files are this process's to remove: not in a forked child."""

    owns_files = True


def _disown() -> None:
    _Process.owns_files = False


os.register_at_fork(after_in_child=_disown)


class Segment:
    """The driver's hold on one stored value."""

    __slots__ = ("_view", "path", "size")

    def __init__(self, path: str, size: int) -> None:
        """Own the file at ``path``."""
        self.path = path
        #: bytes of the payload
        self.size = size
        self._view: memoryview | None = None

    def view(self) -> memoryview:
        """Return the payload, read-only; mapped once and kept."""
        if self._view is None:
            self._view = map_file(self.path)
        return self._view

    def __del__(self) -> None:
        """Give the memory back; mapped readers keep theirs."""
        if not _Process.owns_files:
            return
        with suppress(OSError):
            os.unlink(self.path)  # noqa: PTH108 (pathlib may be gone at exit)


class SegmentWriter:
    """Makes segments for one process; names carry the process's number."""

    def __init__(self, directory: str, owner: str) -> None:
        """Write into ``directory`` under names that start with ``owner``."""
        self._directory = directory
        self._owner = owner
        self._numbers = count(1)

    def write(self, payload: Payload) -> str:
        """Store a payload; return its path.

        Raises:
            ObjectStoreFullError: there is no room in shared memory.
        """
        path = f"{self._directory}/{self._owner}-{next(self._numbers)}"
        fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            _write_all(fd, payload.pieces)
        except OSError as error:
            os.unlink(path)  # noqa: PTH108 (a plain path, no object needed)
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.ENOMEM):
                msg = (
                    f"no room for {payload.size:,} bytes in the object store "
                    f"({self._directory}): drop IDs you no longer need, or point "
                    "RAYTEACH_SHM_DIR to a larger folder"
                )
                raise ObjectStoreFullError(msg) from None
            raise
        finally:
            os.close(fd)
        return path


def _write_all(fd: int, pieces: list[memoryview | bytes]) -> None:
    for piece in pieces:
        view = memoryview(piece).cast("B")
        while view:
            view = view[os.write(fd, view) :]


def map_file(path: str) -> memoryview:
    """Return the bytes of a segment as a read-only view."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return memoryview(mmap.mmap(fd, 0, prot=mmap.PROT_READ))
    finally:
        os.close(fd)


def write_file(path: str, data: bytes) -> None:
    """Write ``data`` so that a reader sees all of it or no file."""
    draft = Path(f"{path}.{os.getpid()}-{threading.get_ident()}")
    draft.write_bytes(data)
    draft.replace(path)
