"""The widget of a what-if: sliders for CPUs and durations, ``whatif.js``."""

from __future__ import annotations

import logging
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import traitlets

from rayteach.widgets import static, still, still_timeline
from rayteach.widgets import svg as marks
from rayteach.widgets.link import free_clicks
from rayteach.widgets.named_widget import NamedWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rayteach.trace.views.rows import Rows

    Ask = Callable[[int, Mapping[str, float], float | None], tuple[Rows, str]]

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())
_WIDTH_PX = 720.0


class WhatIfWidget(NamedWidget):
    """Sliders, and the run that they stand for as a timeline and in words."""

    #: ``machines``: names of what to choose from; ``functions``: [name, seconds]
    #: pairs; ``network``: True if there are several nodes somewhere
    spec = traitlets.Dict().tag(sync=True)
    #: the prediction: ``choice``, ``times``, ``picture`` (a data URL), ``text``
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, spec: dict[str, Any], ask: Ask) -> None:
        """Make the widget; it shows the first choice of machines.

        Args:
            spec: what can be chosen.
            ask: predicts a run for a choice, times and bytes a second between nodes (0:
                no limit, None: as asked for); returns its rows and words.

        Raises:
            FrontEndMissingError: the front end was not built.
        """
        self._esm = static.load("whatif.js")
        self._ask = ask
        super().__init__(spec=spec, shown=self._predicted(0, {}, None))
        free_clicks(self.comm)
        self.on_msg(self._heard)

    def predict(
        self, choice: int, times: Mapping[str, float], network: float | None = None
    ) -> None:
        """Show the run on these machines with these times.

        Raises:
            ValueError: a time or a number is none that can be predicted.
            RayteachError: on so few CPUs the program never ends.
        """
        self.shown = self._predicted(choice, times, network)

    def _predicted(
        self, choice: int, times: Mapping[str, float], network: float | None
    ) -> dict[str, Any]:
        rows, words = self._ask(choice, times, network)
        body, height = still_timeline.draw(rows, _WIDTH_PX, 4.0)
        picture = marks.document(_WIDTH_PX, height + 8, still.summary(rows), body)
        data = b64encode(picture.encode()).decode()
        return {
            "choice": choice,
            "times": dict(times),
            "picture": f"data:image/svg+xml;base64,{data}",
            "text": words,
        }

    def _heard(self, _widget: object, content: object, _buffers: object) -> None:
        """Answer a move of a slider; may run in any thread, raises nothing."""
        if not isinstance(content, dict) or content.get("type") != "ask":
            return
        try:
            times = {str(name): float(s) for name, s in content["times"].items()}
            network = content.get("network")
            self.predict(
                int(content["choice"]),
                times,
                None if network is None else float(network),
            )
        except Exception as error:  # noqa: BLE001 (a view must never break the kernel)
            _log.debug("a prediction was refused", exc_info=True)
            self.shown = {**self.shown, "text": str(error)}

    def __repr__(self) -> str:
        """Show the words: the text twin of the picture."""
        return str(self.shown.get("text", ""))
