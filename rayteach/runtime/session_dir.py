"""The session's directory: everything on disk or in shared memory lies in it."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

import psutil

_NAME = re.compile(r"rayteach-(\d+)-(\d+)-(\d+)-[0-9a-f]+$")


def base_directory() -> Path:
    """Return the folder for session directories (``RAYTEACH_SHM_DIR`` moves it)."""
    chosen = os.environ.get("RAYTEACH_SHM_DIR")
    if chosen:
        return Path(chosen)
    shared = Path("/dev/shm")  # noqa: S108 (private directories in it, mode 0700)
    if sys.platform.startswith("linux") and os.access(shared, os.W_OK):
        return shared
    return Path(tempfile.gettempdir())


def create() -> Path:
    """Make this process's new directory, readable by its user alone.

    Raises:
        OSError: the base directory cannot be written; the text names it.
    """
    base = base_directory()
    me = os.getpid()
    born = int(psutil.Process(me).create_time())
    path = base / f"rayteach-{os.getuid()}-{me}-{born}-{secrets.token_hex(4)}"
    try:
        path.mkdir(mode=0o700)
    except OSError as error:
        msg = (
            f"cannot create the session directory in {base}: {error.strerror}. "
            "Set RAYTEACH_SHM_DIR to a folder that you can write"
        )
        raise OSError(error.errno, msg) from None
    return path


def sweep() -> int:
    """Remove this user's directories whose process is gone; return how many."""
    removed = 0
    for path in base_directory().glob(f"rayteach-{os.getuid()}-*"):
        match = _NAME.search(path.name)
        if match and not _is_alive(int(match[2]), int(match[3])):
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed


def _is_alive(pid: int, born: int) -> bool:
    try:
        return bool(abs(psutil.Process(pid).create_time() - born) <= 1)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
