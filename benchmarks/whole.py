"""Rows of the whole runtime: nesting, draining, memory, idling, kills."""

from __future__ import annotations

import gc
import random
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil

from benchmarks.peers import RayLike, increment
from benchmarks.rows import Row

KILL_EVERY_S = 0.05
SOAK_S = 300.0
SOAK_BATCH = 3_000


def nested_child(pool: RayLike, row: Row) -> float:
    """Median microseconds of a child inside a task: submit and get."""
    module = pool.module
    child = module.remote(increment)

    def parent(count: int) -> float:
        durations = []
        for n in range(count):
            start = time.perf_counter()
            module.get(child.remote(n))
            durations.append(time.perf_counter() - start)
        return statistics.median(durations)

    task = module.remote(parent)
    module.get(task.remote(20))
    return float(module.get(task.remote(row.count))) * 1e6


def tree(pool: RayLike, row: Row) -> float:
    """Milliseconds to add up ``row.count`` leaves two by two."""
    module = pool.module
    leaf = module.remote(increment)
    add = module.remote(_add)
    start = time.perf_counter()
    level = [leaf.remote(0) for _ in range(row.count)]
    while len(level) > 1:
        level = [add.remote(*pair) for pair in zip(*[iter(level)] * 2, strict=True)]
    total = module.get(level[0])
    took = time.perf_counter() - start
    check(total == row.count)
    return took * 1e3


def _add(left: int, right: int) -> int:
    return left + right


def drain(pool: RayLike, row: Row) -> float:
    """Microseconds per ID when ``wait`` takes them one by one."""
    left = [pool.submit(n) for n in range(row.count)]
    start, taken = time.perf_counter(), 0
    while left:
        ready, left = pool.module.wait(left)
        taken += len(ready)
    took = time.perf_counter() - start
    check(taken == row.count)
    return took / row.count * 1e6


def many_actors(pool: RayLike, row: Row) -> float:
    """Milliseconds until ``row.count`` new actors have each answered one call."""
    start = time.perf_counter()
    actors = [pool.actor() for _ in range(row.count)]
    values = pool.results([actor.add.remote() for actor in actors])
    took = time.perf_counter() - start
    check(values == [1] * row.count)
    return took * 1e3


def held_task(pool: RayLike, row: Row) -> float:
    """Bytes of the driver's own memory per finished task whose ID is held."""
    pool.results([pool.submit(n) for n in range(row.count)])
    gc.collect()
    own = psutil.Process()
    before = own.memory_full_info().uss
    held = [pool.submit(n) for n in range(row.count)]
    pool.module.wait(held, num_returns=len(held))
    gc.collect()
    return float(own.memory_full_info().uss - before) / len(held)


def memory(_: RayLike, __: Row) -> float:
    """Megabytes (PSS) of the driver and all that it has started."""
    return sum(map(_pss, family())) / 1e6


def idle(_: RayLike, row: Row) -> float:
    """CPU use of all processes in ``row.count`` quiet seconds, in percent."""
    before = {process: _cpu_s(process) for process in family()}
    start = time.perf_counter()
    time.sleep(row.count)
    used = sum(_cpu_s(process) - spent for process, spent in before.items())
    return used / (time.perf_counter() - start) * 100


def log_cost(pool: RayLike, row: Row) -> float:
    """Time of ``row.count`` tasks with the event log, over the time without it.

    The same session, in turns; the log's methods are replaced for every other one.
    """
    from rayteach.api import session  # noqa: PLC0415 (this row is rayteach's alone)

    opened: Any = session.current()
    log = opened.log
    times: dict[bool, list[float]] = {True: [], False: []}
    writers = ("append", "submitted", "called", "finished", "wait_began", "wait_ended")
    for turn in range(8):
        is_off = bool(turn % 2)
        for name in writers if is_off else ():
            setattr(log, name, _nothing)
        start = time.perf_counter()
        pool.results([pool.submit(n) for n in range(row.count)])
        times[is_off].append(time.perf_counter() - start)
        for name in writers if is_off else ():
            delattr(log, name)
    return float(statistics.median(times[False]) / statistics.median(times[True]))


def soak(pool: RayLike, row: Row) -> float:
    """Percent that memory grew over ``row.count`` tasks with a kill every 50 ms.

    Ends after five minutes at the latest.

    Raises:
        ValueError: a result was wrong or missing.
    """
    task = pool.module.remote(max_retries=-1)(increment)
    over = threading.Event()
    killer = threading.Thread(target=_kill_at_random, args=(over,))
    deadline, done, start = time.monotonic() + SOAK_S, 0, 0.0
    killer.start()
    try:
        while done < row.count and time.monotonic() < deadline:
            found = pool.results([task.remote(n) for n in range(SOAK_BATCH)])
            check(found == list(range(1, SOAK_BATCH + 1)))
            done += SOAK_BATCH
            start = start or float(psutil.Process().memory_full_info().uss)
    finally:
        over.set()
        killer.join()
    gc.collect()
    return float(psutil.Process().memory_full_info().uss / start - 1) * 100


def _kill_at_random(over: threading.Event) -> None:
    chance = random.Random(7)  # noqa: S311 (no secret)
    while not over.wait(KILL_EVERY_S):
        with suppress(IndexError, psutil.Error):
            server = psutil.Process().children()[0]
            chance.choice(server.children()).kill()


def family() -> list[psutil.Process]:
    """Return this process and all below it."""
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def check(right: object) -> None:
    """Raise unless the result is right: a number of wrong work means nothing."""
    if not right:
        raise ValueError("a wrong result; the number would mean nothing")


def _pss(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        return float(process.memory_full_info().pss)
    return 0.0


def _cpu_s(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def _nothing(*_: object, **__: object) -> None:
    """Stand for a log that keeps nothing."""


MEASURES: dict[str, Callable[[RayLike, Row], float]] = {
    "nested-child": nested_child,
    "tree-1024": tree,
    "drain-1k": drain,
    "drain-10k": drain,
    "actors-20": many_actors,
    "memory-held-task": held_task,
    "memory-after-init": memory,
    "idle": idle,
    "log-cost": log_cost,
    "soak": soak,
}
