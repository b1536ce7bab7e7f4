"""What tasks print, as reports: the same lines and bounds as on the local engine."""

from __future__ import annotations

import logging
import os
import pickle
import sys
import tempfile
from contextlib import nullcontext
from typing import TYPE_CHECKING

from rayteach.runtime import output, protocol

if TYPE_CHECKING:
    from rayteach.engines.ray.worker import Process


class _Line:
    """Stands for a worker's line to the driver: frames of output become reports."""

    def __init__(self, process: Process) -> None:
        self.shield = nullcontext()
        self._process = process

    def gather(self, frame: bytes) -> None:
        task, name, text = pickle.loads(frame[protocol.KIND.size :])
        process = self._process
        call = process.running.get(task)
        label, run = (call.spec.label, call.spec.run) if call else ("", 0)
        process.reports.add(
            "printed", process.now(), task, label, run, process.number, name, text
        )

    def flush(self) -> None:
        """Nothing waits here: reports go by themselves."""


class WorkerOutput(output.TaskOutput):
    """Takes over Python's streams of a Ray worker; its descriptors stay Ray's."""

    def __init__(self, process: Process) -> None:
        """Tell ``process.reports``."""
        self._process = process
        self.line = _Line(process)
        self.number = process.number
        self.is_forked = False
        os.register_at_fork(after_in_child=self._mark_forked)
        directory = process.directory
        if not os.path.isdir(directory):  # noqa: PTH112 (a plain path)
            self._own = tempfile.TemporaryDirectory(prefix="rayteach-log-")
            directory = self._own.name  # another machine: its logs end with us
        super().__init__(self, directory)  # type: ignore[arg-type]
        #: Ray's own, for what no task prints
        self._streams = {"stdout": sys.stdout, "stderr": sys.stderr}
        sys.stdout = output._Stream(self, "stdout")  # noqa: SLF001 (its own streams)
        sys.stderr = output._Stream(self, "stderr")  # noqa: SLF001 (as above)
        sys.stdin = output._NoInput()  # noqa: SLF001 (as above)
        logging.lastResort = output._LastResort()  # noqa: SLF001 (as above)

    @property
    def task(self) -> int:
        """Number of the task that prints, 0 for none."""
        call = self._process.call
        return call.spec.number if call is not None else 0

    def write(self, name: str, text: str) -> None:
        """Keep what a task prints; Ray's own notes between tasks go where they went."""
        if self.task:
            super().write(name, text)
            return
        stream = self._streams[name]
        if stream is not None:
            stream.write(text)
            stream.flush()

    def _mark_forked(self) -> None:
        self.is_forked = True
