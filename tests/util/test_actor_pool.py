"""Work is dealt to the actors of a pool, and results come in either order."""

import pytest

from rayteach.util import ActorPool


@pytest.fixture
def workers(ray, gate):
    @ray.remote
    class Worker:
        def double(self, value):
            if value < 0:
                gate.pass_()
            return 2 * abs(value)

        def fail(self, value):
            raise KeyError(value)

    return [Worker.remote(), Worker.remote()]


@pytest.fixture
def pool(workers):
    return ActorPool(workers)


def double(actor, value):
    return actor.double.remote(value)


def test_map_gives_results_in_the_order_of_the_values(pool):
    assert list(pool.map(double, range(6))) == [0, 2, 4, 6, 8, 10]


def test_map_unordered_gives_what_is_there_first(pool, gate):
    results = pool.map_unordered(double, [-5, 1, 2])
    assert sorted([next(results), next(results)]) == [2, 4]
    gate.let()
    assert list(results) == [10]


def test_submit_keeps_values_until_an_actor_is_free(pool):
    for value in range(3):
        pool.submit(double, value)
    assert not pool.has_free()
    assert [pool.get_next() for _ in range(3)] == [0, 2, 4]
    assert not pool.has_next()


def test_a_timeout_leaves_the_result_to_be_asked_for_again(pool, gate):
    pool.submit(double, -1)
    with pytest.raises(TimeoutError, match="0 s"):
        pool.get_next(timeout=0)
    gate.let()
    assert pool.get_next() == 2


def test_a_timeout_of_get_next_unordered_is_an_error_too(pool, gate):
    pool.submit(double, -1)
    with pytest.raises(TimeoutError):
        pool.get_next_unordered(timeout=0)
    gate.let()
    assert pool.get_next_unordered(timeout=60) == 2


def test_a_result_that_is_ignored_at_its_timeout_frees_its_place(pool, gate):
    pool.submit(double, -1)
    with pytest.raises(TimeoutError):
        pool.get_next(timeout=0, ignore_if_timedout=True)
    gate.let()
    assert not pool.has_next()
    assert pool.has_free()


def test_get_next_unordered_can_forget_the_oldest_at_its_timeout(pool, gate):
    pool.submit(double, -1)
    pool.submit(double, -2)
    with pytest.raises(TimeoutError):
        pool.get_next_unordered(timeout=0, ignore_if_timedout=True)
    gate.let(2)
    assert pool.get_next() == 4
    assert not pool.has_next()


def test_a_dead_actor_leaves_the_pool_and_the_rest_goes_on(ray, pool, workers):
    ray.kill(workers[0])
    results = pool.map(double, [1, 2, 3])
    assert next(results) == 2
    with pytest.raises(ray.ActorDiedError):
        next(results)
    assert pool.get_next() == 6
    assert pool.pop_idle() == workers[1]
    assert pool.pop_idle() is None


def test_nothing_to_fetch_is_a_stop_iteration(pool):
    with pytest.raises(StopIteration):
        pool.get_next()
    with pytest.raises(StopIteration):
        pool.get_next_unordered()


def test_the_order_is_lost_after_get_next_unordered(pool, gate):
    pool.submit(double, -1)
    pool.submit(double, 3)
    assert pool.get_next_unordered() == 6
    with pytest.raises(ValueError, match="get_next_unordered"):
        pool.get_next()
    gate.let()
    assert pool.get_next_unordered() == 2


def test_map_forgets_what_was_submitted_before(pool):
    for value in range(4):
        pool.submit(double, value)
    assert list(pool.map(double, [10, 20])) == [20, 40]


def test_an_idle_actor_can_be_taken_out_and_pushed_back(pool):
    first, second = pool.pop_idle(), pool.pop_idle()
    assert first != second
    assert pool.pop_idle() is None
    pool.submit(double, 1)
    pool.push(first)
    assert pool.get_next() == 2


def test_an_actor_of_the_pool_cannot_be_pushed_again(pool, workers, gate):
    pool.submit(double, -1)
    for actor in workers:  # one is busy, the other idle
        with pytest.raises(ValueError, match="already"):
            pool.push(actor)
    gate.let()


def test_an_error_of_a_call_reaches_the_one_who_fetches(pool):
    pool.submit(lambda actor, value: actor.fail.remote(value), "x")
    with pytest.raises(KeyError):
        pool.get_next()
    assert pool.has_free()


def test_fn_must_return_an_id(pool):
    with pytest.raises(TypeError, match=r"actor\.method\.remote"):
        pool.submit(lambda _actor, value: value, 1)
    assert pool.has_free()


def test_a_negative_timeout_is_refused(pool):
    pool.submit(double, 1)
    with pytest.raises(ValueError, match="seconds"):
        pool.get_next(timeout=-1)
