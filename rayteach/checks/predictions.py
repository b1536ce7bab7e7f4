"""Checks on predictions: that one was made, and that it was right."""

from __future__ import annotations

from rayteach.checks.model import Check, Evidence, Problem
from rayteach.prediction import Prediction


def predicted(name: str, *, right: bool = False) -> Check:
    """Ask that the learner answered the prediction in variable ``name``.

    Args:
        name: the variable that holds what ``rayteach.predict(...)`` returned.
        right: also ask that the answer was right; then it must be revealed.
    """
    expected = f"an answer to the prediction {name}"
    if right:
        expected = f"the right answer to the prediction {name}"

    def judge(evidence: Evidence) -> Problem | None:
        if evidence.error is not None:
            return None
        found = evidence.names.get(name)
        if not isinstance(found, Prediction):
            advice = f"{name} = rayteach.predict(...)"
            return Problem(expected, f"there is no prediction in {name}", advice)
        if found.answer is None:
            advice = f"answer in the widget, or set {name}.answer in code"
            return Problem(expected, f"{found.text!r} has no answer", advice)
        return _judged(name, found, expected) if right else None

    return Check(expected, judge)


def _judged(name: str, found: Prediction, expected: str) -> Problem | None:
    if not found.is_revealed:
        advice = f"{name}.reveal(...) after the run"
        return Problem(expected, "what happened is not revealed yet", advice)
    if found.is_right:
        return None
    return Problem(expected, found.difference, "think why, and run both cells again")
