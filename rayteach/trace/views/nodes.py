"""Events of nodes, and of what travels to them, into rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.object_id import ARGUMENTS_INDEX
from rayteach.trace.views.ledger import object_id

if TYPE_CHECKING:
    from rayteach.core.events import (
        ArgumentsShipped,
        CopyLost,
        NodeSlowed,
        ObjectCopied,
        ObjectKey,
        TaskPlaced,
        TaskRedone,
    )
    from rayteach.trace.views.ledger import Ledger


MOST_MARKS = 10_000
"""Fingerprints of arguments that are kept."""


def on_placed(ledger: Ledger, event: TaskPlaced) -> None:
    """Note which node a task was given, and why."""
    row = ledger.tasks.get(event.task)
    if row is not None:
        row.node, row.why_there = event.node, event.reason
        ledger.touch_task(row)


def on_shipped(ledger: Ledger, event: ArgumentsShipped) -> None:
    """Note how large a task's arguments are, and who was given the same before."""
    row = ledger.tasks.get(event.task)
    if row is None:
        return
    row.args_bytes = event.size_bytes
    keys = [(row.function, i, mark) for i, mark in enumerate(event.marks) if mark]
    same = [ledger.arguments[key] for key in keys if key in ledger.arguments]
    row.args_like = next((task for task in same if task != row.id), None)
    if len(ledger.arguments) < MOST_MARKS:
        for key in keys:
            ledger.arguments.setdefault(key, row.id)
    ledger.touch_task(row)


def on_copied(ledger: Ledger, event: ObjectCopied) -> None:
    """Note a copy with the node that received it, and with the object."""
    start_s, end_s = ledger.seconds(event.start_s), ledger.seconds(event.end_s)
    key = object_id(event.object)
    node = ledger.places.nodes.rows.get(event.target)
    if node is not None:
        label = _label(ledger, event.object)
        node.received.append(
            (key, label, event.source, event.size_bytes, start_s, end_s)
        )
        ledger.places.nodes.touch(event.target, ledger.revision)
    row = ledger.objects.get(key)
    if row is not None and all(place != event.target for place, _ in row.copies):
        row.copies.append([event.target, end_s])
        ledger.touch_object(row, ledger.run_of[event.object[0]])


def _label(ledger: Ledger, key: ObjectKey) -> str:
    row = ledger.objects.get(object_id(key))
    if row is not None:
        return row.label
    task = ledger.tasks.get(key[0])
    if key[1] == ARGUMENTS_INDEX and task is not None:
        return f"arguments of {task.label}"
    return "a value"


def on_copy_lost(ledger: Ledger, event: CopyLost) -> None:
    """Forget a copy whose node is gone."""
    row = ledger.objects.get(object_id(event.object))
    if row is not None:
        row.copies[:] = [copy for copy in row.copies if copy[0] != event.node]
        ledger.touch_object(row, ledger.run_of[event.object[0]])


def on_node_slowed(ledger: Ledger, event: NodeSlowed) -> None:
    """Note how many times as long everything takes on a node."""
    node = ledger.places.nodes.rows.get(event.node)
    if node is not None:
        node.times_slower = event.factor
        ledger.places.nodes.touch(event.node, ledger.revision)


def on_redone(ledger: Ledger, event: TaskRedone) -> None:
    """Open a finished task again: its result is lost."""
    row = ledger.tasks.get(event.task)
    if row is None or not row.end:
        return
    row.end, row.end_s, row.error = "", None, event.reason
    row.again += f"{' ' * bool(row.again)}It was done, but {event.reason}."
    ledger.waiting[row.id] = row
    ledger.books[ledger.run_of[row.id]].unfinished.add(row.id)
    ledger.touch_task(row)
