"""Generators as tasks: eager, items as IDs one at a time, errors in their place."""

import asyncio
import os
import signal
import threading

import pytest


@pytest.fixture
def numbers(ray):
    @ray.remote
    def numbers(count):
        yield from range(count)

    return numbers


@pytest.fixture
def stepper(ray, gate, bell):
    """Return a generator that rings and passes the gate before each item."""

    @ray.remote(max_retries=0)
    def step(count):
        for number in range(count):
            bell.ring(f"step-{number}")
            gate.pass_()
            yield number

    return step


def values(ray, generator):
    return [ray.get(one) for one in generator]


def stored(ray):
    """Return the names of the workers' values in shared memory."""
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    assert ray.is_initialized()
    names = os.listdir(session.current().engine.directory)
    return {name for name in names if name[0] == "w" and "-" in name}


def log(ray):
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    assert ray.is_initialized()
    return session.current().log


# The surface.


def test_a_generator_function_gives_the_ids_of_its_items_in_order(ray, numbers):
    generator = numbers.remote(4)
    assert isinstance(generator, ray.ObjectIDGenerator)
    ids = list(generator)
    assert all(isinstance(one, ray.ObjectID) for one in ids)
    assert ray.get(ids) == [0, 1, 2, 3]
    assert next(generator, "ended") == "ended"


def test_a_function_that_returns_an_iterator_streams_if_asked_to(ray):
    @ray.remote(num_returns="streaming")
    def pairs():
        return zip("ab", (1, 2), strict=True)

    assert values(ray, pairs.remote()) == [("a", 1), ("b", 2)]


def test_an_empty_generator_ends_at_once(ray, numbers):
    generator = numbers.remote(0)
    assert next(generator, "ended") == "ended"
    assert ray.get(generator.completed()) is None


def test_items_come_one_at_a_time_while_the_task_runs(ray, gate, stepper):
    generator = stepper.remote(3)
    for number in range(3):
        gate.let()
        assert ray.get(next(generator)) == number
    assert next(generator, "ended") == "ended"


def test_a_generator_runs_to_its_end_though_nobody_asks(ray, gate, bell, stepper):
    generator = stepper.remote(3)
    gate.let(3)
    assert bell.hear(3) == ["step-0", "step-1", "step-2"]
    assert ray.get(generator.completed()) is None
    assert values(ray, generator) == [0, 1, 2]


def test_an_item_is_fetched_again_as_often_as_its_id_is_kept(ray, numbers):
    first, *_ = ids = list(numbers.remote(3))
    del ids
    assert ray.get([first, first]) == [0, 0]


def test_items_are_arguments_like_other_ids(ray, numbers):
    @ray.remote
    def add(*parts):
        return sum(parts)

    assert ray.get(add.remote(*numbers.remote(5))) == 10


def test_what_needs_the_completed_id_runs_after_the_last_item(ray, gate, stepper):
    @ray.remote
    def after(_):
        return "after"

    generator = stepper.remote(1)
    one = after.remote(generator.completed())
    assert ray.wait([one], timeout=0) == ([], [one])
    gate.let()
    assert ray.get(one) == "after"


def test_a_generator_is_read_with_async_for(ray, gate, stepper):
    generator = stepper.remote(3)

    async def read():
        found = []
        gate.let()
        async for one in generator:
            found.append(await one)
            gate.let()
        return found

    assert asyncio.run(read()) == [0, 1, 2]


def test_a_cancelled_async_wait_loses_no_item(ray, gate, stepper):
    generator = stepper.remote(1)

    async def read():
        waiting = asyncio.ensure_future(anext(generator))
        await asyncio.sleep(0)  # it begins to wait
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        gate.let()
        return await (await anext(generator))

    assert asyncio.run(read()) == 0


def test_a_generator_tells_what_next_would_do(ray, gate, stepper):
    generator = stepper.remote(1)
    assert not generator.next_ready()
    gate.let()
    ray.get(generator.completed())
    assert generator.next_ready()
    assert not generator.is_finished()
    next(generator)
    assert not generator.next_ready()
    assert generator.is_finished()


