"""Why a run took as long as it did: its critical path in one or two sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.trace.views import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rayteach.trace.strands import Chain
    from rayteach.trace.views.rows import Rows, TaskRow

_WORTH_S = 0.01
"""A wait below this is not worth a word."""


def why_not_faster(rows: Rows, chain: Chain) -> str:
    """Return what the chain of a run took, and where the rest of the time went.

    Args:
        rows: the run.
        chain: its longest, from :func:`rayteach.trace.strands.longest`.

    Returns:
        Sentences; "" for an empty chain.
    """
    tasks = [rows.tasks[number] for number in chain.tasks]
    if not tasks:
        return ""
    chain_s = chain.span_s
    names = words.listing([task.label for task in tasks], 6)
    what = "The chain" if len(tasks) > 1 else "The task"
    text = (
        f"{what} {names} takes {words.duration(chain_s)} however many CPUs there are."
    )
    end_s = max((task.end_s or rows.now_s) for task in tasks)
    rest_s = end_s - rows.run.start_s - chain_s
    if rest_s < _WORTH_S:
        return text
    return f"{text} {_rest(tasks, rest_s)}"


def _rest(tasks: Sequence[TaskRow], rest_s: float) -> str:
    """Say what the chain waited for beside its own work."""
    lines = [(_in_line_s(task), task) for task in tasks]
    longest_s, task = max(lines, key=lambda line: line[0])
    text = f"The other {words.duration(rest_s)}:"
    if longest_s < _WORTH_S:
        return f"{text} the cell's own code, starting and handing over."
    left_s = rest_s - longest_s
    text += f" {task.label} stood in line for {words.duration(longest_s)}"
    if left_s < _WORTH_S:
        return f"{text}."
    rest = "other lines, the cell's own code, starting and handing over"
    return f"{text}; {words.duration(left_s)} went into {rest}."


def _in_line_s(task: TaskRow) -> float:
    """Return how long a task stood in line before its last attempt."""
    since_s = task.submitted_s if task.ready_s is None else task.ready_s
    if len(task.attempts) > 1:
        since_s = task.attempts[-2].end_s or since_s
    return max(0.0, task.attempts[-1].start_s - since_s)
