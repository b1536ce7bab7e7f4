"""The driver's end of a worker's line: never blocks, whatever the worker does."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from rayteach.runtime.protocol import LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable

_RECEIVE_BYTES = 1 << 16
"""``recv`` allocates as much before it knows how much there is: a megabyte, which
comes from the kernel page by page, costs more than all the rest."""


class Channel:
    """Frames over a non-blocking stream socket."""

    def __init__(
        self, sock: socket.socket, want_write: Callable[[Channel, bool], None]
    ) -> None:
        """Speak over ``sock``; ``want_write`` asks the pump to watch for room."""
        self.sock = sock
        sock.setblocking(False)  # noqa: FBT003 (the socket's own API)
        self._want_write = want_write
        self._received = b""
        self._backlog = bytearray()

    def fileno(self) -> int:
        """Return the descriptor, for polling."""
        return self.sock.fileno()

    def send(self, data: bytes) -> None:
        """Send, or keep what there is no room for. A dead peer is no error here."""
        if not self._backlog:
            sent = self._try(data)
            if sent == len(data):
                return
            self._want_write(self, True)  # noqa: FBT003
            data = data[sent:]
        self._backlog += data

    def flush(self) -> None:
        """The socket has room again."""
        sent = self._try(self._backlog)
        del self._backlog[:sent]
        if not self._backlog:
            self._want_write(self, False)  # noqa: FBT003

    def receive(self) -> tuple[bytes, list[int]] | None:
        """Return (buffer, start of each whole frame in it); None at the end."""
        try:
            data = self.sock.recv(_RECEIVE_BYTES)
        except (BlockingIOError, InterruptedError):
            return b"", []
        except OSError:
            return None
        if not data:
            return None
        if self._received:
            data = self._received + data
        starts = []
        at, end = 0, len(data)
        while end - at >= LENGTH.size:
            stop = at + LENGTH.size + LENGTH.unpack_from(data, at)[0]
            if stop > end:
                break
            starts.append(at)
            at = stop
        self._received = data[at:]
        return data, starts

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()

    def _try(self, data: bytes | bytearray) -> int:
        try:
            return self.sock.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            return len(data)  # the peer is dead; its end is read as EOF
