"""A node's copier: sends values of its store to other nodes' copiers, and takes theirs.

The driver gives each copy a socket pair of its own, one end to each of the two
nodes. A copy is a thread here and a thread there; the bytes go through no third
process, and nothing listens.

    ("send", number, path, bytes per second or 0, latency in s)  + socket
    ("receive", number, size)                                    + socket
        ──► ("came", number, path, start, end) or ("failed", number, kind, text)
    ──► ("spilled", path)     an older value made room on the disk
"""

from __future__ import annotations

import os
import pickle
import socket
import threading
import time
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

from rayteach.errors import ObjectLostError
from rayteach.runtime.finalizing import Reaper
from rayteach.runtime.object_store import NoRoomError, ObjectStore, Places
from rayteach.runtime.protocol import LENGTH
from rayteach.runtime.serialization import Payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.runtime.protocol_types import WorkerStart

_clock = time.monotonic
PIECE_BYTES = 1 << 20
"""What goes through the socket at a time."""
_PACE_S = 0.02
"""A slowed copy goes in pieces that take about so long."""
LOST, FULL, DISK_FULL = "lost", "full", "disk full"
"""Kinds of failures: the bytes did not all come, the store or the disk has no room."""


class Copier:
    """Carries out the driver's commands until the driver is gone."""

    def __init__(self, start: WorkerStart, control: socket.socket) -> None:
        """Keep values in the node's store under a name of this process's own."""
        self._control = control
        self._telling = threading.Lock()
        places = Places(start["store"], start["spill"], f"n{os.getpid()}")
        reaper = Reaper("rayteach-views")
        self._store = ObjectStore(places, reaper, nullcontext(), lambda: False)
        self._store.spill.on_spilled = lambda path: self._tell("spilled", path)

    def run(self) -> None:
        """Serve."""
        while True:
            head, fds, _, _ = socket.recv_fds(self._control, LENGTH.size, 1)
            if not head:
                return
            size = LENGTH.unpack(head)[0]
            what, *command = pickle.loads(self._control.recv(size, socket.MSG_WAITALL))
            target = self._send if what == "send" else self._receive
            sock = socket.socket(fileno=fds[0])
            threading.Thread(target=target, args=(sock, *command), daemon=True).start()

    def _tell(self, *message: Any) -> None:
        data = pickle.dumps(message)
        with suppress(OSError), self._telling:  # the driver is gone: run() sees it
            self._control.sendall(LENGTH.pack(len(data)) + data)

    def _send(
        self, sock: socket.socket, _: int, path: str, rate: float, latency_s: float
    ) -> None:
        """Send a value; the receiver sees by its length whether all of it came."""
        with sock, suppress(OSError, ObjectLostError):
            view = self._store.view(path)
            due_s = _clock() + latency_s
            time.sleep(latency_s)
            piece = max(1, min(PIECE_BYTES, int(rate * _PACE_S))) if rate else len(view)
            for at in range(0, len(view), piece):
                part = view[at : at + piece]
                if rate:
                    due_s += len(part) / rate
                    time.sleep(max(0.0, due_s - _clock()))
                sock.sendall(part)

    def _receive(self, sock: socket.socket, number: int, size: int) -> None:
        start_s = _clock()
        pieces: Any = _pieces(sock, size)
        with sock:
            try:
                path = self._store.write(Payload(pieces, size, ()))
            except NoRoomError as error:
                self._tell("failed", number, DISK_FULL if error.is_disk else FULL, "")
            except OSError as error:
                self._tell("failed", number, LOST, str(error))
            else:
                self._tell("came", number, path, start_s, _clock())


def _pieces(sock: socket.socket, size: int) -> Iterator[memoryview]:
    """Yield what comes, piece by piece; each is overwritten by the next.

    Raises:
        ConnectionError: the sender went away before all was there.
    """
    buffer = memoryview(bytearray(min(PIECE_BYTES, size)))
    left = size
    while left:
        count = sock.recv_into(buffer[: min(left, len(buffer))])
        if not count:
            msg = f"{left} of {size} bytes did not come"
            raise ConnectionError(msg)
        left -= count
        yield buffer[:count]


def main(start: WorkerStart, control: socket.socket) -> None:
    """Be the node's copier until the driver is done with it."""
    with suppress(ConnectionError):
        Copier(start, control).run()
    os._exit(0)
