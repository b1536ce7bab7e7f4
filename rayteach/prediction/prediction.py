"""One prediction: the question, the learner's answer, and what really happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from rayteach.errors import RayteachError
from rayteach.prediction.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.prediction.choices import Question
    from rayteach.trace.views.rows import Rows


class HasRows(Protocol):
    """A run."""

    @property
    def rows(self) -> Rows:
        """The rows of the run."""


class Host(Protocol):
    """Where the learner sits: a notebook with widgets, a terminal, nowhere."""

    def ask(self, prediction: Prediction) -> None:
        """Get or prepare for an answer; must never block without a person."""

    def reveal(self, prediction: Prediction) -> None:
        """Show what really happened."""


class Prediction:
    """What ``rayteach.predict(...)`` returns.

    The answer may come from a widget, from typed text, from ``preset=`` where
    nobody can answer, or from code: ``p.answer = ...``.
    """

    def __init__(
        self,
        text: str,
        question: Question,
        preset: Any,
        host: Host,
        latest: Callable[[], HasRows],
    ) -> None:
        """Keep the parts; ``host`` shows and asks, ``latest`` gives the run.

        Raises:
            ValueError: the preset is no answer to the question.
            TypeError: likewise.
        """
        self.text = text
        self.question = question
        self.host = host
        self._latest = latest
        self.preset = None if preset is None else question.checked(preset)
        self._answer: Any = None
        self._truth: Any = None
        #: called when the answer or what happened has changed; any thread
        self.watchers: list[Callable[[], None]] = []

    @property
    def answer(self) -> Any:
        """The answer; None as long as there is none.

        A list of names for ``pick`` and ``order``, a number, or
        ``{name: (CPU, start)}`` for ``schedule``.
        """
        return self._answer

    @answer.setter
    def answer(self, answer: Any) -> None:
        if self.is_revealed:
            msg = "what happened is revealed already: run the cell of predict() again"
            raise RayteachError(msg)
        self._answer = None if answer is None else self.question.checked(answer)
        self._tell()

    @property
    def is_revealed(self) -> bool:
        """True once :meth:`reveal` has told what happened."""
        return self._truth is not None

    @property
    def truth(self) -> Any:
        """What really happened, in the form of an answer; None until it is revealed."""
        return self._truth

    @property
    def is_right(self) -> bool | None:
        """Whether the answer was right; None without one, or before it is revealed."""
        if self._answer is None or self._truth is None:
            return None
        return not self.question.compared(self._answer, self._truth)

    @property
    def difference(self) -> str:
        """The answer beside what happened, in words; "" before it is revealed."""
        if self._truth is None:
            return ""
        truth = self.question.shown(self._truth)
        if self._answer is None:
            return f"No prediction was made. What happened: {truth}."
        answer = self.question.shown(self._answer)
        differs = self.question.compared(self._answer, self._truth)
        if not differs:
            return f"You predicted {answer}: right."
        return f"You predicted {answer}. What happened: {truth}; {differs}."

    def reveal(self, truth: Any = None, run: HasRows | None = None) -> None:
        """Say what really happened, beside the answer: in words, and in the widget.

        Args:
            truth: what happened, in the form of an answer; or a function that
                gets the run and returns it. A schedule is read from the run
                if there is none.
            run: the run; ``rayteach.last_run()`` if there is none.

        Raises:
            ValueError: ``truth`` is no answer to the question.
            TypeError: likewise, or it is missing.
            RayteachError: the run is asked for, and no task has been started yet.
        """
        if callable(truth):
            truth = truth(run or self._latest())
        elif truth is None and isinstance(self.question, Schedule):
            truth = self.question.seen((run or self._latest()).rows)
        elif truth is None:
            msg = "reveal(truth): say what happened, or give a function of the run"
            raise TypeError(msg)
        self._truth = self.question.checked(truth)
        self._tell()
        self.host.reveal(self)

    def _tell(self) -> None:
        for watcher in list(self.watchers):
            watcher()

    def __repr__(self) -> str:
        """Show the question and where it stands; no address."""
        if self.is_revealed:
            state = self.difference.rstrip(".")
        elif self._answer is not None:
            state = f"predicted {self.question.shown(self._answer)}"
        else:
            state = "no answer yet"
        return f"<prediction {self.text!r}: {state}>"
