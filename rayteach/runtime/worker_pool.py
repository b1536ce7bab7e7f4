"""The driver's side of the fork server and of every worker process.

Owns processes and sockets; knows nothing of tasks. The engine tells it which
workers to start and reads their channels.
"""

from __future__ import annotations

import contextlib
import errno
import os
import pickle
import select
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from rayteach.runtime import portable, session_dir
from rayteach.runtime.board import Board
from rayteach.runtime.channel import Channel
from rayteach.runtime.launch import ForkServerProcess, launch
from rayteach.runtime.node_queue import NodeQueue
from rayteach.runtime.protocol import FORK_REPORT, FORK_REPORTS, FORK_REQUEST, LENGTH
from rayteach.runtime.protocol_types import WorkerStart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LAST_WORDS_MS = 50
_GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF)
_STAND_STILL_MS = 50
"""A process stops at once, unless the kernel is busy with it."""


@dataclass(slots=True)
class WorkerHandle:
    """A process as the driver sees it; number 0 as long as it is a spare."""

    number: int
    channel: Channel
    actor: int | None
    #: 0 until the fork server has answered
    pid: int = 0
    #: True once it has said HELLO
    ready: bool = False
    #: True once its stream has ended; the exit status is still to come
    ended: bool = False
    #: what people are told of its end; "": what its exit status says
    why_ended: str = ""


