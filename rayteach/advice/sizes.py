"""Patterns of what travels: the same large argument again, a large closure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from rayteach.advice.model import Advice, Case, at
from rayteach.core.events import ArgumentsShipped, FunctionDefined, TaskSubmitted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.trace.views.rows import TaskRow

FEW_COPIES = 3
"""So many tasks with the same argument make a pattern."""
LARGE_CLOSURE = 1_000_000
"""Bytes of a function's pickle from which on it is large; Ray warns at 10 MB."""


def same_argument(case: Case) -> Iterator[Advice]:
    """The same large argument is pickled and stored for each task anew."""
    by_line: dict[tuple[str, int], list[tuple[TaskRow, ArgumentsShipped]]] = (
        defaultdict(list)
    )
    for event in case.events:
        if isinstance(event, ArgumentsShipped) and any(event.marks):
            task = case.rows.tasks.get(event.task)
            if task is not None and task.parent is None:
                by_line[task.function, task.line].append((task, event))
    for shipped in by_line.values():
        alike = max(_alike(shipped), key=len)
        if len(alike) < FEW_COPIES:
            continue
        size = alike[0][1].size_bytes
        place: dict[str, Any] = at(alike[0][0])
        yield Advice(
            "same large argument",
            f"{len(alike)} tasks were given the same {_bytes(size)}, which were "
            f"pickled and stored {len(alike)} times",
            "put it once, big = ray.put(value), and pass the ID: all tasks read one "
            "copy",
            cost_s=sum(event.took_s for _, event in alike[1:]),
            **place,
        )


def _alike(
    shipped: list[tuple[TaskRow, ArgumentsShipped]],
) -> Iterator[list[tuple[TaskRow, ArgumentsShipped]]]:
    """Yield groups with the same fingerprint, by either of the two."""
    for place in (0, 1):
        groups: dict[int, list[tuple[TaskRow, ArgumentsShipped]]] = defaultdict(list)
        for one in shipped:
            groups[one[1].marks[place]].append(one)
        yield from groups.values()


def large_closure(case: Case) -> Iterator[Advice]:
    """A remote function captures a large value, which travels with it."""
    used: dict[int, list[TaskRow]] = defaultdict(list)
    defined: dict[int, FunctionDefined] = {}
    for event in case.events:
        if isinstance(event, FunctionDefined):
            defined[event.function] = event
        elif isinstance(event, TaskSubmitted) and event.task in case.rows.tasks:
            used[event.function].append(case.rows.tasks[event.task])
    for number, tasks in used.items():
        function = defined.get(number)
        if function is None or function.size_bytes < LARGE_CLOSURE:
            continue
        place: dict[str, Any] = at(tasks[0])
        yield Advice(
            "large closure",
            f"{function.name} is {_bytes(function.size_bytes)} with what it captures "
            f"(defined in line {function.line}); each worker reads all of it, for "
            "each task if the value can change",
            "pass the value as an argument; put it first if several tasks take it: "
            "big = ray.put(value)",
            **place,
        )


def _bytes(size: int) -> str:
    mega = 1_000_000
    if size >= mega:
        return f"{size / mega:.3g} MB"
    return f"{size / 1000:.0f} kB"
