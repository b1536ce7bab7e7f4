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

from rayteach.runtime import portable
from rayteach.runtime.descriptors import out_of_reach
from rayteach.runtime.protocol import FORK_REPORT, FORK_REPORTS, FORK_REQUEST, LENGTH
from rayteach.runtime.protocol_types import ServerStart, WorkerStart

IDLE_MS = 100
"""The server uses a pause of this length to import what later workers may want."""


def main(fd: int, *directories: str) -> None:
    """Serve on the inherited socket ``fd`` until the driver is gone."""
    control = socket.socket(fileno=fd)
    start: ServerStart | None = _receive_start(control)
    if start is None:  # the driver was killed before it could say anything
        _remove(*directories)
        return
    ForkServer(control, start).run()


class ForkServer:
    """Forks workers on request and buries them."""

    def __init__(self, control: socket.socket, start: ServerStart) -> None:
        """Import what workers need and freeze it."""
        self._control = control
        self._start = start
        self._children: set[int] = set()
        self._set_death_signal = portable.dying_with_parent()
        sys.path[:] = start["sys_path"]
        with contextlib.suppress(OSError):
            os.chdir(start["cwd"])
        import_module("rayteach.runtime.worker")
        self._to_preload = list(start["preload"])
        self._wake_r, self._wake_w = portable.wake_pipe()
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
            data, fds, _, _ = socket.recv_fds(self._control, FORK_REQUEST.size, 4)
        except OSError:
            return False
        if not data:
            return False
        (request,) = FORK_REQUEST.unpack(data)
        try:
            pid = self._fork(fds)
        except OSError as error:  # too many processes, or no memory for another
            self._tell("refused", request, error.errno or 0)
        else:
            self._children.add(pid)
            self._tell("forked", request, pid)
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
        start: WorkerStart | None = _receive_start(line)
        if start is not None:
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
            self._tell("exited", pid, os.waitstatus_to_exitcode(status))

    def _tell(self, what: str, which: int, number: int) -> None:
        with contextlib.suppress(OSError):  # the driver may be gone: run() sees it
            self._control.sendall(
                FORK_REPORT.pack(FORK_REPORTS.index(what), which, number)
            )

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


def _receive_start(line: socket.socket) -> Any:
    """Wait until there is something to be; None if there never will be."""
    head = line.recv(LENGTH.size, socket.MSG_WAITALL)
    if not head:
        return None
    size = LENGTH.unpack(head)[0]
    return pickle.loads(line.recv(size, socket.MSG_WAITALL))


def _reseed() -> None:
    """Forked copies of a generator draw the same numbers: seed each anew.

    One that is imported later, in the worker, seeds itself.
    """
    random, numpy = sys.modules.get("random"), sys.modules.get("numpy")
    if random is not None:
        random.seed()
    if numpy is not None:
        numpy.random.seed(int.from_bytes(os.urandom(4), "little"))
