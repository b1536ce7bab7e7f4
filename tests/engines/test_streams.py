"""Streams inside the engine: what they hold, and when they let go."""

import gc

import pytest

from rayteach.engines.base import ItemGone
from rayteach.engines.streams import Stream
from rayteach.object_id import READY, STREAM_INDEX


def arrive(stream, number):
    one = stream.at(number)
    one.status, stream.count = READY, number
    return one


@pytest.fixture
def stream():
    return Stream(5, "f-1", is_dynamic=False)


def test_an_item_asked_for_early_is_the_one_that_comes(stream):
    early = stream.at(1)
    assert arrive(stream, 1) is early
    assert stream.take(early) is early
    assert stream.items == {}


def test_an_item_is_handed_out_once(stream):
    stream.take(arrive(stream, 1))
    with pytest.raises(ItemGone):
        stream.at(1)


def test_past_the_end_there_is_nothing(stream):
    asked = stream.at(2)
    arrive(stream, 1)
    stream.ended = True
    assert stream.take(asked) is None
    assert stream.at(3) is None


def test_the_engine_forgets_a_stream_with_its_generator(ray, engine):
    @ray.remote
    def numbers():
        yield from range(3)

    generator = numbers.remote()
    done = generator.completed()
    ray.get(done)
    key = (done.task, STREAM_INDEX)
    assert len(engine._state.exported[key].items) == 3
    gc.disable()  # no cycle may hold it
    try:
        del generator
        assert key not in engine._state.exported
    finally:
        gc.enable()


def test_a_worker_holds_nothing_of_a_stream_that_it_has_read(ray, engine):
    @ray.remote
    def numbers():
        yield from range(3)

    @ray.remote
    class Reader:
        def read(self):
            return [ray.get(one) for one in numbers.remote()]

        def rest(self):
            return None

    reader = Reader.remote()
    assert ray.get(reader.read.remote()) == [0, 1, 2]
    ray.get(reader.rest.remote())
    held = [keys for keys in engine._state.borrowed.values() if keys]
    assert held == []


def test_a_generator_task_travels_alone(ray, engine):
    @ray.remote
    def numbers(count):
        yield from range(count)

    for _ in range(3):  # however short it proves to be
        list(numbers.remote(1))
    generators = [numbers.remote(1) for _ in range(40)]
    posted = [numbers for numbers in engine._state.messages.values() if numbers]
    assert all(len(tasks) == 1 for tasks in posted)
    assert [len(list(generator)) for generator in generators] == [1] * 40
