"""Questions about a run, answered from its rows.

All but ``max_parallelism`` read structure only (who needs whom, what was got
where), so a loaded machine gives the same answers as an idle one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rayteach.trace.views.rows import Rows, TaskRow, WaitRow

EXACT_LIMIT = 600
"""Above so many dependent tasks ``could_overlap`` takes the widest layer."""


def max_parallelism(rows: Rows) -> int:
    """Return how many tasks and calls were seen to run at the same moment.

    A task that is blocked in ``get`` does not count while it is. This is an
    observation: short tasks and a loaded machine lower it.
    """
    changes: list[tuple[float, int]] = []
    for task in _work(rows):
        for start_s, end_s in busy_intervals(task, rows.now_s):
            if end_s > start_s:
                changes += ((start_s, 1), (end_s, -1))
    now = most = 0
    for _, step in sorted(changes):
        now += step
        most = max(most, now)
    return most


def busy_intervals(task: TaskRow, now_s: float) -> Iterator[tuple[float, float]]:
    """Yield the intervals in which a task ran and was not blocked, as row times."""
    for attempt in task.attempts:
        start_s = attempt.start_s
        end_s = now_s if attempt.end_s is None else attempt.end_s
        for away_s, back_s in task.blocked:
            if away_s is not None and start_s <= away_s <= end_s:
                yield start_s, away_s
                start_s = end_s if back_s is None else back_s
        yield start_s, end_s


def depth(rows: Rows) -> int:
    """Return how many tasks the longest chain of dependencies has."""
    makers = {task.id: makers_of(task, rows) for task in _work(rows)}
    return max(_levels(makers).values(), default=0)


def busy_s(task: TaskRow, now_s: float) -> float:
    """Return how many seconds a task has run, blocked times left out."""
    return sum(end_s - start_s for start_s, end_s in busy_intervals(task, now_s))


def could_overlap(rows: Rows) -> int:
    """Return how many tasks could run at once if there were CPUs enough.

    The largest set of tasks that one caller submitted, none of which needs
    another, and none of which was submitted after a ``get`` or ``wait`` had
    returned another as ready. Of the calls to one actor as many overlap as its
    ``max_concurrency`` says.
    """
    by_caller: dict[int | None, list[TaskRow]] = defaultdict(list)
    for task in _work(rows):
        by_caller[task.parent].append(task)
    return max((_width_of(c, t, rows) for c, t in by_caller.items()), default=0)


def _width_of(caller: int | None, tasks: list[TaskRow], rows: Rows) -> int:
    """Return the largest number in flight, seen before each return of a wait."""
    makers = _makers(tasks, rows)
    waits = [w for w in rows.waits.values() if w.task == caller and w.end_s is not None]
    waits.sort(key=lambda wait: wait.end_s or 0.0)
    in_flight: set[int] = set()
    most = submitted = 0
    for wait in waits:
        while submitted < len(tasks) and tasks[submitted].submitted_s < (
            wait.end_s or 0.0
        ):
            in_flight.add(tasks[submitted].id)
            submitted += 1
        done = _closure(returned(wait), makers) & in_flight
        if done:
            most = max(most, _width(in_flight, makers))
            in_flight -= done
    in_flight.update(task.id for task in tasks[submitted:])
    return max(most, _width(in_flight, makers))


def width(rows: Rows) -> int:
    """Return the size of the largest set of tasks none of which needs another.

    Inputs count, and the order of one caller's calls to one actor; where the
    driver waited does not (:func:`could_overlap` looks at that too). Source: the
    width of a partial order, by Dilworth's theorem.
    """
    tasks = _work(rows)
    return _width({task.id for task in tasks}, _makers(tasks, rows))


def gets_inside_loop(rows: Rows) -> list[WaitRow]:
    """Return each ``get`` that made a loop wait for what the same turn submitted.

    That is a ``get`` on a task that was submitted after the previous ``get`` on
    the same line. An ID that a ``wait`` had already returned as ready is none.
    """
    found = []
    previous: dict[tuple[int | None, str, int], float] = {}
    known: dict[int | None, set[str]] = defaultdict(set)
    for wait in rows.waits.values():
        place = (wait.task, wait.cell, wait.line)
        if wait.kind == "get" and wait.line:
            fresh = [key for key in wait.objects if key not in known[wait.task]]
            before_s = previous.get(place)
            if before_s is not None and _any_since(fresh, before_s, rows):
                found.append(wait)
            previous[place] = wait.start_s if wait.end_s is None else wait.end_s
        known[wait.task].update(
            key
            for key, how in zip(wait.objects, wait.outcome, strict=False)
            if how == "ready"
        )
    return found


def _any_since(keys: Iterable[str], time_s: float, rows: Rows) -> bool:
    tasks = (rows.tasks.get(_task_of(key)) for key in keys)
    return any(task is not None and task.submitted_s >= time_s for task in tasks)


def _work(rows: Rows) -> list[TaskRow]:
    return [task for task in rows.tasks.values() if task.kind != "creation"]


def _task_of(key: str) -> int:
    return int(key.partition(".")[0])


def returned(wait: WaitRow) -> list[int]:
    """Return the numbers of the tasks whose results a wait gave back as ready."""
    pairs = zip(wait.objects, wait.outcome, strict=False)
    return [_task_of(key) for key, outcome in pairs if outcome == "ready"]


def _makers(tasks: list[TaskRow], rows: Rows) -> dict[int, set[int]]:
    """Return for each task the tasks that must be done before it."""
    before = {}
    calls: dict[int, list[int]] = defaultdict(list)
    for task in tasks:
        made = makers_of(task, rows)
        if task.kind == "call" and task.actor is not None:
            earlier, actor = calls[task.actor], rows.actors.get(task.actor)
            slots = 1 if actor is None else actor.max_concurrency
            if len(earlier) >= slots:
                made.add(earlier[-slots])
            earlier.append(task.id)
        before[task.id] = made
    return before


def makers_of(task: TaskRow, rows: Rows) -> set[int]:
    """Return the numbers of the tasks of a run that made a task's inputs."""
    return {_task_of(key) for key in task.inputs} & rows.tasks.keys()


