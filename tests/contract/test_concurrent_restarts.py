"""Actors that run several calls at once, and restart."""

import asyncio
import os
import signal
import threading

import pytest


@pytest.mark.parametrize("is_async", [True, False])
def test_calls_that_ran_run_again_in_the_new_process(ray, tally, is_async):
    class Loop:
        async def work(self):
            number = tally.add()
            if number == 3:  # the third of three that run at once
                os.kill(os.getpid(), signal.SIGKILL)
            if number < 3:
                await asyncio.Event().wait()
            return os.getpid()

    class Threads:
        def work(self):
            number = tally.add()
            if number == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            if number < 3:
                threading.Event().wait()
            return os.getpid()

    kind = ray.remote(Loop if is_async else Threads)
    options = {"max_concurrency": 3, "max_restarts": 2, "max_task_retries": -1}
    actor = kind.options(**options).remote()
    calls = [actor.work.remote() for _ in range(6)]
    assert len(set(ray.get(calls))) == 1
    assert tally.count == 3 + 6


def test_a_constructor_in_the_loop_that_dies_uses_up_restarts(ray):
    class Broken:
        def __init__(self):
            os.kill(os.getpid(), signal.SIGKILL)

        async def go(self):
            return 1

    actor = ray.remote(Broken).options(max_restarts=1).remote()
    with pytest.raises(ray.ActorDiedError):
        ray.get(actor.go.remote())


def test_an_actor_that_lent_its_cpu_restarts_with_it(closed, gate, bell):
    ray = closed
    ray.init(num_cpus=1)

    @ray.remote
    def hold():
        bell.ring()
        gate.pass_()
        return "held"

    @ray.remote(num_cpus=1, max_restarts=1, max_task_retries=1)
    class Waiter:
        def __init__(self):
            bell.ring(str(os.getpid()))

        def wait(self, ids):
            return ray.get(ids[0])

    waiter = Waiter.remote()
    (pid,) = bell.hear()
    held = hold.remote()
    call = waiter.wait.remote([held])
    bell.hear()  # so its CPU is lent
    os.kill(int(pid), signal.SIGKILL)
    gate.let()
    assert ray.get([held, call]) == ["held", "held"]
    assert ray.available_resources() == {"CPU": 0.0}
