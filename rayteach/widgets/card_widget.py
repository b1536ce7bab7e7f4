"""The live form of a card: one small widget, told by the publisher's thread."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import traitlets

from rayteach.widgets import static
from rayteach.widgets.named_widget import NamedWidget

if TYPE_CHECKING:
    from rayteach.trace.fold import RowFold
    from rayteach.widgets.cards import Subject
    from rayteach.widgets.publisher import Publisher

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())


class CardWidget(NamedWidget):
    """Shows a card, and each change of it."""

    #: title, state, lines
    card = traitlets.Dict().tag(sync=True)

    def __init__(self, subject: Subject, publisher: Publisher) -> None:
        """Show the subject as it is now, and as it becomes.

        Raises:
            FrontEndMissingError: the front end was not built.
        """
        self._esm = static.load("card.js")
        self._subject = subject
        self._publisher = publisher
        with publisher.fold.lock:
            publisher.fold.advance()
            now = subject.card(publisher.fold)
        super().__init__(card=now.as_json())
        publisher.watch(self)

    def look(self, fold: RowFold) -> bool:
        """Show what changed; say whether more can come by itself. Never raises."""
        try:
            with fold.lock:
                now = self._subject.card(fold)
            if self.comm is not None:
                self.card = now.as_json()
        except Exception:  # noqa: BLE001 (a view must never break a run)
            _log.debug("a card was not shown", exc_info=True)
            return False
        return not now.is_settled

    def close_all(self) -> None:
        """Close the model and its layout, which ``close`` alone leaves behind."""
        self._publisher.unwatch(self)
        layout = self.layout
        self.close()
        if layout is not None:
            layout.close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the widget, and the card of now for places without widgets."""
        live = super()._repr_mimebundle_(**kwargs)
        data, metadata = live or ({}, {})
        with self._publisher.fold.lock:
            html = self._subject.card(self._publisher.fold).as_html()
        return {**data, "text/html": html}, metadata
