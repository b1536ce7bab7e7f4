"""Tasks that use the library themselves."""

import pytest


@pytest.fixture
def single(closed):
    closed.init(num_cpus=1)
    return closed


def test_a_parent_that_gets_its_children_finishes_on_one_cpu(single):
    @single.remote
    def child(x):
        return x * x

    @single.remote
    def parent():
        return sum(single.get([child.remote(x) for x in range(20)]))

    assert single.get(parent.remote()) == sum(x * x for x in range(20))


def test_a_recursion_finishes_on_one_cpu(single):
    @single.remote
    def fib(n):
        if n < 2:
            return n
        return sum(single.get([fib.remote(n - 1), fib.remote(n - 2)]))

    assert single.get(fib.remote(7)) == 13


def test_a_parent_can_wait_for_its_children(single):
    @single.remote
    def child(x):
        return x

    @single.remote
    def parent():
        rest, found = [child.remote(x) for x in range(10)], []
        while rest:
            ready, rest = single.wait(rest)
            found += single.get(ready)
        return sorted(found)

    assert single.get(parent.remote()) == list(range(10))


def test_a_wait_in_a_task_reaches_its_timeout(ray, gate):
    @ray.remote
    def never():
        gate.pass_()

    @ray.remote
    def parent(ids):
        ready, rest = ray.wait(ids, timeout=100)
        return len(ready), len(rest)

    one = never.remote()
    assert ray.get(parent.remote([one])) == (0, 1)
    gate.let()


def test_a_get_in_a_task_reaches_its_timeout(ray, gate):
    @ray.remote
    def never():
        gate.pass_()

    @ray.remote
    def parent(ids):
        try:
            ray.get(ids[0], timeout=50)
        except TimeoutError as error:
            return type(error).__name__

    one = never.remote()
    assert ray.get(parent.remote([one])) == "GetTimeoutError"
    gate.let()


def test_a_task_can_put_small_and_large_values(ray):
    @ray.remote
    def put(size):
        one = ray.put(bytes(size))
        return len(ray.get(one)), one

    for size in (10, 1 << 20):
        length, one = ray.get(put.remote(size))
        assert length == size
        assert len(ray.get(one)) == size


def test_a_task_can_return_its_childs_id_without_waiting(ray):
    @ray.remote
    def child():
        return "of the child"

    @ray.remote
    def parent():
        return child.remote()

    assert ray.get(ray.get(parent.remote())) == "of the child"


def test_children_outlive_their_parent(ray, gate):
    @ray.remote
    def child():
        gate.pass_()
        return 1

    @ray.remote
    def parent():
        return [child.remote() for _ in range(4)]

    ids = ray.get(parent.remote())
    gate.let(4)
    assert ray.get(ids) == [1] * 4


def test_a_task_can_make_and_use_an_actor(ray):
    @ray.remote
    class Counter:
        def __init__(self):
            self.count = 0

        def add(self):
            self.count += 1
            return self.count

    @ray.remote
    def parent():
        counter = Counter.remote()
        return ray.get([counter.add.remote() for _ in range(5)])[-1], counter

    count, counter = ray.get(parent.remote())
    assert count == 5
    assert ray.get(counter.add.remote()) == 6


def test_an_actor_can_make_tasks_and_wait_for_them(ray):
    @ray.remote
    def double(x):
        return 2 * x

    @ray.remote
    class Worker:
        def work(self, x):
            return ray.get(double.remote(x))

    worker = Worker.remote()
    assert ray.get([worker.work.remote(x) for x in range(5)]) == [0, 2, 4, 6, 8]


def test_actors_can_call_each_other(ray):
    @ray.remote
    class Player:
        def play(self, other, ball):
            return ray.get(other.play.remote(None, ball + 1)) if other else ball

    assert ray.get(Player.remote().play.remote(Player.remote(), 1)) == 2


def test_a_task_can_kill_an_actor(ray):
    @ray.remote
    class Victim:
        def call(self):
            return 1

    @ray.remote
    def kill(handles):
        ray.kill(handles[0])

    victim = Victim.remote()
    ray.get(victim.call.remote())
    ray.get(kill.remote([victim]))
    with pytest.raises(ray.ActorDiedError, match="killed"):
        ray.get(victim.call.remote())


def test_a_task_is_told_of_wrong_use_as_the_driver_is(ray):
    @ray.remote
    def wrong():
        found = []
        for call in (lambda: ray.get(3), lambda: ray.wait(3), lambda: ray.put(one)):
            one = ray.put(1)
            try:
                call()
            except (TypeError, ValueError) as error:
                found.append(type(error).__name__)
        return found

    assert ray.get(wrong.remote()) == ["ValueError", "TypeError", "TypeError"]


def test_a_task_knows_the_resources(ray):
    @ray.remote
    def look():
        return ray.cluster_resources()["CPU"], ray.available_resources()["CPU"]

    assert ray.get(look.remote()) == (2.0, 1.0)


def test_a_tree_of_tasks_reduces(ray):
    @ray.remote
    def add(a, b):
        return a + b

    ids = [ray.put(x) for x in range(64)]
    while len(ids) > 1:
        ids = [add.remote(a, b) for a, b in zip(ids[::2], ids[1::2], strict=True)]
    assert ray.get(ids[0]) == sum(range(64))


def test_a_parent_whose_worker_dies_runs_again_with_its_children(ray, tally):
    import os  # noqa: PLC0415 (in the task)

    @ray.remote
    def child(x):
        return x

    @ray.remote
    def parent():
        found = ray.get([child.remote(x) for x in range(3)])
        if tally.add() == 1:
            os._exit(1)
        return found

    assert ray.get(parent.remote()) == [0, 1, 2]


def test_an_id_has_the_same_label_in_a_task_as_outside(ray):
    @ray.remote(num_returns=2)
    def two():
        return 1, 2

    @ray.remote
    def shown(ids):
        return [repr(one) for one in ids]

    ids = two.remote()
    assert ray.get(shown.remote(ids)) == [repr(one) for one in ids]
