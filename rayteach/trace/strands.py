"""The longest chain of a run: what no number of CPUs can shorten.

A task is cut into *strands*, the pieces of its own work between the points at
which it submits a task or waits for one:

    outer:  ──strand──┬─submit f──strand──┬─get(f)──strand──
                      └──► f ─────────────┘

A strand follows the one before it, and what that cut waited for. The chain is the
longest path, each strand as long as the task was busy in it. Source: span in the
work/span model (Blumofe and Leiserson 1999, "Scheduling multithreaded
computations by work stealing").
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rayteach.trace import query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rayteach.trace.views.rows import Rows, TaskRow

_Key = tuple[int, int]
"""A strand: its task and its place in it, from 0."""


@dataclass(slots=True)
class Chain:
    """The longest path through a run."""

    #: seconds from its start to its end with CPUs enough and no overhead
    span_s: float = 0.0
    #: the tasks on it that ran, in order
    tasks: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Strand:
    busy_s: float
    after: list[_Key]


def longest(rows: Rows) -> Chain:
    """Return the longest chain of a run, as far as the rows are known.

    A task needs its inputs, the actor that it is called on, the call before it
    of the same caller (unless the two ran at once), and what a ``get`` or
    ``wait`` inside it returned. The driver's own waits do not count.
    """
    strands = _strands(rows)
    best: dict[_Key, float] = {}
    before: dict[_Key, _Key | None] = {}
    for key in _makers_first(strands):
        known = [other for other in strands[key].after if other in best]
        last = max(known, key=best.__getitem__, default=None)
        before[key] = last
        best[key] = strands[key].busy_s + (0.0 if last is None else best[last])
    at = max(best, key=best.__getitem__, default=None)
    if at is None:
        return Chain()
    span_s = best[at]
    found: dict[int, None] = {}
    while at is not None:
        if rows.tasks[at[0]].attempts:
            found.setdefault(at[0])
        at = before[at]
    return Chain(round(span_s, 9), list(found)[::-1])


def span(rows: Rows) -> float:
    """Return the span of a run in seconds; see :func:`longest`."""
    return longest(rows).span_s


def critical_path(rows: Rows) -> list[int]:
    """Return the numbers of the tasks on the longest chain; see :func:`longest`."""
    return longest(rows).tasks


@dataclass(slots=True)
class _Cut:
    """Where a task submits another or has waited for others."""

    time_s: float
    child: int | None = None
    waited: list[int] = field(default_factory=list)


def _strands(rows: Rows) -> dict[_Key, _Strand]:
    cuts = _cuts(rows)
    spawned = {
        cut.child: (number, place)
        for number, own in cuts.items()
        for place, cut in enumerate(own)
        if cut.child is not None
    }
    ends = {number: (number, len(cuts.get(number, ()))) for number in rows.tasks}
    strands: dict[_Key, _Strand] = {}
    for number, needed in _needs(rows).items():
        task = rows.tasks[number]
        after = [ends[maker] for maker in needed]
        if number in spawned:
            after.append(spawned[number])
        done_s = 0.0
        for place, cut in enumerate(cuts.get(number, ())):
            until_s = _busy_before(task, cut.time_s, rows.now_s)
            strands[number, place] = _Strand(round(until_s - done_s, 9), after)
            after = [(number, place), *(ends[maker] for maker in cut.waited)]
            done_s = until_s
        rest_s = query.busy_s(task, rows.now_s) - done_s
        strands[ends[number]] = _Strand(round(rest_s, 9), after)
    return strands


def _cuts(rows: Rows) -> Mapping[int, list[_Cut]]:
    """Return the cuts of each task that has any, in order of time."""
    found: dict[int, list[_Cut]] = defaultdict(list)
    for task in rows.tasks.values():
        if task.parent in rows.tasks:
            found[task.parent or 0].append(_Cut(task.submitted_s, task.id))
    for wait in rows.waits.values():
        if wait.task in rows.tasks and wait.end_s is not None:
            waited = [one for one in query.returned(wait) if one in rows.tasks]
            found[wait.task or 0].append(_Cut(wait.end_s, None, waited))
    for own in found.values():
        own.sort(key=lambda cut: cut.time_s)
    return found


def _needs(rows: Rows) -> dict[int, list[int]]:
    """Return for each task those that had to be done before its start."""
    needs: dict[int, list[int]] = {}
    latest: dict[tuple[int, int | None], int] = {}
    for task in rows.tasks.values():
        needs[task.id] = sorted(query.makers_of(task, rows))
        if task.kind == "call" and task.actor is not None:
            before = latest.get((task.actor, task.parent))
            if task.actor in rows.tasks:
                needs[task.id].append(task.actor)
            if before is not None and not _overlap(rows.tasks[before], task):
                needs[task.id].append(before)
            latest[task.actor, task.parent] = task.id
    return needs


def _overlap(one: TaskRow, other: TaskRow) -> bool:
    """Say whether the second began while the first ran, as in a threaded actor."""
    if not other.attempts or one.end_s is None:
        return False
    return other.attempts[-1].start_s < one.end_s


def _busy_before(task: TaskRow, time_s: float, now_s: float) -> float:
    """Return how long a task was busy up to a time."""
    return sum(
        min(end_s, time_s) - start_s
        for start_s, end_s in query.busy_intervals(task, now_s)
        if start_s < time_s
    )


def _makers_first(strands: Mapping[_Key, _Strand]) -> Iterator[_Key]:
    """Yield each strand after those that it follows; a circle is cut somewhere."""
    seen: set[_Key] = set()
    done: set[_Key] = set()
    for root in strands:
        todo = [root]
        while todo:
            key = todo[-1]
            if key not in seen:
                seen.add(key)
                todo += [one for one in strands[key].after if one not in seen]
                continue
            todo.pop()
            if key not in done:
                done.add(key)
                yield key
