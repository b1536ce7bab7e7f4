"""One measurement in this process: ``python -m benchmarks.row PEER ROW [COUNT]``.

Prints the number alone on the last line. Every peer is timed right after its
start and a few warm-up tasks, as somebody in a notebook would meet it.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import replace
from typing import Any

from benchmarks.peers import OPEN, Pool, ProcessPool, RayLike
from benchmarks.rows import ROWS, Row

WARM_UP = 20


def first_result(peer: str, _: Row) -> float:
    """Milliseconds from the import of the peer to the first value."""
    start = time.perf_counter()
    pool = OPEN[peer]()
    pool.results([pool.submit(1)])
    took = time.perf_counter() - start
    pool.close()
    return took * 1e3


def round_trip(pool: RayLike | Pool | ProcessPool, row: Row) -> float:
    """Median microseconds from a submit to its value."""
    return median_us(lambda n: pool.results([pool.submit(n)]), row.count)


def many_tasks(pool: RayLike | Pool | ProcessPool, row: Row) -> float:
    """Tasks per second when all are submitted before any is asked for."""
    start = time.perf_counter()
    values = pool.results([pool.submit(n) for n in range(row.count)])
    took = time.perf_counter() - start
    if values[-1] != row.count:
        raise ValueError("a wrong result; the number would mean nothing")
    return row.count / took


def actor_create(pool: RayLike, row: Row) -> float:
    """Median milliseconds from creating an actor to its first answer."""
    return (
        median_us(lambda _: pool.results([pool.actor().add.remote()]), row.count) / 1e3
    )


def actor_call(pool: RayLike, row: Row) -> float:
    """Median microseconds of one call to one actor."""
    counter = pool.actor()
    pool.results([counter.add.remote()])
    return median_us(lambda _: pool.results([counter.add.remote()]), row.count)


def actor_calls(pool: RayLike, row: Row) -> float:
    """Calls per second when all are made before any is asked for."""
    counter = pool.actor()
    pool.results([counter.add.remote()])
    start = time.perf_counter()
    pool.results([counter.add.remote() for _ in range(row.count)])
    return row.count / (time.perf_counter() - start)


def median_us(one: Any, count: int) -> float:
    """Return the median duration of ``one(n)`` in microseconds."""
    durations = []
    for n in range(count):
        start = time.perf_counter()
        one(n)
        durations.append(time.perf_counter() - start)
    return statistics.median(durations) * 1e6


MEASURES: dict[str, Any] = {
    "round-trip": round_trip,
    "tasks-1k": many_tasks,
    "tasks-10k": many_tasks,
    "tasks-100k": many_tasks,
    "actor-create": actor_create,
    "actor-call": actor_call,
    "calls-10k": actor_calls,
}


def measure(peer: str, row: Row) -> float:
    """Run one row of one peer."""
    if row.name == "first-result":
        return first_result(peer, row)
    measures: Any = MEASURES
    if row.name not in measures:
        from benchmarks import store, whole  # noqa: PLC0415 (NumPy, for its rows)

        measures = {**store.MEASURES, **whole.MEASURES}
    pool = OPEN[peer]()
    if row.name != "memory-after-init":
        pool.results([pool.submit(n) for n in range(WARM_UP)])
    value = measures[row.name](pool, row)
    pool.close()
    return float(value)


def main(peer: str, name: str, count: str = "") -> None:
    """Print the number."""
    row = next(row for row in ROWS if row.name == name)
    print(measure(peer, replace(row, count=int(count)) if count else row))


if __name__ == "__main__":
    main(*sys.argv[1:])
