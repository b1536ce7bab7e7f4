"""kill -9 of a worker, an actor, the fork server, at every state of a task.

After each: the error says what happened, other tasks are right, the session goes
on and as many tasks as there are CPUs run at once.
"""

import contextlib
import os
import signal

import pytest


@pytest.fixture
def engine_of():
    """Return a function that returns the open session's engine."""
    from rayteach.api import session  # noqa: PLC0415 (after sys.path is right)

    return lambda: session.current().engine


class Victim:
    """Kills what the test names: a worker by its pid, or the fork server."""

    def __init__(self, which, engine):
        self.which = which
        self.engine = engine

    def kill(self, pid):
        which = self.engine._pool.server_pid if self.which == "server" else pid
        if self.which == "stopped worker":
            os.kill(pid, signal.SIGSTOP)
        with contextlib.suppress(ProcessLookupError):  # dead, and nobody knows yet
            os.kill(which, signal.SIGKILL)


@pytest.fixture(params=["worker", "stopped worker", "server"])
def victim(request, ray, engine_of):
    assert ray.is_initialized()
    return Victim(request.param, engine_of())


def state_of(engine, one):
    work = one.work
    return work.state if work is not None else "over"


def until(condition):
    """Look until ``condition()`` holds; the engine's own thread goes on."""
    while not condition():
        continue


# A task's states.


def test_a_queued_task(ray, victim, others, pool_is_whole, gate, bell, tally):
    @ray.remote(max_retries=0)
    def queued():
        return tally.add()

    @ray.remote
    def busy():
        bell.ring()
        gate.pass_()

    ids = [busy.remote() for _ in range(2)]
    pids = bell.hear(2)
    one, right = queued.remote(), others()
    victim.kill(int(pids[0]))
    bell.hear(2 if victim.which == "server" else 1)
    gate.let(2)
    ray.get(ids)
    assert ray.get(one) == tally.count == 1
    assert right()
    pool_is_whole()


@pytest.mark.parametrize("options", [{}, {"num_cpus": 0.5}, {"num_cpus": 2}])
def test_a_running_task(ray, victim, others, pool_is_whole, gate, bell, tally, options):
    @ray.remote
    def running():
        count = tally.add()
        bell.ring()
        gate.pass_()
        return count

    one, right = running.options(**options).remote(), others()
    [pid] = bell.hear()
    victim.kill(int(pid))
    bell.hear()
    gate.let()
    assert ray.get(one) == 2
    assert right()
    pool_is_whole()


@pytest.mark.parametrize("options", [{}, {"num_cpus": 0.5}])
def test_a_running_task_without_retries(
    ray, victim, others, pool_is_whole, gate, bell, options
):
    @ray.remote(max_retries=0)
    def running():
        bell.ring()
        gate.pass_()

    one, right = running.options(**options).remote(), others()
    [pid] = bell.hear()
    victim.kill(int(pid))
    with pytest.raises(ray.WorkerCrashedError, match=r"running-.*signal 9 \(SIGKILL\)"):
        ray.get(one)
    assert right()
    pool_is_whole()


@pytest.mark.parametrize("kind", ["get", "wait"])
def test_a_blocked_task(ray, victim, others, pool_is_whole, gate, bell, kind):
    @ray.remote
    def child():
        gate.pass_()
        return 7

    @ray.remote
    def blocked():
        one = child.remote()
        bell.ring()
        if kind == "wait":
            ray.wait([one])
        return ray.get(one)

    one, right = blocked.remote(), others()
    [pid] = bell.hear()
    until(lambda: state_of(victim.engine, one) == "blocked")
    victim.kill(int(pid))
    bell.hear()
    gate.let(4)  # children of lost parents run too
    assert ray.get(one) == 7
    assert right()
    pool_is_whole()


