"""The story of a run, with a look at what more CPUs would have brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.errors import RayteachError
from rayteach.simulate import what_if
from rayteach.trace import telling
from rayteach.trace.views import words

if TYPE_CHECKING:
    from rayteach.trace.views.rows import Rows

MOST = 10
MOST_TASKS = 5000
"""With more, a prediction takes too long for a sentence; ``what_if`` still does it."""


def story(rows: Rows) -> str:
    """Return the run in five to ten sentences; one if no task was started."""
    sentences = [*_left_out(rows), *telling.tell(rows)][: MOST - 1]
    return " ".join([*sentences, *_more_cpus(rows)])


def _left_out(rows: Rows) -> list[str]:
    run = rows.run
    if not run.left_out:
        return []
    failed = f", {run.left_out_failed:,} of them failed" if run.left_out_failed else ""
    gone = (
        f"{run.left_out:,} earlier tasks are only counted, as the log became too long"
    )
    work = f"{words.duration(run.left_out_work_s)} of work{failed}"
    return [f"{gone}: {work}; the rest is about the others."]


def _more_cpus(rows: Rows) -> list[str]:
    cpus = what_if.cpus_of(rows)
    is_open = any(not task.end for task in rows.tasks.values())
    if not cpus or is_open or len(rows.tasks) > MOST_TASKS:
        return []
    program = what_if.changed(rows)
    try:
        now, then = (what_if.predict(program, cpus * n) for n in (1, 2))
    except (RayteachError, ValueError):
        return []
    if not program.jobs:
        return []
    text = f"On {cpus * 2:g} CPUs it would take about {words.duration(then.makespan_s)}"
    gain = now.makespan_s / then.makespan_s if then.makespan_s else 1.0
    return [f"{text}, {gain:.1f} times as fast."]
