"""The learner's own modules in a worker: loaded anew when their file has changed.

A worker notes in the session's directory which modules it loaded from outside
the library folders. The driver looks at their files before a cell runs; if one
has changed, every function gets a new number. A worker that meets a number for
the first time looks at its own modules, and forgets them all if one is stale:
others may hold parts of it.

The same way it learns of another directory, ``sys.path`` or environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

NOTES = "modules"
"""File of the session: one line [path, stamp] per module that a worker loaded."""
SURROUNDINGS = "surroundings"
"""File of the session: the pickle of a ``Surroundings``."""

Stamp = tuple[int, int]
_VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
_LIBRARIES = tuple(
    f"{folder}{os.sep}"
    for folder in (
        os.path.dirname(os.__file__),  # noqa: PTH120 (sysconfig would take 4 ms)
        os.path.join(sys.base_exec_prefix, sys.platlibdir, _VERSION),  # noqa: PTH118
        Path(__file__).parent.parent,
    )
)
"""Python's own modules, and ours."""

_chdir = os.chdir
"""Before ``runtime.traces`` watches it: this move is the driver's, not a task's."""


class Surroundings(TypedDict):
    """Where tasks run, as it is in the driver now."""

    cwd: str
    sys_path: list[str]
    #: variables that were changed since ``init``; None: taken away
    environment: dict[str, str | None]
    #: goes into the numbers of functions
    salt: bytes


def stamp(path: str) -> Stamp:
    """Return what changes with a file: its time in ns and size, (0, 0) if gone."""
    try:
        found = os.stat(path)  # noqa: PTH116 (a plain path)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


class LocalModules:
    """A finder before Python's own; finds what that one finds, and takes note."""

    def __init__(self, directory: str) -> None:
        """Note in ``directory``; nothing is hooked up before ``install``."""
        self._directory = directory
        self._loaded: dict[str, tuple[str, Stamp]] = {}
        #: files that changed under us: what Python cached of them may be old
        self._edited: set[str] = set()
        self._numbers: set[int] = set()
        #: goes into the numbers of functions that this worker ships
        self.salt = b""
        self._libraries = _LIBRARIES

    def install(self) -> None:
        """Take a place before the finder of files."""
        at = sys.meta_path.index(PathFinder) if PathFinder in sys.meta_path else 0
        sys.meta_path.insert(at, self)

    def meet(self, number: int) -> bool:
        """Look around if the function's number is new; True if modules went."""
        if number in self._numbers:
            return False
        self._numbers.add(number)
        self._follow()
        stale = {path for path, known in self._loaded.values() if stamp(path) != known}
        if not stale:
            return False
        self._edited |= stale
        for name in self._loaded:
            sys.modules.pop(name, None)
        self._loaded.clear()
        return True

    def _follow(self) -> None:
        """Go where the driver is."""
        try:
            data = Path(self._directory, SURROUNDINGS).read_bytes()
        except OSError:  # as at the start
            return
        there: Surroundings = pickle.loads(data)
        if there["salt"] == self.salt:
            return
        self.salt = there["salt"]
        sys.path[:] = there["sys_path"]
        for name, value in there["environment"].items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        with contextlib.suppress(OSError):
            _chdir(there["cwd"])

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Serve ``import``."""
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin and self._is_local(spec.origin):
            self._note(name, spec.origin)
            if spec.origin in self._edited or not _is_cache_safe(spec):
                spec.loader = _Uncached(name, spec.origin)
        return spec

    def _is_local(self, path: str) -> bool:
        return (
            path.endswith(".py")
            and not path.startswith(self._libraries)
            and f"{os.sep}site-packages{os.sep}" not in path
            and f"{os.sep}dist-packages{os.sep}" not in path
        )

    def _note(self, name: str, path: str) -> None:
        found = stamp(path)
        self._loaded[name] = path, found
        line = json.dumps([path, found]) + "\n"
        flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
        with contextlib.suppress(OSError):  # the session is over
            fd = os.open(f"{self._directory}/{NOTES}", flags, 0o600)
            try:
                os.write(fd, line.encode())
            finally:
                os.close(fd)


def _is_cache_safe(spec: ModuleSpec) -> bool:
    """Tell whether Python's cache of a module cannot be that of an earlier edit.

    The cache knows the source's time in whole seconds: one that was written in the
    second of the last edit may be older than it.
    """
    try:
        cached = os.stat(spec.cached or "").st_mtime  # noqa: PTH116 (a plain path)
        return int(cached) > int(os.stat(spec.origin or "").st_mtime)  # noqa: PTH116
    except OSError:  # there is none
        return True


class _Uncached(SourceFileLoader):
    """Compiles the source: two edits within a second look alike to Python's cache."""

    def path_stats(self, path: Any) -> Any:
        raise OSError(path)

    def _cache_bytecode(self, *_: Any, **__: Any) -> None:
        """Leave what is cached to others."""
