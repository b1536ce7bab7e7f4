"""The rows of the table: a name, a unit, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass

ALL = ("rayteach", "concurrent.futures", "multiprocessing.Pool", "loky", "ray")
WITH_ACTORS = WITH_STORE = ("rayteach", "ray")


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
    Row("actors-20", "ms", more_is_better=False, peers=WITH_ACTORS, count=20),
    Row("nested-child", "us", more_is_better=False, peers=WITH_ACTORS, count=200),
    Row("tree-1024", "ms", more_is_better=False, peers=WITH_ACTORS, count=1_024),
    Row("drain-1k", "us/ID", more_is_better=False, peers=WITH_ACTORS, count=1_000),
    Row("drain-10k", "us/ID", more_is_better=False, peers=WITH_ACTORS, count=10_000),
    Row("memory-after-init", "MB", more_is_better=False, peers=WITH_ACTORS),
    Row(
        "memory-held-task",
        "bytes",
        more_is_better=False,
        peers=WITH_ACTORS,
        count=20_000,
    ),
    Row("log-cost", "x", more_is_better=False, peers=("rayteach",), count=5_000),
    Row("idle", "% CPU", more_is_better=False, peers=WITH_ACTORS, count=5),
    Row("soak", "% growth", more_is_better=False, peers=("rayteach",), count=150_000),
    Row("memcpy-100MB", "GB/s", more_is_better=True, peers=("rayteach",), count=10),
    Row("put-100MB-first", "GB/s", more_is_better=True, peers=WITH_STORE),
    Row("put-100MB-repeated", "GB/s", more_is_better=True, peers=WITH_STORE, count=10),
    Row("put-1GB-first", "GB/s", more_is_better=True, peers=WITH_STORE),
    Row("put-1GB-repeated", "GB/s", more_is_better=True, peers=WITH_STORE, count=5),
    Row("get-100MB", "us", more_is_better=False, peers=WITH_STORE, count=20),
    Row("get-touch-100MB", "ms", more_is_better=False, peers=WITH_STORE, count=20),
    Row("argument-100MB", "ms", more_is_better=False, peers=WITH_STORE, count=10),
    Row("100MB-to-ten-tasks", "ms", more_is_better=False, peers=WITH_STORE, count=5),
)
