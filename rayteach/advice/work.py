"""Patterns of tasks, puts and actors: too small, too many, in one line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import accumulate
from statistics import median
from typing import TYPE_CHECKING, Any

from rayteach.advice.model import Advice, Case, at
from rayteach.trace import query
from rayteach.trace.views import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.simulate.program import Program
    from rayteach.trace.views.rows import ObjectRow, TaskRow

TINY_S = 0.001
MANY_TINY = 100
MANY_IN_FLIGHT = 5000
SMALL_BYTES = 100 * 1024
FEW_PUTS = 3
IDLE_PARENT = 0.25
FEW_CALLS = 8
BUSY = 0.6


def tiny_tasks(case: Case) -> Iterator[Advice]:
    """Tasks that take less than handing them over does."""
    by_function: dict[str, list[TaskRow]] = defaultdict(list)
    for task in case.rows.tasks.values():
        if task.kind == "task" and task.end == "done":
            by_function[task.function].append(task)
    for name, tasks in by_function.items():
        if len(tasks) < MANY_TINY:
            continue
        usual_s = median(query.busy_s(task, case.rows.now_s) for task in tasks)
        begin_s = min(task.submitted_s for task in tasks)
        took_s = max(task.end_s or 0.0 for task in tasks) - begin_s
        work_s = sum(query.busy_s(task, case.rows.now_s) for task in tasks)
        cost_s = took_s - work_s / case.cpus
        if usual_s < TINY_S and case.is_worth(cost_s):
            place: dict[str, Any] = at(tasks[0])
            yield Advice(
                "tiny tasks",
                f"{len(tasks)} tasks of {name} took {words.duration(usual_s)} each, "
                "less than handing one over",
                "let each task do many of them: a slice of the list as an argument, "
                "a list as the result",
                cost_s=cost_s,
                **place,
            )


def too_many_in_flight(case: Case) -> Iterator[Advice]:
    """More unfinished tasks than can be of use, each with its arguments in memory."""
    steps: list[tuple[float, int]] = []
    tasks = [t for t in case.rows.tasks.values() if t.parent is None]
    for task in tasks:
        steps.append((task.submitted_s, 1))
        if task.end_s is not None:
            steps.append((task.end_s, -1))
    most = max(accumulate(step for _, step in sorted(steps)), default=0)
    if most >= MANY_IN_FLIGHT:
        place: dict[str, Any] = at(tasks[-1])
        yield Advice(
            "many tasks in flight",
            f"up to {most} tasks were started and not done, and their arguments kept",
            "once some hundred are in flight, ray.wait for one before you start the "
            "next",
            **place,
        )


def unneeded_puts(case: Case) -> Iterator[Advice]:
    """Small values are put, each for one task only."""
    users: dict[str, int] = defaultdict(int)
    for task in case.rows.tasks.values():
        for key in task.inputs:
            users[key] += 1
    by_line: dict[int, list[ObjectRow]] = defaultdict(list)
    for made in case.rows.objects.values():
        small = made.size_bytes is not None and made.size_bytes < SMALL_BYTES
        if made.task is None and small and users[made.id] == 1:
            by_line[made.line].append(made)
    for line, puts in by_line.items():
        if line and len(puts) >= FEW_PUTS:
            yield Advice(
                "unneeded put",
                f"{len(puts)} small values were put, each for one task",
                "pass the value itself; put pays for a large value that several tasks "
                "take",
                puts[0].cell,
                line,
            )


def idle_parents(case: Case) -> Iterator[Advice]:
    """A task starts one other task and does nothing but wait for it."""
    children: dict[int, list[TaskRow]] = defaultdict(list)
    for task in case.rows.tasks.values():
        if task.parent is not None:
            children[task.parent].append(task)
    found = [
        parent
        for parent in case.rows.tasks.values()
        if parent.kind == "task" and _only_waits(parent, children[parent.id], case)
    ]
    if found:
        place: dict[str, Any] = at(children[found[0].id][0])
        names = words.listing([task.label for task in found])
        yield Advice(
            "get of one nested task",
            f"{names} started a single task and did nothing but wait for it",
            "call the function itself there, or let the caller start both and pass "
            "the ID of one to the other",
            **place,
        )


def _only_waits(parent: TaskRow, children: list[TaskRow], case: Case) -> bool:
    if len(children) != 1 or parent.end != "done" or children[0].kind != "task":
        return False
    took_s = (parent.end_s or 0.0) - parent.attempts[-1].start_s
    own_s = query.busy_s(parent, case.rows.now_s) - parent.delayed_s
    waits = [w for w in case.rows.waits.values() if w.task == parent.id]
    return (
        case.is_worth(took_s - own_s) and bool(waits) and own_s < IDLE_PARENT * took_s
    )


def busy_actors(case: Case) -> Iterator[Advice]:
    """Many callers wait in the line of one actor."""
    rows = case.rows
    calls: dict[int, list[TaskRow]] = defaultdict(list)
    for task in rows.tasks.values():
        if task.kind == "call" and task.actor in rows.actors:
            calls[task.actor or 0].append(task)
    for number, own in calls.items():
        busy_s = sum(query.busy_s(task, rows.now_s) for task in own)
        if (
            len(own) < FEW_CALLS
            or not _has_several_callers(own, case)
            or busy_s < BUSY * _from_first_to_last(own)
        ):
            continue
        cost_s = case.saved(_as_tasks(case, {task.id for task in own}))
        if case.is_worth(cost_s):
            actor, place = rows.actors[number], dict[str, Any](at(own[0]))
            yield Advice(
                "actor as bottleneck",
                f"{actor.label} was busy for {words.duration(busy_s)} with {len(own)} "
                "calls of several callers, which waited for their turn",
                "make several actors and share the calls out (util.ActorPool), or "
                "move what needs no state into tasks",
                cost_s=cost_s,
                **place,
            )


def _from_first_to_last(calls: list[TaskRow]) -> float:
    """Return how long the actor had something to do or to wait for."""
    starts = [task.attempts[0].start_s for task in calls if task.attempts]
    ends = [task.end_s for task in calls if task.end_s is not None]
    return max(ends) - min(starts) if starts and ends else float("inf")


def _has_several_callers(calls: list[TaskRow], case: Case) -> bool:
    made_by = {m for task in calls for m in query.makers_of(task, case.rows)}
    return len({task.parent for task in calls}) > 1 or len(made_by) > 1


def _as_tasks(case: Case, numbers: set[int]) -> Program:
    """Return the program in which these calls are tasks that need no actor."""
    jobs = dict(case.program.jobs)
    for number in numbers & jobs.keys():
        row = replace(jobs[number].row, kind="task", actor=None, num_cpus=1.0)
        jobs[number] = replace(jobs[number], row=row)
    return replace(case.program, jobs=jobs)
