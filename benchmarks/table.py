"""Samples to a Markdown table with ranges and ratios."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TypeAlias

from benchmarks.rows import Row

Samples: TypeAlias = "dict[tuple[str, str], list[float | None]]"
"""``(row, peer)`` -> one number per round, ``None`` where it did not end."""

OURS = "rayteach"


def markdown(rows: Sequence[Row], peers: Sequence[str], samples: Samples) -> str:
    """Return the table: a range per peer, then ours against each other peer."""
    others = [peer for peer in peers if peer != OURS]
    head = ["row", "unit", *peers, *(f"vs {peer}" for peer in others)]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        cells = [spread(samples.get((row.name, peer), [])) for peer in peers]
        mine = samples.get((row.name, OURS), [])
        ratios = [ratios_of(row, mine, samples.get((row.name, p), [])) for p in others]
        lines.append([row.name, row.unit, *cells, *ratios])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def spread(values: Sequence[float | None]) -> str:
    """Return "least-most" of one cell."""
    known = [value for value in values if value is not None]
    if not known:
        return "did not end" if values else "-"
    low, high = number(min(known)), number(max(known))
    return low if low == high else f"{low} to {high}"


def ratio(
    row: Row, mine: Sequence[float | None], theirs: Sequence[float | None]
) -> str:
    """Return how many times better our worst round is than the peer's best."""
    ours = [value for value in mine if value is not None]
    peer = [value for value in theirs if value is not None]
    if not ours or not peer:
        return "-"
    if min(*ours, *peer) <= 0:
        return "-"
    times = min(ours) / max(peer) if row.more_is_better else min(peer) / max(ours)
    return f"{times:.1f}x"


def ratios_of(
    row: Row, mine: Sequence[float | None], theirs: Sequence[float | None]
) -> str:
    """Return the ratio that can be promised and, in brackets, that of the medians."""
    promised = ratio(row, mine, theirs)
    if promised == "-":
        return promised
    return f"{promised} ({ratio(row, _median(mine), _median(theirs))})"


def _median(values: Sequence[float | None]) -> list[float | None]:
    return [statistics.median(value for value in values if value is not None)]


def page(setting: str, table: str) -> str:
    """Return ``docs/performance.md``."""
    return (
        "# Performance\n\n"
        "Made by `python -m benchmarks --write docs/performance.md`; do not edit.\n\n"
        f"Measured on: {setting}. Each number is of a fresh process, least to most "
        "over the rounds. `12x (15x)`: our worst round is 12 times better than the "
        "peer's best; the medians are 15 times apart.\n\n"
        f"{table}\n"
    )


def number(value: float) -> str:
    """Return three significant digits, thousands apart."""
    if not value:
        return "0"
    digits = int(f"{value:e}".split("e")[1])
    return f"{round(value, 2 - digits):,.{max(0, 2 - digits)}f}"
