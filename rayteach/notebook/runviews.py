"""Which view stands under which cell: one each, replaced when the cell runs again."""

# IPython is typed in part.
# mypy: allow-untyped-calls

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from IPython.display import display

from rayteach.notebook.picture import LiveView, still
from rayteach.notebook.profile import Profile, profile
from rayteach.notebook.status import as_text, rows_of
from rayteach.widgets import library
from rayteach.widgets.late_log import LateLog
from rayteach.widgets.publisher import Publisher

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.engines.outputs import Printed
    from rayteach.notebook.cells import Cell
    from rayteach.notebook.contracts import Session
    from rayteach.notebook.panel import Panel
    from rayteach.trace.views.rows import Rows

_log = logging.getLogger(__name__)

#: ends the key of a view that `%rayteach show` made
_ASKED = "+show"


class RunViews:
    """The views of this kernel, by the key of their cell."""

    def __init__(self, panel: Panel) -> None:
        """Make an empty table; ``panel`` knows whether a front end answers."""
        self._panel = panel
        self._views: dict[str, LiveView] = {}
        #: what closes other widgets under a cell, by its key
        self._held: dict[str, list[Callable[[], None]]] = {}
        #: the one thread that feeds all views of a session, once there is a view
        self._publisher: tuple[Session, Publisher] | None = None
        #: session and run of the cell that runs now, once it started a task
        self._running: tuple[Session, int] | None = None
        #: what came after its cell had ended, per session
        self._late: WeakKeyDictionary[Session, LateLog] = WeakKeyDictionary()
        #: a view that is closed by now was answered
        self._heard = False
        #: views appear by themselves
        self.auto = True

    def attach(self) -> None:
        """Check the environment now, where a wrong word can still be reported."""
        profile(cell_has_id=False, front_end_answered=False)

    def detach(self) -> None:
        """Close every view, and end the thread that feeds them."""
        for key in [*self._views, *self._held]:
            self.close(key)
        self._reap(always=True)
        library.close()

    def begin_cell(self, cell: Cell, session: Session, run: int) -> None:
        """Show the run under the running cell; a failure never breaks the run."""
        self._running = (session, run)
        if self.auto and self.profile_of(cell) == "live":
            try:
                self._show(cell.key, session, run)
            except Exception:  # noqa: BLE001 (a view is an observer)
                _log.exception("the view of cell %s", cell.label)

    def end_cell(self, cell: Cell) -> None:
        """Where nobody watches, make one output of what the cell did."""
        running, self._running = self._running, None
        if self._publisher is not None:
            self._publisher[1].wake()  # a card of a value that the cell let go of
        self._keep_pictures(cell)
        self._reap()
        if running is None or not self.auto or self.profile_of(cell) != "still":
            return
        try:
            display(still(rows_of(*running)), raw=True)
        except Exception:  # noqa: BLE001 (a view is an observer)
            _log.exception("the picture of cell %s", cell.label)

    def _keep_pictures(self, cell: Cell) -> None:
        """Let the outputs hold what a notebook shows that is opened without kernel."""
        own = (cell.key, cell.key + _ASKED)
        for key, view in self._views.items():
            try:
                view.keep(is_own=key in own)
            except Exception:  # noqa: BLE001 (a view is an observer)
                _log.exception("the picture of the view %s", key)

    def show_again(self, cell: Cell | None, session: Session, run: int) -> None:
        """Show a run once more, under the cell that asks for it."""
        if cell is not None and not session.closed and self.profile_of(cell) == "live":
            self._show(cell.key + _ASKED, session, run)
        else:
            display(still(rows_of(session, run)), raw=True)

    def show_rows(self, cell: Cell | None, rows: Rows) -> None:
        """Show rows that change no more, such as a file's."""
        if cell is not None and self.profile_of(cell) == "text":
            print(as_text(rows, full=False))  # noqa: T201 (what was asked for)
        else:
            display(still(rows), raw=True)

    def late(self, session: Session, run: int, printed: Printed) -> None:
        """Keep for the view of a run what was printed after its cell had ended."""
        self.late_log(session).add(run, printed.label, printed.stream, printed.text)
        if self._publisher is not None and self._publisher[0] is session:
            self._publisher[1].wake()

    def late_log(self, session: Session) -> LateLog:
        """Return what came late in a session, by run."""
        return self._late.setdefault(session, LateLog())

    def hold(self, key: str, close: Callable[[], None]) -> None:
        """Close another widget of a cell when the cell runs again."""
        self._held.setdefault(key, []).append(close)

    def close(self, key: str) -> None:
        """Close the views of a cell, with their models."""
        for close in self._held.pop(key, ()):
            close()
        for one in (key, key + _ASKED):
            view = self._views.pop(one, None)
            if view is not None:
                self._heard = self._heard or view.answered
                view.close()

    def session_closed(self, session: Session) -> None:
        """Let the views of a session that ends see its last events.

        It may still be ending when this is called; the end of the cell sees to
        the rest.
        """
        if self._publisher is not None and self._publisher[0] is session:
            self._publisher[1].wake()
            self._reap()

    def _reap(self, *, always: bool = False) -> None:
        """End the thread of a session that is over."""
        if self._publisher is not None and (always or self._publisher[0].closed):
            publisher, self._publisher = self._publisher[1], None
            publisher.close()

    def _show(self, key: str, session: Session, run: int) -> None:
        previous = self._views.pop(key, None)
        if previous is not None:
            previous.close()
        publisher = self.publisher_of(session)
        self._views[key] = view = LiveView(publisher, session, run)
        view.show()
        publisher.wake()

    def publisher_of(self, session: Session) -> Publisher:
        """Return the thread that feeds what shows a session."""
        if self._publisher is None or self._publisher[0] is not session:
            self._reap(always=True)
            publisher = Publisher(session, session.controls)
            publisher.late = self.late_log(session)
            self._publisher = session, publisher
            return publisher
        return self._publisher[1]

    @property
    def answered(self) -> bool:
        """True once a front end has answered in this kernel."""
        if self._heard or self._panel.answered:
            return True
        return any(v.answered for v in self._views.values())

    def profile_of(self, cell: Cell) -> Profile:
        """Return what a cell shows by itself."""
        answered = self.answered
        return profile(cell_has_id=cell.has_id, front_end_answered=answered)
