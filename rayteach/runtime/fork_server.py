"""The fork server: a small clean process from which all workers are forked.

The kernel is never forked: it has threads, sockets and a learner's whole state.
This process has one thread and nothing of that. It

1. imports what workers need, once;
2. on request forks a process that keeps two inherited sockets; on the first it
   hears which worker it is to be, at once or, as a spare, later;
3. reports each death with its exit status;
4. when the driver is gone (its socket ends, whatever the way), kills all
   workers, removes the session's directories and exits.

Workers die with it (PDEATHSIG), so nothing outlives it either.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import select
import signal
import socket
import sys
from importlib import import_module
from typing import Any

from rayteach.runtime.descriptors import out_of_reach
from rayteach.runtime.protocol import LENGTH
from rayteach.runtime.protocol_types import ServerStart, WorkerStart

_RECEIVE_BYTES = 1 << 16
_PR_SET_PDEATHSIG = 1
IDLE_MS = 100
"""The server uses a pause of this length to import what later workers may want."""


def main(fd: int, *directories: str) -> None:
    """Serve on the inherited socket ``fd`` until the driver is gone."""
    control = socket.socket(fileno=fd)
    first = control.recv(_RECEIVE_BYTES)
    if not first:  # the driver was killed before it could say anything
        _remove(*directories)
        return
    start: ServerStart = pickle.loads(first)
    ForkServer(control, start).run()


class ForkServer:
    """Forks workers on request and buries them."""

    def __init__(self, control: socket.socket, start: ServerStart) -> None:
        """Import what workers need and freeze it."""
        self._control = control
        self._start = start
        self._children: set[int] = set()
        self._set_death_signal = _death_signal()
        sys.path[:] = start["sys_path"]
        with contextlib.suppress(OSError):
            os.chdir(start["cwd"])
        import_module("rayteach.runtime.worker")
        self._to_preload = list(start["preload"])
        self._wake_r, self._wake_w = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        signal.set_wakeup_fd(self._wake_w, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.collect()
        gc.freeze()

    def run(self) -> None:
        """Serve until the end; then leave nothing behind."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._wake_r, select.POLLIN)
        try:
            while True:
                for fd, _ in poll.poll(IDLE_MS if self._to_preload else None):
                    if fd == self._wake_r:
                        os.read(self._wake_r, 4096)
                        self._bury()
                    elif not self._serve():
                        return
                    break
                else:
                    self._preload()
        finally:
            self._clean_up()

    def _preload(self) -> None:
        """Nobody asks for a worker: import one more module for those to come."""
        with contextlib.suppress(ImportError):  # then who needs it says so
            import_module(self._to_preload.pop(0))
        if not self._to_preload:
            gc.collect()
            gc.freeze()

    def _serve(self) -> bool:
        try:
            data, fds, _, _ = socket.recv_fds(self._control, _RECEIVE_BYTES, 4)
        except OSError:
            return False
        if not data:
            return False
        request: int = pickle.loads(data)
        try:
            pid = self._fork(fds)
        except OSError as error:  # too many processes, or no memory for another
            self._tell(("refused", request, error.errno))
        else:
            self._children.add(pid)
            self._tell(("forked", request, pid))
        for fd in fds:
            os.close(fd)
        return True

    def _fork(self, fds: list[int]) -> int:
        server = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            self._set_death_signal()
            if os.getppid() != server:
                os._exit(1)
            self._become_worker(fds)
            status = 0
        except BaseException:  # noqa: BLE001 (nothing may return to the server's loop)
            import traceback  # noqa: PLC0415

            with contextlib.suppress(OSError):
                os.write(2, traceback.format_exc().encode())
        os._exit(status)

    def _become_worker(self, fds: list[int]) -> None:
        from rayteach.runtime import worker  # noqa: PLC0415 (imported already)

        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._control.close()
        os.close(self._wake_r)
        os.close(self._wake_w)
        _reseed()
        line, queue = (socket.socket(fileno=out_of_reach(fd)) for fd in fds)
        start = _receive_start(line)
        if start is not None and start["worker"] == 0:
            import_module("rayteach.runtime.copier").main(start, queue)
        elif start is not None:
            worker.main(start, line, queue)

    def _bury(self) -> None:
        while self._children:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._children.discard(pid)
            self._tell(("exited", pid, os.waitstatus_to_exitcode(status)))

    def _tell(self, message: tuple[Any, ...]) -> None:
        with contextlib.suppress(OSError):  # the driver may be gone: run() sees it
            self._control.send(pickle.dumps(message))

    def _clean_up(self) -> None:
        for pid in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in self._children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        _remove(self._start["directory"], self._start["spill"])


def _remove(*directories: str) -> None:
    import shutil  # noqa: PLC0415 (at the end: a start takes no longer for it)

    for directory in filter(None, directories):
        shutil.rmtree(directory, ignore_errors=True)


def _receive_start(line: socket.socket) -> WorkerStart | None:
    """Wait until there is something to be; None if there never will be."""
    head = line.recv(LENGTH.size, socket.MSG_WAITALL)
    if not head:
        return None
    size = LENGTH.unpack(head)[0]
    start: WorkerStart = pickle.loads(line.recv(size, socket.MSG_WAITALL))
    return start


def _reseed() -> None:
    """Forked copies of a generator draw the same numbers: seed each anew.

    One that is imported later, in the worker, seeds itself.
    """
    random, numpy = sys.modules.get("random"), sys.modules.get("numpy")
    if random is not None:
        random.seed()
    if numpy is not None:
        numpy.random.seed(int.from_bytes(os.urandom(4), "little"))


def _death_signal() -> Any:
    """Return a function that ties this process's life to its parent's."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    import ctypes  # noqa: PLC0415

    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
