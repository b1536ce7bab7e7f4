"""``check.predicted``."""

from __future__ import annotations

import pytest

import rayteach
from rayteach import checks as check
from rayteach.prediction import Prediction
from rayteach.trace.views.rows import Rows, RunRow


@pytest.fixture
def guess() -> Prediction:
    return rayteach.predict("How many?", number=True)


def verify(names: dict[str, object], *, right: bool = False) -> None:
    rows = Rows(RunRow(1, "[1]", 1, 0.0))
    check.verify(rows, check.predicted("guess", right=right), names=names)


def test_an_answer_is_enough(guess: Prediction) -> None:
    guess.answer = 3
    verify({"guess": guess})


@pytest.mark.parametrize("names", [{}, {"guess": 3}])
def test_a_missing_prediction_is_told(names: dict[str, object]) -> None:
    with pytest.raises(check.CheckFailedError, match="no prediction in guess"):
        verify(names)


def test_a_question_without_answer_is_told(guess: Prediction) -> None:
    with pytest.raises(check.CheckFailedError, match="'How many\\?' has no answer"):
        verify({"guess": guess})


def test_a_right_answer_may_be_asked_for(guess: Prediction) -> None:
    guess.answer = 3
    with pytest.raises(check.CheckFailedError, match="not revealed yet"):
        verify({"guess": guess}, right=True)
    guess.reveal(4)
    with pytest.raises(check.CheckFailedError, match="What happened: 4; 1 more"):
        verify({"guess": guess}, right=True)
    guess.reveal(3)
    verify({"guess": guess}, right=True)
