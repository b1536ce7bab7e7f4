"""IDs, actor handles and remote functions as the last expression of a cell.

Where views are live their card is: it follows the log, and closes when the cell
runs again. Elsewhere it is a table of now; text is always the short repr.
"""

# IPython is typed in part.
# mypy: allow-untyped-calls

from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING, Any

from rayteach.api.actor import ActorClass, ActorHandle
from rayteach.api.remote_function import RemoteFunction
from rayteach.notebook.contracts import open_session
from rayteach.object_id import ObjectID
from rayteach.trace.fold import RowFold
from rayteach.widgets.card_widget import CardWidget
from rayteach.widgets.cards import OfActor, OfFunction, OfObject, Subject

if TYPE_CHECKING:
    from rayteach.notebook.extension import Extension

_log = logging.getLogger(__name__)

_TYPES = (ObjectID, ActorHandle, RemoteFunction, ActorClass)


class Cards:
    """The formatters of one shell."""

    def __init__(self, extension: Extension) -> None:
        """Keep the extension; nothing is registered before :meth:`attach`."""
        self._extension = extension
        self._formatter: Any = extension.shell.display_formatter.mimebundle_formatter  # type: ignore[union-attr]

    def attach(self) -> None:
        """Show cards from here on."""
        for kind in _TYPES:
            self._formatter.for_type(kind, self._bundle)

    def detach(self) -> None:
        """Leave the plain reprs."""
        for kind in _TYPES:
            self._formatter.pop(kind, None)

    def _bundle(self, thing: Any, **_: Any) -> Any:
        try:
            return self._shown(subject_of(thing), repr(thing))
        except Exception:  # noqa: BLE001 (a view is an observer)
            _log.exception("the card of %r", thing)
            return None

    def _shown(self, subject: Subject, text: str) -> Any:
        session = open_session(self._extension.sessions)
        views, cell = self._extension.views, self._extension.cells.current
        if session is None or cell is None:
            return None
        profile = views.profile_of(cell)
        if profile == "text":
            return None
        if profile == "still":
            fold = RowFold(session.log, session.start_s)
            fold.advance()
            return {"text/html": subject.card(fold).as_html(), "text/plain": text}
        widget = CardWidget(subject, views.publisher_of(session))
        views.hold(cell.key, widget.close_all)
        data, metadata = widget._repr_mimebundle_()
        return {**data, "text/plain": text}, metadata


def subject_of(thing: Any) -> Subject:
    """Return what the card of a thing is about: numbers and names only."""
    title = repr(thing)
    if isinstance(thing, ObjectID):
        return OfObject(title, thing.task, thing.index)
    if isinstance(thing, ActorHandle):
        made = thing._class_name  # noqa: SLF001 (a public name could be a method's)
        return OfActor(title, thing.actor_id.task, made, tuple(dir(thing)))
    name = thing.__name__
    call = f"{name}.remote{_signature(thing)}"
    options = thing._given.items()  # noqa: SLF001 (as written, for people only)
    given = ", ".join(f"{key}={value!r}" for key, value in options)
    kind = "creation" if isinstance(thing, ActorClass) else "task"
    return OfFunction(title, name, call, given, kind)


def _signature(thing: Any) -> str:
    try:
        return str(inspect.signature(thing.__wrapped__))
    except (TypeError, ValueError):
        return "(...)"
