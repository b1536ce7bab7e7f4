"""Workers are killed at random under load: nothing wrong, nothing lost."""

import contextlib
import os
import random
import signal
import threading

import pytest

KILLS, TASKS = 40, 3_000


@pytest.fixture
def killer(engine):
    """Kill a random worker again and again until the test stops it."""
    stop = threading.Event()
    chance = random.Random(7)  # noqa: S311 (no secret)
    kills = []

    def kill():
        while not stop.wait(chance.uniform(0.005, 0.04)) and len(kills) < KILLS:
            pids = [w.pid for w in tuple(engine._pool.workers.values()) if w.pid]
            with contextlib.suppress(ProcessLookupError, IndexError):
                pid = chance.choice(pids)
                os.kill(pid, signal.SIGKILL)
                kills.append(pid)

    thread = threading.Thread(target=kill)
    thread.start()
    yield kills
    stop.set()
    thread.join()


def test_no_task_is_lost_and_none_is_wrong(ray, killer):
    @ray.remote(max_retries=-1)
    def work(x):
        return sum(range(x % 2_000)) + x

    expected = {x: sum(range(x % 2_000)) + x for x in range(TASKS)}
    rounds = 0
    while rounds < 3 or len(killer) < KILLS:
        found = ray.get([work.remote(x) for x in range(TASKS)])
        assert found == list(expected.values())
        rounds += 1


def test_no_parent_hangs_on_a_killed_child(ray, killer):
    @ray.remote(max_retries=-1)
    def child(x):
        return x

    @ray.remote(max_retries=-1)
    def parent(x):
        return sum(ray.get([child.remote(x + i) for i in range(5)]))

    while len(killer) < KILLS:
        found = ray.get([parent.remote(x) for x in range(40)])
        assert found == [5 * x + 10 for x in range(40)]


def test_special_tasks_and_plain_ones_survive_together(ray, killer):
    @ray.remote(max_retries=-1)
    def work(x):
        return x

    while len(killer) < KILLS:
        ids = [work.options(num_cpus=c).remote(c) for c in (0.5, 1, 2, 0) * 15]
        assert ray.get(ids) == [0.5, 1, 2, 0] * 15


def test_no_call_of_a_killed_actor_hangs(ray, killer):
    @ray.remote
    class Counter:
        def __init__(self):
            self.count = 0

        def add(self):
            self.count += 1
            return self.count

    while len(killer) < KILLS:
        counter = Counter.remote()
        ids = [counter.add.remote() for _ in range(20)]
        try:
            assert ray.get(ids) == list(range(1, 21))
        except ray.ActorDiedError:
            continue


def test_no_item_of_a_generator_is_lost_or_given_twice(ray, killer):
    @ray.remote(max_retries=-1)
    def items(count):
        for number in range(count):
            yield number if sum(range(5_000)) else None

    while len(killer) < KILLS:
        generators = [items.remote(40) for _ in range(10)]
        found = [[ray.get(one) for one in generator] for generator in generators]
        assert found == [list(range(40))] * 10


def test_no_task_that_reads_a_generator_loses_an_item(ray, killer):
    @ray.remote(max_retries=-1)
    def items(count):
        yield from range(count)

    @ray.remote(max_retries=-1)
    def reader(count):
        return [ray.get(one) for one in items.remote(count)]

    while len(killer) < KILLS:
        found = ray.get([reader.remote(12) for _ in range(20)])
        assert found == [list(range(12))] * 20


def test_an_actor_killed_in_its_constructor_is_no_running_task(ray, engine, bell, gate):
    @ray.remote
    class Slow:
        def __init__(self):
            bell.ring()
            gate.pass_()

        def hello(self):
            return 1

    slow = Slow.remote()
    bell.hear()
    ray.kill(slow)
    with pytest.raises(ray.ActorDiedError):
        ray.get(slow.hello.remote())
    while engine.status()["workers"] and engine.status()["tasks_running"]:
        engine._pump.once()
    assert engine.status()["tasks_running"] == 0
