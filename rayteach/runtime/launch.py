"""Start the fork server: the first thing that ``init`` does.

While it imports what workers need, the driver imports the engine. So this module
needs next to nothing itself.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rayteach.runtime import session_dir, thread_limits
from rayteach.runtime.node_queue import socket_pair

_PACKAGE_ROOT = str(Path(__file__).parent.parent.parent)
_STOP_S = 5.0


@dataclass(slots=True)
class ForkServerProcess:
    """A running fork server, and the session's directory that it will remove."""

    #: requests go down, births and deaths come up
    control: socket.socket
    process: subprocess.Popen[bytes]
    directory: Path

    def stop(self) -> None:
        """Let it end its workers, remove the directory and exit; wait for that."""
        self.control.close()
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()  # workers follow it by their death signal
            self.process.wait()


def launch(directory: Path | None = None) -> ForkServerProcess:
    """Start a fork server for ``directory`` (made later), by default a new one."""
    if directory is None:
        directory = session_dir.choose()
    ours, theirs = socket_pair()
    code = (
        f"import sys; sys.path.insert(0, {_PACKAGE_ROOT!r}); "
        "from rayteach.runtime.fork_server import main; "
        f"main({theirs.fileno()}, {str(directory)!r})"
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
    return ForkServerProcess(ours, process, directory)
