"""A kernel for one notebook, with limits on time, memory, prints and processes."""

from __future__ import annotations

import os
import queue
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from rayteach.errors import RayteachError
from rayteach.teaching.limits import MB, Limits
from rayteach.teaching.processes import Family, words

#: how often limits are looked at
_LOOK_S = 0.25
#: how long a kernel may take to answer at first, and to end
_START_S = 60.0
_END_S = 10.0
#: how long a process that is not ours may live after its kernel
_FOREIGN_S = 1.0
#: the folder that it runs in comes later: a learner's json.py is not what we import
_LAUNCH = (
    "import sys; sys.path[:] = filter(None, sys.path); "
    "from rayteach.teaching.launcher import main; main()"
)


@dataclass(slots=True)
class CellEnd:
    """How a cell ended."""

    #: "" if it came to its end or raised; else why the kernel had to be ended
    fatal: str = ""
    #: type and text of what it raised; "" for nothing
    error: str = ""
    #: the last that it printed to stderr
    stderr: str = ""
    #: which run of its kernel it was, from 1
    number: int = 0


class KernelError(RayteachError):
    """A kernel did not start."""


class _Limited(KernelSpecManager):
    """Knows one kernel: this Python under a limit."""

    memory_bytes = 0

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the same kernel under every name."""
        command = [sys.executable, "-c", _LAUNCH, str(self.memory_bytes)]
        command += ["-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name=kernel_name, language="python")


def starts_here(limits: Limits) -> bool:
    """Tell whether a kernel starts in a folder with nothing in it."""
    with tempfile.TemporaryDirectory(prefix="rayteach-room-") as empty:
        try:
            Kernel(Path(empty), limits, {}).kill()
        except KernelError:
            return False
    return True


class Kernel:
    """A running kernel; :meth:`close` or :meth:`kill` ends it and all below it."""

    def __init__(self, folder: Path, limits: Limits, env: dict[str, str]) -> None:
        """Start it in ``folder``.

        Raises:
            KernelError: it does not answer.
        """
        self._limits = limits
        self._family = Family()
        self._runs = 0
        self._born: dict[psutil.Process, int] = {}
        self._private = Path(tempfile.mkdtemp(prefix="rayteach-grade-"))
        specs = _Limited()
        specs.memory_bytes = limits.memory_bytes
        # Unix sockets in a directory of ours: no port is opened.
        self._manager = KernelManager(
            kernel_spec_manager=specs,
            transport="ipc",
            connection_file=str(self._private / "kernel.json"),
        )
        self._client: BlockingKernelClient | None = None
        try:
            with Path(os.devnull).open("wb") as nowhere:
                self._manager.start_kernel(
                    cwd=str(folder),
                    env={**os.environ, **env},
                    stdout=nowhere,
                    stderr=nowhere,
                )
            self._client = self._manager.client()
            self._client.start_channels()
            self._client.wait_for_ready(timeout=_START_S)
        except BaseException as error:
            self.kill()
            if isinstance(error, RuntimeError):
                raise KernelError(f"no kernel starts here: {error}") from error
            raise

    def run(self, code: str, limit_s: float, *, silent: bool = False) -> CellEnd:
        """Run a cell to its end, or to the first limit that it passes.

        After a fatal end the kernel is of no use: kill it.

        Args:
            code: the cell.
            limit_s: how many seconds it may take.
            silent: it is no cell of the notebook, and counts as none.
        """
        assert self._client is not None  # noqa: S101 (started)
        watch = _Watch(self, limit_s)
        sent = self._client.execute(code, silent=silent, allow_stdin=False)
        while not watch.over:
            try:
                message = self._client.get_iopub_msg(timeout=_LOOK_S)
            except queue.Empty:
                message = None
            watch.look()
            if message is not None:
                watch.hear(message, sent)
        if not watch.end.fatal:
            watch.end.error = self._error_of(sent)
        self._runs += 1
        watch.end.number = self._runs
        self._note_births()
        return watch.end

    def _error_of(self, sent: str) -> str:
        """Return what the reply to a cell says that it raised, "" for nothing.

        The reply, not the output: errors of learners are shown in our own words.
        """
        assert self._client is not None  # noqa: S101 (started)
        try:
            reply = self._client.get_shell_msg(timeout=_END_S)
            while reply["parent_header"].get("msg_id") != sent:
                reply = self._client.get_shell_msg(timeout=_END_S)
        except queue.Empty:
            return "the kernel gave no answer"
        content = reply["content"]
        if content["status"] == "ok":
            return ""
        return f"{content.get('ename')}: {content.get('evalue')}".rstrip(": ")

    def interrupt(self, patience_s: float) -> bool:
        """Interrupt the cell that runs; True if the kernel is idle soon after."""
        assert self._client is not None  # noqa: S101 (started)
        if not self._manager.is_alive():
            return False
        self._manager.interrupt_kernel()
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            try:
                message = self._client.get_iopub_msg(timeout=_LOOK_S)
            except queue.Empty:
                continue
            if message["content"].get("execution_state") == "idle":
                return True
        return False

    def _note_births(self) -> None:
        """Remember in which run each process was first seen."""
        for one in self._family.alive():
            self._born.setdefault(one, self._runs)

    def trouble(self) -> str:
        """Return which limit its processes pass now; "" for none."""
        if not self._manager.is_alive():
            return "it ended its own kernel"
        alive = self._family.alive()
        if len(alive) > self._limits.processes:
            return f"it started more than {self._limits.processes} processes"
        if self._family.memory_bytes() > self._limits.memory_bytes:
            return f"it used more than {self._limits.memory_bytes // MB} MB of memory"
        return ""

    @property
    def limits(self) -> Limits:
        """What it may use."""
        return self._limits

    def close(self) -> list[tuple[int, str]]:
        """Let the kernel end, then end what it left behind.

        Returns:
            (number of the run that it began in, command) of each process left.
        """
        try:
            if self._client is not None:
                self._client.stop_channels()
            self._manager.shutdown_kernel(now=False)
            left = self._family.leftovers(_END_S, _FOREIGN_S)
            found = [(self._born.get(one, self._runs), words(one)) for one in left]
        except Exception:  # noqa: BLE001 (it ended in an unknown way; all goes)
            found = []
        self.kill()
        return found

    def kill(self) -> None:
        """End the kernel and all below it at once."""
        try:
            if self._client is not None:
                self._client.stop_channels()
            if self._manager.has_kernel:
                self._manager.shutdown_kernel(now=True)
            # The fork server sees its kernel's end and takes its files along.
            self._family.leftovers(_FOREIGN_S, 0.0)
        finally:
            self._family.kill()
            self._manager.cleanup_resources()
            shutil.rmtree(self._private, ignore_errors=True)


@dataclass(slots=True)
class _Watch:
    """Follows one cell."""

    kernel: Kernel
    limit_s: float
    end: CellEnd = field(default_factory=CellEnd)
    over: bool = False
    _printed: int = 0
    _started_s: float = field(default_factory=time.monotonic)
    _looked_s: float = 0.0

    def look(self) -> None:
        """Look at the clock, and now and then at the processes."""
        now_s = time.monotonic()
        if now_s - self._started_s > self.limit_s:
            self._stop(f"it took more than {self.limit_s:g} s")
        elif now_s - self._looked_s > _LOOK_S:
            self._looked_s = now_s
            self._stop(self.kernel.trouble())

    def hear(self, message: dict[str, Any], sent: str) -> None:
        """Take in what the kernel says."""
        content, kind = message["content"], message["msg_type"]
        if kind in ("stream", "display_data", "execute_result", "update_display_data"):
            self._printed += len(str(content.get("text") or content.get("data")))
            if self._printed > self.kernel.limits.printed:
                most = self.kernel.limits.printed
                self._stop(f"it printed more than {most:,} characters")
        if message["parent_header"].get("msg_id") != sent:
            return
        if kind == "stream" and content["name"] == "stderr":
            self.end.stderr = content["text"][-500:]
        elif kind == "status" and content["execution_state"] == "idle":
            self.over = True

    def _stop(self, reason: str) -> None:
        if reason and not self.over:
            self.end.fatal, self.over = reason, True
