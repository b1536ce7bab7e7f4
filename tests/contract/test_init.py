"""``init`` and ``shutdown``: opening and closing a session."""

import os

import psutil
import pytest


def test_any_call_before_init_opens_a_session(closed):
    @closed.remote
    def one():
        return 1

    assert not closed.is_initialized()
    assert closed.get(one.remote()) == 1
    assert closed.is_initialized()


def test_a_second_init_is_an_error_that_says_what_to_do(closed):
    closed.init(num_cpus=1)
    with pytest.raises(RuntimeError, match="ignore_reinit_error=True"):
        closed.init(num_cpus=1)


def test_init_with_ignore_reinit_error_may_be_run_any_number_of_times(closed):
    first = closed.init(num_cpus=1, ignore_reinit_error=True)
    for _ in range(3):
        assert closed.init(num_cpus=4, ignore_reinit_error=True) is first
    assert closed.cluster_resources() == {"CPU": 1.0}


def test_shutdown_may_be_run_any_number_of_times(closed):
    closed.shutdown()
    closed.init(num_cpus=1)
    closed.shutdown()
    closed.shutdown()
    assert not closed.is_initialized()


def test_a_new_session_starts_afresh(closed):
    @closed.remote
    def pid():
        return os.getpid()

    closed.init(num_cpus=1)
    first = closed.get(pid.remote())
    closed.shutdown()
    closed.init(num_cpus=2)
    assert closed.get(pid.remote()) != first
    assert closed.cluster_resources() == {"CPU": 2.0}


def test_the_default_number_of_cpus_is_that_of_the_machine(closed, monkeypatch):
    monkeypatch.delenv("RAYTEACH_NUM_CPUS", raising=False)
    monkeypatch.setattr(psutil, "cpu_count", lambda: 3)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    closed.init()
    assert closed.cluster_resources() == {"CPU": 3.0}


def test_a_smaller_allowance_of_cpus_is_a_warning(closed, monkeypatch):
    monkeypatch.delenv("RAYTEACH_NUM_CPUS", raising=False)
    monkeypatch.setattr(psutil, "cpu_count", lambda: 3)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    with pytest.warns(UserWarning, match="may use 1 of 3 CPUs"):
        closed.init()


def test_an_environment_variable_sets_the_number_of_cpus(closed, monkeypatch):
    monkeypatch.setenv("RAYTEACH_NUM_CPUS", "5")
    closed.init()
    assert closed.cluster_resources() == {"CPU": 5.0}


def test_a_wrong_environment_variable_is_named(closed, monkeypatch):
    monkeypatch.setenv("RAYTEACH_NUM_CPUS", "many")
    with pytest.raises(ValueError, match="RAYTEACH_NUM_CPUS is 'many'"):
        closed.init()


@pytest.mark.parametrize("cpus", [0, -1, float("nan"), float("inf"), 10_000])
def test_a_number_of_cpus_out_of_range_is_a_value_error(closed, cpus):
    with pytest.raises(ValueError, match="num_cpus"):
        closed.init(num_cpus=cpus)
    assert not closed.is_initialized()


@pytest.mark.parametrize("cpus", ["2", True, [2]])
def test_a_number_of_cpus_that_is_none_is_a_type_error(closed, cpus):
    with pytest.raises(TypeError, match="num_cpus must be a number"):
        closed.init(num_cpus=cpus)


def test_resources_of_the_machine_are_offered(closed):
    closed.init(num_cpus=2, resources={"camera": 1})
    assert closed.cluster_resources() == {"CPU": 2.0, "camera": 1.0}
    assert closed.available_resources() == {"CPU": 2.0, "camera": 1.0}
    [node] = closed.nodes()
    assert node["Alive"]


def test_calls_of_another_session_are_clear_errors(closed):
    @closed.remote
    class Actor:
        def call(self):
            return 1

    closed.init(num_cpus=1)
    handle, one = Actor.remote(), closed.put(1)
    closed.shutdown()
    with pytest.raises(closed.RayteachError, match="shut down"):
        closed.get(one)
    with pytest.raises(closed.RayteachError, match="shut down"):
        handle.call.remote()


def test_a_function_serves_one_session_after_another(closed):
    @closed.remote
    def double(x):
        return 2 * x

    for cpus in (1, 2):
        closed.init(num_cpus=cpus)
        assert closed.get(double.remote(cpus)) == 2 * cpus
        closed.shutdown()
