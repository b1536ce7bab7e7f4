"""Ray's signatures: keyword-only options and seconds."""

import warnings

import pytest


@pytest.fixture
def held(ray, gate):
    """Return the reference of a task that waits at the gate."""

    @ray.remote
    def pass_():
        gate.pass_()
        return "through"

    return pass_.remote()


def test_a_program_of_rays_guide_runs(closed):
    ray = closed
    ray.init()

    @ray.remote
    class Counter:
        def __init__(self):
            self.i = 0

        def get(self):
            return self.i

        def incr(self, value):
            self.i += value

    @ray.remote
    def square(x):
        return x * x

    counter = Counter.remote()
    for _ in range(10):
        counter.incr.remote(1)
    assert ray.get(counter.get.remote()) == 10
    assert ray.get([square.remote(i) for i in range(4)]) == [0, 1, 4, 9]


def test_get_counts_seconds(ray, held, gate):
    with pytest.raises(ray.exceptions.GetTimeoutError):
        ray.get(held, timeout=0)
    gate.let()
    assert ray.get([held], timeout=999) == ["through"]
    assert ray.get(held, timeout=999) == "through"


def test_wait_counts_seconds_without_a_warning_about_milliseconds(ray, held):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ray.wait([held], timeout=0.01) == ([], [held])


def test_the_log_keeps_the_unit(ray, held):
    from rayteach.api import session  # noqa: PLC0415 (once one is open)
    from rayteach.core.events import WaitStarted  # noqa: PLC0415 (as above)

    ray.wait([held], timeout=0.01)
    events = session.current().log.events()
    last = [event for event in events if isinstance(event, WaitStarted)][-1]
    assert (last.timeout_s, last.unit) == (0.01, "s")


def test_wait_gives_ready_and_remaining_in_the_order_of_the_input(ray, held):
    one, two = ray.put(1), ray.put(2)
    assert ray.wait([held, one, two]) == ([one], [held, two])
    found = ray.wait([held, one, two], num_returns=2, timeout=9, fetch_local=False)
    assert found == ([one, two], [held])


def test_options_of_wait_go_by_name(ray):
    with pytest.raises(TypeError):
        ray.wait([ray.put(1)], 1)
    with pytest.raises(TypeError):
        ray.get(ray.put(1), 1)


@pytest.mark.parametrize("call", ["get", "wait"])
def test_a_thousand_seconds_are_suspicious(ray, call):
    with pytest.warns(UserWarning, match="1500 seconds here; 1500 ms would be 1.5"):
        getattr(ray, call)([ray.put(1)], timeout=1500)


def test_the_suspicion_is_told_once_per_line(ray):
    one = ray.put(1)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        for _ in range(3):
            ray.get(one, timeout=1000)
    assert [warning.filename for warning in told] == [__file__]


@pytest.mark.parametrize("call", ["get", "wait"])
def test_a_wrong_timeout_is_refused(ray, call):
    with pytest.raises(ValueError, match="seconds"):
        getattr(ray, call)([ray.put(1)], timeout=-1)
    with pytest.raises(TypeError, match="seconds"):
        getattr(ray, call)([ray.put(1)], timeout="1")
    assert getattr(ray, call)([ray.put(1)], timeout=float("inf"))


def test_wrong_arguments_are_refused_with_a_timeout_too(ray):
    one = ray.put(1)
    with pytest.raises(ValueError, match="tuple"):
        ray.get((one,), timeout=1)
    with pytest.raises(TypeError, match="item 0"):
        ray.get([1], timeout=1)
    with pytest.raises(TypeError, match="list"):
        ray.wait(one, timeout=1)
    with pytest.raises(ValueError, match="twice"):
        ray.wait([one, one], timeout=1)
    with pytest.raises(ValueError, match="num_returns"):
        ray.wait([one], num_returns=2, timeout=1)


def test_empty_lists_are_answered_at_once(ray):
    assert ray.get([], timeout=1) == []
    assert ray.wait([], timeout=1) == ([], [])


def test_named_actors_are_found(ray):
    @ray.remote
    class Counter:
        pass

    counter = Counter.options(name="c").remote()
    assert ray.get_actor("c") == counter
    assert ray.util.list_named_actors() == ["c"]
    with pytest.raises(ValueError, match="namespace='default'"):
        ray.get_actor("c", namespace="other")


def test_a_killed_actor_raises_rays_error(ray):
    @ray.remote
    class Counter:
        def get(self):
            return 1

    counter = Counter.remote()
    ray.kill(counter, no_restart=True)
    with pytest.raises(ray.exceptions.RayActorError):
        ray.get(counter.get.remote())


def test_a_failed_task_raises_rays_error_and_the_original(ray):
    @ray.remote
    def fail():
        raise KeyError("x")  # noqa: EM101, TRY003, RUF100 (the error under test)

    with pytest.raises(ray.exceptions.RayTaskError):
        ray.get(fail.remote(), timeout=60)
    with pytest.raises(KeyError):
        ray.get(fail.remote())


def test_resources_are_counted(ray):
    assert ray.cluster_resources()["CPU"] == 2
    assert ray.available_resources()["CPU"] == 2
    assert [node["Alive"] for node in ray.nodes()] == [True]


def test_wait_takes_generators_and_seconds(ray, gate):
    @ray.remote
    def steps():
        gate.pass_()
        yield "item"

    generator = steps.remote()
    assert ray.wait([generator], timeout=0) == ([], [generator])
    gate.let()
    assert ray.wait([generator], timeout=60) == ([generator], [])
    assert ray.get(next(generator)) == "item"
