"""Checks on the flow of a program: what is handled when, how much is in flight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.checks.model import Check, Evidence, Problem
from rayteach.trace import query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.trace.views.rows import Rows, WaitRow


def as_they_come() -> Check:
    """Ask that the driver handles each result as soon as it is there.

    Every ``get`` of the driver may name only what a ``wait`` returned as ready
    before, and no ``wait`` may ask for everything that is left of several.
    """
    expected = "each result handled as soon as it is there"

    def judge(evidence: Evidence) -> Problem | None:
        if evidence.error is not None:
            return None
        known: set[str] = set()
        for wait in _of_the_driver(evidence.rows):
            if wait.kind == "get" and not known.issuperset(wait.objects):
                return _too_early(expected, wait)
            if wait.kind == "wait" and 1 < wait.num_returns == len(wait.objects):
                return _everything(expected, wait)
            known.update(_ready(wait))
        return None

    return Check(expected, judge)


def in_flight(*, at_most: int) -> Check:
    """Ask that never more tasks are in flight, and that none waits for a batch.

    In flight is what the driver has submitted and neither ``get`` nor ``wait`` has
    returned yet: a fact of the program, whatever the machine does meanwhile.

    Args:
        at_most: how many, from 1; exactly so many must be reached.
    """
    expected = f"{at_most} tasks in flight while there are enough of them"

    def judge(evidence: Evidence) -> Problem | None:
        if evidence.error is not None:
            return None
        most = most_in_flight(evidence.rows)
        if most > at_most:
            advice = "start the next task only when a wait has returned one"
            return Problem(expected, f"{most} tasks in flight at once", advice)
        if most < at_most:
            advice = f"start {at_most} tasks before the first wait"
            return Problem(expected, f"never more than {most} in flight", advice)
        return _batch(expected, evidence.rows)

    return Check(expected, judge)


def most_in_flight(rows: Rows) -> int:
    """Return how many of the driver's tasks were submitted and not yet returned."""
    mine = [t for t in rows.tasks.values() if t.parent is None and t.kind != "creation"]
    moments = [(task.submitted_s, 0, {task.id}) for task in mine]
    moments += [
        (wait.end_s, 1, set(query.returned(wait)))
        for wait in _of_the_driver(rows)
        if wait.end_s is not None
    ]
    flying: set[int] = set()
    most = 0
    for _, is_back, numbers in sorted(moments, key=lambda moment: moment[:2]):
        flying = flying - numbers if is_back else flying | numbers
        most = max(most, len(flying))
    return most


def _batch(expected: str, rows: Rows) -> Problem | None:
    """Find a wait for several results that stands before another start."""
    last_s = max((task.submitted_s for task in rows.tasks.values()), default=0.0)
    known: set[str] = set()
    for wait in _of_the_driver(rows):
        fresh = set(wait.objects) - known
        several = len(fresh) if wait.kind == "get" else wait.num_returns
        if several > 1 and wait.start_s < last_s:
            return Problem(
                expected,
                f"line {wait.line} waits for a whole batch of {several} before the "
                "next task is started: free CPUs wait for the slowest of the batch",
                "wait for one, and start one in its place",
                wait.line,
                wait.source,
            )
        known.update(_ready(wait))
    return None


def _too_early(expected: str, wait: WaitRow) -> Problem:
    if len(wait.objects) > 1:
        found = (
            f"one get waits for all {len(wait.objects)}: nothing is handled before "
            "the slowest is done"
        )
    else:
        found = (
            f"line {wait.line} gets a result that no wait has returned: in the order "
            "of the list a slow one holds up all behind it"
        )
    advice = "ready, pending = ray.wait(pending), then get what is in ready"
    return Problem(expected, found, advice, wait.line, wait.source)


def _everything(expected: str, wait: WaitRow) -> Problem:
    return Problem(
        expected,
        f"a wait asks for all {wait.num_returns}: it returns when the slowest is done",
        "leave num_returns out: then one is enough",
        wait.line,
        wait.source,
    )


def _of_the_driver(rows: Rows) -> Iterator[WaitRow]:
    return (wait for wait in rows.waits.values() if wait.task is None)


def _ready(wait: WaitRow) -> Iterator[str]:
    pairs = zip(wait.objects, wait.outcome, strict=False)
    return (key for key, outcome in pairs if outcome == "ready")
