"""Why a task started when it did, or why it has not: one sentence.

The stories of rows say it as things stand now; this looks back at the moment when
the task joined its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.trace import explain, measures
from rayteach.trace.views import words

if TYPE_CHECKING:
    from rayteach.trace.views.rows import Rows, TaskRow

_AT_ONCE_S = 0.001
"""A wait below this is none."""
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def why(task: TaskRow, rows: Rows) -> str:
    """Return why a task started when it did; if it has not, what it waits for."""
    if not task.attempts:
        return f"{task.label}: {explain.story(task, rows, rows.now_s)}"
    begun_s = task.attempts[0].start_s
    ready_s = task.submitted_s if task.ready_s is None else task.ready_s
    for_input_s, in_line_s = ready_s - task.submitted_s, begun_s - ready_s
    reasons = []
    if for_input_s >= _AT_ONCE_S:
        reasons.append(_for_input(task, rows, for_input_s))
    if in_line_s >= _AT_ONCE_S:
        reasons.append(_in_line(task, rows, ready_s, in_line_s))
    if not reasons:
        free = "its actor was free" if task.kind == "call" else "a CPU was free"
        reasons.append(f"started at once: {free}")
    text = f"{task.label} {', then '.join(reasons)}"
    if len(task.attempts) > 1:
        text += f"; attempt {len(task.attempts)} is the last, earlier ones were lost"
    return f"{text}."


def _for_input(task: TaskRow, rows: Rows, waited_s: float) -> str:
    made = [rows.objects[key] for key in task.inputs if key in rows.objects]
    known = [one for one in made if one.created_s is not None]
    last = max(known, key=lambda one: one.created_s or 0.0, default=None)
    name = "an input" if last is None else f"{last.label}, its last input"
    return f"waited {words.duration(waited_s)} for {name}"


def _in_line(task: TaskRow, rows: Rows, ready_s: float, waited_s: float) -> str:
    """Say who was in the way from ``ready_s`` on."""
    text = f"waited {words.duration(waited_s)}: "
    if task.kind == "call":
        return text + _at_actor(task, rows, ready_s)
    if task.kind == "creation":
        return text + "a process was started for it"
    busy = [t for t in _running(rows, ready_s) if t.kind == "task"]
    cpus = sum(
        node.num_cpus
        for node in rows.nodes.values()
        if node.added_s <= ready_s and (node.lost_s is None or ready_s < node.lost_s)
    )
    held = sum(one.num_cpus for one in busy)
    ahead = _ahead(task, rows, ready_s)
    if held + task.num_cpus <= cpus and not ahead:
        return text + "a worker was being started or told"
    place = _place(len(ahead))
    if not busy:
        names = words.listing([one.label for one in ahead])
        return f"{text}{names} came first; it was {place} in line"
    names = words.listing([one.label for one in busy])
    return f"{text}{_count(cpus)} busy with {names}; it was {place} in line"


def _count(cpus: float) -> str:
    if cpus == 1:
        return "the CPU was"
    return f"{'both' if cpus == 2 else f'all {cpus:g}'} CPUs were"  # noqa: PLR2004


def _place(ahead: int) -> str:
    return _ORDINALS[ahead] if ahead < len(_ORDINALS) else f"number {ahead + 1}"


def _running(rows: Rows, time_s: float) -> list[TaskRow]:
    found = rows.tasks.values()
    return [task for task in found if words.state(task, time_s) == words.RUNNING]


def _ahead(task: TaskRow, rows: Rows, ready_s: float) -> list[TaskRow]:
    """Return the tasks that stood before it in line when it joined it."""
    return [
        other
        for other in rows.tasks.values()
        if other.kind == "task"
        and other.ready_s is not None
        and (other.ready_s, other.id) < (ready_s, task.id)
        and measures.begun_s(other) > ready_s
    ]


def _at_actor(task: TaskRow, rows: Rows, ready_s: float) -> str:
    actor = None if task.actor is None else rows.actors.get(task.actor)
    name = "its actor" if actor is None else actor.label
    if actor is not None and (actor.started_s is None or actor.started_s > ready_s):
        return f"{name} was being made"
    calls = [
        other
        for other in rows.tasks.values()
        if other.kind == "call" and other.actor == task.actor and other is not task
    ]
    busy = [one for one in calls if words.state(one, ready_s) == words.RUNNING]
    before = [
        one
        for one in calls
        if one.submitted_s <= task.submitted_s
        and one.id < task.id
        and measures.begun_s(one) > ready_s
    ]
    names = words.listing([one.label.rpartition(".")[2] for one in [*busy, *before]])
    return f"{name} had {names} to do first" if names else f"{name} was told of it late"
