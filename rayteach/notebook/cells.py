"""Cells own what they start: which cell runs now, and what belongs to it.

    pre_run_cell ──► the old view of this cell closes, a cell run begins
    first task   ──► its view appears under the running cell
    post_run_cell ─► what tasks printed is shown, the cell run ends

Only ``pre_run_cell`` and ``post_run_cell`` are used: ``pre_execute`` also fires
for every message of a widget.
"""

from __future__ import annotations

import gc
import hashlib
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rayteach.notebook.cellcode import cell_number, label_number, running_cell
from rayteach.notebook.contracts import Session, Sessions, open_session
from rayteach.notebook.forgetting import Forgetting
from rayteach.notebook.output import CellOutput

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import (
        ExecutionInfo,
        ExecutionResult,
        InteractiveShell,
    )

    from rayteach.notebook.runviews import RunViews


@dataclass(slots=True)
class Cell:
    """A cell that runs now, or ran last."""

    #: the notebook's id of the cell, or a hash of its source
    key: str
    #: what people see, e.g. "[7]"
    label: str
    #: its text
    source: str
    #: True if the host gave an id: then a front end is behind this cell
    has_id: bool
    #: the session's number of this cell run; None before a session is open
    run: int | None = None
    #: the cell run has started a task
    has_tasks: bool = False
    #: it asked for no view
    hidden: bool = False
    #: its work goes on when it runs again
    kept: bool = False


def cell_key(cell_id: str | None, source: str) -> str:
    """Return the key under which a cell is known when it runs again.

    Args:
        cell_id: the notebook's id of the cell; nbval, nbclient and plain
            IPython give none.
        source: the cell's text; white space at line ends, and empty lines
            around it, make no difference.
    """
    if cell_id:
        return cell_id
    text = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return "source-" + hashlib.sha256(text.encode()).hexdigest()[:16]


class CellOwner:
    """Tells the session which cell runs, and the views which run to show."""

    def __init__(
        self,
        shell: InteractiveShell,
        sessions: Sessions,
        views: RunViews,
        began: Callable[[str, str], None] = lambda _label, _key: None,
    ) -> None:
        """Remember the parts; ``began(label, key)`` hears of each cell that begins."""
        self._shell = shell
        self._sessions = sessions
        self._views = views
        self._began = began
        self._output = CellOutput(shell, views.late)
        self._forgetting = Forgetting(shell)
        self._info: ExecutionInfo | None = None
        #: the cell that runs now
        self.current: Cell | None = None
        #: the last (session, run) that started tasks
        self.last_run: tuple[Session, int] | None = None

    def attach(self) -> None:
        """Follow the cells; the one that runs now is followed at once."""
        self._shell.events.register("pre_run_cell", self._begin_cell)
        self._shell.events.register("post_run_cell", self._end_cell)
        filename = running_cell(self._shell)
        if filename:
            self._adopt(f"[{cell_number(self._shell, filename)}]")

    def detach(self) -> None:
        """Follow no cell any more; the one that runs now ends here for us."""
        self._shell.events.unregister("pre_run_cell", self._begin_cell)
        self._shell.events.unregister("post_run_cell", self._end_cell)
        self._finish("done")
        session = open_session(self._sessions)
        if session is not None:
            session.show_output(None)

    def _adopt(self, label: str) -> None:
        """Take over the cell that holds ``%load_ext``: it began before us."""
        history: Any = self._shell.history_manager
        source: str = history.input_hist_raw[-1] if history else ""
        parent = getattr(self._shell, "parent_header", None) or {}
        cell_id = parent.get("metadata", {}).get("cellId")
        self._start(Cell(cell_key(cell_id, source), label, source, bool(cell_id)))

    def _begin_cell(self, info: ExecutionInfo) -> None:
        if threading.current_thread() is not threading.main_thread():
            return  # a cell in a subshell: it has no view of its own
        if running_cell(self._shell):
            return  # a cell run from a cell belongs to it
        number = label_number(self._shell, store_history=info.store_history)
        cell_id = getattr(info, "cell_id", None)
        source = info.raw_cell or ""
        self._finish("failed")  # of a cell whose end was never reported
        self._info = info
        key = cell_key(cell_id, source)
        self._start(Cell(key, f"[{number}]", source, bool(cell_id)))

    def _end_cell(self, result: ExecutionResult) -> None:
        cell = self.current
        if cell is None or running_cell(self._shell):
            return
        if self._info is not None and result.info is not self._info:
            return  # an empty cell: it ends without having begun
        self._finish(_outcome(result))

    def _start(self, cell: Cell) -> None:
        self.current = cell
        self._began(cell.label, cell.key)
        self._views.close(cell.key)
        session = open_session(self._sessions)
        if session is not None:
            self._supersede(session, cell)
            self.session_opened(session)

    def _supersede(self, session: Session, cell: Cell) -> None:
        """The cell runs again: what only its earlier run reaches ends now.

        Before it runs: its own ``get`` may block for want of a CPU.
        """
        runs = session.cell_runs
        alive = runs.supersede(cell.key)
        if alive is None:
            return
        self._forgetting.forget(runs.is_superseded)
        if alive:
            gc.collect()  # lists that hold each other hold IDs too
            runs.review()

    def _finish(self, outcome: str) -> None:
        cell, self.current, self._info = self.current, None, None
        if cell is None:
            return
        session = open_session(self._sessions)
        if session is not None and cell.run is not None:
            if outcome == "interrupted":
                self._interrupt(session, cell.run)
            session.flush_output()
            session.end_cell_run(outcome)
            if cell.kept:
                session.cell_runs.keep(cell.key)
            session.cell_runs.review()
        self._output.end()
        self._views.end_cell(cell)

    def _interrupt(self, session: Session, run: int) -> None:
        """Cancel what the cell started, and say so."""
        cancelled, busy = session.cell_runs.interrupt(run)
        if not cancelled:
            return
        one = cancelled == 1
        what = "1 task or call" if one else f"{cancelled} tasks and calls"
        verb = "was" if one else "were"
        text = f"rayteach: interrupted, so {what} of this cell {verb} cancelled"
        if busy:
            text += f"; {', '.join(busy)} goes on with one, which only kill() ends"
        print(f"{text}.", file=sys.stderr)  # noqa: T201 (shown under the cell)

    def flush_output(self) -> None:
        """Print what tasks have printed so far."""
        session = open_session(self._sessions)
        if session is not None:
            session.flush_output()

    def session_opened(self, session: Session) -> None:
        """Tell a new session which cell runs."""
        cell = self.current
        if cell is not None:
            cell.run = session.begin_cell_run(cell.key, cell.label, cell.source)
            cell.has_tasks = False
            self._output.begin(session, cell.run)
        session.show_output(lambda printed: self._output.show(session, printed))

    def first_task(self, session: Session, run: int) -> None:
        """Show the run, now that it has something to show.

        Runs in the main thread while the submitting cell runs, so that the
        display lands under that cell.
        """
        self.last_run = (session, run)
        cell = self.current
        if cell is not None and cell.run == run:
            cell.has_tasks = True
            if not cell.hidden:
                self._views.begin_cell(cell, session, run)


def _outcome(result: ExecutionResult) -> str:
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return "done"
    return "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
