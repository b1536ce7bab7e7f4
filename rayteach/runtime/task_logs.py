"""What tasks have printed, kept in the session's directory."""

from __future__ import annotations

import os
from pathlib import Path

from rayteach.runtime.descriptors import open_high

KEPT_TASKS = 100_000
"""So many printing tasks are remembered; past it the earliest are forgotten."""
KEPT_BYTES = 64 * 1024 * 1024
"""The common file ends here: it lies in shared memory."""
_FULL = "… the session's log of prints is full: what followed was shown only\n"


class TaskLogs:
    """One file for what reached the driver, and each task's own for the rest."""

    def __init__(self, directory: str) -> None:
        """Keep files in ``directory``; the first print makes the first one."""
        self._directory = directory
        self._fd = -1
        self._end = 0
        #: per task: (from, to) in the common file, in order
        self._pieces: dict[int, list[tuple[int, int]]] = {}

    def __contains__(self, task: int) -> bool:
        """Tell whether the task has printed anything that is still kept."""
        return task in self._pieces

    def add(self, task: int, text: str) -> None:
        """Append what a task has printed; without room it is not kept."""
        pieces = self._pieces.get(task)
        if pieces is None:
            pieces = self._pieces[task] = []
            if len(self._pieces) > KEPT_TASKS:
                del self._pieces[next(iter(self._pieces))]
        at = self._end
        if at > KEPT_BYTES or not self._write(text):
            return
        if pieces and pieces[-1][1] == at:
            pieces[-1] = (pieces[-1][0], self._end)
        else:
            pieces.append((at, self._end))

    def _write(self, text: str) -> bool:
        data = text.encode("utf-8", "replace")
        if self._end + len(data) > KEPT_BYTES:
            data = _FULL.encode()
            self._end = KEPT_BYTES
        try:
            if self._fd < 0:
                flags = os.O_CREAT | os.O_RDWR
                self._fd = open_high(f"{self._directory}/prints", flags)
            self._end += os.pwrite(self._fd, data, self._end)
        except OSError:  # no room, or the directory is gone: what was shown was shown
            return False
        return True

    def path(self, task: int) -> str:
        """Return the file of what a task printed past the bound of the shown."""
        return f"{self._directory}/task-{task}.log"

    def read(self, task: int) -> str:
        """Return everything that a task has printed so far."""
        pieces = self._pieces.get(task, ())
        data = b"".join(os.pread(self._fd, to - at, at) for at, to in pieces)
        own = Path(self.path(task))
        if own.exists():
            data += own.read_bytes()
        return data.decode("utf-8", "replace")

    def close(self) -> None:
        """Close the common file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
