"""The driver's side of the fork server and of every worker process.

Owns processes and sockets; knows nothing of tasks. The engine tells it which
workers to start and reads their channels.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import shutil
import signal
import time
from typing import TYPE_CHECKING

from rayteach.runtime import portable, session_dir
from rayteach.runtime.board import Board
from rayteach.runtime.launch import ForkServerProcess, launch
from rayteach.runtime.node_queue import NodeQueue
from rayteach.runtime.nursery import Nursery, WorkerHandle
from rayteach.runtime.protocol import LENGTH
from rayteach.runtime.protocol_types import WorkerStart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rayteach.runtime.channel import Channel
    from rayteach.runtime.node_process import CopierHandle, NodeProcess

HOME = "A"
"""The driver's own node."""
_LAST_WORDS_MS = 50
_STAND_STILL_MS = 50
"""A process stops at once, unless the kernel is busy with it."""


class WorkerPool:
    """All workers, the fork server of the driver's node, and that node's queue."""

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
        #: nodes that are slowed down: how many times as long everything takes
        self.slow: dict[str, float] = {}
        #: the fork server of the driver's own node
        self._home = Nursery(HOME, server, self.want_write)
        #: the other nodes, by name
        self.far: dict[str, NodeProcess] = {}
        self._listen()

    def drop_server(self) -> None:
        """The fork server died, and its workers with it: let go of it."""
        self.ignore(self._home.fileno())
        self._home.stop()

    def start_server(self) -> None:
        """Start another fork server.

        Raises:
            OSError: the system gives no process.
        """
        self._home.server = launch(self.directory, self.spill)
        self._listen()

    def _listen(self) -> None:
        self.watch(self._home.fileno(), 0)

    def watch(self, fd: int, number: int) -> None:
        """Poll a descriptor of a worker, of the fork server (0) or of a node (< 0)."""
        self.by_fd[fd] = number
        self.poller.register(fd, select.POLLIN)

    def ignore(self, fd: int) -> None:
        """Poll it no longer."""
        self.by_fd.pop(fd, None)
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(fd)

    @property
    def server_pid(self) -> int:
        """Process id of the fork server."""
        return self._home.server.process.pid

    def start_worker(
        self, number: int, *, actor: int | None, parked: bool, node: str = HOME
    ) -> int:
        """Let a process become a worker; it is ready when its HELLO arrives.

        Returns:
            Its process id if it is there already: a spare; else 0.

        Raises:
            OSError: there are no descriptors left to talk to it.
        """
        far = self.far.get(node)
        nursery, queue = self._home, self.queue.read_end
        store, spill = str(self.directory), str(self.spill or "")
        if far is not None:
            nursery, queue = far.nursery, far.queue
            store, spill = far.store, far.spill
        handle = nursery.take(queue)
        handle.number, handle.actor = number, actor
        start: WorkerStart = {
            "worker": number,
            "actor": actor,
            "parked": parked,
            "directory": str(self.directory),
            "node": node,
            "store": store,
            "spill": spill,
            "client": self._client,
            "session_hex": self._session_hex,
            "first": self.first,
            "namespace": self.namespace,
            "slots": self.slots.get(actor or 0, 0),
        }
        self.board.clear(number, self.slow.get(node, 0.0))
        self.workers[number] = handle
        self.watch(handle.channel.fileno(), number)
        data = pickle.dumps(start)
        handle.channel.send(LENGTH.pack(len(data)) + data)
        if actor is not None:  # who makes one actor makes more: have a process ready
            with contextlib.suppress(OSError):  # then without
                nursery.spare = nursery.fork(queue)
        return handle.pid

    def home_copier(self) -> CopierHandle:
        """Fork the copier of the driver's own node."""
        from rayteach.runtime.node_process import CopierHandle  # noqa: PLC0415 (rare)

        return CopierHandle(self._home, str(self.directory), str(self.spill or ""))

    def server_message(self) -> tuple[str, int, int] | None:
        """See ``Nursery.message``: of the driver's own node."""
        return self._home.message()

    def forget(self, number: int) -> WorkerHandle | None:
        """Stop listening to a worker that is gone."""
        handle = self.workers.pop(number, None)
        if handle is not None:
            self.ignore(handle.channel.fileno())
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
        for far in self.far.values():
            far.close()
        self._home.drop_spare()
        self.queue.close()
        self._home.server.stop()
        for path in self._home.server.directories:  # if the server could not
            shutil.rmtree(path, ignore_errors=True)
        self.board.close()
        self.poller.close()

    def disown(self) -> None:
        """Close a forked child's copies: the parent's end must be seen as its end."""
        for handle in (*self.workers.values(), self._home.spare):
            if handle is not None:
                handle.channel.close()
        for far in self.far.values():
            far.disown()
        self.queue.close()
        self._home.server.control.close()

    def want_write(self, channel: Channel, wanted: bool) -> None:
        """Watch for room in a channel, or no longer."""
        events = select.POLLIN | (select.POLLOUT if wanted else 0)
        with contextlib.suppress(OSError, KeyError):
            self.poller.modify(channel.fileno(), events)
