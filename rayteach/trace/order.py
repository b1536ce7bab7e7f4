"""What a program binds to come after what, however many CPUs there are.

    inputs · the turn of a call in its caller's line at an actor · a child after its
    parent's start · what is submitted after a ``get`` that had to wait for all

Only such facts count, never when something was seen to run. A ``wait`` that comes
back with some of its objects binds nothing: which ones is a matter of chance.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rayteach.trace import query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rayteach.trace.views.rows import Rows, TaskRow, WaitRow

_START, _END, _STEP = range(3)
_Moment = tuple[int, int, int]
"""A task's start or end, or a caller's n-th step: (kind, number, step)."""
_DRIVER = 0


class Order:
    """The starts and ends of tasks, and what each must follow."""

    def __init__(self, rows: Rows) -> None:
        """Read the order from rows."""
        self._after: dict[_Moment, list[_Moment]] = defaultdict(list)
        for task in rows.tasks.values():
            self._tie_task(task, rows)
        self._tie_lines(rows)
        for caller, did in _steps(rows).items():
            self._tie_caller(caller, did)

    def before(self, task: int) -> set[int]:
        """Return the tasks that must have ended before a task starts."""
        seen: set[_Moment] = set()
        todo: list[_Moment] = [(_START, task, 0)]
        while todo:
            moment = todo.pop()
            if moment not in seen:
                seen.add(moment)
                todo.extend(self._after.get(moment, ()))
        return {number for kind, number, _ in seen if kind == _END}

    def _tie_task(self, task: TaskRow, rows: Rows) -> None:
        start = self._after[_START, task.id, 0]
        self._after[_END, task.id, 0].append((_START, task.id, 0))
        start += [(_END, maker, 0) for maker in query.makers_of(task, rows)]
        if task.kind == "call" and task.actor in rows.tasks:
            start.append((_END, task.actor or 0, 0))

    def _tie_lines(self, rows: Rows) -> None:
        """Calls of one caller to one actor go one after the other."""
        latest: dict[tuple[int | None, int | None], int] = {}
        for task in rows.tasks.values():
            actor = rows.actors.get(task.actor or 0)
            if task.kind != "call" or actor is None or actor.max_concurrency > 1:
                continue
            line = task.actor, task.parent
            if line in latest:
                self._after[_START, task.id, 0].append((_END, latest[line], 0))
            latest[line] = task.id

    def _tie_caller(self, caller: int, did: Iterable[TaskRow | WaitRow]) -> None:
        step: _Moment = (_STEP, caller, 0)
        if caller != _DRIVER:
            self._after[step].append((_START, caller, 0))
        for one in did:
            if hasattr(one, "submitted_s"):
                self._after[_START, one.id, 0].append(step)
                continue
            following = (_STEP, caller, step[2] + 1)
            self._after[following].append(step)
            self._after[following] += [(_END, n, 0) for n in query.returned(one)]
            step = following
        if caller != _DRIVER:
            self._after[_END, caller, 0].append(step)


def _steps(rows: Rows) -> dict[int, list[TaskRow | WaitRow]]:
    """Return what each caller submitted, and the waits that bind it, in order."""
    found: dict[int, list[tuple[float, int, TaskRow | WaitRow]]] = defaultdict(list)
    for wait in rows.waits.values():
        is_whole = wait.num_returns == len(wait.objects)
        if wait.end_s is not None and is_whole and wait.reason == "enough ready":
            found[wait.task or _DRIVER].append((wait.end_s, 0, wait))
    for task in rows.tasks.values():
        found[task.parent or _DRIVER].append((task.submitted_s, 1, task))
    return {
        caller: [one for _, _, one in sorted(did, key=lambda item: item[:2])]
        for caller, did in found.items()
    }
