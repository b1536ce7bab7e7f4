"""``get`` and ``wait``."""

import pytest


@pytest.fixture
def one(ray):
    @ray.remote
    def one(x=1):
        return x

    return one


@pytest.fixture
def late(ray, gate):
    @ray.remote
    def late():
        gate.pass_()
        return "late"

    return late


@pytest.fixture
def fail(ray):
    @ray.remote
    def fail():
        raise ValueError("failed")

    return fail


def test_get_of_a_list_keeps_its_order_and_duplicates(ray, one):
    a, b = one.remote("a"), one.remote("b")
    assert ray.get([b, a, b]) == ["b", "a", "b"]
    assert ray.get([]) == []


@pytest.mark.parametrize("wrong", [3, None, "x", (), {1}, {"a": 1}, iter([])])
def test_get_of_what_is_neither_id_nor_list_is_a_value_error(ray, wrong):
    with pytest.raises(ValueError, match="ObjectID or a list"):
        ray.get(wrong)


def test_get_of_a_tuple_of_ids_says_to_make_a_list(ray, one):
    with pytest.raises(ValueError, match="make a list"):
        ray.get((one.remote(),))


def test_get_of_a_list_with_something_else_names_its_place(ray, one):
    with pytest.raises(TypeError, match="item 1 of the list is an int"):
        ray.get([one.remote(), 3])


def test_get_of_a_remote_function_says_to_call_it(ray, one):
    with pytest.raises(ValueError, match=r"\.remote\(\)"):
        ray.get(one)


def test_a_failing_id_raises_without_waiting_for_the_rest(ray, fail, late, gate):
    rest = late.remote()
    with pytest.raises(ValueError, match="failed"):
        ray.get([rest, fail.remote()])
    gate.let()
    assert ray.get(rest) == "late"


def test_get_with_timeout_zero_means_now_or_raise(ray, late, gate):
    one = late.remote()
    with pytest.raises(ray.GetTimeoutError, match="after 0 ms") as info:
        ray.get(one, timeout=0)
    assert isinstance(info.value, TimeoutError)
    gate.let()
    assert ray.get(one) == "late"
    assert ray.get(one, timeout=0) == "late"


def test_get_names_what_is_not_ready_and_the_timeout_in_ms(ray, one, late, gate):
    ids = [one.remote(), late.remote()]
    ray.get(ids[0])
    with pytest.raises(ray.GetTimeoutError, match=r"20 ms: 1 of 2 .*late-"):
        ray.get(ids, timeout=20)
    gate.let()


@pytest.mark.parametrize("call", ["get", "wait"])
@pytest.mark.parametrize(
    ("timeout", "error"), [(-1, ValueError), ("1", TypeError), (True, TypeError)]
)
def test_a_wrong_timeout_is_an_error(ray, one, call, timeout, error):
    with pytest.raises(error, match="milliseconds"):
        getattr(ray, call)([one.remote()], timeout=timeout)


def test_an_endless_timeout_waits(ray, one):
    assert ray.get(one.remote(), timeout=float("inf")) == 1


def test_wait_returns_both_lists_in_input_order(ray, one, late, gate):
    ids = [late.remote(), one.remote(), one.remote()]
    ray.get(ids[1:])
    assert ray.wait(ids, num_returns=2) == ([ids[1], ids[2]], [ids[0]])
    gate.let()


def test_wait_returns_no_more_than_asked_and_the_first_ones(ray, one):
    ids = [one.remote(x) for x in range(8)]
    ray.get(ids)
    assert ray.wait(ids, num_returns=3) == (ids[:3], ids[3:])
    assert ray.wait(ids, 3) == (ids[:3], ids[3:])


def test_wait_returns_when_enough_are_ready(ray, one, late, gate):
    ids = [one.remote(), late.remote(), one.remote()]
    ready, rest = ray.wait(ids, num_returns=2)
    assert (ready, rest) == ([ids[0], ids[2]], [ids[1]])
    gate.let()


def test_the_timeout_of_wait_is_no_error(ray, late, gate):
    one = late.remote()
    with pytest.warns(UserWarning, match="waited 20 ms; timeouts here are milli"):
        assert ray.wait([one], timeout=20) == ([], [one])
    assert ray.wait([one], timeout=100) == ([], [one])
    assert ray.wait([one], timeout=0) == ([], [one])
    gate.let()


def test_failed_ids_count_as_ready(ray, fail, late, gate):
    ids = [late.remote(), fail.remote()]
    assert ray.wait(ids) == ([ids[1]], [ids[0]])
    gate.let()


def test_wait_of_an_empty_list_is_empty(ray):
    assert ray.wait([]) == ([], [])


@pytest.mark.parametrize("wrap", [tuple, set, iter, lambda ids: ids[0]])
def test_wait_takes_a_list_only(ray, one, wrap):
    with pytest.raises(TypeError, match="list of ObjectIDs"):
        ray.wait(wrap([one.remote()]))


def test_wait_refuses_duplicates(ray, one):
    ids = [one.remote()] * 2
    with pytest.raises(ValueError, match="twice"):
        ray.wait(ids)


@pytest.mark.parametrize("count", [0, -1, 2])
def test_wait_refuses_a_number_out_of_range(ray, one, count):
    with pytest.raises(ValueError, match="it can be 1 to 1"):
        ray.wait([one.remote()], num_returns=count)


def test_wait_refuses_what_is_no_number_or_no_id(ray, one):
    with pytest.raises(TypeError, match="num_returns"):
        ray.wait([one.remote()], num_returns=1.0)
    with pytest.raises(TypeError, match="item 0"):
        ray.wait([1])


def test_a_drain_by_wait_sees_every_task_once(ray, one):
    rest, seen = [one.remote(x) for x in range(200)], []
    while rest:
        ready, rest = ray.wait(rest, num_returns=min(7, len(rest)))
        seen += ray.get(ready)
    assert sorted(seen) == list(range(200))


def test_a_future_gets_the_value(ray, late, gate):
    future = late.remote().future()
    assert not future.done()
    gate.let()
    assert future.result() == "late"


def test_a_future_gets_the_error(ray, fail):
    assert isinstance(fail.remote().future().exception(), ValueError)


def test_an_id_can_be_awaited(ray, one, fail):
    import asyncio  # noqa: PLC0415 (only here)

    async def main():
        found = await asyncio.gather(one.remote("a"), one.remote("b"))
        with pytest.raises(ValueError, match="failed"):
            await fail.remote()
        return found

    assert asyncio.run(main()) == ["a", "b"]
