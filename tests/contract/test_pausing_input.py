"""pause, step, speed and resume with what they cannot take, or where they cannot be."""

import pytest


@pytest.fixture
def mode(ray):
    """Return a function that says how starts go now."""
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    assert ray.is_initialized()
    return lambda: session.current().engine.gating.mode


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "2", None])
def test_a_step_of_anything_but_a_whole_number_is_a_value_error(ray, mode, count):
    with pytest.raises(ValueError, match="whole number from 1"):
        ray.step(count)
    assert mode() == "flow"


@pytest.mark.parametrize("per_second", [0, -1, float("inf"), float("nan"), True, "1"])
def test_a_speed_that_is_none_is_a_value_error(ray, mode, per_second):
    with pytest.raises(ValueError, match="a number above 0"):
        ray.speed(per_second)
    assert mode() == "flow"


@pytest.mark.parametrize("name", ["pause", "step", "resume", "speed"])
def test_without_a_session_the_error_says_what_to_do(closed, name):
    arguments = (1,) if name == "speed" else ()
    with pytest.raises(closed.RayteachError, match=r"call rayteach\.init\(\) first"):
        getattr(closed, name)(*arguments)
    with pytest.raises(closed.RayteachError, match="init"), closed.paused():
        pass


def test_inside_a_task_it_is_refused(ray):
    @ray.remote
    def hold():
        ray.pause()

    with pytest.raises(ray.RayteachError, match="works in the driver"):
        ray.get(hold.remote())


def test_a_paused_session_can_be_shut_down(closed):
    closed.init(num_cpus=1)

    @closed.remote
    def one():
        return 1

    with closed.paused():
        pending = one.remote()
        closed.shutdown()
    with pytest.raises(closed.RayteachError):
        closed.get(pending)
