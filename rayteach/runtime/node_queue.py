"""A node's queue: one kernel socket that all its readers take from.

The driver writes messages, any free worker receives the next one: the kernel
keeps the order and wakes one reader, so tasks start first in, first out, and go
on while the driver is busy. Taking back reads from the same end.

A SEQPACKET pair keeps message borders; where the system lacks it a DGRAM pair
does the same, but for its end: who waits there must watch his line too.
"""

from __future__ import annotations

import socket
from collections import deque

from rayteach.runtime import portable
from rayteach.runtime.protocol import MESSAGE

RECEIVE_BYTES = 1 << 20


class NodeQueue:
    """The driver's side of the queue; call it under the engine's lock."""

    def __init__(self) -> None:
        """Open the pair; ``read_end`` is handed to workers."""
        self._write_end, self.read_end = portable.queue_pair()
        self._write_end.setblocking(False)  # noqa: FBT003 (the socket's own API)
        self._numbers = 0
        self._backlog: deque[bytes] = deque()

    def post(self, frames: bytes) -> int:
        """Put one message in line; return its number (from 1)."""
        self._numbers += 1
        message = MESSAGE.pack(self._numbers) + frames
        if self._backlog or not self._send(message):
            self._backlog.append(message)
        return self._numbers

    def flush(self) -> bool:
        """Send what the kernel had no room for. Return True when nothing is left."""
        while self._backlog:
            if not self._send(self._backlog[0]):
                return False
            self._backlog.popleft()
        return True

    def take_back(self) -> list[bytes]:
        """Return all messages nobody has taken, in order."""
        messages = []
        while True:
            try:
                message = self.read_end.recv(RECEIVE_BYTES, socket.MSG_DONTWAIT)
            except (BlockingIOError, InterruptedError):
                break
            if not message:
                break
            messages.append(message)
        messages.extend(self._backlog)
        self._backlog.clear()
        return messages

    def repost(self, messages: list[bytes]) -> None:
        """Put messages that were taken back in line again, numbers unchanged."""
        for message in messages:
            if self._backlog or not self._send(message):
                self._backlog.append(message)

    def _send(self, message: bytes) -> bool:
        try:
            self._write_end.send(message)
        except OSError as error:
            if portable.is_full(error):
                return False
            raise
        return True

    def close(self) -> None:
        """Close both ends: readers see the end of the queue."""
        self._write_end.close()
        self.read_end.close()
