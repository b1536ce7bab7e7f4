"""What views may ask of an engine: to cancel a task, to hold and space starts."""

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
    assert "cancel" in controls.names()
    controls.command("cancel", {"task": one.task})
    with pytest.raises(ray.TaskCancelledError):
        ray.get(one)
    with pytest.raises(ValueError, match="is over"):
        controls.command("cancel", {"task": one.task})


@pytest.mark.parametrize(
    ("name", "args", "says"),
    [
        ("stop", {}, "no command 'stop'; it has cancel, pause, step, resume, speed"),
        ("step", {"count": 0}, "whole number from 1"),
        ("speed", {}, "a number above 0"),
        ("cancel", {}, "needs the number"),
        ("cancel", {"task": "1"}, "needs the number"),
    ],
)
def test_what_it_cannot_do_is_said(controls, name, args, says):
    with pytest.raises(ValueError, match=says):
        controls.command(name, args)


def test_a_view_pauses_steps_slows_and_resumes(ray, bell, controls):
    @ray.remote
    def ring(word):
        bell.ring(word)
        return word

    controls.command("pause", {})
    ids = [ring.remote(word) for word in "abc"]
    controls.command("step", {})
    assert bell.hear() == ["a"]
    controls.command("step", {"count": 1})
    assert bell.hear() == ["b"]
    controls.command("speed", {"per_second": 1000})
    assert bell.hear() == ["c"]
    controls.command("resume", {})
    assert ray.get(ids) == ["a", "b", "c"]
