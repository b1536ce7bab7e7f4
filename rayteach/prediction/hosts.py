"""Where no widget is: typed text if a person is there, else the preset answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.prediction.prediction import Prediction


class TextHost:
    """Asks in text; where nobody can answer, takes the preset."""

    def __init__(self, can_ask: Callable[[], bool]) -> None:
        """Ask only where ``can_ask`` says that a person may be there."""
        self._can_ask = can_ask

    def ask(self, prediction: Prediction) -> None:
        """Print the question and get an answer."""
        print(f"{prediction.text} {prediction.question.hint}.")  # noqa: T201
        typed = self._can_ask() and self._typed(prediction)
        if not typed and prediction.preset is not None:
            prediction.answer = prediction.preset
        if prediction.answer is not None:
            shown = prediction.question.shown(prediction.answer)
            print(f"Prediction: {shown}")  # noqa: T201

    def reveal(self, prediction: Prediction) -> None:
        """Print the difference."""
        print(prediction.difference)  # noqa: T201

    def _typed(self, prediction: Prediction) -> bool:
        """Ask until the answer is one; False if nobody answers, or an empty line."""
        while True:
            try:
                line = input("Your prediction: ")
            except (EOFError, OSError, RuntimeError):  # of hosts without an input
                return False
            if not line.strip():
                return False
            try:
                prediction.answer = prediction.question.read(line)
            except (ValueError, TypeError) as error:
                print(f"{error}. Try again.")  # noqa: T201
            else:
                return True


def has_terminal() -> bool:
    """Tell whether a person may type here."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
