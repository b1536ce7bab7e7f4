"""The driver's directory, ``sys.path``, environment and edited modules.

Workers started with what was true at ``init``; what changes later reaches them
with the next function (see ``runtime.local_modules``).
"""

from __future__ import annotations

import json
import os
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rayteach.runtime.local_modules import NOTES, SURROUNDINGS, Stamp, stamp
from rayteach.runtime.object_store import write_file

if TYPE_CHECKING:
    from rayteach.engines.functions import FunctionStore
    from rayteach.engines.state import EngineState
    from rayteach.runtime.interrupts import InterruptShield
    from rayteach.runtime.local_modules import Surroundings as Message

_OF_THE_MOMENT = {"PYTEST_CURRENT_TEST", "COLUMNS", "LINES", "_", "OLDPWD", "PWD"}
"""Variables that change by themselves and mean nothing to a task."""


class SurroundingsWatch:
    """Looks whether tasks would find things otherwise."""

    def __init__(
        self, state: EngineState, functions: FunctionStore, shield: InterruptShield
    ) -> None:
        """Remember how things are; look before each new function."""
        self._state = state
        self._directory = str(state.pool.directory)
        self._functions = functions
        self._shield = shield
        functions.before_new = self.look
        self._place = _place()
        #: variables that were changed since the start
        self._touched: set[str] = set()
        #: per file of a learner's module: its stamp when it was last loaded
        self._stamps: dict[str, Stamp] = {}
        self._read = 0
        self._count = 0

    def look(self) -> None:
        """Compare, and let workers look too if something has changed."""
        with self._shield, self._state.lock:
            if not self._state.closed:
                self._look()

    def _look(self) -> None:
        edited = self._edited()
        place = _place()
        if not edited and place == self._place:
            return
        before, self._place = self._place[2], place
        self._count += 1
        salt = str(self._count).encode()
        cwd, sys_path, environment = place
        self._touched |= {
            name
            for name in before.keys() | environment.keys()
            if before.get(name) != environment.get(name)
        }
        message: Message = {
            "cwd": cwd,
            "sys_path": list(sys_path),
            "environment": {name: environment.get(name) for name in self._touched},
            "salt": salt,
        }
        write_file(f"{self._directory}/{SURROUNDINGS}", pickle.dumps(message))
        self._functions.renew(salt)
        if edited:
            names = ", ".join(sorted({Path(path).name for path in edited}))
            self._state.outputs.warn(
                f"{names} has changed: tasks use it as it is now. Actors keep the old "
                "code, and so does what was imported here (importlib.reload changes it)"
            )

    def _edited(self) -> list[str]:
        """Return the files that are not what a worker has loaded."""
        try:
            with open(f"{self._directory}/{NOTES}", "rb") as file:  # noqa: PTH123
                file.seek(self._read)
                notes = file.read()
        except OSError:  # no task has loaded any
            return []
        notes = notes[: notes.rfind(b"\n") + 1]
        self._read += len(notes)
        edited = set()
        for line in notes.splitlines():
            path, (time_ns, size) = json.loads(line)
            self._stamps.setdefault(path, (time_ns, size))
            if (time_ns, size) != self._stamps[path]:
                edited.add(path)  # one worker has this, another that
        for path, known in self._stamps.items():
            now = stamp(path)
            if now != known:
                edited.add(path)
                self._stamps[path] = now
        return sorted(edited)


def _place() -> tuple[str, tuple[str, ...], dict[str, str]]:
    try:
        cwd = os.getcwd()  # noqa: PTH109
    except OSError:  # it was removed
        cwd = "/"
    paths = tuple(os.path.normpath(os.path.join(cwd, one)) for one in sys.path)  # noqa: PTH118 (as Python does)
    return cwd, paths, _environment()


def _environment() -> dict[str, str]:
    found = dict(os.environ)
    for name in _OF_THE_MOMENT:
        found.pop(name, None)
    return found
