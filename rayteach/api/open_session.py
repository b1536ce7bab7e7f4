"""An open session: one engine, one log. Made by ``session.init``.

Apart from :mod:`rayteach.api.session`, so that the fork server can be started
before the engine is imported.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from rayteach.api import captured
from rayteach.api.cell_runs import CellRuns
from rayteach.api.printing import Printer, write
from rayteach.core import events
from rayteach.engines.controls import LocalControls
from rayteach.engines.local import LocalEngine
from rayteach.trace.log import EventLog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rayteach.core.controls import Controls
    from rayteach.engines.outputs import Printed
    from rayteach.runtime.launch import ForkServerProcess


class Session:
    """What ``init`` opens and ``shutdown`` closes."""

    def __init__(
        self,
        num_cpus: float,
        resources: dict[str, float],
        namespace: str,
        server: ForkServerProcess,
        on_first: Callable[[Session, int], None],
        object_store_memory: int | None = None,
    ) -> None:
        """Start the engine; ``on_first`` is told of each run's first task."""
        self.log = self._make_log()
        #: origin of all row times, monotonic seconds
        self.start_s = time.monotonic()
        self.log.append(events.SessionStarted(self.start_s, time.time()))
        self.num_cpus = num_cpus
        self.resources = resources
        self.engine: Any = self._make_engine(namespace, server, object_store_memory)
        #: what views may ask of the engine
        self.controls = self._make_controls()
        self.engine.submission.on_first = lambda run: on_first(self, run)
        #: shows what tasks print
        self.printer = Printer(self.engine.outputs.take)
        self.engine.outputs.news = self.printer.ring
        self.closed = False
        self.pid = os.getpid()
        self._run = 0
        self._executions: dict[str, int] = {}
        self.cell_runs = CellRuns(self.engine.cells)

    def _make_log(self) -> EventLog:
        return EventLog()

    def _make_engine(
        self, namespace: str, server: Any, object_store_memory: int | None
    ) -> Any:
        return LocalEngine(
            self.log, self.num_cpus, self.resources, namespace, server,
            object_store_memory,
        )  # fmt: skip

    def _make_controls(self) -> Controls:
        return LocalControls(self.engine)

    def __repr__(self) -> str:
        """Show what does not change from run to run."""
        state = "closed session" if self.closed else "session"
        return f"<rayteach {state}: {self.num_cpus:g} CPUs>"

    def begin_cell_run(self, key: str, label: str, source: str) -> int:
        """A cell begins to execute; return the number of its run."""
        self._run += 1
        execution = self._executions[key] = self._executions.get(key, 0) + 1
        self.log.append(
            events.CellRunStarted(
                time.monotonic(), self._run, key, label, execution, source
            )
        )
        self.cell_runs.begin(key, self._run)
        self.engine.submission.begin_run(self._run, label)
        self.engine.surroundings.look()
        captured.look()
        return self._run

    def end_cell_run(self, outcome: str) -> None:
        """The cell has come to its end: "done", "failed" or "interrupted"."""
        run = self.engine.submission.run
        if run:
            self.log.append(events.CellRunEnded(time.monotonic(), run, outcome))
        self.engine.submission.run = 0
        self.cell_runs.end()

    @property
    def run(self) -> int:
        """Number of the cell run that submissions belong to now, 0 outside."""
        run: int = self.engine.submission.run
        return run

    def sample(self) -> None:
        """Log the start of tasks that are seen running now."""
        self.engine.sample()

    def status(self) -> dict[str, Any]:
        """Return the counts of the panel's status message."""
        return {**self.engine.status(), "session": True}

    def flush_output(self) -> None:
        """Show now what tasks have printed; without it, it is shown soon."""
        self.printer.flush()

    def show_output(self, show: Callable[[Sequence[Printed]], None] | None) -> None:
        """Call ``show`` with what tasks print; None writes to ``sys.stdout`` again."""
        self.printer.show = show or write

    def close(self) -> None:
        """End every process. Anything that was not fetched is lost."""
        if self.closed:
            return
        self.closed = True
        self.engine.close()
        self.log.append(events.SessionEnded(time.monotonic()))
        self.printer.close()
