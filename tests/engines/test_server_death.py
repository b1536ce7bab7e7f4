"""The fork server dies: all workers die with it, and the session goes on."""

import os
import signal

import pytest


def kill_server(engine):
    os.kill(engine._pool.server_pid, signal.SIGKILL)


def test_tasks_go_on_after_the_fork_server_was_killed(ray, engine):
    @ray.remote
    def one():
        return 1

    assert ray.get(one.remote()) == 1
    kill_server(engine)
    assert ray.get([one.remote() for _ in range(100)]) == [1] * 100


def test_a_running_task_is_run_again_when_the_fork_server_dies(
    ray, engine, gate, bell, tally
):
    @ray.remote
    def work():
        is_first = tally.add() == 1
        bell.ring()
        if is_first:
            gate.pass_()
        return "done"

    one = work.remote()
    bell.hear()
    kill_server(engine)
    assert ray.get(one) == "done"
    assert tally.count == 2


def test_a_task_without_retries_fails_when_the_fork_server_dies(
    ray, engine, gate, bell
):
    @ray.remote(max_retries=0)
    def work():
        bell.ring()
        gate.pass_()

    one = work.remote()
    bell.hear()
    kill_server(engine)
    with pytest.raises(ray.WorkerCrashedError):
        ray.get(one)


def test_many_queued_tasks_survive_the_fork_server(ray, engine, gate, bell):
    @ray.remote
    def work(x):
        if x < 2:
            bell.ring()
            gate.pass_()
        return x

    ids = [work.remote(x) for x in range(500)]
    bell.hear(2)
    kill_server(engine)
    bell.hear(2)
    gate.let(2)
    assert ray.get(ids) == list(range(500))


def test_actors_die_with_the_fork_server_and_new_ones_can_be_made(ray, engine):
    @ray.remote
    class Counter:
        def add(self):
            return 1

    counter = Counter.remote()
    assert ray.get(counter.add.remote()) == 1
    kill_server(engine)
    with pytest.raises(ray.ActorDiedError):
        while True:
            ray.get(counter.add.remote())
    assert ray.get(Counter.remote().add.remote()) == 1


def test_values_in_shared_memory_survive_the_fork_server(ray, engine):
    @ray.remote
    def size(value):
        return len(value)

    one = ray.put(bytes(1 << 20))
    kill_server(engine)
    assert ray.get(size.remote(one)) == 1 << 20


def test_the_directory_goes_when_the_fork_server_cannot_remove_it(ray, engine):
    directory = engine.directory
    os.kill(engine._pool.server_pid, signal.SIGKILL)
    ray.shutdown()
    assert not os.path.exists(directory)  # noqa: PTH110 (a plain path)
