"""Who waits for whom."""


def test_a_long_task_never_keeps_a_short_one_waiting(ray, gate, bell):
    @ray.remote
    def short(x):
        return x

    @ray.remote
    def long():
        bell.ring()
        gate.pass_()

    ray.get([short.remote(x) for x in range(200)])  # short ones now travel together
    ids = [short.remote(x) for x in range(100)]
    blocked = long.remote()
    ids += [short.remote(x) for x in range(100)]
    bell.hear()
    assert ray.get(ids) == [*range(100), *range(100)]
    gate.let()
    ray.get(blocked)


def test_a_task_that_turns_out_long_hands_its_companions_back(ray, gate):
    @ray.remote
    def maybe(waits):
        if waits:
            gate.pass_()
        return waits

    ray.get([maybe.remote(False) for _ in range(200)])
    ids = [maybe.remote(x % 100 == 0) for x in range(100)]
    assert ray.get(ids[1:]) == [False] * 99
    gate.let()
    assert ray.get(ids[0])


def test_finished_results_do_not_wait_for_a_long_companion(ray, gate):
    @ray.remote
    def maybe(waits):
        if waits:
            gate.pass_()
        return waits

    ray.get([maybe.remote(False) for _ in range(200)])
    ids = [maybe.remote(x == 99) for x in range(100)]
    assert ray.get(ids[:99]) == [False] * 99
    gate.let()
    assert ray.get(ids[99])


def test_tasks_go_on_while_the_driver_does_not_ask(ray, bell):
    @ray.remote
    def first():
        return 1

    @ray.remote
    def second(x):
        bell.ring(f"after-{x}")

    one = second.remote(first.remote())
    assert bell.hear() == ["after-1"]
    ray.get(one)


def test_results_of_an_actor_do_not_wait_for_its_next_call(ray, gate):
    @ray.remote
    class Actor:
        def call(self, waits):
            if waits:
                gate.pass_()
            return waits

    actor = Actor.remote()
    ids = [actor.call.remote(x == 9) for x in range(10)]
    assert ray.get(ids[:9]) == [False] * 9
    gate.let()
    assert ray.get(ids[9])
