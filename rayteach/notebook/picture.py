"""The pictures of a run: live under a cell, or still."""

# IPython is typed in part.
# mypy: allow-untyped-calls

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.display import DisplayHandle, display

from rayteach.widgets import still as still_picture
from rayteach.widgets import text
from rayteach.widgets.run_widget import MOST_BEHIND, RunWidget

if TYPE_CHECKING:
    from rayteach.notebook.contracts import Session
    from rayteach.trace.views.rows import Rows
    from rayteach.widgets.publisher import Publisher


class LiveView:
    """The widget of one run, kept up to date by the session's publisher."""

    def __init__(self, publisher: Publisher, session: Session, run: int) -> None:
        """Make the widget; it is displayed by whoever asked for it."""
        self.session = session
        self.widget = RunWidget.of(publisher, run)
        self._fold, self._run = publisher.fold, run
        self._handle: DisplayHandle | None = None
        #: the output has the picture of a run that is over
        self._is_kept = False

    def show(self) -> None:
        """Display it under the running cell."""
        self._handle = display(self.widget, display_id=True)

    def keep(self, *, is_own: bool) -> None:
        """Put the picture of now into the output, for when no kernel is there.

        Args:
            is_own: its cell has just ended; any other one is only interesting
                once what it started is over.
        """
        if self._handle is None or self._is_kept or self._fold.behind > MOST_BEHIND:
            return
        self._fold.advance()
        is_over = not self._fold.is_active(self._run)
        if is_own or is_over:
            self._handle.update(self.widget)
            self._is_kept = is_over

    @property
    def answered(self) -> bool:
        """Whether a front end drew it and said hello."""
        return self.widget.link.last_hello_s is not None

    def close(self) -> None:
        """Close every model of it."""
        self.widget.close_all()


def still(rows: Rows) -> dict[str, str]:
    """Return a run as it is now, for places without widgets."""
    return {"text/html": still_picture.html_figure(rows), "text/plain": text.full(rows)}
