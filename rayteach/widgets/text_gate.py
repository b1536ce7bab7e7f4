"""Pauses and spaced starts in characters: the text twin of the transport bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.trace.views import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rayteach.trace.views.rows import NodeRow, Rows


def gate(rows: Rows) -> list[str]:
    """Return when the session was held up, and what comes next if it is now."""
    for node in rows.nodes.values():  # the same on every node
        lines = [*_spans("paused", node.paused, rows)]
        lines += _spans("slowed", node.slowed, rows)
        if node.steps:
            lines.append(f"steps let through: {node.steps}")
        return lines + list(upcoming(node))
    return []


def upcoming(node: NodeRow) -> Iterable[str]:
    """Yield what comes next and who lost; nothing while everything flows."""
    if node.next_words:
        yield f"next: {node.next_words}"
    for loser in node.losers:
        yield f"  not next: {loser}"


def _spans(word: str, spans: list[list[float | None]], rows: Rows) -> Iterable[str]:
    run = rows.run
    begin_s = run.start_s if run.id >= 0 else 0.0
    for from_s, to_s in spans:
        since_s = max((from_s or 0.0) - begin_s, 0.0)
        if to_s is None:
            yield f"{word} since {words.duration(since_s)}"
        elif to_s > begin_s and (run.end_s is None or (from_s or 0.0) < run.end_s):
            until = words.duration(to_s - begin_s)
            yield f"{word} from {words.duration(since_s)} to {until}"
