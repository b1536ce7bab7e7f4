"""A node's copier: sends values of its store to other nodes' copiers, and takes theirs.

The driver gives each copy a socket pair of its own (a large one two, for a half
each), one end to each of the two nodes. The bytes go through no third process, and
nothing listens. On Linux they are not copied on the way out: the socket refers to
the sender's pages, which stay locked until the receiver has them.

    ("send", number, path, start, stop, bytes/s or 0, latency in s)  + socket
    ("receive", number, size, [(start, stop), …])                    + sockets
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
from rayteach.runtime import portable
from rayteach.runtime.arriving import Arriving
from rayteach.runtime.finalizing import Reaper
from rayteach.runtime.object_store import NoRoomError, ObjectStore, Places
from rayteach.runtime.protocol import LENGTH
from rayteach.runtime.serialization import Payload

if TYPE_CHECKING:
    from rayteach.runtime.protocol_types import WorkerStart

_clock = time.monotonic
PIECE_BYTES = 16 << 20
"""What is given to the socket at a time."""
PARTS = 2
"""A large copy goes in so many parts at once: getting memory takes a CPU of its own."""
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
            head, fds, _, _ = socket.recv_fds(self._control, LENGTH.size, PARTS)
            if not head:
                return
            size = LENGTH.unpack(head)[0]
            what, *command = pickle.loads(self._control.recv(size, socket.MSG_WAITALL))
            ends = [socket.socket(fileno=fd) for fd in fds]
            target = self._send if what == "send" else self._receive
            threading.Thread(target=target, args=(ends, *command), daemon=True).start()

    def _tell(self, *message: Any) -> None:
        data = pickle.dumps(message)
        with suppress(OSError), self._telling:  # the driver is gone: run() sees it
            self._control.sendall(LENGTH.pack(len(data)) + data)

    def _send(
        self,
        ends: list[socket.socket],
        _: int,
        path: str,
        start: int,
        stop: int,
        rate: float,
        latency_s: float,
    ) -> None:
        """Send a part; the receiver sees by its length whether all of it came."""
        (sock,) = ends
        lost = suppress(OSError, ObjectLostError)
        with sock, lost, self._store.opened(path) as fd:
            due_s = _clock() + latency_s
            time.sleep(latency_s)
            while start < stop:
                size = _piece(stop - start, rate)
                if rate:
                    due_s += size / rate
                    time.sleep(max(0.0, due_s - _clock()))
                start += os.sendfile(sock.fileno(), fd, start, size)
            sock.shutdown(socket.SHUT_WR)
            sock.recv(1)  # until then the socket refers to our pages

    def _receive(
        self,
        ends: list[socket.socket],
        number: int,
        size: int,
        parts: list[tuple[int, int]],
    ) -> None:
        start_s = _clock()
        payload = Payload(Incoming(ends, parts), size, ())
        try:
            path = self._store.write(payload)
        except NoRoomError as error:
            self._tell("failed", number, DISK_FULL if error.is_disk else FULL, "")
        except OSError as error:
            self._tell("failed", number, LOST, str(error))
        else:
            self._tell("came", number, path, start_s, _clock())
        finally:
            for sock in ends:
                sock.close()


class Incoming(Arriving):
    """Bytes that come through sockets, each with its part of the file."""

    def __init__(self, ends: list[socket.socket], parts: list[tuple[int, int]]) -> None:
        """Take the part ``parts[i]`` (start, stop) from ``ends[i]``."""
        self._work = list(zip(ends, parts, strict=True))
        self._errors: list[OSError] = []

    def fill(self, fd: int) -> None:
        """Write all that comes.

        Raises:
            OSError: no room, or not all of it came.
        """
        first, *others = self._work
        threads = [threading.Thread(target=self._take, args=(fd, *o)) for o in others]
        for thread in threads:
            thread.start()
        self._take(fd, *first)
        for thread in threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def _take(self, fd: int, sock: socket.socket, part: tuple[int, int]) -> None:
        try:
            portable.receive_into(sock, fd, *part)
        except OSError as error:
            self._errors.append(error)
            sock.close()


def _piece(left: int, rate: float) -> int:
    if not rate:
        return min(left, PIECE_BYTES)
    return max(1, min(left, PIECE_BYTES, int(rate * _PACE_S)))


def main(start: WorkerStart, control: socket.socket) -> None:
    """Be the node's copier until the driver is done with it."""
    with suppress(ConnectionError):
        Copier(start, control).run()
    os._exit(0)
