"""Events of the gate into the rows of the nodes: paused, slowed, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rayteach.core.events import NextDecided, Paused, Resumed, Slowed, Stepped
    from rayteach.trace.views.ledger import Ledger
    from rayteach.trace.views.rows import NodeRow


def on_paused(ledger: Ledger, event: Paused) -> None:
    """Nothing starts from here on."""
    for row in _nodes(ledger):
        _close(row, ledger.seconds(event.time_s))
        row.paused.append([ledger.seconds(event.time_s), None])


def on_slowed(ledger: Ledger, event: Slowed) -> None:
    """Starts are spaced out from here on."""
    for row in _nodes(ledger):
        _close(row, ledger.seconds(event.time_s))
        row.slowed.append([ledger.seconds(event.time_s), None])
        row.per_second = event.per_second


def on_resumed(ledger: Ledger, event: Resumed) -> None:
    """Everything starts as usual."""
    for row in _nodes(ledger):
        _close(row, ledger.seconds(event.time_s))


def on_stepped(ledger: Ledger, event: Stepped) -> None:
    """Count the starts that were let through."""
    for row in _nodes(ledger):
        row.steps += event.count


def on_next_decided(ledger: Ledger, event: NextDecided) -> None:
    """Tell what comes next, and who lost."""
    for row in _nodes(ledger):
        if event.task is None:
            row.next_words = f"nothing: {event.reason}"
        else:
            label = _label(ledger, event.task)
            row.next_words = f"{label} on {event.where}, because it is {event.reason}"
        row.losers = [f"{_label(ledger, task)} {why}" for task, why in event.losers]


def _nodes(ledger: Ledger) -> list[NodeRow]:
    """Return the rows of all nodes, which change."""
    table = ledger.places.nodes
    for name in table.rows:
        table.touch(name, ledger.revision)
    return list(table.rows.values())


def _close(row: NodeRow, time_s: float) -> None:
    for intervals in (row.paused, row.slowed):
        if intervals and intervals[-1][1] is None:
            intervals[-1][1] = time_s
    row.per_second, row.next_words, row.losers = 0.0, "", []


def _label(ledger: Ledger, task: int) -> str:
    row = ledger.tasks.get(task)
    return row.label if row is not None else f"task {task}"
