"""``@remote`` on functions: calls, arguments and results."""

import math
import os
import threading
from functools import partial

import pytest


@pytest.fixture
def add(ray):
    @ray.remote
    def add(a, b=10):
        return a + b

    return add


def test_a_call_returns_an_id_and_get_its_value(ray, add):
    one = add.remote(1, 2)
    assert isinstance(one, ray.ObjectID)
    assert ray.get(one) == 3


def test_the_repr_of_an_id_names_its_task(ray):
    @ray.remote
    def named():
        return 1

    assert repr(named.remote()).startswith("ObjectID(named-")


def test_a_task_runs_in_another_process(ray):
    @ray.remote
    def pid():
        return os.getpid()

    assert ray.get(pid.remote()) != os.getpid()


def test_defaults_and_keywords_are_those_of_the_function(ray, add):
    assert ray.get([add.remote(1), add.remote(a=1, b=2), add.remote(1, b=3)]) == [
        11, 3, 4,
    ]  # fmt: skip


def test_a_direct_call_is_an_error_that_names_remote(add):
    with pytest.raises(TypeError, match=r"add\.remote\(\.\.\.\)"):
        add(1)


def test_the_plain_function_stays_at_hand(add):
    assert add.__wrapped__(1, 2) == 3
    assert add.__name__ == "add"


@pytest.mark.parametrize("args", [(), (1, 2, 3)])
def test_wrong_arguments_are_a_type_error_at_the_call(add, args):
    with pytest.raises(TypeError, match=r"add\.remote\(\).*it takes \(a, b=10\)"):
        add.remote(*args)


def test_an_unknown_keyword_is_a_type_error_at_the_call(add):
    with pytest.raises(TypeError, match="'c'"):
        add.remote(1, c=2)


def test_variadic_functions_take_what_they_take(ray):
    @ray.remote
    def collect(*args, **kwargs):
        return args, kwargs

    assert ray.get(collect.remote(1, 2, x=3)) == ((1, 2), {"x": 3})


def test_remote_works_without_the_decorator(ray):
    assert ray.get(ray.remote(math.gcd).remote(12, 18)) == 6


@pytest.mark.parametrize("target", [3, "text", partial(math.gcd, 12)])
def test_remote_of_what_is_no_function_or_class_is_a_type_error(ray, target):
    with pytest.raises(TypeError, match="takes a function or a class"):
        ray.remote(target)


def test_remote_of_what_is_remote_is_a_type_error(ray, add):
    with pytest.raises(TypeError, match="remote already"):
        ray.remote(add)


def test_options_are_given_by_name(ray):
    with pytest.raises(TypeError, match="options by name"):
        ray.remote(math.gcd, 2)


def test_an_argument_that_does_not_pickle_is_an_error_at_the_call(add):
    with pytest.raises(TypeError, match="pickle"):
        add.remote(threading.Lock())


def test_a_function_that_captures_what_does_not_pickle_names_it(ray):
    lock = threading.Lock()

    @ray.remote
    def hold():
        return lock

    with pytest.raises(TypeError, match="It uses 'lock'"):
        hold.remote()


def test_a_result_that_does_not_pickle_is_the_tasks_error(ray):
    @ray.remote
    def lock():
        return threading.Lock()

    with pytest.raises(ray.TaskError, match="pickle") as info:
        ray.get(lock.remote())
    assert isinstance(info.value, TypeError)


def test_functions_and_classes_of_the_program_travel(ray):
    class Point:
        def __init__(self, x):
            self.x = x

    @ray.remote
    def move(point, by):
        return Point(by(point.x))

    assert ray.get(move.remote(Point(1), lambda x: x + 1)).x == 2


def test_an_id_in_a_list_is_named_as_such_by_what_cannot_use_it(ray):
    @ray.remote
    def total(values):
        return sum(values)

    with pytest.raises(TypeError, match="'int' and 'Object(ID|Ref)'"):
        ray.get(total.remote([ray.put(1)]))


def test_tasks_see_copies_of_what_they_get(ray):
    @ray.remote
    def change(values):
        values.append(1)
        return values

    values = []
    assert ray.get(change.remote(values)) == [1]
    assert values == []


def test_a_task_sees_its_captured_values_fresh_on_every_call(ray):
    box = {"n": 0}

    @ray.remote
    def count():
        box["n"] += 1
        return box["n"]

    assert ray.get([count.remote() for _ in range(6)]) == [1] * 6


def test_a_task_that_counts_in_a_name_around_it_counts_alone(ray):
    count = 0

    @ray.remote
    def hit():
        nonlocal count
        count += 1
        return count

    assert ray.get([hit.remote() for _ in range(4)]) == [1] * 4
    assert count == 0


def test_a_task_that_counts_in_a_global_counts_alone(ray):
    space = {"__name__": "__main__", "hits": 0}
    exec("def hit():\n global hits\n hits += 1\n return hits", space)  # noqa: S102 (as a cell is)
    hit = ray.remote(space["hit"])

    assert ray.get([hit.remote() for _ in range(4)]) == [1] * 4
    assert space["hits"] == 0


def test_a_mutable_default_is_fresh_on_every_call(ray):
    @ray.remote
    def collect(x, found=[]):  # noqa: B006 (this is the point)
        found.append(x)
        return found

    assert ray.get([collect.remote(x) for x in range(4)]) == [[0], [1], [2], [3]]


def test_a_closure_is_frozen_at_the_first_call(ray):
    factor = 2

    @ray.remote
    def scale(x):
        return factor * x

    assert ray.get(scale.remote(1)) == 2
    factor = 3
    assert ray.get(scale.remote(1)) == 2


def test_a_remote_function_can_be_passed_to_a_task(ray, add):
    @ray.remote
    def use(function):
        return ray.get(function.remote(1, 1))

    assert ray.get(use.remote(add)) == 2
