"""The worker's end of its own line to the driver.

Frames go up through one lock, gathered while tasks are short. Frames that come
down are read by whichever thread needs one; a reply goes to who asked for it,
everything else to the inbox of the main loop. A CANCEL takes its call out of the
inbox again; if the call has been begun, it is too late.

Code that a task may reach uses the line inside ``shield``: an interrupt in the
middle of a frame would tear it.
"""

from __future__ import annotations

import os
import pickle
import select
import socket
import threading
import time
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Any

from rayteach.runtime import portable
from rayteach.runtime.descriptors import out_of_reach
from rayteach.runtime.interrupts import InterruptShield
from rayteach.runtime.protocol import (
    BIG,
    CALL,
    CANCEL,
    DROPPED,
    FORGET,
    KIND,
    LENGTH,
    REPLY,
    frame,
    task_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_RECEIVE_BYTES = 1 << 16
"""No more: see ``channel``."""
_WORK = (CALL, BIG)


class LineClosed(Exception):  # noqa: N818 (an event of the loop, not an error)
    """The driver is gone."""


class Line:
    """Buffered frames over a stream socket; safe from any thread."""

    def __init__(self, sock: socket.socket) -> None:
        """Speak over ``sock``, which stays blocking."""
        self._sock = sock
        ends = portable.wake_pipe()
        self._wake_r, self._wake_w = map(out_of_reach, ends)
        #: holds interrupts of the main thread's task
        self.shield = InterruptShield(self._rouse)
        #: asked while the main thread waits for a reply: is its task to stop?
        self.stops: Callable[[], bool] = lambda: False
        #: requests whose asker was interrupted
        self._forgotten: set[int] = set()
        #: False: who serves the inbox gets every CANCEL, in its place
        self.drops_calls = True
        #: what to do with replies that nobody waits for; each must be quick
        self._later: dict[int, Callable[[Any], None]] = {}
        #: calls that a CANCEL took out of the inbox, not reported yet
        self._dropped: list[int] = []
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
        """Send a request and wait for its reply.

        Raises:
            KeyboardInterrupt: the task of the main thread is to stop.
        """
        number = next(self._requests)
        with self.shield:
            self.flush(frame(kind, (number, *parts)))
            return self._wait(number)

    def ask_later(self, kind: int, then: Callable[[Any], None], *parts: Any) -> int:
        """Send a request; whoever reads the reply calls ``then`` with it.

        For processes whose main thread always reads.
        """
        number = next(self._requests)
        self._later[number] = then
        self.flush(frame(kind, (number, *parts)))
        return number

    def forget_later(self, number: int) -> None:
        """Nobody wants the reply any more; one comes nevertheless."""
        if number in self._later:
            self._later[number] = lambda _: None
            self.flush(frame(FORGET, number))

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._sock.fileno()

    def catch_up(self) -> None:
        """Read what is here, unless another thread reads anyway."""
        with self.shield:
            while True:
                with self._arrived:
                    if self._reading:
                        return
                    self._reading = True
                if not self._read(socket.MSG_DONTWAIT):
                    return

    def look(self, seconds: float) -> None:
        """Read without sleeping, until a frame is here or the time is over."""
        end_s = time.monotonic() + seconds
        while not self._inbox and time.monotonic() < end_s:
            self.catch_up()
            portable.let_others_run()

    def next_frame(self) -> bytes:
        """Wait for the next frame that is no reply."""
        if self._inbox:
            return self._inbox.popleft()
        frame_: bytes = self._wait(None)
        return frame_

    def _wait(self, request: int | None) -> Any:
        while True:
            if request is not None and self.stops():
                self._forget(request)
                raise KeyboardInterrupt
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
            if request is None:
                self._read()
            else:
                self._read_or_rouse()

    def _forget(self, request: int) -> None:
        with self._arrived:
            if self._replies.pop(request, None) is None:
                self._forgotten.add(request)

    def _rouse(self) -> None:
        try:
            os.write(self._wake_w, b"r")
        except BlockingIOError:  # full: the reader is being woken
            return

    def _read_or_rouse(self) -> None:
        """Read; or return without, when an interrupt rouses the main thread."""
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        poll.register(self._wake_r, select.POLLIN)
        if any(fd == self._wake_r for fd, _ in poll.poll()):
            os.read(self._wake_r, 4096)
        self._read(socket.MSG_DONTWAIT)

    def _read(self, flags: int = 0) -> bool:
        data = None
        try:
            data = self._sock.recv(_RECEIVE_BYTES, flags)
        except BlockingIOError:
            return False
        finally:
            with self._arrived:
                self._reading = False
                if data:
                    self._take(data)
                dropped, self._dropped = self._dropped, []
                self._arrived.notify_all()
            if dropped:
                self.flush(frame(DROPPED, dropped))
        if not data:
            raise LineClosed
        return True

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
                if number in self._forgotten:
                    self._forgotten.discard(number)
                elif number in self._later:
                    self._later.pop(number)(answer)
                else:
                    self._replies[number] = answer
            elif one[4] == CANCEL and self.drops_calls:
                self._drop(pickle.loads(one[KIND.size :]))
            else:
                self._inbox.append(one)
        del received[:at]

    def _drop(self, call: int) -> None:
        for one in tuple(self._inbox):
            if one[4] in _WORK and task_number(one) == call:
                try:
                    self._inbox.remove(one)
                except ValueError:  # the main loop was quicker
                    return
                self._dropped.append(call)
                return
