"""Predictions in a notebook: a widget where one is live, typed text elsewhere."""

# IPython is typed in part.
# mypy: allow-untyped-calls

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from IPython.display import display

from rayteach.api import predicting
from rayteach.prediction.hosts import TextHost
from rayteach.widgets.predict_widget import PredictWidget

if TYPE_CHECKING:
    from rayteach.notebook.cells import CellOwner
    from rayteach.notebook.runviews import RunViews
    from rayteach.prediction.prediction import Prediction

_log = logging.getLogger(__name__)


class Asking:
    """The host of predictions while the extension is loaded."""

    def __init__(self, cells: CellOwner, views: RunViews) -> None:
        """Remember whose cells they stand in; hooked up by :meth:`attach`."""
        self._cells = cells
        self._views = views
        self._text = TextHost(lambda: self._profile() == "still")

    def attach(self) -> None:
        """Ask from here on."""
        predicting.set_host(self)

    def detach(self) -> None:
        """Ask no more."""
        predicting.set_host(None)

    def ask(self, prediction: Prediction) -> None:
        """Show the widget under the cell; the preset counts only where none is."""
        if self._profile() != "live":
            self._text.ask(prediction)
            return
        try:
            self._show(prediction)
        except Exception:  # noqa: BLE001 (no widgets here: text will do)
            _log.exception("the widget of a prediction")
            self._text.ask(prediction)

    def reveal(self, prediction: Prediction) -> None:
        """Print the difference; in a live notebook show the picture again too."""
        self._text.reveal(prediction)
        if self._profile() == "live":
            try:
                self._show(prediction)
            except Exception:  # noqa: BLE001 (the words are there)
                _log.exception("the widget of a prediction")

    def _profile(self) -> str:
        cell = self._cells.current
        return "text" if cell is None else self._views.profile_of(cell)

    def _show(self, prediction: Prediction) -> None:
        """Make a widget that belongs to the cell that runs now."""
        cell = self._cells.current
        question = prediction.question
        spec = {**question.spec(), "text": prediction.text, "hint": question.hint}

        def take(answer: Any) -> None:
            prediction.answer = answer

        widget = PredictWidget(spec, take)

        def tell() -> None:
            widget.show(prediction.answer, prediction.truth, prediction.difference)

        def close() -> None:
            prediction.watchers.remove(tell)
            widget.close_all()

        prediction.watchers.append(tell)
        tell()
        if cell is not None:
            self._views.hold(cell.key, close)
        display(widget)
