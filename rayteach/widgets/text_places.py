"""Actors and objects in characters: the text twins of two views."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rayteach.trace.views import words
from rayteach.trace.views.objects import DISK
from rayteach.widgets import layout
from rayteach.widgets.text_between import restarts, shipped_again, size_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rayteach.trace.views.rows import ActorRow, ObjectRow, Rows, TaskRow

MOST_INLINE = 12
"""Values inside messages get lines of their own up to this many."""


@dataclass(slots=True)
class _Mailbox:
    """The calls of an actor by what they do at one moment."""

    running: list[TaskRow] = field(default_factory=list)
    #: waiting calls by caller, each line in order
    waiting: dict[int | None, list[TaskRow]] = field(
        default_factory=lambda: defaultdict(list)
    )
    done: int = 0
    failed: int = 0


def actors(rows: Rows) -> list[str]:
    """Return each actor with its state, what it runs, and who waits in line."""
    boxes: dict[int, _Mailbox] = defaultdict(_Mailbox)
    for task in rows.tasks.values():
        if task.kind == "call" and task.actor is not None:
            _sort(task, boxes[task.actor], rows.now_s)
    lines = []
    for actor in rows.actors.values():
        box = boxes[actor.id]
        lines.append(f"{actor.label}: {_state(actor)}{_slots(actor, box)}{_work(box)}")
        lines += [f"  {line}" for line in restarts(rows, actor)]
        if box.running:
            lines.append(f"  runs {_calls(box.running)}")
        for caller, calls in box.waiting.items():
            lines.append(f"  from {_caller(caller, calls, rows)}: {_calls(calls)}")
    return lines


def _sort(task: TaskRow, box: _Mailbox, now_s: float) -> None:
    state = words.state(task, now_s)
    if state == words.DONE:
        box.done += 1
    elif state in (words.RUNNING, words.BLOCKED):
        box.running.append(task)
    elif state in (words.QUEUED, words.NEEDS_INPUT):
        box.waiting[task.parent].append(task)
    elif state:
        box.failed += 1


def _state(actor: ActorRow) -> str:
    if actor.ended_s is not None:
        return f"dead ({actor.reason})" if actor.reason else "dead"
    return "waits for its process" if actor.started_s is None else "alive"


def _slots(actor: ActorRow, box: _Mailbox) -> str:
    """Return how many calls run at once, for an actor that may run several."""
    most = actor.max_concurrency
    return f", {len(box.running)} of {most} slots in use" if most > 1 else ""


def _work(box: _Mailbox) -> str:
    numbers = ((box.done, "done"), (box.failed, "failed"))
    return "".join(f", {number} {word}" for number, word in numbers if number)


def _calls(calls: Iterable[TaskRow]) -> str:
    return layout.names([task.label.rpartition(".")[2] for task in calls])


def _caller(caller: int | None, calls: list[TaskRow], rows: Rows) -> str:
    if caller is not None:
        task = rows.tasks.get(caller)
        return f"task {caller}" if task is None else task.label
    return f"cell {calls[0].cell}" if calls[0].cell else "your code"


def objects(rows: Rows) -> list[str]:
    """Return each value with its size, its place, and the tasks that need it."""
    made = [one for one in rows.objects.values() if one.created_s is not None]
    inline = [one for one in made if not one.shared]
    shown = made if len(inline) <= MOST_INLINE else [o for o in made if o.shared]
    readers = _readers(rows)
    table = [_object(one, readers.get(one.id, []), rows) for one in shown]
    if len(shown) < len(made):
        table.append(_together(inline))
    widths = [max((len(row[i]) for row in table), default=0) for i in range(3)]
    lines = [
        "  ".join(
            (name.ljust(widths[0]), size.rjust(widths[1]), where.ljust(widths[2]), need)
        ).rstrip()
        for name, size, where, need in table
    ]
    return lines + shipped_again(rows)


def _readers(rows: Rows) -> dict[str, list[str]]:
    """Return for each object the tasks that take it and are not over."""
    found: dict[str, list[str]] = defaultdict(list)
    for task in rows.tasks.values():
        if not task.end:
            for key in dict.fromkeys(task.inputs):
                found[key].append(task.label)
    return found


def _object(
    row: ObjectRow, readers: list[str], rows: Rows
) -> tuple[str, str, str, str]:
    size = "" if row.size_bytes is None else size_words(row.size_bytes)
    if row.released_s is not None:
        return row.label, size, "freed", ""
    where = "inline"
    if row.shared:
        nodes = words.listing([str(node) for node, _ in row.copies])
        where = f"shared memory of {nodes}" if len(rows.nodes) > 1 else "shared memory"
    if any(place == DISK for place, _ in row.copies):
        where = "disk"
    return row.label, size, where, _held(readers)


def _held(readers: list[str]) -> str:
    """Return who needs a value still, and how many they are."""
    if not readers:
        return ""
    count = f"{len(readers)}: " if len(readers) > 1 else ""
    return f"held by {count}{layout.names(readers)}"


def _together(inline: list[ObjectRow]) -> tuple[str, str, str, str]:
    total = sum(one.size_bytes or 0 for one in inline)
    return f"{len(inline)} small values", size_words(total), "inline", ""
