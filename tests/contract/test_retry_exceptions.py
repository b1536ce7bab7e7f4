"""``retry_exceptions``: an error that is worth another attempt."""

import pytest


@pytest.fixture
def flaky(ray, tally):
    """Return a task that fails until its count is reached."""

    @ray.remote
    def fail_until(count, error=ValueError):
        if tally.add() < count:
            raise error("not yet")
        return tally.count

    return fail_until


def lost(ray, object_id):
    from rayteach.api import session  # noqa: PLC0415 (once there is one)
    from rayteach.core.events import AttemptLost  # noqa: PLC0415 (as above)

    assert ray.is_initialized()
    events = session.current().log.events()
    return [
        (event.attempt, event.reason)
        for event in events
        if isinstance(event, AttemptLost) and event.task == object_id.task
    ]


def test_without_the_option_an_error_is_final(ray, flaky, tally):
    with pytest.raises(ValueError, match="not yet"):
        ray.get(flaky.remote(2))
    assert tally.count == 1


def test_every_attempt_is_told(ray, flaky):
    one = flaky.options(retry_exceptions=True).remote(3)
    assert ray.get(one) == 3
    assert lost(ray, one) == [
        (0, "raised ValueError: not yet"),
        (1, "raised ValueError: not yet"),
    ]
    assert ray.available_resources() == {"CPU": 2.0}


def test_max_retries_is_the_limit(ray, flaky, tally):
    options = {"retry_exceptions": True, "max_retries": 2}
    with pytest.raises(ValueError, match="not yet"):
        ray.get(flaky.options(**options).remote(9))
    assert tally.count == 3


def test_only_the_named_classes_and_their_children_are_retried(ray, flaky, tally):
    retrying = flaky.options(retry_exceptions=[LookupError])
    assert ray.get(retrying.remote(2, KeyError)) == 2
    with pytest.raises(ValueError, match="not yet"):
        ray.get(retrying.remote(9, ValueError))
    assert tally.count == 3


def test_a_class_of_the_learners_own_is_known_again(ray, tally):
    class Busy(Exception):
        pass

    @ray.remote(retry_exceptions=[Busy])
    def ask():
        if tally.add() < 2:
            raise Busy
        return "answer"

    assert ray.get(ask.remote()) == "answer"


def test_a_task_with_a_worker_of_its_own_is_retried(ray, flaky):
    one = flaky.options(retry_exceptions=True, num_cpus=2).remote(3)
    assert ray.get(one) == 3
    assert ray.available_resources() == {"CPU": 2.0}


def test_children_of_tasks_have_the_option_too(ray, flaky):
    @ray.remote
    def parent():
        return ray.get(flaky.options(retry_exceptions=[ValueError]).remote(3))

    assert ray.get(parent.remote()) == 3


def test_a_cancelled_task_is_never_retried(ray, bell, gate, tally):
    @ray.remote(retry_exceptions=True)
    def stop():
        tally.add()
        try:
            bell.ring()
            gate.pass_()
        except KeyboardInterrupt:
            raise ValueError("stopped") from None

    one = stop.remote()
    bell.hear()
    ray.cancel(one)
    with pytest.raises(ray.TaskCancelledError):
        ray.get(one)
    assert tally.count == 1


@pytest.mark.parametrize("wrong", [1, "ValueError", [1], ValueError])
def test_anything_else_is_refused(ray, flaky, wrong):
    with pytest.raises(TypeError, match="retry_exceptions"):
        flaky.options(retry_exceptions=wrong)
    assert ray.is_initialized()