def test_wait_takes_generators_whose_next_item_is_there_as_ready(ray, gate, stepper):
    slow, quick = stepper.remote(1), ray.put(1)
    assert ray.wait([slow, quick]) == ([quick], [slow])
    assert ray.wait([slow], timeout=0) == ([], [slow])
    gate.let()
    assert ray.wait([slow]) == ([slow], [])
    assert ray.get(next(slow)) == 0
    assert ray.wait([slow]) == ([slow], [])  # its end does not wait either


def test_threads_that_share_a_generator_get_each_item_once(ray, numbers):
    generator = numbers.remote(60)
    found = []

    def read():
        found.extend(ray.get(one) for one in generator)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(60))


def test_a_generator_stays_in_its_process(ray, numbers):
    generator = numbers.remote(2)

    @ray.remote
    def read(given):
        return list(given)

    for attempt in (lambda: read.remote(generator), lambda: ray.put([generator])):
        with pytest.raises(TypeError, match=r"Pass the IDs .* list\(generator\)"):
            attempt()
    with pytest.raises(ValueError, match="it gives IDs"):
        ray.get(generator)


def test_options_go_with_generators(ray, numbers):
    special = numbers.options(num_cpus=0.5, name="half", max_retries=1)
    ids = list(special.remote(2))
    assert [repr(one) for one in ids] == ["ObjectID(half-1[1])", "ObjectID(half-1[2])"]
    assert ray.get(ids) == [0, 1]


def test_a_generator_can_fill_a_number_of_results(ray, numbers):
    assert ray.get(numbers.options(num_returns=3).remote(3)) == [0, 1, 2]
    with pytest.raises(ValueError, match="num_returns=2, but the task returned 3"):
        ray.get(numbers.options(num_returns=2).remote(3))


@pytest.mark.parametrize("wrong", ["stream", "", 2.5, True, [1]])
def test_a_wrong_num_returns_names_what_it_can_be(ray, numbers, wrong):
    allowed = '0 to 65,535, "streaming" or "dynamic"'
    with pytest.raises(ValueError, match=allowed):
        numbers.options(num_returns=wrong)
    with pytest.raises(ValueError, match=allowed):
        ray.method(num_returns=wrong)


def test_an_async_generator_belongs_in_an_actor(ray):
    async def ticks():
        yield 1

    with pytest.raises(TypeError, match="belong in an actor"):
        ray.remote(ticks)


# Dynamic.


def test_a_dynamic_task_has_one_id_whose_value_gives_the_ids_of_the_items(ray, numbers):
    one = numbers.options(num_returns="dynamic").remote(3)
    assert isinstance(one, ray.ObjectID)
    generator = ray.get(one)
    assert isinstance(generator, ray.DynamicObjectIDGenerator)
    assert len(generator) == 3
    assert values(ray, generator) == [0, 1, 2]
    assert values(ray, ray.get(one)) == [0, 1, 2]


def test_the_items_of_a_dynamic_task_live_as_long_as_its_id(ray):
    @ray.remote(num_returns="dynamic")
    def blocks():
        for _ in range(3):
            yield bytes(1 << 18)

    before = stored(ray)
    one = blocks.remote()
    ray.get(one)
    assert len(stored(ray) - before) == 3
    last = list(ray.get(one))[-1]
    del one
    assert len(stored(ray) - before) == 1
    assert len(ray.get(last)) == 1 << 18


def test_a_dynamic_task_can_be_passed_on(ray, numbers):
    @ray.remote
    def total(generator):
        return sum(ray.get(list(generator)))

    assert ray.get(total.remote(numbers.options(num_returns="dynamic").remote(4))) == 6


def test_a_dynamic_task_that_fails_has_its_error_as_value(ray):
    @ray.remote(num_returns="dynamic")
    def breaks():
        yield 1
        raise KeyError("two")

    with pytest.raises(KeyError, match="two"):
        ray.get(breaks.remote())


