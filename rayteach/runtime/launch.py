"""Start the fork server: the first thing that ``init`` does.

While it imports what workers need, the driver imports the engine. So this module
needs next to nothing itself.
"""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rayteach.runtime import protocol, session_dir, thread_limits

if TYPE_CHECKING:
    from rayteach.runtime.protocol_types import ServerStart

_PACKAGE_ROOT = str(Path(__file__).parent.parent.parent)
_STOP_S = 5.0
_PRELOAD = (
    "rayteach.core.scheduler",
    "rayteach.engines.nested",
    "rayteach.api.objects",
    "rayteach.api.remote_function",
)
"""What a task needs that uses rayteach itself, in pieces that import quickly."""


class ForkServerProcess:
    """A running fork server, and the session's directories that it will remove."""

    __slots__ = ("control", "directory", "process", "spill")

    def __init__(
        self,
        control: socket.socket,
        process: subprocess.Popen[bytes],
        directory: Path,
        spill: Path | None,
    ) -> None:
        """Requests go down ``control``, births and deaths come up."""
        self.control = control
        self.process = process
        #: in shared memory
        self.directory = directory
        #: on disk, None if nothing is spilled
        self.spill = spill

    @property
    def directories(self) -> list[Path]:
        """Return those that there are."""
        return [path for path in (self.directory, self.spill) if path is not None]

    def stop(self) -> None:
        """Let it end its workers, remove the directory and exit; wait for that."""
        self.control.close()
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()  # workers follow it by their death signal
            self.process.wait()


def launch(
    directory: Path | None = None, spill: Path | None = None
) -> ForkServerProcess:
    """Start a fork server for the directories (made later), by default new ones.

    Raises:
        OSError: ``RAYTEACH_SPILL_DIR`` names no folder that can be written.
    """
    if directory is None:
        directory, spill = session_dir.choose(), session_dir.choose_spill()
    directories = [str(path) for path in (directory, spill) if path is not None]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    code = (
        f"import sys; sys.path.insert(0, {_PACKAGE_ROOT!r}); "
        "from rayteach.runtime.fork_server import main; "
        f"main({theirs.fileno()}, *{directories!r})"
    )
    process = subprocess.Popen(  # noqa: S603 (our own interpreter and code)
        [sys.executable, "-c", code],
        pass_fds=[theirs.fileno()],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=thread_limits.environment(os.environ),
    )
    theirs.close()
    start: ServerStart = {
        "sys_path": [os.path.abspath(p) for p in sys.path],  # noqa: PTH100 ("" is the cwd)
        "cwd": os.getcwd(),  # noqa: PTH109
        "directory": str(directory),
        "spill": str(spill or ""),
        "preload": list(_PRELOAD),
    }
    data = pickle.dumps(start)
    ours.sendall(protocol.LENGTH.pack(len(data)) + data)
    return ForkServerProcess(ours, process, directory, spill)
