"""The system gives no more processes, or the fork server cannot live."""

import errno
import os
import signal

import pytest

from rayteach.engines import starts

BROKEN = """
import os

FLAGS = os.environ["RAYTEACH_TEST_FLAGS"]
_fork = os.fork


def tell():
    with open(FLAGS + "/bell", "ab", buffering=0) as pipe:
        pipe.write(b"refused\\n")


def fork():
    if os.path.exists(FLAGS + "/no-fork"):
        tell()
        raise BlockingIOError(11, "Resource temporarily unavailable")
    return _fork()


if os.path.exists(FLAGS + "/no-server"):
    tell()
    os._exit(1)
os.fork = fork
"""


@pytest.fixture(autouse=True)
def broken_python(tmp_path, monkeypatch, bell):
    """Let the fork server's interpreter fail as long as a flag file is there."""
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "sitecustomize.py").write_text(BROKEN)
    path = [str(tmp_path / "python"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, path)))
    monkeypatch.setenv("RAYTEACH_TEST_FLAGS", str(tmp_path))
    monkeypatch.setattr(starts, "PAUSE_S", 0.001)


@pytest.fixture
def no_fork(tmp_path):
    flag = tmp_path / "no-fork"
    flag.touch()
    yield flag
    flag.unlink(missing_ok=True)


@pytest.fixture
def one(no_fork, ray):
    @ray.remote
    def one():
        return 1

    return one


def test_tasks_run_when_a_process_can_be_had_again(ray, engine, one, no_fork, bell):
    warnings = []
    engine._state.starts.warn = warnings.append
    ids = [one.remote() for _ in range(3)]
    bell.hear(2)
    no_fork.unlink()
    assert ray.get(ids) == [1, 1, 1]
    assert sum("could not be started" in text for text in warnings) == 1


def test_tasks_fail_when_no_process_can_be_had_for_long(ray, one, no_fork, tally):
    @ray.remote
    def count():
        tally.add()

    ids = [count.remote(), count.options(num_cpus=2).remote()]
    for task in ids:
        with pytest.raises(ray.WorkerCrashedError, match=r"could be started.*tempor"):
            ray.get(task)
    no_fork.unlink()
    assert ray.get([one.remote() for _ in range(4)]) == [1] * 4
    assert tally.count == 0


def test_an_actor_dies_when_no_process_can_be_had_for_it(ray, one, no_fork):
    @ray.remote
    class Actor:
        def call(self):
            return 1

    with pytest.raises(ray.ActorDiedError, match="no process could be started"):
        ray.get(Actor.remote().call.remote())
    no_fork.unlink()
    assert ray.get(Actor.remote().call.remote()) == 1


def test_workers_that_live_go_on_with_the_tasks(ray, no_fork, gate, bell):
    no_fork.unlink()

    @ray.remote
    def work(wait=False):
        if wait:
            gate.pass_()
        return os.getpid()

    @ray.remote
    class Actor:
        def call(self):
            return 1

    pid = ray.get(work.remote())
    no_fork.touch()
    ids = [work.remote(wait=True) for _ in range(4)]
    with pytest.raises(ray.ActorDiedError, match="no process could be started"):
        ray.get(Actor.remote().call.remote())
    gate.let(4)
    assert set(ray.get(ids)) == {pid}


def test_a_fork_server_that_cannot_live_fails_the_tasks(ray, engine, tmp_path, bell):
    @ray.remote
    def one():
        return 1

    assert ray.get(one.remote()) == 1
    flag = tmp_path / "no-server"
    flag.touch()
    os.kill(engine._pool.server_pid, signal.SIGKILL)
    bell.hear()
    with pytest.raises(ray.WorkerCrashedError, match="could be started"):
        ray.get(one.remote())
    flag.unlink()
    while True:  # it is tried again after a pause
        try:
            assert ray.get(one.remote()) == 1
        except ray.WorkerCrashedError:
            continue
        return


def test_an_actor_killed_before_its_process_is_there_leaves_none(
    ray, engine, one, no_fork, bell
):
    @ray.remote
    class Actor:
        def call(self):
            return 1

    actor = Actor.remote()
    bell.hear(2)
    ray.kill(actor)
    no_fork.unlink()
    with pytest.raises(ray.ActorDiedError, match="kill"):
        ray.get(actor.call.remote())
    assert ray.get(one.remote()) == 1
    assert [w for w in engine._pool.workers.values() if w.actor is not None] == []


def test_a_driver_without_descriptors_left_goes_on_when_it_has_some(
    ray, engine, monkeypatch
):
    calls = []

    def fork(nursery, second):
        calls.append(second)
        if len(calls) < 4:
            raise OSError(errno.EMFILE, "Too many open files")
        return forked(nursery, second)

    @ray.remote
    class Actor:
        def call(self):
            return 1

    nursery = type(engine._pool._home)
    forked = nursery.fork
    monkeypatch.setattr(nursery, "fork", fork)
    actor = Actor.remote()
    assert ray.get(actor.call.remote()) == 1
    assert len(calls) >= 4
