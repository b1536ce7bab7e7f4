"""What a grader asks inside the kernel, around the cell of an exercise."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rayteach.api.session as sessions
from rayteach.notebook import extension
from rayteach.notebook.status import rows_of
from rayteach.widgets import page

if TYPE_CHECKING:
    from rayteach.notebook.exercises import Judged
    from rayteach.trace.views.rows import Rows

#: the last (session, run) before the cell of the exercise
_before: Any = None


def forget() -> None:
    """Drop the latest check and run, before the next cell."""
    global _before  # noqa: PLW0603 (one notebook per kernel)
    active = extension.active()
    if active is not None:
        active.magics.exercises.judged = None
        _before = active.cells.last_run


def report(path: str) -> None:
    """Write what came of the latest check to a file; nothing if none was made."""
    judged = _judged()
    if judged is None:
        return
    problem = judged.problem
    found = {
        "exercise": judged.exercise,
        "says": judged.says,
        "problem": None if problem is None else "\n".join(problem.lines()),
    }
    Path(path).write_text(json.dumps(found), encoding="utf-8")


def picture(path: str, title: str) -> None:
    """Write the run of the exercise's cell as a page, if it started a task."""
    rows = _rows()
    if rows is not None and rows.tasks:
        Path(path).write_text(page.html(rows, title), encoding="utf-8")


def force_cpus(num_cpus: float) -> None:
    """Let every session of this kernel have so many CPUs, whatever is asked."""

    def init(*_args: Any, **options: Any) -> Any:
        return sessions.init(**{**options, "num_cpus": num_cpus})

    # What a notebook imports; it stands above this floor, so it is named.
    vars(sys.modules["rayteach"])["init"] = init


def _judged() -> Judged | None:
    active = extension.active()
    return active.magics.exercises.judged if active else None


def _rows() -> Rows | None:
    """Return the rows of the cell, also of one that was interrupted."""
    judged, active = _judged(), extension.active()
    if judged is not None:
        return judged.evidence.rows
    last = active.cells.last_run if active else None
    return None if last is None or last == _before else rows_of(*last)
