"""The rows of the table: a name, a unit, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass

ALL = ("rayteach", "concurrent.futures", "loky", "ray")
WITH_ACTORS = ("rayteach", "ray")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is measured of every peer that has it."""

    name: str
    #: of the printed number
    unit: str
    #: True for rates, False for durations
    more_is_better: bool
    #: who can do it at all
    peers: tuple[str, ...] = ALL
    #: how many tasks or calls one measurement makes
    count: int = 1


ROWS = (
    Row("first-result", "ms", more_is_better=False),
    Row("round-trip", "us", more_is_better=False, count=1_000),
    Row("tasks-1k", "tasks/s", more_is_better=True, count=1_000),
    Row("tasks-10k", "tasks/s", more_is_better=True, count=10_000),
    Row("tasks-100k", "tasks/s", more_is_better=True, count=100_000),
    Row("actor-create", "ms", more_is_better=False, peers=WITH_ACTORS, count=10),
    Row("actor-call", "us", more_is_better=False, peers=WITH_ACTORS, count=500),
    Row("calls-10k", "calls/s", more_is_better=True, peers=WITH_ACTORS, count=10_000),
)