class WorkerPool:
    """One fork server, its workers, and the node's queue."""

    def __init__(
        self, server: ForkServerProcess, client: str, session_hex: str
    ) -> None:
        """Make the session's directories; workers come on demand.

        The server is there first: whenever the driver is killed, somebody is there
        already who will remove them.

        Raises:
            OSError: the directory cannot be made.
        """
        self.directory, self.spill = server.directory, server.spill
        self._server = server
        for path in server.directories:
            session_dir.make(path)
        self.board = Board(f"{self.directory}/board", create=True)
        self.queue = NodeQueue()
        self.workers: dict[int, WorkerHandle] = {}
        #: what to poll: file descriptor -> worker number (0: the fork server)
        self.by_fd: dict[int, int] = {}
        self.poller = portable.make_poller()
        self._client = client
        self._session_hex = session_hex
        #: workers number their tasks from here on
        self.first = 0
        #: where their actors' names count
        self.namespace = ""
        #: how many calls an actor may run at once, where that is not one by one
        self.slots: dict[int, int] = {}
        #: processes by the number of the request that they were forked for
        self._forked: dict[int, WorkerHandle] = {}
        self._by_pid: dict[int, WorkerHandle] = {}
        self._requests = count(1)
        #: a process that does not know yet what it will be, if one is kept
        self._spare: WorkerHandle | None = None
        self._listen()

    def drop_server(self) -> None:
        """The fork server died, and its workers with it: let go of it."""
        fd = self._server.control.fileno()
        self.by_fd.pop(fd, None)
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(fd)
        self._server.stop()
        self._forked.clear()
        self._by_pid.clear()
        self._drop_spare()

    def start_server(self) -> None:
        """Start another fork server.

        Raises:
            OSError: the system gives no process.
        """
        self._server = launch(self.directory, self.spill)
        self._listen()

    def _listen(self) -> None:
        self.by_fd[self._server.control.fileno()] = 0
        self.poller.register(self._server.control.fileno(), select.POLLIN)

    @property
    def server_pid(self) -> int:
        """Process id of the fork server."""
        return self._server.process.pid

    def start_worker(self, number: int, *, actor: int | None, parked: bool) -> None:
        """Let a process become a worker; it is ready when its HELLO arrives.

        Raises:
            OSError: there are no descriptors left to talk to it.
        """
        handle, self._spare = self._spare or self._fork(), None
        handle.number, handle.actor = number, actor
        start: WorkerStart = {
            "worker": number,
            "actor": actor,
            "parked": parked,
            "directory": str(self.directory),
            "spill": str(self.spill or ""),
            "client": self._client,
            "session_hex": self._session_hex,
            "first": self.first,
            "namespace": self.namespace,
            "slots": self.slots.get(actor or 0, 0),
        }
        self.board.clear(number)
        self.workers[number] = handle
        self.by_fd[handle.channel.fileno()] = number
        self.poller.register(handle.channel.fileno(), select.POLLIN)
        data = pickle.dumps(start)
        handle.channel.send(LENGTH.pack(len(data)) + data)
        if actor is not None:  # who makes one actor makes more: have a process ready
            with contextlib.suppress(OSError):  # then without
                self._spare = self._fork()

    def _fork(self) -> WorkerHandle:
        """Ask the fork server for a process that waits for its role."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        request = next(self._requests)
        fds = [theirs.fileno(), self.queue.read_end.fileno()]
        try:
            socket.send_fds(self._server.control, [FORK_REQUEST.pack(request)], fds)
        except OSError as error:
            if error.errno not in _GONE:  # a dead server is seen by the pump
                ours.close()
                raise
        finally:
            theirs.close()
        handle = WorkerHandle(0, Channel(ours, self._want_write), None)
        self._forked[request] = handle
        return handle

    def server_message(self) -> tuple[str, int, int] | None:
        """Return ("forked", worker, pid) or ("exited", worker, code), None at EOF.

        ("refused", worker, errno) if the system gave no process. Worker 0 is a
        process that has not become one.
        """
        try:
            data = self._server.control.recv(FORK_REPORT.size, socket.MSG_WAITALL)
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
        if gone is not None and gone is self._spare:
            self._drop_spare()
        return what, gone.number if gone is not None else 0, second

    def _drop_spare(self) -> None:
        if self._spare is not None:
            self._spare.channel.close()
            self._spare = None

    def forget(self, number: int) -> WorkerHandle | None:
        """Stop listening to a worker that is gone."""
        handle = self.workers.pop(number, None)
        if handle is not None:
            fd = handle.channel.fileno()
            self.by_fd.pop(fd, None)
            with contextlib.suppress(OSError, KeyError):
                self.poller.unregister(fd)
            handle.channel.close()
        return handle

    def last_words(self, number: int) -> Iterator[tuple[bytes, list[int]]]:
        """Yield what a dying worker had sent, as ``Channel.receive`` does.

        Waits for the end of its stream, which follows its death at once; a child
        that a task forked may hold it open, so no longer than a moment.
        """
        handle = self.workers[number]
        ready = select.poll()
        ready.register(handle.channel.fileno(), select.POLLIN)
        while not handle.ended and ready.poll(_LAST_WORDS_MS):
            received = handle.channel.receive()
            if received is None:
                return
            yield received

    def kill(self, number: int) -> None:
        """End a worker at once."""
        self._signal(number, signal.SIGKILL)

    def kill_actor(self, actor: int) -> None:
        """End an actor's process at once, if it has one."""
        for handle in self.workers.values():
            if handle.actor == actor:
                self.kill(handle.number)

    def _signal(self, number: int, which: signal.Signals) -> None:
        handle = self.workers.get(number)
        if handle is not None and handle.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(handle.pid, which)

    def interrupt(self, number: int) -> None:
        """Send SIGINT; what it means lies on the board and on the line."""
        self._signal(number, signal.SIGINT)

    def kill_if(self, number: int, is_right: Callable[[], bool]) -> bool:
        """End a worker if ``is_right`` holds while it stands still."""
        import psutil  # noqa: PLC0415 (rarely needed)

        self._signal(number, signal.SIGSTOP)
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self.workers[number].pid)
            for _ in range(_STAND_STILL_MS):
                if process.status() == psutil.STATUS_STOPPED:
                    break
                time.sleep(0.001)
        found = is_right()
        self._signal(number, signal.SIGKILL if found else signal.SIGCONT)
        return found

    def close(self) -> None:
        """End every process and wait for it; the server removes the directory."""
        for number in list(self.workers):
            self.forget(number)
        self._drop_spare()
        self.queue.close()
        self._server.stop()
        for path in self._server.directories:  # if the server could not
            shutil.rmtree(path, ignore_errors=True)
        self.board.close()
        self.poller.close()

    def disown(self) -> None:
        """Close a forked child's copies: the parent's end must be seen as its end."""
        for handle in (*self.workers.values(), self._spare):
            if handle is not None:
                handle.channel.close()
        self.queue.close()
        self._server.control.close()

    def _want_write(self, channel: Channel, wanted: bool) -> None:
        events = select.POLLIN | (select.POLLOUT if wanted else 0)
        with contextlib.suppress(OSError, KeyError):
            self.poller.modify(channel.fileno(), events)
