"""Learners fork: a child has no part in its parent's session or task."""

import os

import pytest


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # it is the point
def test_a_forked_child_of_the_driver_leaves_the_session_alone(ray, engine):
    @ray.remote
    def size(value):
        return len(value)

    one = ray.put(bytes(1 << 20))
    pid = os.fork()
    if not pid:
        try:
            del one
            code = 10 * ray.is_initialized()
            ray.shutdown()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert ray.get(size.remote(one)) == 1 << 20


def test_a_forked_child_that_returns_from_a_task_ends_without_a_result(ray):
    @ray.remote
    def fork():
        pid = os.fork()
        if pid:
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return "of the child"

    assert ray.get([fork.remote() for _ in range(4)]) == [0] * 4


def test_a_forked_child_that_raises_in_a_task_ends_without_a_result(ray):
    @ray.remote
    def fork():
        pid = os.fork()
        if pid:
            os.waitpid(pid, 0)
            return "of the parent"
        raise ValueError("of the child")

    assert ray.get(fork.remote()) == "of the parent"


def test_a_worker_that_dies_before_its_forked_child_is_seen_to_be_dead(ray, gate):
    @ray.remote(max_retries=0)
    def fork():
        if os.fork():
            os._exit(3)
        gate.pass_()
        os._exit(0)

    try:
        ray.get(fork.remote())
    except ray.WorkerCrashedError as error:
        assert "exited with code 3" in str(error)
    gate.let()
