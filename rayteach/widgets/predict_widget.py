"""The widget of a prediction: a small front end of its own, ``predict.js``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import traitlets

from rayteach.widgets import static
from rayteach.widgets.link import free_clicks
from rayteach.widgets.named_widget import NamedWidget

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())


class PredictWidget(NamedWidget):
    """Takes an answer, and later lays over it what really happened."""

    #: the question: text, hint, and what the kind of question needs
    spec = traitlets.Dict().tag(sync=True)
    #: the answer in JSON, None as long as there is none
    answer = traitlets.Any(None, allow_none=True).tag(sync=True)
    #: what really happened, None before it is revealed
    truth = traitlets.Any(None, allow_none=True).tag(sync=True)
    #: the difference in words
    words = traitlets.Unicode().tag(sync=True)

    def __init__(self, spec: dict[str, Any], take: Callable[[Any], None]) -> None:
        """Make the widget.

        Args:
            spec: what to ask.
            take: gets each answer that the learner gives, as JSON; raises if it
                is none.

        Raises:
            FrontEndMissingError: the front end was not built.
        """
        self._esm = static.load("predict.js")
        self._take = take
        super().__init__(spec=spec)
        free_clicks(self.comm)
        self.on_msg(self._heard)

    def _heard(self, _widget: object, content: object, _buffers: object) -> None:
        """Take an answer; may run in any thread, prints and raises nothing."""
        if not isinstance(content, dict) or content.get("type") != "answer":
            return
        try:
            self._take(content.get("answer"))
        except Exception:  # noqa: BLE001 (a view must never break the kernel)
            _log.debug("an answer was refused", exc_info=True)

    def show(self, answer: Any, truth: Any, words: str) -> None:
        """Tell the front end how the prediction stands."""
        with self.hold_sync():
            self.answer, self.truth, self.words = answer, truth, words

    def close_all(self) -> None:
        """Close the model and its layout, which ``close`` alone leaves behind."""
        layout = self.layout
        self.close()
        if layout is not None:
            layout.close()

    def __repr__(self) -> str:
        """Name the question; no address."""
        return f"<question {self.spec.get('text', '')!r}>"
