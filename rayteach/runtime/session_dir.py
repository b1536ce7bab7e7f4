"""The session's directory: everything on disk or in shared memory lies in it."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

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
    if sys.platform.startswith("linux") and os.access(shared, os.W_OK):
        return shared
    return Path(tempfile.gettempdir())


def choose() -> Path:
    """Return a path for a new directory of this process; nothing is made yet."""
    name = f"rayteach-{os.getuid()}-{os.getpid()}-{os.urandom(4).hex()}"
    return base_directory() / name


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


def release(path: Path) -> None:
    """The session is closed: let go of its lock."""
    fd = _locks.pop(path, None)
    if fd is not None:
        os.close(fd)


def sweep() -> int:
    """Remove this user's directories whose process is gone; return how many."""
    removed = 0
    for path in base_directory().glob(f"rayteach-{os.getuid()}-*"):
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
