"""The pictures of a run: live under a cell, or still."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.widgets import still as still_picture
from rayteach.widgets import text
from rayteach.widgets.run_widget import RunWidget

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
