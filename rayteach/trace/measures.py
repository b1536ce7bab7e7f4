"""Numbers and lists about a run, from its rows. Seconds, unless a name says else.

Work, span and the like are those of the work/span model; see
:class:`rayteach.api.run.Run` for each definition and its source.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from rayteach.trace import query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rayteach.trace.views.rows import (
        ActorRow,
        ObjectRow,
        Rows,
        TaskRow,
        WaitRow,
    )

SLOW = 2.0
"""A straggler took more than this many times the median of its function."""
ENOUGH = 3
"""So many tasks of a function must have ended before one can be a straggler."""

_DISK = "disk"


@dataclass(frozen=True, slots=True)
class Transfer:
    """A value was copied to another node."""

    #: label of the object
    object: str
    #: the node where it was first
    source: str
    #: the node that has it too, since ``time_s``
    target: str
    #: seconds since the session started
    time_s: float
    #: None if unknown
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class Wait:
    """One call of ``get`` or ``wait``, with the labels of its objects by outcome."""

    #: "get" or "wait"
    kind: str
    #: label of the calling task; "" for the driver
    caller: str
    #: line of the call, 0 if unknown
    line: int
    #: seconds since the session started
    start_s: float
    #: None while it waits
    end_s: float | None
    #: returned as ready, in input order
    ready: tuple[str, ...]
    #: existed at the return, but more than ``num_returns`` did
    held: tuple[str, ...]
    #: did not exist at the return
    pending: tuple[str, ...]
    #: "enough ready", "timeout", "failed", "interrupted"; "" while it waits
    reason: str


def window(rows: Rows) -> tuple[float, float]:
    """Return when the first thing of a run began and the last one ended.

    A run that still goes on ends now.
    """
    starts = [task.submitted_s for task in rows.tasks.values()]
    starts += [wait.start_s for wait in rows.waits.values()]
    if rows.run.left_out:
        starts.append(rows.run.left_out_from_s)
    if not starts:
        return rows.run.start_s, rows.run.start_s
    ends = [task.end_s for task in rows.tasks.values()]
    ends += [wait.end_s for wait in rows.waits.values()]
    return min(starts), max(rows.now_s if end is None else end for end in ends)


def makespan(rows: Rows) -> float:
    """Return how long a run took."""
    start_s, end_s = window(rows)
    return end_s - start_s


def work(rows: Rows) -> float:
    """Return how long all tasks were busy, one after the other."""
    kept_s = sum(query.busy_s(task, rows.now_s) for task in rows.tasks.values())
    return kept_s + rows.run.left_out_work_s


def parallelism_at(rows: Rows, time_s: float) -> int:
    """Return how many tasks and calls ran, and were not blocked, at a time."""
    return sum(
        start_s <= time_s < end_s
        for task in rows.tasks.values()
        if task.kind != "creation"
        for start_s, end_s in query.busy_intervals(task, rows.now_s)
    )


def cpus_of(task: TaskRow) -> float:
    """Return how many CPUs a task keeps busy: a call, or a constructor, one."""
    return task.num_cpus if task.kind == "task" else 1.0


def cpu_use(rows: Rows) -> float:
    """Return the share of the offered CPU time that tasks used, from 0."""
    start_s, end_s = window(rows)
    offered = sum(
        node.num_cpus
        * max(0.0, min(end_s, _or(node.lost_s, end_s)) - max(start_s, node.added_s))
        for node in rows.nodes.values()
    )
    used = sum(
        cpus_of(task) * query.busy_s(task, rows.now_s) for task in rows.tasks.values()
    )
    return used / offered if offered > 0 else 0.0


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def stragglers(rows: Rows) -> list[TaskRow]:
    """Return the ended tasks that took much longer than others of their function."""
    by_function: dict[str, list[TaskRow]] = defaultdict(list)
    for task in rows.tasks.values():
        if task.kind != "creation" and task.end == "done":
            by_function[task.function].append(task)
    found = []
    for tasks in by_function.values():
        if len(tasks) >= ENOUGH:
            times = [query.busy_s(task, rows.now_s) for task in tasks]
            limit_s = SLOW * median(times)
            pairs = zip(tasks, times, strict=True)
            found += [task for task, took_s in pairs if took_s > limit_s]
    return found


def copies(rows: Rows) -> dict[str, int]:
    """Return for each object that exists, by its label, on how many nodes it lies."""
    return {
        made.label: len(_on_nodes(made)) or 1
        for made in rows.objects.values()
        if made.created_s is not None
    }


def _on_nodes(made: ObjectRow) -> list[list[str | float]]:
    """Return the copies that lie on nodes; one on disk is none."""
    return [copy for copy in made.copies if copy[0] != _DISK]


def transfers(rows: Rows) -> list[Transfer]:
    """Return every copy of an object from node to node, in order of time."""
    found = [
        Transfer(
            made.label, str(made.copies[0][0]), str(node), float(at_s), made.size_bytes
        )
        for made in rows.objects.values()
        for node, at_s in _on_nodes(made)[1:]
    ]
    return sorted(found, key=lambda transfer: transfer.time_s)


def waits(rows: Rows) -> list[Wait]:
    """Return every ``get`` and ``wait``, in order of their calls."""
    return [_wait(wait, rows) for wait in rows.waits.values()]


def _wait(wait: WaitRow, rows: Rows) -> Wait:
    caller = None if wait.task is None else rows.tasks.get(wait.task)
    outcomes = wait.outcome or ["pending"] * len(wait.objects)
    labels = [_label(key, rows) for key in wait.objects]
    by_outcome = {
        word: tuple(
            one for one, how in zip(labels, outcomes, strict=False) if how == word
        )
        for word in ("ready", "held", "pending")
    }
    name = "" if caller is None else caller.label
    return Wait(
        wait.kind, name, wait.line, wait.start_s, wait.end_s, **by_outcome,
        reason=wait.reason,
    )  # fmt: skip


def _label(key: str, rows: Rows) -> str:
    made = rows.objects.get(key)
    return key if made is None else made.label


def queue_length(rows: Rows, actor: int, time_s: float) -> int:
    """Return how many calls waited for an actor at a time: made, and not begun."""
    return sum(
        task.submitted_s <= time_s < begun_s(task)
        for task in rows.tasks.values()
        if task.kind == "call" and task.actor == actor
    )


def begun_s(task: TaskRow) -> float:
    """Return when a task began, or ended without that; infinity for neither."""
    if task.attempts:
        return task.attempts[0].start_s
    return float("inf") if task.end_s is None else task.end_s


def find_actor(rows: Rows, name: str | int) -> ActorRow:
    """Return the actor of a label, a name or a number.

    Raises:
        ValueError: the run has no such actor.
    """
    actors = list(rows.actors.values())
    for actor in actors:
        if name in (actor.label, actor.id) or (name and name == actor.name):
            return actor
    known = ", ".join(actor.label for actor in actors) or "none"
    raise ValueError(f"no actor {name!r} in this run; its actors are: {known}")


def find_tasks(rows: Rows, name: str | int) -> list[TaskRow]:
    """Return the task of a label or a number, or all tasks of a function.

    Raises:
        ValueError: the run has none of the kind.
    """
    ways: tuple[Callable[[TaskRow], object], ...] = (
        lambda task: task.label,
        lambda task: task.id,
        lambda task: task.function,
    )
    for way in ways:
        found = [task for task in rows.tasks.values() if way(task) == name]
        if found:
            return found
    known = ", ".join(_names(rows)) or "none"
    raise ValueError(f"no task or function {name!r} in this run; there are: {known}")


def _names(rows: Rows) -> Iterator[str]:
    functions = dict.fromkeys(task.function for task in rows.tasks.values())
    labels = [task.label for task in rows.tasks.values()]
    yield from functions
    yield from labels[:5]
    if len(labels) > len(labels[:5]):
        yield "…"
