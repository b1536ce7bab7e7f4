"""Checks that know a typical mistake and call it by its name.

Put them before the general checks of an exercise: the first problem is what the
learner reads, and "one actor did it all" helps more than "expected 4, found 1"::

    check.all_of(
        check.mistake(
            lambda e: len(e.rows.actors) == 1,
            "one actor does all the work, one call at a time",
            advice="make four actors, and give each a quarter of the calls",
        ),
        check.parallel(at_least=4),
    )
"""

from __future__ import annotations

from collections.abc import Callable

from rayteach.checks import looking
from rayteach.checks.model import Check, Evidence, Problem
from rayteach.trace.views.rows import TaskRow, WaitRow

#: what a predicate answers: a yes or no, or the row whose line is to blame
Blame = bool | TaskRow | WaitRow | None


def mistake(
    predicate: Callable[[Evidence], Blame],
    found: str,
    *,
    expected: str = "",
    advice: str = "",
) -> Check:
    """Recognise one mistake and name it; pass when it was not made.

    It is asked also when the answer ended with an error: look at
    ``evidence.error``, or use :func:`raised`.

    Args:
        predicate: gets the evidence; returns True if the mistake was made (the
            line of an error is named then, if there is one), or the task or wait
            whose line shows it.
        found: what the run did, as a fact, e.g. "line 4 waits for every task".
        expected: what the exercise asks for; "" leaves that line out.
        advice: what to try next.
    """

    def judge(evidence: Evidence) -> Problem | None:
        blame = predicate(evidence)
        if blame is None or blame is False:
            return None
        if blame is True:
            line, source = evidence.error_line, evidence.error_source
            return Problem(expected, found, advice, line, source)
        source = blame.source or looking.source_line(evidence, blame)
        return Problem(expected, found, advice, blame.line, source)

    return Check(expected, judge)


def raised(
    kind: type[BaseException] | tuple[type[BaseException], ...],
    found: str,
    *,
    saying: str = "",
    expected: str = "",
    advice: str = "",
) -> Check:
    """Recognise a mistake by the error that ended the answer.

    The problem points at the line of the cell that the error went through.

    Args:
        kind: type of the error; that of a task's own error counts as well.
        found: what went wrong, in the learner's words.
        saying: a fragment that the error's text must have.
        expected: what the exercise asks for; "" leaves that line out.
        advice: what to try next.
    """

    def judge(evidence: Evidence) -> Problem | None:
        error = evidence.error
        if not isinstance(error, kind) or saying not in str(error):
            return None
        return Problem(
            expected, found, advice, evidence.error_line, evidence.error_source
        )

    return Check(expected, judge)
