"""Patterns of ``get``: in a loop, too early, in the order of results."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rayteach.advice.model import Advice, Case, at
from rayteach.trace import query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.trace.views.rows import Rows, TaskRow, WaitRow

_FEW = 3
"""So many gets in a row make a pattern."""


def get_in_loop(case: Case) -> Iterator[Advice]:
    """A ``get`` in a loop waits for the one task that its own turn has started."""
    by_line: dict[int, list[WaitRow]] = defaultdict(list)
    for wait in query.gets_inside_loop(case.rows):
        if wait.task is None and len(wait.objects) == 1:
            by_line[wait.line].append(wait)
    for waits in by_line.values():
        first = _first_of(waits[0], case.rows)
        cost_s = case.saved(case.program.with_waits_last(w.id for w in [first, *waits]))
        if case.is_worth(cost_s):
            yield _advice(
                "get in a loop",
                f"{len(waits) + 1} times a task was started and waited for before the "
                "next could start",
                "start all tasks in the loop, keep their IDs, and after it call get on "
                "the list once; where one task needs what another made, pass its ID",
                first,
                cost_s,
            )


def _first_of(wait: WaitRow, rows: Rows) -> WaitRow:
    """Return the first get on the same line: the loop's first turn."""
    alike = (w for w in rows.waits.values() if (w.task, w.line) == (None, wait.line))
    return next(alike, wait)


def get_too_early(case: Case) -> Iterator[Advice]:
    """A ``get`` holds up tasks that could have started before it."""
    rows = case.rows
    looped = {(w.task, w.line) for w in query.gets_inside_loop(rows)}
    last_s = max((t.submitted_s for t in rows.tasks.values()), default=0.0)
    for wait in rows.waits.values():
        if wait.kind != "get" or wait.task is not None or wait.end_s is None:
            continue
        if wait.end_s > last_s or (None, wait.line) in looped or not wait.line:
            continue
        cost_s = case.saved(case.program.with_waits_last([wait.id]))
        if case.is_worth(cost_s):
            yield _advice(
                "get too early",
                "tasks that were started after this get could have run beside those "
                "that it waited for",
                "start every task first, and get afterwards; a task that needs a value "
                "takes its ID as an argument",
                wait,
                cost_s,
            )


def result_order(case: Case) -> Iterator[Advice]:
    """Results are worked on in the order of submission, while others are ready."""
    by_line: dict[int, list[WaitRow]] = defaultdict(list)
    for wait in case.rows.waits.values():
        if wait.kind == "get" and wait.task is None and len(wait.objects) == 1:
            by_line[wait.line].append(wait)
    for line, waits in by_line.items():
        if not line or len(waits) < _FEW or not _all_started(waits, case.rows):
            continue
        cost_s = min(_idle_beside_ready(waits), _own_code(waits))
        if case.is_worth(cost_s):
            yield _advice(
                "order of results",
                "get waited for the next in line, while later ones were ready and had "
                "to wait for their turn",
                "ready, ids = ray.wait(ids) in a loop gives them as they are done",
                waits[0],
                cost_s,
            )


def _all_started(waits: list[WaitRow], rows: Rows) -> bool:
    tasks = [_maker(wait.objects[0], rows) for wait in waits]
    begin_s = waits[0].start_s
    return all(task is not None and task.submitted_s <= begin_s for task in tasks)


def _idle_beside_ready(waits: list[WaitRow]) -> float:
    """Return how long a get waited while the result of a later one was ready."""
    ready = [w.end_s if w.ready_s[0] is None else w.ready_s[0] for w in waits]
    total_s = 0.0
    for place, wait in enumerate(waits):
        later = [one for one in ready[place + 1 :] if one is not None]
        if later and wait.end_s is not None:
            total_s += max(0.0, wait.end_s - max(wait.start_s, min(later)))
    return total_s


def _own_code(waits: list[WaitRow]) -> float:
    """Return how long the driver worked between the gets."""
    gaps = (b.start_s - (a.end_s or b.start_s) for a, b in pairwise(waits))
    return sum(max(0.0, gap) for gap in gaps)


def returned_ids(case: Case) -> Iterator[Advice]:
    """A task returns IDs, and its caller gets them at once."""
    rows = case.rows
    before: WaitRow | None = None
    for wait in rows.waits.values():
        if wait.task is not None or wait.kind != "get":
            continue
        makers = {_number(key) for key in before.objects} if before else set()
        inner = [_maker(key, rows) for key in wait.objects]
        parents = {task.parent for task in inner if task is not None}
        if before is not None and parents and parents <= makers:
            yield _advice(
                "returned IDs",
                "a task returned IDs of its own tasks, and they were got at once",
                "let the task call get itself and return values, or make it a "
                "generator: its items can be got while it runs",
                wait,
                None,
            )
            return
        before = wait


def _number(key: str) -> int:
    return int(key.partition(".")[0])


def _maker(key: str, rows: Rows) -> TaskRow | None:
    return rows.tasks.get(_number(key))


def _advice(
    pattern: str, found: str, better: str, row: WaitRow, cost_s: float | None
) -> Advice:
    place: dict[str, Any] = at(row)
    return Advice(pattern, found, better, cost_s=cost_s, **place)
