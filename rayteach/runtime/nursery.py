"""One fork server as the driver sees it: asks for processes, hears of their lives.

Every node has one. The process that it forks hears on its line what it is to be.
"""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from rayteach.runtime.channel import Channel
from rayteach.runtime.protocol import FORK_REPORT, FORK_REPORTS, FORK_REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.runtime.launch import ForkServerProcess

_GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF)


@dataclass(slots=True)
class WorkerHandle:
    """A process as the driver sees it; number 0 as long as it is a spare."""

    number: int
    channel: Channel
    actor: int | None
    #: where it runs
    node: str
    #: 0 until the fork server has answered
    pid: int = 0
    #: True once it has said HELLO
    ready: bool = False
    #: True once its stream has ended; the exit status is still to come
    ended: bool = False
    #: what people are told of its end; "": what its exit status says
    why_ended: str = ""


class Nursery:
    """The processes of one fork server."""

    def __init__(
        self,
        node: str,
        server: ForkServerProcess,
        want_write: Callable[[Channel, bool], None],
    ) -> None:
        """Fork by ``server``; ``want_write`` asks the pump to watch for room."""
        self.node = node
        self.server = server
        self._want_write = want_write
        #: processes by the number of the request that they were forked for
        self._forked: dict[int, WorkerHandle] = {}
        self._by_pid: dict[int, WorkerHandle] = {}
        self._requests = count(1)
        #: a process that does not know yet what it will be, if one is kept
        self.spare: WorkerHandle | None = None

    def fileno(self) -> int:
        """Return the descriptor on which the fork server reports."""
        return self.server.control.fileno()

    def take(self, second: socket.socket) -> WorkerHandle:
        """Return the spare, or a process that is forked now.

        Raises:
            OSError: there are no descriptors left to talk to it.
        """
        handle, self.spare = self.spare or self.fork(second), None
        return handle

    def fork(self, second: socket.socket) -> WorkerHandle:
        """Ask for a process that waits for its role and inherits ``second``."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        request = next(self._requests)
        fds = [theirs.fileno(), second.fileno()]
        try:
            socket.send_fds(self.server.control, [FORK_REQUEST.pack(request)], fds)
        except OSError as error:
            if error.errno not in _GONE:  # a dead server is seen by the pump
                ours.close()
                raise
        finally:
            theirs.close()
        handle = WorkerHandle(0, Channel(ours, self._want_write), None, self.node)
        self._forked[request] = handle
        return handle

    def message(self) -> tuple[str, int, int] | None:
        """Return ("forked", worker, pid) or ("exited", worker, code), None at EOF.

        ("refused", worker, errno) if the system gave no process. Worker 0 is a
        process that has not become one.
        """
        try:
            data = self.server.control.recv(FORK_REPORT.size, socket.MSG_WAITALL)
        except OSError:  # it died with requests unread
            return None
        if not data:
            return None
        code, first, second = FORK_REPORT.unpack(data)
        what = FORK_REPORTS[code]
        if what == "forked":
            handle = self._forked.pop(first)
            handle.pid = second
            self._by_pid[second] = handle
            return what, handle.number, second
        is_refusal = what == "refused"
        gone = self._forked.pop(first) if is_refusal else self._by_pid.pop(first, None)
        if gone is not None and gone is self.spare:
            self.drop_spare()
        return what, gone.number if gone is not None else 0, second

    def drop_spare(self) -> None:
        """Let go of the process that waits for a role."""
        if self.spare is not None:
            self.spare.channel.close()
            self.spare = None

    def stop(self) -> None:
        """Let go of the fork server and of all that it forked."""
        self.server.stop()
        self._forked.clear()
        self._by_pid.clear()
        self.drop_spare()
