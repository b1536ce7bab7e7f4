"""Several threads of the driver at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest


def test_a_get_is_served_while_another_thread_leads(ray, gate, bell):
    @ray.remote
    def short(x):
        return x

    @ray.remote
    def long():
        bell.ring()
        gate.pass_()

    ray.get([short.remote(i) for i in range(40)])  # known to be short from here on
    leader = threading.Thread(target=ray.get, args=(long.remote(),))
    leader.start()
    bell.hear()
    assert ray.get(short.remote(1), timeout=15_000) == 1
    gate.let()
    leader.join()


def test_a_short_task_runs_while_another_thread_leads_and_nobody_asks(ray, gate, bell):
    @ray.remote
    def short(ring):
        if ring:
            bell.ring()

    @ray.remote
    def long():
        bell.ring()
        gate.pass_()

    ray.get([short.remote(False) for _ in range(40)])
    leader = threading.Thread(target=ray.get, args=(long.remote(),))
    leader.start()
    bell.hear()
    one = short.remote(True)
    assert bell.hear()
    gate.let()
    leader.join()
    ray.get(one)


def test_parallel_gets_of_eight_threads_each_return_their_own(ray):
    @ray.remote
    def square(x):
        return x * x

    def work(start):
        return [ray.get(square.remote(start + i)) for i in range(50)]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(work, range(0, 800, 100)))
    assert found == [[(s + i) ** 2 for i in range(50)] for s in range(0, 800, 100)]


def test_threads_that_call_the_same_function_first_do_not_disturb_each_other(ray):
    barrier = threading.Barrier(8)

    def work(_):
        @ray.remote
        def same():
            return bytes(50_000)

        barrier.wait()
        return len(ray.get(same.remote()))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(8))) == [50_000] * 8


def test_threads_that_call_first_share_one_session(ray):
    ray.shutdown()
    barrier = threading.Barrier(4)

    @ray.remote
    def one():
        return 1

    def work(_):
        barrier.wait()
        return ray.get(one.remote())

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(work, range(4))) == [1] * 4


def test_a_get_of_a_killed_pending_actor_returns_when_another_thread_kills(ray):
    @ray.remote(resources={"nowhere": 1})
    class Never:
        def call(self):
            return 1

    actor = Never.remote()
    call = actor.call.remote()
    entered = threading.Event()

    def kill():
        entered.wait()
        ray.kill(actor)

    killer = threading.Thread(target=kill)
    killer.start()
    entered.set()
    with pytest.raises(ray.ActorDiedError, match="killed"):
        ray.get(call)
    killer.join()


def test_a_get_returns_with_an_error_when_another_thread_shuts_down(ray, gate, bell):
    @ray.remote
    def long():
        bell.ring()
        gate.pass_()

    found = []

    def work():
        try:
            ray.get(long.remote())
        except ray.RayteachError as error:
            found.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    bell.hear(2)
    ray.shutdown()
    for thread in threads:
        thread.join()
    assert all("shut down" in text for text in found)
    assert len(found) == 2
