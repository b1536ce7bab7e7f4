"""What differs between systems, in one place.

Linux is what rayteach is made for. Elsewhere (macOS) the same parts stand on what
any POSIX system has; ``RAYTEACH_PORTABLE=1`` takes that way on Linux too, so that
its tests can run where we are.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

IS_LINUX = sys.platform.startswith("linux") and not os.environ.get("RAYTEACH_PORTABLE")
_QUEUE_BYTES = 4 << 20
_PR_SET_PDEATHSIG = 1
_ZEROS = bytes(1 << 16)


class _Poll:
    """``select.poll`` with the timeouts of ``select.epoll``."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self.register, self.modify = self._poll.register, self._poll.modify
        self.unregister = self._poll.unregister

    def poll(self, timeout_s: float | None = None) -> list[tuple[int, int]]:
        return self._poll.poll(None if timeout_s is None else timeout_s * 1000)

    def close(self) -> None:
        return


def make_poller() -> Any:
    """Return a new ``select.epoll``, or its like where there is none."""
    return select.epoll() if IS_LINUX else _Poll()


def wake_pipe() -> tuple[int, int]:
    """Return (read end, write end) of a pipe on which nobody blocks."""
    if IS_LINUX:
        return os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    ends = os.pipe()
    for fd in ends:
        os.set_blocking(fd, False)
    return ends


def allocate(fd: int, size: int) -> None:
    """Give an empty file ``size`` bytes that are really there.

    Raises:
        OSError: no room.
    """
    if IS_LINUX:
        os.posix_fallocate(fd, 0, size)
        return
    for at in range(0, size, len(_ZEROS)):
        os.pwrite(fd, _ZEROS[: size - at], at)


def let_others_run() -> None:
    """Give the CPU away for a moment."""
    if IS_LINUX:
        os.sched_yield()
    else:
        time.sleep(0)


def queue_pair() -> tuple[socket.socket, socket.socket]:
    """Return (write end, read end) of a queue of messages with many readers."""
    kind = socket.SOCK_SEQPACKET if IS_LINUX else socket.SOCK_DGRAM
    pair = socket.socketpair(socket.AF_UNIX, kind)
    pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _QUEUE_BYTES)
    pair[1].setsockopt(
        socket.SOL_SOCKET,
        socket.SO_SNDBUF if IS_LINUX else socket.SO_RCVBUF,
        _QUEUE_BYTES,
    )
    return pair


def wait_for(queue: socket.socket, *, unless_ended: int) -> bool:
    """Wait until a queue has a message, or the other end of a socket is closed.

    Returns:
        False if it is closed.
    """
    poll = select.poll()
    poll.register(queue, select.POLLIN)
    poll.register(unless_ended, 0)  # its end is told without being asked for
    return all(fd != unless_ended for fd, _ in poll.poll())


def is_full(error: OSError) -> bool:
    """Tell whether a queue has no room now."""
    return error.errno in (errno.EAGAIN, errno.EINTR, errno.ENOBUFS)


def dying_with_parent() -> Callable[[], Any]:
    """Return a function that ties this process's life to its parent's, on Linux.

    Elsewhere the ends of sockets tell a worker, and the driver sees to the rest.
    """
    if not IS_LINUX:
        return lambda: None
    import ctypes  # noqa: PLC0415 (in the fork server alone)

    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