def test_a_resuming_task(ray, victim, pool_is_whole, gate, bell, tmp_path):
    from gates import Gate  # noqa: PLC0415 (found by the conftest)

    late, hold = Gate(tmp_path / "late"), Gate(tmp_path / "hold")

    @ray.remote(num_cpus=0)
    def child():
        late.pass_()
        return 7

    @ray.remote
    def parent(ids):
        bell.ring()
        return ray.get(ids[0])

    @ray.remote
    def busy():
        bell.ring()
        hold.pass_()
        return "done"

    one = parent.remote([child.remote()])
    [pid] = bell.hear()
    until(lambda: state_of(victim.engine, one) == "blocked")
    fillers = [busy.remote() for _ in range(2)]
    bell.hear(2)
    late.let()
    until(lambda: state_of(victim.engine, one) == "resuming")
    victim.kill(int(pid))
    late.let()
    hold.let(4)
    assert ray.get(one) == 7
    assert ray.get(fillers) == ["done"] * 2
    late.close()
    hold.close()
    pool_is_whole()


def test_an_idle_worker(ray, victim, others, pool_is_whole):
    @ray.remote
    def pid():
        return os.getpid()

    for _ in range(3):
        victim.kill(ray.get(pid.remote()))
        assert others()()


def test_a_worker_between_two_tasks(ray, victim, others):
    @ray.remote
    def next_one(x):
        return x + 1, os.getpid()

    value = 0
    for _ in range(20):
        value, pid = ray.get(next_one.remote(value))
        victim.kill(pid)
    assert value == 20
    assert others()()


def test_a_task_with_a_large_value_on_its_way(ray, victim, pool_is_whole, gate, bell):
    @ray.remote
    def large():
        bell.ring()
        gate.pass_()
        return bytes(1 << 20)

    @ray.remote
    def size(value):
        return len(value)

    one = large.remote()
    total = size.remote(one)
    [pid] = bell.hear()
    victim.kill(int(pid))
    bell.hear()
    gate.let()
    assert ray.get(total) == len(ray.get(one)) == 1 << 20
    pool_is_whole()


# An actor's.


@pytest.fixture
def actor_class(ray, gate, bell):
    @ray.remote
    class Actor:
        def __init__(self, slow=False):
            if slow:
                bell.ring()
                gate.pass_()

        def slow(self):
            bell.ring()
            gate.pass_()
            return "done"

        def pid(self):
            return os.getpid()

        def nest(self, ids):
            bell.ring()
            return ray.get(ids[0])

    return Actor


def dies(ray, one):
    with pytest.raises(ray.ActorDiedError, match=r"Actor-.*signal 9 \(SIGKILL\)"):
        ray.get(one)


def test_an_actor_in_its_constructor(ray, actor_class, victim, others, bell, gate):
    actor = actor_class.remote(slow=True)
    [pid] = bell.hear()
    one, right = actor.pid.remote(), others()
    victim.kill(int(pid))
    dies(ray, one)
    assert right()


def test_an_actor_in_a_call(ray, actor_class, victim, others, pool_is_whole, bell):
    actor = actor_class.remote()
    calls, right = [actor.slow.remote(), actor.pid.remote()], others()
    [pid] = bell.hear()
    victim.kill(int(pid))
    for one in (*calls, actor.pid.remote()):
        dies(ray, one)
    assert right()
    pool_is_whole()


def test_an_idle_actor(ray, actor_class, victim, others, pool_is_whole):
    actor = actor_class.remote()
    victim.kill(ray.get(actor.pid.remote()))
    with pytest.raises(ray.ActorDiedError, match="SIGKILL"):
        while True:  # until the news is there
            ray.get(actor.pid.remote())
    assert others()()
    pool_is_whole()


def test_an_actor_that_waits_in_get(ray, actor_class, victim, bell, gate, others):
    @ray.remote
    def late():
        gate.pass_()

    actor, awaited = actor_class.remote(), late.remote()
    one = actor.nest.remote([awaited])
    [pid] = bell.hear()
    until(lambda: state_of(victim.engine, one) in ("blocked", "running"))
    victim.kill(int(pid))
    dies(ray, one)
    gate.let(2)
    ray.get(awaited)
    assert others()()


def test_a_call_that_waits_for_its_input(ray, actor_class, victim, gate):
    @ray.remote
    def late():
        gate.pass_()

    actor = actor_class.remote()
    pid = ray.get(actor.pid.remote())
    awaited = late.remote()
    one = actor.nest.remote(awaited)
    victim.kill(pid)
    dies(ray, one)
    gate.let(2)
    ray.get(awaited)
