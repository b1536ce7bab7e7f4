"""Checks that know one typical mistake by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.checks.model import Check, Evidence, Problem
from rayteach.trace.views.rows import TaskRow, WaitRow

if TYPE_CHECKING:
    from collections.abc import Callable


def mistake(
    shows: Callable[[Evidence], TaskRow | WaitRow | bool | None],
    found: str,
    *,
    expected: str,
    advice: str = "",
) -> Check:
    """Recognise one typical mistake.

    Args:
        shows: gets the evidence. Returns the task or wait that shows the mistake,
            whose line is named; or True; or None or False if it was not made.
        found: what the run did, in words.
        expected: what it should do.
        advice: what to try next.
    """

    def judge(evidence: Evidence) -> Problem | None:
        row = shows(evidence)
        if row is None or row is False:
            return None
        if isinstance(row, TaskRow | WaitRow):
            return Problem(expected, found, advice, row.line, row.source)
        line, source = evidence.error_line, evidence.error_source
        return Problem(expected, found, advice, line, source)

    return Check(expected, judge)
