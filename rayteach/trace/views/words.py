"""The words that every view uses: states, durations, lists of names.

Pure; ``labextension/src/model`` says the same words in TypeScript.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rayteach.trace.views.rows import TaskRow

NOT_SUBMITTED = ""
NEEDS_INPUT = "needs input"
QUEUED = "queued"
RUNNING = "running"
BLOCKED = "blocked in get"
DONE = "done"
FAILED = "failed"
CANCELLED = "cancelled"
CANNOT_RUN = "cannot run"

STATES = (
    RUNNING,
    BLOCKED,
    QUEUED,
    NEEDS_INPUT,
    DONE,
    FAILED,
    CANCELLED,
    CANNOT_RUN,
)
"""All states, in the order in which headers count them."""

_BAD_ENDS = (FAILED, CANCELLED, CANNOT_RUN)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_MS = 1e-3
_LONG_S = 100.0


def state(task: TaskRow, at_s: float) -> str:
    """Return the state of a task at a time, "" before it was submitted."""
    if task.end_s is not None and at_s >= task.end_s:
        return task.end
    if at_s < task.submitted_s:
        return NOT_SUBMITTED
    for attempt in reversed(task.attempts):
        if attempt.start_s <= at_s and (attempt.end_s is None or at_s < attempt.end_s):
            return BLOCKED if _is_blocked(task, at_s) else RUNNING
    return NEEDS_INPUT if task.ready_s is None or at_s < task.ready_s else QUEUED


def _is_blocked(task: TaskRow, at_s: float) -> bool:
    return any(
        start_s is not None and start_s <= at_s and (end_s is None or at_s < end_s)
        for start_s, end_s in task.blocked
    )


def counts(tasks: Sequence[TaskRow], at_s: float) -> dict[str, int]:
    """Return how many tasks are in each state, in the header's order, no zeros.

    The creation of an actor counts only if it went wrong.
    """
    found = dict.fromkeys(STATES, 0)
    for task in tasks:
        word = state(task, at_s)
        quiet = task.kind == "creation" and word not in _BAD_ENDS
        if word and not quiet:
            found[word] += 1
    return {word: number for word, number in found.items() if number}


def counted(tasks: Sequence[TaskRow], at_s: float) -> str:
    """Return the header's counts as text: "2 running, 5 waiting, 1 done"."""
    found = counts(tasks, at_s)
    waiting = found.pop(QUEUED, 0) + found.pop(NEEDS_INPUT, 0)
    parts = [f"{number} {word}" for word, number in found.items()]
    if waiting:
        lively = sum(word in found for word in (RUNNING, BLOCKED))
        parts.insert(lively, f"{waiting} waiting")
    return ", ".join(parts) or "no tasks"


def duration(seconds: float) -> str:
    """Return a duration with its unit: "0.31 s", "4 ms", "< 1 ms"."""
    if seconds < _MS:
        return "< 1 ms"
    if seconds < 10 * _MS:
        return f"{seconds / _MS:.0f} ms"
    return f"{seconds:.2f} s" if seconds < _LONG_S else f"{seconds:.0f} s"


def listing(names: Sequence[str], limit: int = 4) -> str:
    """Return "a", "a and b", "a, b and c", "a, b, c and 9 more"."""
    shown = list(names)
    if len(shown) > limit:
        shown = [*shown[: limit - 1], f"{len(shown) - limit + 1} more"]
    if len(shown) <= 1:
        return "".join(shown)
    return ", ".join(shown[:-1]) + " and " + shown[-1]


def in_line(place: int) -> str:
    """Return the place in a line in words; 0 is "first in line"."""
    if place < len(_ORDINALS):
        return f"{_ORDINALS[place]} in line"
    return f"number {place + 1} in line"
