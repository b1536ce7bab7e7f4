"""An actor that holds CPUs lends them while it waits, as a task does."""

import asyncio


def test_an_actor_that_holds_the_only_cpu_lends_it_while_it_waits(closed):
    ray = closed
    ray.init(num_cpus=1)

    @ray.remote
    def square(x):
        return x * x

    @ray.remote(num_cpus=1)
    class Plain:
        def __init__(self):
            self.first = ray.get(square.remote(1))

        def ask(self, n):
            return self.first + ray.get(square.remote(n))

    @ray.remote(num_cpus=1)
    class Async:
        async def ask(self, n):
            found = await asyncio.gather(square.remote(n), square.remote(n + 1))
            return sum(found)

    @ray.remote(num_cpus=1, max_concurrency=3)
    class Threads:
        def ask(self, n):
            return ray.get(square.remote(n))

    for kind, answers in (
        (Plain, [1, 2, 5, 10]), (Async, [1, 5, 13, 25]), (Threads, [0, 1, 4, 9]),
    ):  # fmt: skip
        actor = kind.remote()
        assert ray.get([actor.ask.remote(n) for n in range(4)]) == answers
        assert ray.available_resources() == {"CPU": 0.0}
        ray.kill(actor)
        assert ray.get(square.remote(5)) == 25


def test_calls_take_turns_with_tasks_on_one_cpu(closed):
    ray = closed
    ray.init(num_cpus=1)

    @ray.remote
    def fib(n, actors):
        if n < 2:
            return n
        ids = [fib.remote(n - 1, actors), actors[0].fib.remote(n - 2, actors)]
        return sum(ray.get(ids))

    @ray.remote(num_cpus=1, max_concurrency=50)
    class Helper:
        def fib(self, n, actors):
            return ray.get(fib.remote(n, actors))

    helper = Helper.remote()
    assert ray.get(helper.fib.remote(7, [helper])) == 13
    assert ray.available_resources() == {"CPU": 0.0}


def test_a_killed_actor_gives_back_what_it_had_not_lent(closed, gate, bell):
    ray = closed
    ray.init(num_cpus=1)

    @ray.remote
    def hold():
        bell.ring()
        gate.pass_()
        return "held"

    @ray.remote(num_cpus=1)
    class Waiter:
        def wait(self):
            return ray.get(hold.remote())

    waiter = Waiter.remote()
    call = waiter.wait.remote()
    bell.hear()  # so its CPU is lent
    assert ray.available_resources() == {"CPU": 0.0}
    ray.kill(waiter)
    gate.let()
    ray.wait([call])
    assert ray.get(ray.remote(abs).remote(-1)) == 1
    while ray.available_resources() != {"CPU": 1.0}:
        ray.get(ray.remote(abs).remote(-1))
