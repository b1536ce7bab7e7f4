"""Generator methods of actors, and tasks that read generator tasks."""

import asyncio
import os
import signal

import pytest
from looks import log, stored, values


def test_an_actors_generator_method_streams_and_keeps_its_turn(ray):
    @ray.remote
    class Counter:
        def __init__(self):
            self.count = 0

        def steps(self, times):
            for _ in range(times):
                self.count += 1
                yield self.count

        def read(self):
            return self.count

    counter = Counter.remote()
    generator, after = counter.steps.remote(3), counter.read.remote()
    assert values(ray, generator) == [1, 2, 3]
    assert ray.get(after) == 3
    first, second = counter.steps.options(num_returns=2).remote(2)
    assert ray.get([first, second]) == [4, 5]
    last = counter.steps.options(num_returns="dynamic").remote(1)
    assert values(ray, ray.get(last)) == [6]


def test_an_actors_death_stands_at_its_position(ray):
    @ray.remote
    class Fragile:
        def steps(self):
            yield 1
            os.kill(os.getpid(), signal.SIGKILL)

    fragile = Fragile.remote()
    first, second = fragile.steps.remote()
    assert ray.get(first) == 1
    with pytest.raises(ray.ActorDiedError):
        ray.get(second)


def test_a_task_reads_a_generator_task_and_finishes_on_one_cpu(closed):
    closed.init(num_cpus=1)

    @closed.remote
    def numbers(count):
        yield from range(count)

    @closed.remote
    def parent():
        generator = numbers.remote(4)
        found = [closed.get(one) for one in generator]
        return found, generator.is_finished(), closed.get(generator.completed())

    assert closed.get(parent.remote()) == ([0, 1, 2, 3], True, None)


def test_an_error_comes_at_its_position_in_a_task_too(ray):
    @ray.remote
    def breaks():
        yield "fine"
        raise KeyError("second")

    @ray.remote(num_returns="streaming")
    def no_generator():
        return 3

    @ray.remote
    def parent():
        first, second = breaks.remote()
        with pytest.raises(KeyError, match="second"):
            ray.get(second)
        with pytest.raises(ValueError, match="returned int, no generator"):
            next(no_generator.remote())
        return ray.get(first)

    assert ray.get(parent.remote()) == "fine"


def test_a_task_waits_for_generators_and_reads_them_in_coroutines(
    ray, bell, gate, stepper
):
    @ray.remote
    def parent():
        generator = stepper.remote(2)
        before = generator.next_ready(), ray.wait([generator], timeout=0)[0]
        bell.ring("looked")
        ready, _ = ray.wait([generator])

        async def read():
            return [await one async for one in generator]

        return before, ready == [generator], asyncio.run(read())

    one = parent.remote()
    assert set(bell.hear(2)) == {"looked", "step-0"}
    gate.let(2)
    assert ray.get(one) == ((False, []), True, [0, 1])


def test_a_task_that_drops_a_generator_releases_what_it_did_not_take(ray):
    @ray.remote
    def blocks():
        for _ in range(3):
            yield bytes(1 << 18)

    @ray.remote
    class Reader:
        def open(self):
            self.generator = blocks.remote()
            ray.get(self.generator.completed())

        def take(self):
            self.taken = next(self.generator)

        def drop(self):
            self.generator = None

        def size(self):
            return len(ray.get(self.taken))

    reader, before = Reader.remote(), stored(ray)
    ray.get(reader.open.remote())
    assert len(stored(ray) - before) == 3
    ray.get(reader.take.remote())
    ray.get(reader.drop.remote())
    assert ray.get(reader.size.remote()) == 1 << 18
    assert len(stored(ray) - before) == 1


def test_a_generator_task_can_use_the_library_itself(ray, numbers):
    @ray.remote
    def doubled(count):
        for one in numbers.remote(count):
            yield 2 * ray.get(one)

    assert values(ray, doubled.remote(3)) == [0, 2, 4]


def test_a_task_cancelled_while_it_waits_for_an_item_lets_go_of_it(
    ray, bell, gate, tally
):
    @ray.remote
    def blocks():
        bell.ring("began")
        gate.pass_()
        yield bytes(1 << 18)

    @ray.remote(max_retries=0)
    def reader():
        generator = blocks.remote()
        try:
            bell.ring("reads")
            next(generator)
        finally:
            tally.add()

    before = stored(ray)
    one = reader.remote()
    assert set(bell.hear(2)) == {"began", "reads"}
    ray.cancel(one, recursive=False)
    with pytest.raises(ray.TaskCancelledError):
        ray.get(one)
    assert tally.count == 1
    gate.let()

    @ray.remote
    def whole_pool():
        return "free"

    both = [whole_pool.options(num_cpus=2).remote() for _ in range(2)]
    assert ray.get(both) == ["free", "free"]  # the generator task has ended too
    assert stored(ray) <= before


def test_coroutines_of_an_actor_read_generators_each_in_its_own_call(
    ray, bell, gate, stepper
):
    from rayteach.core.events import WaitStarted  # noqa: PLC0415 (in a session)

    @ray.remote
    class Reader:
        async def read(self, times):
            return [await one async for one in stepper.remote(times)]

    reader = Reader.remote()
    calls = [reader.read.remote(1), reader.read.remote(1)]
    bell.hear(2)  # both wait, or are about to
    gate.let(2)
    assert ray.get(calls) == [[0], [0]]
    waits = [event for event in log(ray) if isinstance(event, WaitStarted)]
    assert [wait for wait in waits if wait.task == 0] == []  # nobody's


def test_calls_that_run_at_once_stream_at_once(ray, bell, gate):
    @ray.remote(max_concurrency=2)
    class Steps:
        def steps(self, name):
            bell.ring(name)
            gate.pass_()
            yield name

    steps = Steps.remote()
    generators = [steps.steps.remote(name) for name in ("one", "two")]
    assert set(bell.hear(2)) == {"one", "two"}
    gate.let(2)
    found = [values(ray, generator) for generator in generators]
    assert found == [["one"], ["two"]]
