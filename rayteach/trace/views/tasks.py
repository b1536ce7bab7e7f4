"""Events of tasks into rows.

Events may come late or twice: the first end of a task counts, an unknown number
is ignored, and the start of an attempt may be learned only from its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.trace.views.ledger import object_id
from rayteach.trace.views.objects import add_item, settle
from rayteach.trace.views.rows import ActorRow, Attempt, ObjectRow, TaskRow

if TYPE_CHECKING:
    from rayteach.core.events import (
        AttemptLost,
        FunctionDefined,
        TaskBlocked,
        TaskCancelled,
        TaskDelayed,
        TaskFailed,
        TaskFinished,
        TaskReady,
        TaskResumed,
        TaskStarted,
        TaskSubmitted,
        TaskUnrunnable,
    )
    from rayteach.trace.views.ledger import Ledger
    from rayteach.trace.views.tables import Book


def on_defined(ledger: Ledger, event: FunctionDefined) -> None:
    """Remember the name of a function."""
    ledger.functions[event.function] = (event.name, event.where)


def on_submitted(ledger: Ledger, event: TaskSubmitted) -> None:
    """Make the rows of a task, its results and, for a creation, its actor."""
    if event.task in ledger.tasks:
        return
    book = ledger.book(event.run)
    row = _task_row(ledger, event, book)
    ledger.tasks[row.id] = row
    ledger.run_of[row.id] = event.run
    ledger.waiting[row.id] = row
    book.unfinished.add(row.id)
    book.tasks.put(row.id, row, ledger.revision)
    if event.kind == "creation":
        _add_actor(ledger, event, row, book)
    else:
        _add_objects(ledger, event, row, book)
    if event.inputs:
        _invite_inputs(ledger, event)
    actor = event.actor
    if actor is not None and ledger.run_of.get(actor, event.run) != event.run:
        ledger.invite_actor(actor, event.run)


def _task_row(ledger: Ledger, event: TaskSubmitted, book: Book) -> TaskRow:
    name, where = ledger.functions.get(event.function, ("task", ""))
    if where:
        ledger.where_of[event.task] = where
    parent = None if event.parent is None else ledger.tasks.get(event.parent)
    if parent is None:
        source = ledger.source_line(book.run.cell, event.line)
    else:
        source = ledger.source_line(ledger.where_of.get(parent.id, ""), event.line)
    submitted_s = ledger.seconds(event.time_s)
    ready_s: float | None = submitted_s
    if event.inputs and not all(key in ledger.settled for key in event.inputs):
        ready_s = None
    return TaskRow(
        event.task,
        _label(ledger, event, name, parent),
        name,
        event.kind,
        event.parent,
        event.actor,
        [object_id(key) for key in event.inputs],
        book.run.cell,
        event.line,
        source,
        submitted_s,
        ready_s,
        event.num_cpus,
        event.num_returns,
    )


def _label(
    ledger: Ledger, event: TaskSubmitted, name: str, parent: TaskRow | None
) -> str:
    """Return what people call the task: f-3, outer-1/f-2, Counter-1.add-2."""
    actor = None if event.actor is None else ledger.actors.get(event.actor)
    if event.kind == "call" and actor is not None:
        name = f"{actor.label}.{name.removeprefix(actor.class_name + '.')}"
    elif event.kind == "task":
        name = event.name or name
    label = f"{name}-{event.number}"
    return label if parent is None else f"{parent.label}/{label}"


def _add_actor(ledger: Ledger, event: TaskSubmitted, row: TaskRow, book: Book) -> None:
    actor = ActorRow(
        id=row.id,
        label=row.label,
        class_name=row.function,
        cell=row.cell,
        line=row.line,
        submitted_s=row.submitted_s,
        name=event.name,
    )
    ledger.actors[row.id] = actor
    book.actors.put(row.id, actor, ledger.revision)
    for worker in ledger.places.workers.rows.values():
        if worker.actor == row.id:
            worker.label = row.label
            ledger.places.workers.touch(worker.id, ledger.revision)


def _add_objects(
    ledger: Ledger, event: TaskSubmitted, row: TaskRow, book: Book
) -> None:
    many = event.num_returns > 1
    for index in range(event.num_returns):
        key = f"{row.id}.{index}"
        label = f"{row.label}[{index}]" if many else row.label
        made = ObjectRow(key, label, row.id, row.cell, row.line)
        ledger.objects[key] = made
        book.objects.put(key, made, ledger.revision)


def _invite_inputs(ledger: Ledger, event: TaskSubmitted) -> None:
    for key in event.inputs:
        if ledger.run_of.get(key[0]) != event.run:
            ledger.invite_object(object_id(key), event.run)


def on_ready(ledger: Ledger, event: TaskReady) -> None:
    """Note since when all inputs exist."""
    row = ledger.tasks.get(event.task)
    if row is not None and row.ready_s is None:
        row.ready_s = ledger.seconds(event.time_s)
        ledger.touch_task(row)


def on_started(ledger: Ledger, event: TaskStarted) -> None:
    """Open an attempt."""
    row = ledger.tasks.get(event.task)
    if row is None or row.end or event.attempt < len(row.attempts):
        return
    start_s = ledger.seconds(event.time_s)
    row.attempts.append(Attempt(start_s, None, event.worker))
    _follow(ledger, row.id, event.worker)
    _be_ready(ledger, row, start_s)
    ledger.waiting.pop(row.id, None)
    ledger.running[row.id] = row
    ledger.touch_task(row)


def on_delayed(ledger: Ledger, event: TaskDelayed) -> None:
    """Note how long the task had no core; its end follows."""
    row = ledger.tasks.get(event.task)
    if row is not None:
        row.delayed_s = round(row.delayed_s + event.delay_s, 6)
        ledger.touch_task(row)


def on_blocked(ledger: Ledger, event: TaskBlocked) -> None:
    """Open an interval in which the task lends its CPU."""
    row = ledger.tasks.get(event.task)
    if row is None or row.end or (row.blocked and row.blocked[-1][1] is None):
        return
    row.blocked.append([ledger.seconds(event.time_s), None])
    ledger.touch_task(row)


def on_resumed(ledger: Ledger, event: TaskResumed) -> None:
    """Close the interval in which the task lent its CPU."""
    row = ledger.tasks.get(event.task)
    if row is not None and not row.end and row.blocked:
        _unblock(row, ledger.seconds(event.time_s))
        ledger.touch_task(row)


def on_finished(ledger: Ledger, event: TaskFinished) -> None:
    """Close the task: its results exist."""
    row = ledger.tasks.get(event.task)
    if row is None or row.end:
        return
    end_s = ledger.seconds(event.end_s)
    _close_attempt(ledger, row, event, "done")
    _end(ledger, row, end_s, "done", event.time_s)
    for index in range(row.num_returns if row.kind != "creation" else 0):
        made = ledger.objects[f"{row.id}.{index}"]
        if made.created_s is None:
            made.created_s = end_s
        if row.num_returns == 1 and made.size_bytes is None:
            made.size_bytes = event.size_bytes
        ledger.touch_object(made, ledger.run_of[row.id])


def on_lost(ledger: Ledger, event: AttemptLost) -> None:
    """Close an attempt; the task waits for its next one."""
    row = ledger.tasks.get(event.task)
    if row is None or row.end:
        return
    _close_attempt(ledger, row, event, "lost")
    row.again += (
        f"{' ' * bool(row.again)}Attempt {event.attempt + 1} was lost: {event.reason}."
    )
    ledger.running.pop(row.id, None)
    ledger.waiting[row.id] = row
    ledger.touch_task(row)


def on_failed(ledger: Ledger, event: TaskFailed) -> None:
    """Close the task with its error."""
    row = ledger.tasks.get(event.task)
    if row is None or row.end:
        return
    if event.worker:
        _close_attempt(ledger, row, event, "failed")
    row.error = f"{event.error_type}: {event.message}".removesuffix(": ")
    row.error_line = event.error_line
    _end(ledger, row, ledger.seconds(event.end_s), "failed", event.time_s)


def on_cancelled(ledger: Ledger, event: TaskCancelled) -> None:
    """Close the task; ``error`` keeps the reason."""
    row = ledger.tasks.get(event.task)
    if row is None or row.end:
        return
    end_s = ledger.seconds(event.time_s)
    if row.attempts and row.attempts[-1].end_s is None:
        row.attempts[-1].end_s, row.attempts[-1].outcome = end_s, "cancelled"
    row.error = event.reason
    _end(ledger, row, end_s, "cancelled", event.time_s)


def on_unrunnable(ledger: Ledger, event: TaskUnrunnable) -> None:
    """Close a task that will never run."""
    row = ledger.tasks.get(event.task)
    if row is None or row.end:
        return
    if row.attempts and row.attempts[-1].end_s is None:  # its actor died with it
        row.attempts[-1].end_s = ledger.seconds(event.time_s)
        row.attempts[-1].outcome = "lost"
    row.cause, row.error = event.cause, event.error_type
    _end(ledger, row, ledger.seconds(event.time_s), "cannot run", event.time_s)


def _close_attempt(
    ledger: Ledger,
    row: TaskRow,
    event: TaskFinished | AttemptLost | TaskFailed,
    outcome: str,
) -> None:
    start_s, end_s = ledger.seconds(event.start_s), ledger.seconds(event.end_s)
    if event.attempt < len(row.attempts):
        attempt = row.attempts[event.attempt]
        attempt.start_s, attempt.end_s = start_s, end_s
        attempt.worker, attempt.outcome = event.worker, outcome
    else:
        row.attempts.append(Attempt(start_s, end_s, event.worker, outcome))
        _follow(ledger, row.id, event.worker)
    _be_ready(ledger, row, start_s)
    _unblock(row, end_s)


def _follow(ledger: Ledger, task: int, worker: int) -> None:
    """Remember which task ran before this one on its worker."""
    before = ledger.latest.get(worker)
    if before is not None and before != task:
        ledger.previous[task] = before
    ledger.latest[worker] = task


def _be_ready(ledger: Ledger, row: TaskRow, start_s: float) -> None:
    """A task that started had its inputs, even if no event said so."""
    if row.ready_s is None:
        known = [
            ledger.objects[key].created_s for key in row.inputs if key in ledger.objects
        ]
        times = [time_s for time_s in known if time_s is not None]
        row.ready_s = min(max(times, default=row.submitted_s), start_s)


def _unblock(row: TaskRow, time_s: float) -> None:
    if row.blocked and row.blocked[-1][1] is None:
        row.blocked[-1][1] = time_s


def _end(ledger: Ledger, row: TaskRow, end_s: float, end: str, time_s: float) -> None:
    row.end_s, row.end = end_s, end
    if end == "done":  # of an attempt before, whose result was lost
        row.error = ""
    _unblock(row, end_s)
    ledger.running.pop(row.id, None)
    ledger.waiting.pop(row.id, None)
    ledger.ended.append(row)
    book = ledger.books[ledger.run_of[row.id]]
    book.unfinished.discard(row.id)
    book.last_s = max(book.last_s, end_s)
    ledger.touch_task(row)
    if row.kind != "creation":
        known_s = ledger.seconds(time_s)
        for index in range(row.num_returns):
            settle(ledger, (row.id, index), known_s)
        following = (row.id, ledger.items.get(row.id, 0) + 1)
        is_stream = row.id in ledger.items or following in ledger.watchers
        if is_stream and end != "done":  # a generator's error has a position
            add_item(ledger, following)
            settle(ledger, following, known_s)
