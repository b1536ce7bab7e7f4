"""The worker's end of its own line to the driver.

Frames go up through one lock, gathered while tasks are short. Frames that come
down are read by whichever thread needs one; a reply goes to who asked for it,
everything else to the inbox of the main loop.
"""

from __future__ import annotations

import pickle
import threading
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Any

from rayteach.runtime.protocol import KIND, LENGTH, REPLY, frame

if TYPE_CHECKING:
    import socket

_RECEIVE_BYTES = 1 << 18


class LineClosed(Exception):  # noqa: N818 (an event of the loop, not an error)
    """The driver is gone."""


class Line:
    """Buffered frames over a stream socket; safe from any thread."""

    def __init__(self, sock: socket.socket) -> None:
        """Speak over ``sock``, which stays blocking."""
        self._sock = sock
        self._gathered: list[bytes] = []
        self._send_lock = threading.Lock()
        self._received = bytearray()
        self._inbox: deque[bytes] = deque()
        self._replies: dict[int, Any] = {}
        self._arrived = threading.Condition()
        self._reading = False
        self._requests = count(1)

    def gather(self, data: bytes) -> None:
        """Keep a frame for the next flush."""
        with self._send_lock:
            self._gathered.append(data)

    def flush(self, data: bytes = b"") -> None:
        """Send what was gathered, then ``data``."""
        with self._send_lock:
            if self._gathered:
                self._gathered.append(data)
                data = b"".join(self._gathered)
                self._gathered.clear()
            if data:
                try:
                    self._sock.sendall(data)
                except OSError as error:
                    raise LineClosed from error

    @property
    def has_gathered(self) -> bool:
        """True if a frame waits for a flush."""
        return bool(self._gathered)

    @property
    def has_frames(self) -> bool:
        """True if the next frame is here already."""
        return bool(self._inbox)

    def ask(self, kind: int, *parts: Any) -> Any:
        """Send a request and wait for its reply."""
        number = next(self._requests)
        self.flush(frame(kind, (number, *parts)))
        return self._wait(number)

    def next_frame(self) -> bytes:
        """Wait for the next frame that is no reply."""
        if self._inbox:
            return self._inbox.popleft()
        frame_: bytes = self._wait(None)
        return frame_

    def _wait(self, request: int | None) -> Any:
        while True:
            with self._arrived:
                if request is None:
                    if self._inbox:
                        return self._inbox.popleft()
                elif request in self._replies:
                    return self._replies.pop(request)
                if self._reading:
                    self._arrived.wait()
                    continue
                self._reading = True
            self._read()

    def _read(self) -> None:
        data = b""
        try:
            data = self._sock.recv(_RECEIVE_BYTES)
        finally:
            with self._arrived:
                self._reading = False
                if data:
                    self._take(data)
                self._arrived.notify_all()
        if not data:
            raise LineClosed

    def _take(self, data: bytes) -> None:
        received = self._received
        received += data
        at, end = 0, len(received)
        while end - at >= LENGTH.size:
            stop = at + LENGTH.size + LENGTH.unpack_from(received, at)[0]
            if stop > end:
                break
            one = bytes(received[at:stop])
            at = stop
            if one[4] == REPLY:
                number, answer = pickle.loads(one[KIND.size :])
                self._replies[number] = answer
            else:
                self._inbox.append(one)
        del received[:at]
