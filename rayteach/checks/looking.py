"""What a check looks at: tasks, gets and waits of a run, read from its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.trace import query

if TYPE_CHECKING:
    from rayteach.checks.model import Evidence
    from rayteach.trace.views.rows import (
        ActorRow,
        ObjectRow,
        TaskRow,
        WaitRow,
    )


def tasks(evidence: Evidence, function: str = "") -> list[TaskRow]:
    """Return tasks and calls in order of submission.

    Args:
        evidence: what a check looks at.
        function: of a remote function, "Class.method" of an actor; "" is all.
    """
    return [
        task
        for task in evidence.rows.tasks.values()
        if task.kind != "creation" and function in ("", task.function)
    ]


def gets(evidence: Evidence) -> list[WaitRow]:
    """Return the notebook's own calls of ``get``, in order."""
    return waits(evidence, "get")


def waits(evidence: Evidence, kind: str = "wait") -> list[WaitRow]:
    """Return the notebook's own calls of ``wait`` (or ``get``), in order."""
    rows = evidence.rows.waits.values()
    return [wait for wait in rows if wait.task is None and wait.kind == kind]


def makers(evidence: Evidence, task: TaskRow) -> list[TaskRow]:
    """Return the tasks whose results a task takes, in order of its arguments."""
    numbers = [int(key.partition(".")[0]) for key in task.inputs]
    known = evidence.rows.tasks
    return [known[number] for number in numbers if number in known]


def actors(evidence: Evidence) -> list[ActorRow]:
    """Return the actors that the run made."""
    made = {t.actor for t in evidence.rows.tasks.values() if t.kind == "creation"}
    return [one for one in evidence.rows.actors.values() if one.id in made]


def calls(evidence: Evidence, actor: ActorRow | None = None) -> list[TaskRow]:
    """Return the calls of actors' methods, of one actor or of all."""
    return [
        task
        for task in tasks(evidence)
        if task.kind == "call" and (actor is None or task.actor == actor.id)
    ]


def children(evidence: Evidence, task: TaskRow) -> list[TaskRow]:
    """Return the tasks that a task started."""
    return [one for one in tasks(evidence) if one.parent == task.id]


def get_between(evidence: Evidence) -> WaitRow | None:
    """Return the first ``get`` after which the notebook started another task."""
    own = [task for task in tasks(evidence) if task.parent is None]
    last_s = max((task.submitted_s for task in own), default=0.0)
    return next((one for one in gets(evidence) if one.start_s < last_s), None)


def get_in_parent(evidence: Evidence) -> WaitRow | None:
    """Return the first ``get`` of a task after which it started another child."""
    started = [task for task in tasks(evidence) if task.parent is not None]
    return next(
        (
            wait
            for wait in evidence.rows.waits.values()
            if wait.kind == "get"
            for task in started
            if task.parent == wait.task and task.submitted_s > wait.start_s
        ),
        None,
    )


def hidden_ids(evidence: Evidence, function: str) -> TaskRow | None:
    """Return a task that failed because IDs came to it inside a list."""
    if "ObjectID" not in str(evidence.error):
        return None
    own = tasks(evidence, function)
    return next((task for task in own if task.end == "failed"), None)


def depth(evidence: Evidence) -> int:
    """Return how many tasks the longest chain of inputs has."""
    return query.depth(evidence.rows)


def source_line(evidence: Evidence, row: TaskRow | WaitRow | ObjectRow) -> str:
    """Return the text of a row's line, also of one inside a task; "" if unknown."""
    run = evidence.rows.run
    lines = run.source.splitlines() if row.cell in ("", run.cell) else []
    return lines[row.line - 1] if 0 < row.line <= len(lines) else ""
