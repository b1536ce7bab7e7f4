"""What views may ask of an engine: for now, to cancel a task."""

import time

import pytest


@pytest.fixture
def controls(ray):
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    assert ray.is_initialized()
    return session.current().controls


def test_a_view_cancels_a_task_by_its_number(ray, bell, controls):
    @ray.remote
    def sleep():
        bell.ring()
        time.sleep(3600)  # the task's work

    one = sleep.remote()
    bell.hear()
    assert controls.names() == ("cancel",)
    controls.command("cancel", {"task": one.task})
    with pytest.raises(ray.TaskCancelledError):
        ray.get(one)
    with pytest.raises(ValueError, match="is over"):
        controls.command("cancel", {"task": one.task})


@pytest.mark.parametrize(
    ("name", "args", "says"),
    [
        ("pause", {}, "no command 'pause'"),
        ("cancel", {}, "needs the number"),
        ("cancel", {"task": "1"}, "needs the number"),
    ],
)
def test_what_it_cannot_do_is_said(controls, name, args, says):
    with pytest.raises(ValueError, match=says):
        controls.command(name, args)