# Errors.


def test_an_error_comes_at_its_position_and_then_the_end(ray):
    @ray.remote
    def breaks():
        yield "fine"
        raise KeyError("second")

    generator = breaks.remote()
    first, second = generator
    assert ray.get(first) == "fine"
    with pytest.raises(KeyError, match="second") as info:
        ray.get(second)
    assert isinstance(info.value, ray.TaskError)
    with pytest.raises(KeyError, match="second"):
        ray.get(generator.completed())


def test_an_item_that_does_not_pickle_is_an_error_at_its_position(ray, tally):
    @ray.remote
    def locks():
        try:
            yield 1
            yield threading.Lock()
        finally:
            tally.add()

    first, second = locks.remote()
    assert ray.get(first) == 1
    with pytest.raises(TypeError, match="pickle"):
        ray.get(second)
    assert tally.count == 1


@pytest.mark.parametrize("kind", ["streaming", "dynamic"])
def test_a_function_that_gives_no_generator_says_so(ray, kind):
    @ray.remote(num_returns=kind)
    def squares():
        return [0, 1, 4]

    with pytest.raises(ValueError, match="squares returned list, no generator"):
        if kind == "dynamic":
            ray.get(squares.remote())
        else:
            next(squares.remote())


def test_a_failed_input_is_the_first_item(ray, numbers):
    @ray.remote
    def fails():
        raise KeyError("above")

    [only] = numbers.remote(fails.remote())
    with pytest.raises(KeyError, match="above"):
        ray.get(only)


def test_an_error_can_be_retried_and_items_keep_their_values(ray, tally):
    @ray.remote(max_retries=1, retry_exceptions=True)
    def once():
        attempt = tally.add()
        yield attempt
        if attempt == 1:
            raise KeyError("again")
        yield attempt

    assert values(ray, once.remote()) == [1, 2]


# Memory.


def test_large_items_lie_once_in_shared_memory(ray):
    numpy = pytest.importorskip("numpy")

    @ray.remote
    def arrays():
        for number in range(2):
            yield numpy.full(1 << 16, number)

    before = stored(ray)
    first, second = arrays.remote()
    assert len(stored(ray) - before) == 2
    assert not ray.get(first).flags.writeable
    assert numpy.shares_memory(ray.get(second), ray.get(second))
    del first
    assert len(stored(ray) - before) == 1


def test_dropping_the_generator_releases_what_nobody_took(ray):
    @ray.remote
    def blocks():
        for number in range(4):
            yield bytes([number]) * (1 << 18)

    before = stored(ray)
    generator = blocks.remote()
    taken, done = next(generator), generator.completed()
    ray.get(done)
    assert len(stored(ray) - before) == 4
    del generator
    assert len(stored(ray) - before) == 1
    assert ray.get(taken)[:1] == b"\0"


def test_items_that_come_after_their_generator_went_are_released(ray, bell, gate):
    @ray.remote
    def blocks():
        bell.ring()
        gate.pass_()
        for _ in range(3):
            yield bytes(1 << 18)

    before = stored(ray)
    generator = blocks.remote()
    done = generator.completed()
    bell.hear()
    del generator
    gate.let()
    assert ray.get(done) is None
    assert stored(ray) == before


def test_what_an_item_holds_lives_with_it(ray):
    @ray.remote
    def boxes():
        for number in range(2):
            yield [ray.put(number)]

    first, second = boxes.remote()
    assert ray.get(ray.get(second)[0]) == 1
    assert ray.get(ray.get(first)[0]) == 0


# Ends that nobody wished for.


def test_a_cancelled_generator_ends_with_its_cancellation(ray, gate, bell, tally):
    @ray.remote
    def endless():
        try:
            while True:
                gate.pass_()
                yield "item"
                bell.ring()
        finally:
            tally.add()

    generator = endless.remote()
    gate.let()
    assert ray.get(next(generator)) == "item"
    bell.hear()
    ray.cancel(generator)
    last = next(generator)
    with pytest.raises(ray.TaskCancelledError):
        ray.get(last)
    assert next(generator, "ended") == "ended"
    assert tally.count == 1


