"""What a check is, what it looks at, and how it says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from rayteach.trace.views.rows import Rows

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a check may look at."""

    #: the run, as rows
    rows: Rows
    #: the learner's names after the run
    names: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    #: the error that ended the code, None if it came to its end
    error: BaseException | None = None
    #: line of the learner's code that raised it, 0 if unknown
    error_line: int = 0
    #: text of that line
    error_source: str = ""
    #: the learner's whole cell
    code: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check found wrong, in words for the learner."""

    #: what the check asks for; "" leaves it unsaid
    expected: str
    #: what the run did instead
    found: str
    #: what to try next
    advice: str = ""
    #: line of the learner's code, 0 if no line is to blame
    line: int = 0
    #: text of that line
    source: str = ""

    def lines(self) -> list[str]:
        """Return the problem as lines of text, one for each part."""
        parts = [("expected", self.expected)] if self.expected else []
        parts.append(("your run", self.found))
        if self.line:
            parts.append((f"line {self.line}", self.source.strip()))
        if self.advice:
            parts.append(("try", self.advice))
        return [f"  {name:<10}{text}" for name, text in parts]


class CheckFailedError(AssertionError):
    """A run is not as a check asks.

    Attributes:
        problem: what is wrong.
        title: what was checked, e.g. the exercise's name; "" for nothing.
    """

    def __init__(self, problem: Problem, title: str = "") -> None:
        """Keep both; the text has one line for each part of the problem."""
        self.problem, self.title = problem, title
        head = f"{title}: not yet." if title else "The check failed."
        super().__init__("\n".join([head, *problem.lines()]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild from the parts."""
        return type(self), (self.problem, self.title)

    def _render_traceback_(self) -> list[str]:
        """Show IPython the message alone: no frame of ours helps here."""
        return str(self).splitlines()


@dataclass(frozen=True, slots=True)
class Check:
    """A question to a run, with what it asks for in words."""

    #: what the run must be like, e.g. "no get inside a loop"; "" for a mistake
    expected: str
    #: returns the first problem, None when all is well
    judge: Callable[[Evidence], Problem | None]

    def __and__(self, other: Check) -> Check:
        """Return a check that asks this first, and then the other."""
        return all_of(self, other)


def all_of(*checks: Check) -> Check:
    """Return a check that asks each in turn and reports the first problem."""

    def judge(evidence: Evidence) -> Problem | None:
        problems = (check.judge(evidence) for check in checks)
        return next((problem for problem in problems if problem), None)

    asked = [check.expected for check in checks if check.expected]
    return Check("; ".join(asked), judge)


class HasRows(Protocol):
    """A run: ``rayteach.observe()`` gives one."""

    @property
    def rows(self) -> Rows:
        """The rows of the run."""


def verify(
    run: HasRows | Rows | Evidence,
    *checks: Check,
    names: Mapping[str, Any] = _NOTHING,
    title: str = "",
) -> None:
    """Apply the checks to a run.

    Args:
        run: a run, its rows, or evidence made by hand.
        checks: asked in this order.
        names: the variables that checks on results look at.
        title: what stands at the head of the message.

    Raises:
        CheckFailedError: for the first problem.
    """
    if isinstance(run, Evidence):
        evidence = run
    else:
        evidence = Evidence(run if isinstance(run, Rows) else run.rows, names)
    problem = all_of(*checks).judge(evidence)
    if problem is not None:
        raise CheckFailedError(problem, title) from evidence.error
