"""The driver's side of one node: its fork server, its directories, its copier."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import signal
import socket
from typing import TYPE_CHECKING, Any

from rayteach.runtime import session_dir
from rayteach.runtime.channel import Channel
from rayteach.runtime.launch import launch
from rayteach.runtime.nursery import Nursery
from rayteach.runtime.protocol import LENGTH

if TYPE_CHECKING:
    from rayteach.runtime.launch import ForkServerProcess
    from rayteach.runtime.nursery import WorkerHandle
    from rayteach.runtime.protocol_types import WorkerStart
    from rayteach.runtime.worker_pool import WorkerPool


class CopierHandle:
    """A node's copier, and the socket for its commands."""

    def __init__(self, nursery: Nursery, store: str, spill: str) -> None:
        """Let ``nursery`` fork it.

        Raises:
            OSError: there are no descriptors left.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.control = ours
        self._channel = Channel(ours, lambda *_: None)
        try:
            self._handle: WorkerHandle = nursery.fork(theirs)
        except OSError:
            self.control.close()
            raise
        finally:
            theirs.close()
        start: WorkerStart = {
            "worker": 0, "actor": None, "parked": False, "directory": "",
            "node": nursery.node, "store": store, "spill": spill, "client": "",
            "session_hex": "", "first": 0, "namespace": "", "slots": 0,
        }  # fmt: skip
        data = pickle.dumps(start)
        self._handle.channel.send(LENGTH.pack(len(data)) + data)

    def command(self, ends: list[socket.socket], *command: Any) -> None:
        """Send a command with ends of a copy's socket pairs; a dead one is seen."""
        data = pickle.dumps(command)
        with contextlib.suppress(OSError):
            fds = [one.fileno() for one in ends]
            socket.send_fds(self.control, [LENGTH.pack(len(data)) + data], fds)

    def heard(self) -> list[tuple[Any, ...]] | None:
        """Return what it said by now, None at its end."""
        received = self._channel.receive()
        if received is None:
            return None
        data, starts = received
        return [pickle.loads(data[at + LENGTH.size :]) for at in starts]

    def close(self) -> None:
        """Let go of it: it ends."""
        self.control.close()
        self._handle.channel.close()


class NodeProcess:
    """A node beside the driver's own: a fork server with directories of its own."""

    def __init__(self, name: str, pool: WorkerPool) -> None:
        """Start it.

        Raises:
            OSError: no process, or no directory, can be made.
        """
        self.server: ForkServerProcess = launch()
        try:
            for path in self.server.directories:
                session_dir.make(path)
        except OSError:
            self.server.stop()
            raise
        self.name = name
        self.store = str(self.server.directory)
        self.spill = str(self.server.spill or "")
        self.nursery = Nursery(name, self.server, pool.want_write)
        #: stands where workers of the driver's node have the queue; nothing comes
        self._end, self.queue = socket.socketpair()

    @property
    def pid(self) -> int:
        """Process id of the node."""
        return self.server.process.pid

    def kill(self) -> None:
        """End the node at once; its workers follow."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """End it if it lives, wait for it, and remove what it left."""
        self.nursery.stop()
        self._end.close()
        self.queue.close()
        for path in self.server.directories:
            shutil.rmtree(path, ignore_errors=True)
        session_dir.release(*self.server.directories)

    def disown(self) -> None:
        """Close a forked child's copies."""
        self.nursery.drop_spare()
        self.queue.close()
        self._end.close()
        self.server.control.close()
