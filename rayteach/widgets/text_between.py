"""What happens between places, in characters: copies, retries, what travels again."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rayteach.trace import measures
from rayteach.trace.views import words

if TYPE_CHECKING:
    from rayteach.trace.views.rows import ActorRow, Rows, TaskRow

FEW_COPIES = 3
"""So many tasks with the same large arguments are worth a word."""

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_KILO = 1000


def copies(rows: Rows) -> list[str]:
    """Return each copy from node to node with its bytes and times, oldest first."""
    begin_s = _begin_s(rows)
    return [
        f"{one.object}: {one.source} → {one.target}, {size_words(one.size_bytes)} in "
        f"{words.duration(one.end_s - one.start_s)}, at "
        f"{words.duration(max(0.0, one.start_s - begin_s))}"
        for one in measures.transfers(rows)
    ]


def retries(rows: Rows) -> list[str]:
    """Return each task that was tried again, with when an attempt was lost."""
    begin_s = _begin_s(rows)
    lines = []
    for task in rows.tasks.values():
        lost = [one.end_s for one in task.attempts if one.outcome == "lost"]
        times = [words.duration(time_s - begin_s) for time_s in lost if time_s]
        if times and task.kind != "creation":
            tries = f", {len(task.attempts)} attempts" if len(task.attempts) > 1 else ""
            lines.append(f"{task.label}: lost at {words.listing(times)}{tries}")
    return lines


def restarts(rows: Rows, actor: ActorRow) -> list[str]:
    """Return when the process of an actor died, and when it was back."""
    begin_s = _begin_s(rows)
    lines = []
    for died_s, back_s in actor.restarts:
        since = words.duration((died_s or 0.0) - begin_s)
        until = "being restarted"
        if back_s is not None:
            until = f"restarted at {words.duration(back_s - begin_s)}"
        lines.append(f"its process died at {since}, {until}: what it kept is lost")
    return lines


def shipped_again(rows: Rows) -> list[str]:
    """Return a warning per large argument that was pickled for many tasks anew."""
    found: dict[int, list[TaskRow]] = defaultdict(list)
    for task in rows.tasks.values():
        if task.args_bytes:
            first = task.id if task.args_like is None else task.args_like
            found[first].append(task)
    return [
        f"! {words.listing([task.label for task in tasks])} were given the same "
        f"{size_words(tasks[0].args_bytes)}, stored {len(tasks)} times: put it once"
        for tasks in found.values()
        if len(tasks) >= FEW_COPIES
    ]


def left_out(rows: Rows) -> list[str]:
    """Return what a condensed log does not show any more; nothing otherwise."""
    run = rows.run
    if not run.left_out:
        return []
    failed = f", {run.left_out_failed:,} failed" if run.left_out_failed else ""
    ran = words.duration(run.left_out_work_s)
    count = f"{run.left_out:,} earlier tasks and calls"
    return [f"{count} are over and not listed{failed}; they ran {ran} in all"]


def size_words(size_bytes: int) -> str:
    """Return a size with its unit: "812 bytes", "8.1 MB"."""
    value, unit = float(size_bytes), 0
    while value >= _KILO and unit < len(_UNITS) - 1:
        value, unit = value / _KILO, unit + 1
    digits = 1 if unit and value < 10 else 0  # noqa: PLR2004 (two digits in all)
    return f"{value:.{digits}f} {_UNITS[unit]}"


def _begin_s(rows: Rows) -> float:
    return rows.run.start_s if rows.run.id >= 0 else 0.0
