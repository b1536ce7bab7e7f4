"""Prints of tasks: whole lines, sent to the driver under the task's name."""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from rayteach.runtime import protocol
from rayteach.runtime.traces import out_of_reach

if TYPE_CHECKING:
    from rayteach.runtime.worker import Worker

FORWARD_BYTES = 64 * 1024
"""Characters of one task that are shown; the rest goes to its log file only."""
SHOW_S = 0.05
"""A task that prints while it works is heard this often."""
_BATCH = 8 * 1024
_PIECES = 256


class TaskOutput:
    """Takes over ``sys.stdout`` and ``sys.stderr`` of a worker."""

    def __init__(self, worker: Worker, directory: str) -> None:
        """Send through ``worker``; overflow goes to a log in ``directory``."""
        self.worker = worker
        self._directory = directory
        self._lock = threading.Lock()
        self._forwarded = 0
        self._sent_s = 0.0
        self._log: io.TextIOWrapper | None = None
        self._streams = [_Stream(self, "stdout"), _Stream(self, "stderr")]

    def install(self) -> None:
        """Redirect Python's streams, and file descriptors 0 to 2, for good."""
        self.open_descriptors()
        sys.stdout, sys.stderr = self._streams
        sys.stdin = _NoInput()

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

    def end_task(self) -> None:
        """Send unfinished lines of the task that ends."""
        for stream in self._streams:
            stream.end()
        self._forwarded = 0
        if self._log is not None:
            self._log.close()
            self._log = None

    def send(self, name: str, text: str) -> None:
        """Forward ``text``, or write it to the task's log past the bound."""
        with self.worker.line.shield, self._lock:
            if self._forwarded < FORWARD_BYTES:
                self._forwarded += len(text)
                over = self._forwarded - FORWARD_BYTES
                shown = text if over <= 0 else text[:-over]
                self._forward(name, shown)
                if over > 0:
                    self._overflow(text[-over:])
                    path = self._log.name if self._log else ""
                    self._forward(name, f"… more output of this task is in {path}\n")
            else:
                self._overflow(text)

    def _forward(self, name: str, text: str) -> None:
        body = (self.worker.task, name, text)
        line = self.worker.line
        line.gather(protocol.frame(protocol.OUTPUT, body))
        now = time.monotonic()
        if now - self._sent_s > SHOW_S:
            self._sent_s = now
            line.flush()

    def _overflow(self, text: str) -> None:
        if self._log is None:
            path = f"{self._directory}/task-{self.worker.task}.log"
            self._log = open(path, "a", encoding="utf-8")  # noqa: PTH123, SIM115
        self._log.write(text)


class _Stream(io.TextIOBase):
    """A line-buffered text stream."""

    encoding = "utf-8"

    def __init__(self, output: TaskOutput, name: str) -> None:
        self._output = output
        self._name = name
        #: what no line end has followed yet, by thread and task
        self._open: dict[tuple[int, int], list[str]] = {}

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            msg = f"write() argument must be str, not {type(text).__name__}"
            raise TypeError(msg)
        key = (threading.get_ident(), self._output.worker.task)
        parts = self._open.setdefault(key, [])
        parts.append(text)
        if "\n" in text or len(text) > _BATCH or len(parts) > _PIECES:
            self._send_lines(key)
        return len(text)

    def flush(self) -> None:
        task = self._output.worker.task
        if task:
            self._send_lines((threading.get_ident(), task))
            with self._output.worker.line.shield:
                self._output.worker.line.flush()

    def end(self) -> None:
        task = self._output.worker.task
        for key in [key for key in tuple(self._open) if key[1] == task]:
            self._open[key].append("\n" if any(self._open[key]) else "")
            self._send_lines(key)

    def _send_lines(self, key: tuple[int, int]) -> None:
        text = "".join(self._open.pop(key, ()))
        whole, newline, rest = text.rpartition("\n")
        if newline or len(rest) > _BATCH:
            text = whole + newline if newline else rest + "\n"
            rest = rest if newline else ""
            self._output.send(self._name, text)
        if rest:
            self._open[key] = [rest]


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
