"""When CPUs were free, and what they waited for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from rayteach.trace import measures, query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.trace.views.rows import Rows, TaskRow

EPSILON = 1e-9
HANDING_OVER = "a task is being handed to a worker"
TOO_LARGE = "the next task needs more CPUs than are free"
NEEDS_INPUT = "tasks wait for results of running ones"
BLOCKED = "tasks are blocked in get"
ACTOR = "calls wait for their actor"
IN_GET = "the driver waits, and nothing else was submitted"
OWN_CODE = "the driver's own code runs"
AFTER = "nothing was left to submit"


@dataclass(frozen=True, slots=True)
class Idle:
    """A time in which CPUs were free, for one cause."""

    #: seconds since the session started
    start_s: float
    end_s: float
    #: how many were free
    cpus: float
    #: why: one of the texts of :mod:`rayteach.trace.idle`
    cause: str


def idle_intervals(rows: Rows) -> list[Idle]:
    """Return when CPUs were free, in order of time; equal neighbours are one."""
    start_s, end_s = measures.window(rows)
    last_s = max((task.submitted_s for task in rows.tasks.values()), default=start_s)
    steps = sorted([*_steps(rows), (last_s, AFTER, 1.0), (end_s, AFTER, 0.0)])
    now: dict[_Key, float] = defaultdict(float)
    found: list[Idle] = []
    for (at_s, key, amount), following in pairwise(steps):
        now[key] += amount
        left_s, right_s = max(at_s, start_s), min(following[0], end_s)
        free = now[_OFFERED] - now[_USED]
        if right_s > left_s and free > EPSILON:
            _add(found, Idle(left_s, right_s, free, _cause(now, free)))
    return found


def _add(found: list[Idle], new: Idle) -> None:
    """Add an interval, to the last one if that is of its kind and touches it."""
    last = found[-1] if found else None
    if (
        last is not None
        and last.end_s == new.start_s
        and last.cause == new.cause
        and abs(last.cpus - new.cpus) < EPSILON
    ):
        found[-1] = replace(last, end_s=new.end_s)
    else:
        found.append(new)


_OFFERED, _USED, _CALLS = "offered", "used", "calls"
_Key = str
_Step = tuple[float, _Key, float]
"""At a time, the count of something changes by an amount."""


def _steps(rows: Rows) -> Iterator[_Step]:
    for node in rows.nodes.values():
        yield from _from_to(_OFFERED, node.added_s, node.lost_s, node.num_cpus)
    for task in rows.tasks.values():
        yield from _of_task(task, rows.now_s)
    for wait in rows.waits.values():
        if wait.task is None:
            yield from _from_to(IN_GET, wait.start_s, wait.end_s)


def _of_task(task: TaskRow, now_s: float) -> Iterator[_Step]:
    """Yield what a task adds to and takes from the counts."""
    queued = _CALLS if task.kind == "call" else f"{HANDING_OVER} {task.num_cpus}"
    ready_s = task.end_s if task.ready_s is None else task.ready_s
    yield from _from_to(NEEDS_INPUT, task.submitted_s, ready_s)
    if task.ready_s is None:
        return
    since_s: float | None = task.ready_s
    for attempt in task.attempts:
        yield from _from_to(queued, since_s or 0.0, attempt.start_s)
        since_s = attempt.end_s
    if since_s is not None and task.end_s != since_s:
        yield from _from_to(queued, since_s, task.end_s)
    for start_s, end_s in query.busy_intervals(task, now_s):
        yield from _from_to(_USED, start_s, end_s, measures.cpus_of(task))
    for away_s, back_s in task.blocked:
        yield from _from_to(BLOCKED, away_s or 0.0, back_s)


def _from_to(
    key: _Key, start_s: float, end_s: float | None, amount: float = 1.0
) -> Iterator[_Step]:
    yield start_s, key, amount
    if end_s is not None:
        yield max(start_s, end_s), key, -amount


def _cause(now: dict[_Key, float], free: float) -> str:
    """Return why ``free`` CPUs have nothing to do."""
    sizes = [
        float(key.rpartition(" ")[2])
        for key, count in now.items()
        if count > 0 and key.startswith(HANDING_OVER)
    ]
    if sizes:
        return HANDING_OVER if min(sizes) <= free + EPSILON else TOO_LARGE
    for key, cause in ((_CALLS, ACTOR), (NEEDS_INPUT,) * 2, (BLOCKED,) * 2):
        if now[key] > 0:
            return cause
    if now[AFTER] > 0:
        return AFTER
    return IN_GET if now[IN_GET] > 0 else OWN_CODE