def test_a_cancelled_generator_that_never_began_has_one_failed_item(
    ray, gate, bell, numbers
):
    @ray.remote
    def hold():
        bell.ring()
        gate.pass_()

    held = [hold.remote() for _ in range(2)]
    bell.hear(2)
    generator = numbers.remote(3)
    ray.cancel(generator)
    gate.let(2)
    [only] = generator
    with pytest.raises(ray.TaskCancelledError):
        ray.get(only)
    assert ray.get(held) == [None, None]


def test_after_a_workers_death_the_items_go_on_and_keep_their_values(ray, tally):
    @ray.remote(max_retries=1)
    def dies():
        attempt = tally.add()
        yield (attempt, bytes(1 << 18))
        yield (attempt, b"")
        if attempt == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        yield (attempt, b"")

    before = stored(ray)
    generator = dies.remote()
    first = next(generator)
    assert [ray.get(one)[0] for one in (first, *generator)] == [1, 1, 2]
    assert len(stored(ray) - before) == 1


def test_without_a_retry_the_death_stands_at_its_position(ray, numbers):
    @ray.remote(max_retries=0)
    def dies():
        yield "before"
        os.kill(os.getpid(), signal.SIGKILL)

    first, second = dies.remote()
    assert ray.get(first) == "before"
    with pytest.raises(ray.WorkerCrashedError):
        ray.get(second)
    assert values(ray, numbers.remote(2)) == [0, 1]


def test_an_interrupted_next_loses_no_item(ray, gate, bell, stepper):
    generator = stepper.remote(2)

    def interrupt():
        bell.hear()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        next(generator)
    thread.join()
    gate.let(2)
    assert values(ray, generator) == [0, 1]


def test_a_shutdown_ends_a_waiting_next_and_old_generators_say_so(closed, bell, gate):
    closed.init(num_cpus=1)

    @closed.remote
    def waits():
        bell.ring()
        gate.pass_()
        yield 1

    generator = waits.remote()
    found = []
    thread = threading.Thread(target=lambda: found.extend(generator))
    thread.start()
    bell.hear()
    closed.shutdown()
    thread.join()
    assert len(found) <= 1
    closed.init(num_cpus=1)
    with pytest.raises(closed.RayteachError, match="shut down"):
        next(generator)


# In actors and in tasks.


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
            next(generator)
        finally:
            tally.add()

    before = stored(ray)
    one = reader.remote()
    assert bell.hear() == ["began"]
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
    assert stored(ray) == before


# What is written down.


def test_each_item_stands_in_the_log_between_start_and_end_of_its_task(ray, numbers):
    from rayteach.core import events  # noqa: PLC0415 (once there is a session)

    generator = numbers.remote(2)
    list(generator)
    number = generator.completed().task
    ray.get(generator.completed())
    kinds = (events.TaskStarted, events.ObjectCreated, events.TaskFinished)
    mine = [
        (type(event).__name__, getattr(event, "object", (number, None))[1])
        for event in log(ray).events()
        if isinstance(event, kinds)
        and getattr(event, "task", getattr(event, "object", [0])[0]) == number
    ]
    assert mine == [
        ("TaskStarted", None),
        ("ObjectCreated", 1),
        ("ObjectCreated", 2),
        ("TaskFinished", None),
    ]


def test_items_and_the_waits_for_them_are_rows(ray, gate, stepper):
    with ray.observe() as run:
        generator = stepper.remote(2)
        gate.let(2)
        list(generator)
    rows = run.rows
    labels = [row.label for row in rows.objects.values()]
    assert labels == ["step-1", "step-1[1]", "step-1[2]"]
    assert all(row.created_s is not None for row in rows.objects.values())
    assert all(None not in wait.ready_s for wait in rows.waits.values())
