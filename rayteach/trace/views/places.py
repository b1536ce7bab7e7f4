"""Events of runs, nodes, workers and actors into rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.trace.views.rows import NodeRow, WorkerRow

if TYPE_CHECKING:
    from rayteach.core.events import (
        ActorExited,
        ActorRestarting,
        ActorStarted,
        CellRunEnded,
        CellRunStarted,
        CellRunSuperseded,
        NodeAdded,
        NodeLost,
        SessionEnded,
        SlotsGiven,
        WorkerExited,
        WorkerRequested,
        WorkerStarted,
    )
    from rayteach.trace.views.ledger import Ledger


def on_session_ended(ledger: Ledger, event: SessionEnded) -> None:
    """Close the session's run and the run outside cells."""
    end_s = ledger.end_s = ledger.seconds(event.time_s)
    for book in ledger.books.values():
        if book.run.end_s is None:
            book.run.end_s, book.run.outcome = end_s, "done"
            book.last_s, book.run_revision = end_s, ledger.revision


def on_run_started(ledger: Ledger, event: CellRunStarted) -> None:
    """Open the run of a cell."""
    run = ledger.book(event.run).run
    run.cell, run.execution = event.cell_label, event.execution
    run.start_s, run.source = ledger.seconds(event.time_s), event.source
    ledger.books[event.run].run_revision = ledger.revision
    ledger.sources[event.cell_label] = event.source.splitlines()


def on_run_superseded(ledger: Ledger, event: CellRunSuperseded) -> None:
    """Note that current work goes before what waits of a run."""
    ledger.superseded.add(event.run)


def on_run_ended(ledger: Ledger, event: CellRunEnded) -> None:
    """Close the run of a cell; its tasks may go on."""
    book = ledger.book(event.run)
    if book.run.end_s is None:
        book.run.end_s = ledger.seconds(event.time_s)
        book.last_s = max(book.last_s, book.run.end_s)
        book.run.outcome, book.run_revision = event.outcome, ledger.revision


def on_node_added(ledger: Ledger, event: NodeAdded) -> None:
    """Make the row of a node."""
    row = NodeRow(event.node, event.num_cpus, ledger.seconds(event.time_s))
    ledger.places.nodes.put(event.node, row, ledger.revision)


def on_node_lost(ledger: Ledger, event: NodeLost) -> None:
    """Note that a node is gone."""
    row = ledger.places.nodes.rows.get(event.node)
    if row is not None:
        row.lost_s = ledger.seconds(event.time_s)
        ledger.places.nodes.touch(event.node, ledger.revision)


def on_worker_requested(ledger: Ledger, event: WorkerRequested) -> None:
    """Make the row of a worker; an actor's worker has the actor's label."""
    actor = None if event.actor is None else ledger.actors.get(event.actor)
    row = WorkerRow(
        id=event.worker,
        label=f"worker {event.worker}" if actor is None else actor.label,
        node=event.node,
        kind=event.kind,
        requested_s=ledger.seconds(event.time_s),
        actor=event.actor,
    )
    ledger.places.workers.put(event.worker, row, ledger.revision)


def on_worker_started(ledger: Ledger, event: WorkerStarted) -> None:
    """Note since when a worker answers."""
    row = ledger.places.workers.rows.get(event.worker)
    if row is not None:
        row.pid, row.started_s = event.pid, ledger.seconds(event.time_s)
        ledger.places.workers.touch(event.worker, ledger.revision)


def on_worker_exited(ledger: Ledger, event: WorkerExited) -> None:
    """Note the end of a worker."""
    row = ledger.places.workers.rows.get(event.worker)
    if row is not None and row.ended_s is None:
        row.ended_s, row.reason = ledger.seconds(event.time_s), event.reason
        ledger.places.workers.touch(event.worker, ledger.revision)


def on_actor_started(ledger: Ledger, event: ActorStarted) -> None:
    """Note that an actor takes calls."""
    row = ledger.actors.get(event.actor)
    if row is None:
        return
    row.worker, now_s = event.worker, ledger.seconds(event.time_s)
    if row.started_s is None:
        row.started_s = now_s
    if row.restarts and row.restarts[-1][1] is None:
        row.restarts[-1][1] = now_s
    ledger.touch_actor(row)


def on_actor_restarting(ledger: Ledger, event: ActorRestarting) -> None:
    """Note that an actor lost its process, and with it its state."""
    row = ledger.actors.get(event.actor)
    if row is not None and row.started_s is not None and row.ended_s is None:
        if not row.restarts or row.restarts[-1][1] is not None:
            row.restarts.append([ledger.seconds(event.time_s), None])
        ledger.touch_actor(row)


def on_actor_exited(ledger: Ledger, event: ActorExited) -> None:
    """Note the end of an actor."""
    row = ledger.actors.get(event.actor)
    if row is not None and row.ended_s is None:
        row.ended_s, row.reason = ledger.seconds(event.time_s), event.reason
        if row.restarts and row.restarts[-1][1] is None:
            row.restarts[-1][1] = row.ended_s
        ledger.touch_actor(row)


def on_slots_given(ledger: Ledger, event: SlotsGiven) -> None:
    """Note how many calls of an actor may run at once."""
    row = ledger.actors.get(event.actor)
    if row is not None:
        row.max_concurrency = event.slots
        ledger.touch_actor(row)
