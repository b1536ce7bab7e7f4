"""Generator tasks: errors in their place, memory, ends that nobody wished for."""

import os
import signal
import threading

import pytest
from looks import stored, values

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
    assert stored(ray) <= before


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
    generator, is_caught = stepper.remote(2), threading.Event()

    def interrupt():
        bell.hear()
        is_caught.wait()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        is_caught.set()
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
