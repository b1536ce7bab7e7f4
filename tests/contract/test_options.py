"""Options of tasks."""

import pytest


@pytest.fixture
def three(ray):
    @ray.remote(num_returns=3)
    def three(values=(1, 2, 3)):
        return values

    return three


def test_several_results_are_several_ids(ray, three):
    ids = three.remote()
    assert len(ids) == 3
    assert ray.get(ids) == [1, 2, 3]
    assert ray.get(ids[1]) == 2


def test_no_results_give_none(ray):
    @ray.remote(num_returns=0)
    def nothing():
        return 1

    assert nothing.remote() is None


def test_options_hold_for_one_call(ray, three):
    assert ray.get(three.options(num_returns=1).remote()) == (1, 2, 3)
    assert len(three.remote()) == 3


@pytest.mark.parametrize(("values", "error"), [((1, 2), ValueError), (7, TypeError)])
def test_results_that_do_not_fit_the_number_fail_the_task(ray, three, values, error):
    for one in three.remote(values):
        with pytest.raises(error, match="num_returns=3") as info:
            ray.get(one)
        assert isinstance(info.value, ray.TaskError)


def test_an_unknown_option_is_a_value_error_with_the_nearest_name(ray):
    with pytest.raises(ValueError, match="did you mean 'num_cpus'"):
        ray.remote(num_cpu=2)(len)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"num_cpus": -1}, ValueError),
        ({"num_cpus": "2"}, TypeError),
        ({"num_returns": -1}, ValueError),
        ({"num_returns": 1.5}, ValueError),
        ({"num_returns": True}, ValueError),
        ({"num_returns": "stream"}, ValueError),
        ({"num_returns": 70_000}, ValueError),
        ({"max_retries": -2}, ValueError),
        ({"max_retries": None}, TypeError),
        ({"resources": [("a", 1)]}, TypeError),
        ({"resources": {"CPU": 1}}, ValueError),
        ({"resources": {"a": -1}}, ValueError),
        ({"name": 3}, TypeError),
    ],
)
def test_a_wrong_option_is_an_error_at_once(ray, three, options, error):
    with pytest.raises(error):
        three.options(**options)
    with pytest.raises(error):
        ray.remote(**options)(lambda: None)


def test_a_name_is_what_people_see(ray):
    @ray.remote
    def plain():
        return 1

    assert "special-" in repr(plain.options(name="special").remote())


def test_no_more_tasks_run_at_once_than_there_are_cpus(ray, gate, bell):
    @ray.remote
    def work():
        bell.ring("in")
        gate.pass_()
        bell.ring("out")

    ids = [work.remote() for _ in range(4)]
    assert bell.hear(2) == ["in", "in"]
    for _ in range(2):
        gate.let()
        assert bell.hear(2) == ["out", "in"]
    gate.let(2)
    ray.get(ids)


def test_a_task_with_all_cpus_runs_alone(ray, gate, bell):
    @ray.remote
    def work(text):
        bell.ring(text)
        gate.pass_()
        bell.ring(f"{text}-ends")

    one = work.remote("one")
    assert bell.hear() == ["one"]
    both = work.options(num_cpus=2).remote("both")
    gate.let()
    assert bell.hear(2) == ["one-ends", "both"]
    gate.let()
    ray.get([one, both])


def test_two_halves_and_a_whole_run_together(ray, gate, bell):
    @ray.remote
    def work():
        bell.ring()
        gate.pass_()

    ids = [work.options(num_cpus=c).remote() for c in (0.5, 0.5, 1)]
    bell.hear(3)
    gate.let(3)
    ray.get(ids)


def test_tasks_without_cpus_all_run_together(ray, gate, bell):
    @ray.remote(num_cpus=0)
    def work():
        bell.ring()
        gate.pass_()

    ids = [work.remote() for _ in range(5)]
    bell.hear(5)
    gate.let(5)
    ray.get(ids)


def test_a_custom_resource_is_used_by_one_at_a_time(closed, gate, bell):
    closed.init(num_cpus=2, resources={"camera": 1})

    @closed.remote(num_cpus=0, resources={"camera": 1})
    def shoot(number):
        bell.ring(f"{number}in")
        gate.pass_()
        bell.ring(f"{number}out")

    ids = [shoot.remote(number) for number in range(2)]
    gate.let(2)
    assert bell.hear(4) == ["0in", "0out", "1in", "1out"]
    closed.get(ids)


def test_a_task_that_asks_for_more_than_there_is_stays_pending(ray):
    @ray.remote(num_cpus=64)
    def huge():
        return 1

    ready, rest = ray.wait([huge.remote()], timeout=0)
    assert (len(ready), len(rest)) == (0, 1)
