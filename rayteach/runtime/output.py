"""Prints of tasks: whole lines, sent to the driver under the task's name.

    print, warnings, logging ──► _Stream ──► one unfinished line per thread and task
                                                 │ whole lines
                                                 ▼
                       OUTPUT frames, up to FORWARD_BYTES ──► driver
                       the rest ──► the task's own log file

What a task prints while it works leaves at once, then every ``SHOW_S``; what a
short task prints travels with its result.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from rayteach.runtime import protocol
from rayteach.runtime.descriptors import out_of_reach
from rayteach.runtime.unfinished_line import UnfinishedLine

if TYPE_CHECKING:
    from rayteach.runtime.worker import Worker

FORWARD_BYTES = 64 * 1024
"""Characters of one task that are shown; the rest goes to its log file only."""
LOG_BYTES = 64 * 1024 * 1024
"""The log file of one task ends here: it lies in shared memory."""
SHOW_S = 0.05
"""A task that prints while it works is heard this often."""
LOG = "log"
"""In the place of a stream's name: the text is the path of the task's log."""
_FULL = "… this task's log ends here: it has reached its bound, or memory is full\n"


class TaskOutput:
    """Takes over ``sys.stdout`` and ``sys.stderr`` of a worker."""

    def __init__(self, worker: Worker, directory: str) -> None:
        """Send through ``worker``; overflow goes to a log in ``directory``."""
        self.worker = worker
        self._directory = directory
        self._lock = threading.Lock()
        #: what no line end has followed yet, by (thread, task, stream)
        self._unfinished: dict[tuple[int, int, str], UnfinishedLine] = {}
        #: characters per task that went to the driver
        self._forwarded: dict[int, int] = {}
        self._logs: dict[int, _Log] = {}
        self._sent_s = 0.0
        self._flusher = _Flusher(worker)

    def install(self) -> None:
        """Redirect Python's streams, and file descriptors 0 to 2, for good."""
        self.open_descriptors()
        sys.stdout, sys.stderr = _Stream(self, "stdout"), _Stream(self, "stderr")
        sys.stdin = _NoInput()
        logging.lastResort = _LastResort()

    def open_descriptors(self) -> None:
        """Let descriptors 1 and 2 lead to the worker's log, 0 to nothing."""
        path = f"{self._directory}/w{self.worker.number}.log"
        fd = out_of_reach(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))
        os.dup2(fd, 1)
        os.dup2(fd, 2)
        os.close(fd)
        null = out_of_reach(os.open(os.devnull, os.O_RDONLY))
        os.dup2(null, 0)
        os.close(null)

    def write(self, name: str, text: str) -> None:
        """Keep ``text`` until its line ends; send what is whole."""
        task = self.worker.task
        key = (threading.get_ident(), task, name)
        line = self._unfinished.get(key)
        if line is None:
            line = self._unfinished[key] = UnfinishedLine()
        whole = line.add(text)
        if whole:
            self._send(task, name, whole)

    def flush(self) -> None:
        """Let the driver hear what is whole, now."""
        if self.worker.task and not self.worker.is_forked:
            with self.worker.line.shield:
                self.worker.line.flush()

    def end_task(self) -> None:
        """Send unfinished lines of the task that ends."""
        if not (self._unfinished or self._forwarded):
            return
        task = self.worker.task
        for key in tuple(self._unfinished):
            if key[1] == task:
                rest = self._unfinished.pop(key).end()
                if rest:
                    self._send(task, key[2], rest)
        with self._lock:
            self._forwarded.pop(task, None)
            log = self._logs.pop(task, None)
        if log is not None:
            log.close()

    def _send(self, task: int, name: str, text: str) -> None:
        """Forward ``text``, or write it to the task's log past the bound."""
        with self.worker.line.shield, self._lock:
            if self.worker.is_forked:  # the line is its parent's
                self._log(task).write(text)
                return
            forwarded = self._forwarded.get(task, 0)
            room = FORWARD_BYTES - forwarded
            shown, rest = _cut(text, room) if room > 0 else ("", text)
            self._forwarded[task] = forwarded + len(text)
            if shown:
                self._forward(task, name, shown)
            if rest:
                log = self._log(task)
                if room > 0:
                    self._forward(task, LOG, log.path)
                log.write(rest)

    def _forward(self, task: int, name: str, text: str) -> None:
        line = self.worker.line
        line.gather(protocol.frame(protocol.OUTPUT, (task, name, text)))
        now = time.monotonic()
        if now - self._sent_s > SHOW_S:
            self._sent_s = now
            line.flush()
        else:
            self._flusher.soon()

    def _log(self, task: int) -> _Log:
        log = self._logs.get(task)
        if log is None:
            log = self._logs[task] = _Log(f"{self._directory}/task-{task}.log")
        return log


def _cut(text: str, room: int) -> tuple[str, str]:
    """Split ``text`` after the last line that fits, or within a huge one."""
    if len(text) <= room:
        return text, ""
    at = text.rfind("\n", 0, room) + 1 or room
    return text[:at], text[at:]


class _Log:
    """A task's log file. Whole lines at once: children of the task write it too."""

    def __init__(self, path: str) -> None:
        self.path = path
        flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
        self._fd = os.open(path, flags, 0o600)
        self._left = LOG_BYTES

    def write(self, text: str) -> None:
        if self._left <= 0:
            return
        data = text.encode("utf-8", "replace")
        self._left -= len(data)
        if self._left <= 0:
            data += _FULL.encode()
        try:
            os.write(self._fd, data)
        except OSError:  # no room: the task goes on, its log ends
            self._left = 0

    def close(self) -> None:
        os.close(self._fd)


class _Flusher:
    """A thread that sends what was gathered ``SHOW_S`` ago; asleep otherwise."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._wake = threading.Semaphore(0)
        self._pending = False
        self._thread: threading.Thread | None = None

    def soon(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name="rayteach-output", daemon=True
            )
            self._thread.start()
        if not self._pending:
            self._pending = True
            self._wake.release()

    def _run(self) -> None:
        while True:
            self._wake.acquire()
            time.sleep(SHOW_S)
            self._pending = False
            try:
                self._worker.line.flush()
            except Exception:  # noqa: BLE001 (the driver is gone: the main thread sees it)
                return


class _LastResort(logging.Handler):
    """Shows records of loggers that nobody set up, with level and logger."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:  # noqa: BLE001 (as any handler: a record never breaks a task)
            self.handleError(record)


class _Stream(io.TextIOBase):
    """A text stream of a worker; lines of different threads do not mix."""

    encoding = "utf-8"

    def __init__(self, output: TaskOutput, name: str) -> None:
        self._output = output
        self._name = name

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            msg = f"write() argument must be str, not {type(text).__name__}"
            raise TypeError(msg)
        self._output.write(self._name, text)
        return len(text)

    def flush(self) -> None:
        self._output.flush()


class _NoInput(io.TextIOBase):
    """``input()`` in a task: nobody could answer, so say why."""

    def readable(self) -> bool:
        return True

    def readline(self, size: Any = -1, /) -> Any:  # noqa: ARG002
        msg = (
            "a task cannot ask for input: it runs in a worker process that has no "
            "keyboard. Ask in the notebook and pass the answer as an argument"
        )
        raise RuntimeError(msg)

    def read(self, size: Any = -1, /) -> Any:
        return self.readline(size)