def _closure(start: Iterable[int], makers: dict[int, set[int]]) -> set[int]:
    seen: set[int] = set()
    todo = list(start)
    while todo:
        task = todo.pop()
        if task not in seen:
            seen.add(task)
            todo.extend(makers.get(task, ()))
    return seen


def _levels(makers: dict[int, set[int]]) -> dict[int, int]:
    """Return each task's place on its longest chain, from 1."""
    levels: dict[int, int] = {}
    # In order of submission: an input is older than its user.
    for task, needed in makers.items():
        above = (levels.get(maker, 0) for maker in needed)
        levels[task] = 1 + max(above, default=0)
    return levels


def _width(tasks: set[int], makers: dict[int, set[int]]) -> int:
    """Return the size of the largest set of tasks without a path between two."""
    order = [task for task in makers if task in tasks]
    above = _ancestors(order, makers)
    linked = {task for task in order if above[task]}
    linked |= set().union(*(above[task] for task in linked)) if linked else set()
    alone = len(order) - len(linked)
    if len(linked) > EXACT_LIMIT:
        inner = {task: makers[task] & tasks for task in order if task in linked}
        levels = list(_levels(inner).values())
        return alone + max(levels.count(level) for level in set(levels))
    return alone + len(linked) - _matching(linked, above)


def _ancestors(order: list[int], makers: dict[int, set[int]]) -> dict[int, set[int]]:
    """Return the ancestors of each task among the tasks given."""
    inside = set(order)
    above: dict[int, set[int]] = {}
    for task in order:
        direct = makers[task] & inside
        above[task] = direct.union(*(above[maker] for maker in direct))
    return above


def _matching(linked: set[int], above: dict[int, set[int]]) -> int:
    """Return the size of a maximum matching between tasks and their ancestors.

    Dilworth: the largest set without a path has as many tasks as the smallest
    cover by chains, which is the number of tasks less this matching.
    """
    below: dict[int, int] = {}
    return sum(_augment(task, above, below) for task in linked)


def _augment(root: int, above: dict[int, set[int]], below: dict[int, int]) -> bool:
    """Find an augmenting path from ``root``, breadth first, and take it."""
    came_from: dict[int, int] = {}
    todo = [root]
    for task in todo:
        for ancestor in above[task]:
            if ancestor in came_from:
                continue
            came_from[ancestor] = task
            if ancestor not in below:
                _flip(ancestor, root, came_from, below)
                return True
            todo.append(below[ancestor])
    return False


def _flip(
    end: int, root: int, came_from: dict[int, int], below: dict[int, int]
) -> None:
    matched = {task: ancestor for ancestor, task in below.items()}
    while True:
        task = came_from[end]
        following = matched.get(task)
        below[end] = task
        if task == root or following is None:
            return
        end = following
