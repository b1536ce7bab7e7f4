"""The words of ``%rayteach history``: which cell ran when, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core.events import CellRunStarted
from rayteach.trace.fold import RowFold
from rayteach.trace.views import words

if TYPE_CHECKING:
    from rayteach.notebook.contracts import Session
    from rayteach.trace.views.rows import Rows

RUNS_SHOWN = 20
"""Without a number, so many of the latest runs are listed."""


def page(session: Session, count: int = RUNS_SHOWN) -> str:
    """Return a line for each of the latest runs that started tasks, newest last."""
    fold = RowFold(session.log, session.start_s)
    fold.advance()
    keys = _keys(session)
    found = [rows for run in fold.runs if run and (rows := fold.rows(run)).tasks]
    if not found:
        return "No cell has started a task yet: there is no history."
    latest = {keys.get(rows.run.id, ""): rows.run.id for rows in found}
    lines = []
    for rows in found[-count:]:
        again = latest[keys.get(rows.run.id, "")] != rows.run.id
        lines.append(_line(rows, again=again))
    left = len(found) - len(lines)
    if left:
        lines.insert(0, f"({left} earlier: `%rayteach history {len(found)}`)")
    return "\n".join(lines)


def _keys(session: Session) -> dict[int, str]:
    events = session.log.events(0)
    return {e.run: e.cell_key for e in events if isinstance(e, CellRunStarted)}


def _line(rows: Rows, *, again: bool) -> str:
    run = rows.run
    counted = words.counted(list(rows.tasks.values()), rows.now_s)
    ends = [task.end_s for task in rows.tasks.values() if task.end_s is not None]
    end_s = max([run.end_s or run.start_s, *ends])
    took = words.duration(end_s - run.start_s)
    text = f"{run.cell:>5}  run {run.execution} of its cell: {counted}; {took}"
    if run.outcome in ("failed", "interrupted"):
        text += f", {run.outcome}"
    return text + (", superseded" if again else "")
