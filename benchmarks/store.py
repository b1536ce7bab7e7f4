"""Rows of large values: how fast they go in, come out, and reach a task.

Arrays are of bytes, and touched once per page. "Repeated" is the median when the
same array is stored again and again and the ID before it dropped: the state that a
loop in a notebook is in.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers import RayLike
from benchmarks.rows import Row

PAGE = 4096
MB = 1_000_000
SIZES = {"100MB": 100 * MB, "1GB": 1_000 * MB}


def touch(array: Any) -> int:
    """Read a byte of every page."""
    return int(array[::PAGE].sum())


def array_of(row: Row) -> Any:
    """Return an array of the size that the row's name holds."""
    size = next(size for name, size in SIZES.items() if name in row.name)
    return np.ones(size, np.uint8)


def put_first(pool: RayLike, row: Row) -> float:
    """GB per second of the first ``put`` of its size."""
    array = array_of(row)
    took, _ = timed(lambda: pool.module.put(array))
    return float(array.nbytes) / took / 1e9


def put_repeated(pool: RayLike, row: Row) -> float:
    """GB per second of later ones."""
    array = array_of(row)
    return float(array.nbytes) / median(lambda: pool.module.put(array), row.count) / 1e9


def memcpy(_: RayLike, row: Row) -> float:
    """GB per second of a plain copy in one thread, into memory that is there."""
    array = array_of(row)
    target = np.zeros_like(array)
    copied = median(lambda: np.copyto(target, array), row.count)
    return float(array.nbytes) / copied / 1e9


def get(pool: RayLike, row: Row) -> float:
    """Median microseconds until an array is there, not a byte of it read."""
    one = pool.module.put(array_of(row))
    return median(lambda: pool.module.get(one), row.count) * 1e6


def get_touch(pool: RayLike, row: Row) -> float:
    """Median milliseconds until every page of it was read."""
    one = pool.module.put(array_of(row))
    return median(lambda: touch(pool.module.get(one)), row.count) * 1e3


def argument(pool: RayLike, row: Row) -> float:
    """Median milliseconds of a task that is given an array and reads it all."""
    array, task = array_of(row), pool.module.remote(touch)
    return median(lambda: pool.results([task.remote(array)]), row.count) * 1e3


def ten_tasks(pool: RayLike, row: Row) -> float:
    """Median milliseconds to store an array and let ten tasks read it all."""
    array, task = array_of(row), pool.module.remote(touch)

    def once() -> None:
        one = pool.module.put(array)
        pool.results([task.remote(one) for _ in range(10)])

    return median(once, row.count) * 1e3


def timed(once: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that ``once()`` took, and its value."""
    start = time.perf_counter()
    value = once()
    return time.perf_counter() - start, value


def median(once: Callable[[], Any], count: int) -> float:
    """Return the median seconds of ``once()``, its first two rounds left out."""
    for _ in range(2):
        once()
    return statistics.median(timed(once)[0] for _ in range(count))


MEASURES: dict[str, Callable[[RayLike, Row], float]] = {
    "memcpy-100MB": memcpy,
    "put-100MB-first": put_first,
    "put-100MB-repeated": put_repeated,
    "put-1GB-first": put_first,
    "put-1GB-repeated": put_repeated,
    "get-100MB": get,
    "get-touch-100MB": get_touch,
    "argument-100MB": argument,
    "100MB-to-ten-tasks": ten_tasks,
}
