"""Values and IDs: what travels, what is shared."""

import builtins

import numpy as np
import pytest

SMALL, LARGE = 10, 1_000_000


@pytest.fixture
def echo(ray):
    @ray.remote
    def echo(value):
        return value

    return echo


@pytest.mark.parametrize(
    "value", [None, 0, "ü", b"\x00", [1, {2: (3,)}], 1 << 100, "x" * 300_000]
)
def test_values_come_back_equal(ray, echo, value):
    assert ray.get(echo.remote(value)) == value
    assert ray.get(ray.put(value)) == value


def test_other_values_are_fresh_copies_each_time(ray):
    one = ray.put([1])
    ray.get(one).append(2)
    assert ray.get(one) == [1]


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_arrays_are_read_only_and_shared(ray, echo, size):
    for one in (ray.put(np.arange(size)), echo.remote(np.arange(size))):
        first, second = ray.get(one), ray.get(one)
        assert (first == np.arange(size)).all()
        assert np.shares_memory(first, second)
        with pytest.raises(ValueError, match="read-only"):
            first[0] = 1


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_task_sees_arrays_read_only_too(ray, size):
    @ray.remote
    def write(array):
        try:
            array[0] = 1
        except ValueError as error:
            return str(error)

    array = np.arange(size)
    assert "read-only" in ray.get(write.remote(array))
    assert "read-only" in ray.get(write.remote(ray.put(array)))


def test_an_array_outlives_its_id(ray):
    array = ray.get(ray.put(np.ones(LARGE)))
    ray.put(np.zeros(LARGE))
    assert array.sum() == LARGE


def test_an_id_as_an_argument_is_its_value(ray, echo):
    assert ray.get(echo.remote(echo.remote(5))) == 5
    assert ray.get(echo.remote(value=ray.put(6))) == 6


def test_an_id_in_a_container_stays_an_id(ray):
    @ray.remote
    def look(values):
        one = values["id"]
        return isinstance(one, ray.ObjectID), ray.get(one)

    assert ray.get(look.remote({"id": ray.put(7)})) == (True, 7)


def test_an_id_in_a_result_stays_an_id(ray, echo):
    one = ray.put(8)
    [back] = ray.get(echo.remote([one]))
    assert back == one
    assert ray.get(back) == 8


def test_an_id_inside_a_put_value_keeps_its_value_alive(ray):
    outer = ray.put([ray.put("inner")])
    assert ray.get(ray.get(outer)[0]) == "inner"


def test_put_of_an_id_is_a_type_error(ray):
    with pytest.raises(TypeError, match="names a stored value already"):
        ray.put(ray.put(1))


def test_a_chain_of_tasks_passes_its_value_along(ray):
    @ray.remote
    def add(x):
        return x + 1

    one = 0
    for _ in range(50):
        one = add.remote(one)
    assert ray.get(one) == 50


def test_a_task_waits_for_all_its_inputs(ray, gate, bell):
    @ray.remote
    def slow():
        gate.pass_()
        return 1

    @ray.remote
    def add(a, b):
        bell.ring("add")
        return a + b

    both = add.remote(slow.remote(), slow.remote())
    gate.let()
    assert ray.wait([both], timeout=0) == ([], [both])
    gate.let()
    assert bell.hear() == ["add"]
    assert ray.get(both) == 2


def test_many_ids_as_arguments_arrive_in_order(ray, echo):
    @ray.remote
    def collect(*values):
        return list(values)

    ids = [echo.remote(i) for i in range(300)]
    assert ray.get(collect.remote(*ids)) == list(range(300))


def test_an_id_has_the_identities_of_ray(ray, echo):
    one = echo.remote(1)
    assert len(one.hex()) == 56
    assert one.binary() == bytes.fromhex(one.hex())
    assert one.hex().startswith(one.task_id())
    assert one == ray.get(ray.put([one]))[0]
    assert one != echo.remote(1)


def test_an_id_is_no_number_and_no_sequence(echo):
    one = echo.remote(1)
    with pytest.raises(TypeError):
        one + 1
    with pytest.raises(TypeError, match="get"):
        iter(one)
    with pytest.raises(TypeError):
        len(one)


def test_a_small_array_that_a_task_keeps_outlives_its_message(ray):
    @ray.remote
    class Keeper:
        def keep(self, array):
            self.array = array

        def total(self):
            return int(self.array.sum())

    @ray.remote
    def keep(array):
        kept = getattr(builtins, "kept_by_a_test", None)
        if kept is None:
            kept = builtins.kept_by_a_test = []
        kept.append(array)
        return [int(one[0]) for one in kept]

    keeper = Keeper.remote()
    keeper.keep.remote(np.ones(100, dtype=np.int64))
    seen = [ray.get(keep.remote(np.full(50, number))) for number in range(20)]
    assert ray.get(keeper.total.remote()) == 100
    for number, kept in enumerate(seen):
        assert kept == sorted(kept)
        assert kept[-1] == number
