"""The session's directory: everything on disk or in shared memory lies in it."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import tempfile
from pathlib import Path

from rayteach.runtime import portable

_NAME = re.compile(r"rayteach-\d+-(\d+)-[0-9a-f]+$")
_LOCK = "driver.lock"
"""Locked as long as the process lives that the directory belongs to."""


_locks: dict[Path, int] = {}


def base_directory() -> Path:
    """Return the folder for session directories (``RAYTEACH_SHM_DIR`` moves it)."""
    chosen = os.environ.get("RAYTEACH_SHM_DIR")
    if chosen:
        return Path(chosen)
    shared = Path("/dev/shm")  # noqa: S108 (private directories in it, mode 0700)
    if portable.IS_LINUX and os.access(shared, os.W_OK):
        return shared
    return Path(tempfile.gettempdir())


def choose() -> Path:
    """Return a path for a new directory of this process; nothing is made yet."""
    return base_directory() / _new_name()


def choose_spill() -> Path | None:
    """Return a path for values that shared memory has no room for, None for never.

    ``RAYTEACH_SPILL_DIR`` moves it; empty, it turns spilling off.

    Raises:
        OSError: the folder of that variable cannot be written.
    """
    base = spill_base()
    if base is None:
        return None
    if not os.access(base, os.W_OK | os.X_OK):
        if not os.environ.get("RAYTEACH_SPILL_DIR"):
            return None
        msg = f"RAYTEACH_SPILL_DIR={base}: not a folder that you can write"
        raise OSError(errno.EACCES, msg)
    return base / _new_name()


def spill_base() -> Path | None:
    """Return the folder for spill directories, None if spilling is off."""
    chosen = os.environ.get("RAYTEACH_SPILL_DIR")
    if chosen is None:
        return Path(tempfile.gettempdir())
    return Path(chosen) if chosen else None


def _new_name() -> str:
    return f"rayteach-{os.getuid()}-{os.getpid()}-{os.urandom(4).hex()}"


def make(path: Path) -> None:
    """Make the directory, readable by its user alone.

    Raises:
        OSError: the base directory cannot be written; the text names it.
    """
    try:
        path.mkdir(mode=0o700)
    except OSError as error:
        msg = (
            f"cannot create the session directory in {path.parent}: "
            f"{error.strerror}. "
            "Set RAYTEACH_SHM_DIR to a folder that you can write"
        )
        raise OSError(error.errno, msg) from None
    fd = os.open(path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(fd, fcntl.LOCK_EX)
    _locks[path] = fd


def release(*paths: Path | None) -> None:
    """The session is closed: let go of its locks."""
    for path in paths:
        fd = _locks.pop(path, None) if path is not None else None
        if fd is not None:
            os.close(fd)


def sweep() -> int:
    """Remove this user's directories whose process is gone; return how many."""
    removed = 0
    for base in {base_directory(), spill_base()} - {None}:
        for path in base.glob(f"rayteach-{os.getuid()}-*"):  # type: ignore[union-attr]
            match = _NAME.search(path.name)
            if match and not _is_alive(path, int(match[1])):
                shutil.rmtree(path, ignore_errors=True)
                removed += 1
    return removed


def _is_alive(path: Path, pid: int) -> bool:
    """Tell whether the session's process lives; its number may belong to another."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        fd = os.open(path / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return True  # it is being made, or removed, at this moment
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(fd)
