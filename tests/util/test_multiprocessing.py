"""The calls of Python's ``multiprocessing.Pool``, over actors."""

import itertools
import os
import threading

import pytest

from rayteach.util.multiprocessing import Pool

state = {}


def square(number):
    return number * number


def add(left, right=0):
    return left + right


def fail(number):
    if number == 3:
        msg = "three"
        raise LookupError(msg)
    return number


def remember(value):
    state["value"] = value


def recall(_):
    return state["value"], os.getpid()


@pytest.fixture
def pool(ray):
    assert ray.is_initialized()
    with Pool(2) as made:
        yield made


def test_apply_returns_the_value(pool):
    assert pool.apply(add, (1,), {"right": 2}) == 3


def test_apply_async_returns_at_once(pool, gate):
    def pass_():
        gate.pass_()
        return "through"

    result = pool.apply_async(pass_)
    assert not result.ready()
    with pytest.raises(TimeoutError):
        result.get(timeout=0)
    with pytest.raises(ValueError, match="not there yet"):
        result.successful()
    gate.let()
    result.wait()
    assert result.ready()
    assert result.successful()
    assert result.get() == "through"


def test_map_keeps_the_order(pool):
    assert pool.map(square, range(20)) == [n * n for n in range(20)]
    assert pool.map(square, iter([2, 3]), chunksize=1) == [4, 9]
    assert pool.map(square, []) == []


def test_map_async_gives_the_list_later(pool):
    result = pool.map_async(square, range(3))
    assert result.get(timeout=60) == [0, 1, 4]


def test_an_empty_map_async_is_ready(pool):
    result = pool.map_async(square, [])
    result.wait()
    assert result.ready()
    assert result.successful()


def test_starmap_spreads_the_arguments(pool):
    assert pool.starmap(add, [(1, 2), (3, 4)]) == [3, 7]
    assert pool.starmap_async(add, [(1,), (5,)]).get() == [1, 5]


def test_imap_yields_in_order(pool):
    assert list(pool.imap(square, range(9), chunksize=2)) == [n * n for n in range(9)]


def test_imap_reads_its_input_only_as_far_as_it_must(pool):
    results = pool.imap(square, itertools.count())
    assert [next(results) for _ in range(10)] == [n * n for n in range(10)]


def test_imap_unordered_yields_what_is_there_first(pool, gate):
    def held(number):
        if number == 0:
            gate.pass_()
        return number

    results = pool.imap_unordered(held, range(4))
    first = next(results)
    gate.let()
    assert first == 1
    assert sorted(results) == [0, 2, 3]


def test_the_next_of_imap_can_time_out_and_be_asked_again(pool, gate):
    def held(number):
        gate.pass_()
        return number

    results = pool.imap(held, [7])
    with pytest.raises(TimeoutError):
        results.next(timeout=0)
    gate.let()
    assert results.next(timeout=60) == 7
    with pytest.raises(StopIteration):
        results.next()


def test_an_error_is_of_the_original_type(pool, ray):
    with pytest.raises(LookupError, match="three"):
        pool.map(fail, range(5))
    with pytest.raises(ray.TaskError):
        pool.apply(fail, (3,))
    result = pool.apply_async(fail, (3,))
    result.wait()
    assert not result.successful()


def test_imap_goes_on_behind_an_error(pool):
    results = pool.imap(fail, [2, 3, 4])
    assert next(results) == 2
    with pytest.raises(LookupError):
        next(results)
    assert list(results) == [4]


def test_callbacks_get_the_value_or_the_error(pool):
    heard, both = [], threading.Barrier(3)

    def hear(what):
        heard.append(what)
        both.wait()

    pool.apply_async(square, (3,), callback=hear)
    pool.map_async(fail, [3], error_callback=hear)
    both.wait()
    assert [one for one in heard if one == 9]
    assert [one for one in heard if isinstance(one, LookupError)]


def test_the_initializer_runs_once_in_each_process(ray):
    assert ray.is_initialized()
    with Pool(2, initializer=remember, initargs=("set",)) as pool:
        found = pool.map(recall, range(8))
    assert {value for value, _ in found} == {"set"}
    assert len({pid for _, pid in found}) == 2
    assert "value" not in state


def test_an_initializer_that_raises_fails_the_first_call(ray):
    pool = Pool(1, initializer=fail, initargs=(3,))
    with pytest.raises(ray.ActorDiedError, match="three"):
        pool.apply(square, (1,))


def test_there_are_as_many_processes_as_cpus(ray):
    assert ray.is_initialized()
    with Pool() as pool:
        assert "2 processes" in repr(pool)


def test_a_closed_pool_finishes_and_takes_no_more(pool):
    result = pool.map_async(square, range(4))
    pool.close()
    with pytest.raises(ValueError, match="no more work"):
        pool.apply(square, (1,))
    pool.join()
    assert result.ready()
    assert result.get() == [0, 1, 4, 9]


def test_an_open_pool_cannot_be_joined(pool):
    with pytest.raises(ValueError, match="close"):
        pool.join()


def test_terminate_ends_what_runs(pool, ray, gate):
    result = pool.apply_async(gate.pass_)
    pool.terminate()
    pool.join()
    with pytest.raises(ray.ActorDiedError):
        result.get()
    with pytest.raises(ValueError, match="no more work"), pool:
        pass


def test_what_cannot_be_offered_is_refused_with_a_reason(ray):
    assert ray.is_initialized()
    with pytest.raises(ValueError, match="keeps its process"):
        Pool(2, maxtasksperchild=1)
    with pytest.raises(ValueError, match="1 or more"):
        Pool(0)
    with pytest.raises(TypeError, match="callable"):
        Pool(1, initializer=3)


def test_wrong_arguments_are_refused_at_the_call(pool, ray):
    with pytest.raises(ValueError, match="chunksize"):
        pool.map(square, [1], chunksize=0)
    with pytest.raises(TypeError, match="callable"):
        pool.map(3, [1])
    with pytest.raises(NotImplementedError, match="cannot be passed"):
        ray.put(pool)
