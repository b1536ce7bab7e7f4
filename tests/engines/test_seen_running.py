"""What runs is seen to run, whichever way it came to its worker."""

import pytest

from rayteach.api import session
from rayteach.core import events


@pytest.fixture
def started(ray):
    """Return a function that looks, and gives the tasks that were seen to start."""
    assert ray.is_initialized()

    def look():
        session.current().sample()
        log = session.current().log.events()
        return [event.task for event in log if type(event) is events.TaskStarted]

    return look


@pytest.mark.parametrize("cpus", [1, 2, 0])
def test_a_task_is_seen_running(ray, bell, gate, started, cpus):
    @ray.remote(num_cpus=cpus)
    def work():
        bell.ring()
        gate.pass_()

    one = work.remote()
    bell.hear()
    assert one.task in started()
    gate.let()
    ray.get(one)


def test_a_call_and_a_constructor_are_seen_running(ray, bell, gate, started):
    @ray.remote
    class Worker:
        def __init__(self):
            bell.ring()
            gate.pass_()

        def work(self):
            bell.ring()
            gate.pass_()

    worker = Worker.remote()
    call = worker.work.remote()
    bell.hear()
    creation = call.task - 1
    assert creation in started()
    assert call.task not in started()
    gate.let()
    bell.hear()
    assert call.task in started()
    gate.let()
    ray.get(call)


def test_a_task_that_waits_was_seen_to_start_before(ray, bell, gate, started):
    @ray.remote
    def inner():
        bell.ring()
        gate.pass_()

    @ray.remote(num_cpus=ray.cluster_resources()["CPU"])
    def outer():
        ray.get(inner.remote())

    one = outer.remote()
    bell.hear()  # the inner one has a CPU that the outer one lends
    assert one.task in started()
    log = session.current().log.events()
    mine = [event for event in log if getattr(event, "task", None) == one.task]
    kinds = [type(event) for event in mine]
    assert kinds.index(events.TaskStarted) < kinds.index(events.TaskBlocked)
    gate.let()
    ray.get(one)
