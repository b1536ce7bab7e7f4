"""The live view under a cell: an anywidget over the built front end.

Its traits are fixed facts; everything that changes travels over its link. It
also carries a still picture and text, for places without widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import widget_serialization
from traitlets import Instance

from rayteach.trace.views import words
from rayteach.widgets import static, still, text
from rayteach.widgets.library import Library, library, parts
from rayteach.widgets.link import Link
from rayteach.widgets.named_widget import NamedWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.trace.views.rows import Rows
    from rayteach.widgets.publisher import Publisher


VIEW_MIME = "application/vnd.rayteach.view+json"
"""What our JupyterLab extension draws: the live view, else the still picture."""


MOST_BEHIND = 20_000
"""Unread events, as after a storm of tasks, for which no cell is made to wait."""


class RunWidget(NamedWidget):
    """Shows one run, live while its publisher runs."""

    library = Instance(Library).tag(sync=True, **widget_serialization)

    def __init__(self, rows_source: Callable[[], Rows]) -> None:
        """Make the widget; it shows nothing until its link is attached.

        Args:
            rows_source: returns the rows of the run as they are now.

        Raises:
            FrontEndMissingError: the front end was not built.
        """
        self._esm = static.load("widget.js")
        self._rows_source = rows_source
        self._publisher: Publisher | None = None
        super().__init__(library=library())
        self.on_msg(self._send_code)
        #: the line to the front end
        self.link = Link.of_widget(self)

    @classmethod
    def of(cls, publisher: Publisher, run: int | None) -> RunWidget:
        """Return a widget that a publisher keeps up to date."""
        widget = cls(lambda: publisher.rows(run))
        widget._publisher = publisher
        publisher.attach(widget.link, run)
        return widget

    @property
    def rows(self) -> Rows:
        """The rows of the run as they are now."""
        return self._rows_source()

    def _send_code(self, _widget: object, content: object, _buffers: object) -> None:
        """Answer a host whose widgets cannot see the library."""
        if isinstance(content, dict) and content.get("type") == "code":
            self.send({"type": "code", "parts": parts()})

    def close_all(self) -> None:
        """Close the model and its layout, which ``close`` alone leaves behind."""
        if self._publisher is not None:
            self._publisher.detach(self.link)
        layout = self.layout
        self.close()
        if layout is not None:
            layout.close()

    def __repr__(self) -> str:
        """Say which run this is and how its tasks stand; no address."""
        return describe(self.rows)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the live view, a still picture of now, and text."""
        live = super()._repr_mimebundle_(**kwargs)
        data, metadata = live or ({}, {})
        if self._publisher and self._publisher.fold.behind > MOST_BEHIND:
            later = "A run of rayteach; its picture comes when a cell has ended."
            new = {VIEW_MIME: {"version": 1, "live": True}, "text/plain": later}
            return {**data, **new}, metadata
        rows = self.rows
        fallback = {
            VIEW_MIME: {"version": 1, "live": rows.run.end_s is None},
            "text/html": still.html_figure(rows),
            "text/plain": still.summary(rows)
            if len(rows.tasks) > still.MOST_DRAWN
            else text.structure(rows),
        }
        return {**data, **fallback}, metadata


def describe(rows: Rows) -> str:
    """Return a run in one line: ``<run of cell [7]: 4 done>``."""
    counted = words.counted(list(rows.tasks.values()), rows.now_s)
    return f"<{name(rows)}: {counted}>"


def name(rows: Rows) -> str:
    """Return what a run is called: "run of cell [7]"."""
    if rows.run.id < 0:
        return "session"
    return f"run of cell {rows.run.cell}" if rows.run.cell else "run outside cells"
