"""Events of objects and waits into rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.trace.views.ledger import object_id
from rayteach.trace.views.rows import ObjectRow, WaitRow

if TYPE_CHECKING:
    from rayteach.core.events import (
        ObjectCreated,
        ObjectKey,
        ObjectPut,
        ObjectReleased,
        ObjectSpilled,
        WaitReturned,
        WaitStarted,
    )
    from rayteach.trace.views.ledger import Ledger

DISK = "disk"
"""Stands among the nodes of a row's copies."""


def on_put(ledger: Ledger, event: ObjectPut) -> None:
    """Make the row of a ``put`` object."""
    key = object_id(event.object)
    if key in ledger.objects:
        return
    number, run = event.object[0], event.run
    book = ledger.book(run)
    label = f"put-{event.number}"
    parent = None if event.parent is None else ledger.tasks.get(event.parent)
    if parent is not None:
        label = f"{parent.label}/{label}"
    row = ObjectRow(key, label, None, book.run.cell, event.line)
    ledger.run_of[number] = run
    ledger.objects[key] = row
    book.objects.put(key, row, ledger.revision)


def on_created(ledger: Ledger, event: ObjectCreated) -> None:
    """Note where and how large a value is."""
    row = ledger.objects.get(object_id(event.object)) or add_item(ledger, event.object)
    if row is None:
        return
    time_s = ledger.seconds(event.time_s)
    if row.created_s is None:
        row.created_s = time_s
    row.size_bytes, row.shared = event.size_bytes, event.shared
    if all(node != event.node for node, _ in row.copies):
        row.copies.append([event.node, time_s])
    settle(ledger, event.object, time_s)
    ledger.touch_object(row, ledger.run_of[event.object[0]])


def add_item(ledger: Ledger, key: ObjectKey) -> ObjectRow | None:
    """Make the row of an item of a generator task."""
    number, index = key
    task = ledger.tasks.get(number)
    if task is None or task.kind == "creation":
        return None
    label = f"{task.label}[{index}]"
    row = ObjectRow(object_id(key), label, number, task.cell, task.line)
    ledger.objects[row.id] = row
    ledger.items[number] = max(index, ledger.items.get(number, 0))
    own = ledger.run_of[number]
    ledger.books[own].objects.put(row.id, row, ledger.revision)
    for wait, _ in ledger.watchers.get(key, ()):
        if ledger.wait_run[wait.id] != own:
            ledger.invite_object(row.id, ledger.wait_run[wait.id])
    return row


def on_spilled(ledger: Ledger, event: ObjectSpilled) -> None:
    """Note that a value lies on disk: a copy at the place ``DISK``."""
    row = ledger.objects.get(object_id(event.object))
    if row is not None and all(place != DISK for place, _ in row.copies):
        row.copies.append([DISK, ledger.seconds(event.time_s)])
        ledger.touch_object(row, ledger.run_of[event.object[0]])


def on_released(ledger: Ledger, event: ObjectReleased) -> None:
    """Note that an object's memory is free again."""
    row = ledger.objects.get(object_id(event.object))
    if row is not None and row.released_s is None:
        row.released_s = ledger.seconds(event.time_s)
        ledger.touch_object(row, ledger.run_of[event.object[0]])


def settle(ledger: Ledger, key: ObjectKey, time_s: float) -> None:
    """Tell the waits on an object that it exists, or failed, since ``time_s``."""
    if key in ledger.settled:
        return
    ledger.settled[key] = time_s
    for wait, position in ledger.watchers.pop(key, ()):
        wait.ready_s[position] = time_s
        ledger.touch_wait(wait)


def on_wait_started(ledger: Ledger, event: WaitStarted) -> None:
    """Make the row of a ``get`` or ``wait``."""
    if event.wait in ledger.waits:
        return
    book = ledger.book(event.run)
    row = WaitRow(
        id=event.wait,
        kind=event.kind,
        task=event.task,
        cell=book.run.cell,
        line=event.line,
        source=_source(ledger, event),
        start_s=ledger.seconds(event.time_s),
        objects=[object_id(key) for key in event.objects],
        num_returns=event.num_returns,
        timeout_s=event.timeout_s,
        unit=event.unit,
        ready_s=[ledger.settled.get(key) for key in event.objects],
    )
    ledger.waits[event.wait], ledger.wait_run[event.wait] = row, event.run
    if event.task is not None:
        ledger.blocking[event.task] = row
    book.waits.put(event.wait, row, ledger.revision)
    for position, key in enumerate(event.objects):
        if row.ready_s[position] is None:
            ledger.watchers.setdefault(key, []).append((row, position))
        if ledger.run_of.get(key[0]) != event.run:
            ledger.invite_object(row.objects[position], event.run)


def _source(ledger: Ledger, event: WaitStarted) -> str:
    where = ledger.book(event.run).run.cell
    task = None if event.task is None else ledger.tasks.get(event.task)
    if task is not None:
        where = ledger.where_of.get(task.id, "")
    return ledger.source_line(where, event.line)


def on_wait_returned(ledger: Ledger, event: WaitReturned) -> None:
    """Say of each object which list it went to, and whether it was held."""
    row = ledger.waits.get(event.wait)
    if row is None or row.end_s is not None:
        return
    row.end_s, row.reason = ledger.seconds(event.time_s), event.reason
    if row.task is not None and ledger.blocking.get(row.task) is row:
        del ledger.blocking[row.task]
    returned = set(event.ready)
    for position in returned.intersection(range(len(row.ready_s))):
        if row.ready_s[position] is None:
            row.ready_s[position] = row.end_s
    row.outcome = [
        "ready" if position in returned else _left(row.kind, ready_s)
        for position, ready_s in enumerate(row.ready_s)
    ]
    ledger.touch_wait(row)


def _left(kind: str, ready_s: float | None) -> str:
    """Return the outcome of an object that was not returned as ready."""
    if ready_s is None:
        return "pending"
    return "ready" if kind == "get" else "held"
