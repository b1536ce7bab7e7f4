"""Concurrent actors under calls, waits and cancels in any order."""

import asyncio
import random

import pytest

from rayteach.api import session
from rayteach.core.invariants import check_invariants


@pytest.fixture
def ray():
    import rayteach  # noqa: PLC0415 (as everywhere here)

    rayteach.init(num_cpus=3)
    yield rayteach
    rayteach.shutdown()


@pytest.mark.parametrize("seed", [1, 2])
def test_every_call_has_its_value_or_was_cancelled(ray, seed):
    @ray.remote
    def square(x):
        return x * x

    @ray.remote
    class Loop:
        async def sum(self, n):
            return sum(await asyncio.gather(square.remote(n), square.remote(n + 1)))

    @ray.remote(max_concurrency=8)
    class Threads:
        def sum(self, n):
            return sum(ray.get([square.remote(n), square.remote(n + 1)]))

    chance = random.Random(seed)  # noqa: S311 (no secret)
    actors = [
        Loop.remote(),
        Loop.options(max_concurrency=5, num_cpus=1).remote(),
        Threads.remote(),
        Threads.options(num_cpus=0.5).remote(),
    ]
    calls, was_cancelled = [], set()
    for number in range(400):
        calls.append(chance.choice(actors).sum.remote(number))
        if chance.random() < 0.2:
            one = chance.choice(calls)
            was_cancelled.add(one)
            ray.cancel(one)
    for number, call in enumerate(calls):
        try:
            assert ray.get(call) == number**2 + (number + 1) ** 2
        except ray.TaskCancelledError:
            assert call in was_cancelled
    engine = session.current().engine
    with engine._lock:
        check_invariants(engine._state.scheduler)
        assert not engine._state.scheduler.tasks
        assert not engine._state.scheduler.lenders
    assert ray.available_resources() == {"CPU": 1.5}
