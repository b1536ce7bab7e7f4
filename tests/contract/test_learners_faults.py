"""Faults that a learner asks for: what is done again, what is lost, what is slow."""

import time

import numpy as np
import pytest

from rayteach.api import session

LARGE = 20_000
"""Floats of a value of 160 KB, more than travels inline."""


@pytest.fixture(scope="module")
def ray():
    import rayteach  # noqa: PLC0415 (after sys.path is right)

    rayteach.shutdown()
    rayteach.init(num_cpus=2)
    yield rayteach
    rayteach.shutdown()


@pytest.fixture
def fresh(ray):
    """Return the namespace with a session of one node that nothing has happened to."""
    ray.shutdown()
    ray.init(num_cpus=2)
    return ray


@pytest.fixture
def fill(ray, tally):
    @ray.remote
    def fill(number):
        tally.add()
        return np.full(LARGE, float(number))

    return fill


@pytest.fixture
def plus(ray):
    @ray.remote
    def plus(array, number):
        return array + number

    return plus


@pytest.fixture
def holding(ray, gate, bell):
    """Return a task that rings, waits at the gate, and returns its worker's node."""

    @ray.remote
    def hold():
        bell.ring("begun")
        gate.pass_()
        return 7

    return hold


def first(ray, one):
    return ray.get(one)[0]


def test_a_killed_worker_has_its_task_run_again_and_the_story_says_why(
    ray, holding, gate, bell
):
    with ray.observe() as run:
        one = holding.remote()
        bell.hear(1)
        ray.kill_worker(one)
        bell.hear(1)
        gate.let(1)
        assert ray.get(one) == 7
    (task,) = run.tasks
    assert [attempt.outcome for attempt in task.attempts] == ["lost", "done"]
    assert "was ended with kill_worker()" in task.again
    assert task.again in task.story


def test_a_worker_is_killed_by_its_number_too(ray, holding, gate, bell):
    with ray.observe() as run:
        one = holding.remote()
        bell.hear(1)
        session.current().engine.sample()  # as a view does, so that it shows
        (task,) = run.tasks
        ray.kill_worker(task.attempts[0].worker)
        bell.hear(1)
        gate.let(1)
        assert ray.get(one) == 7
    assert len(run.tasks[0].attempts) == 2


def test_without_retries_a_killed_worker_fails_its_task(ray, holding, bell):
    one = holding.options(max_retries=0).remote()
    bell.hear(1)
    ray.kill_worker(one)
    with pytest.raises(ray.WorkerCrashedError, match="ended with kill_worker"):
        ray.get(one)


def test_an_actors_call_names_the_process_to_kill(ray, gate, bell):
    @ray.remote(max_restarts=1, max_task_retries=1)
    class Counter:
        count = 0

        def add(self):
            self.count += 1
            bell.ring("begun")
            gate.pass_()
            return self.count

    counter = Counter.remote()
    gate.let(1)
    assert ray.get(counter.add.remote()) == 1
    bell.hear(1)
    call = counter.add.remote()
    bell.hear(1)
    ray.kill_worker(call)
    bell.hear(1)
    gate.let(1)
    assert ray.get(call) == 1


def test_there_must_be_a_worker_to_kill(ray, fill):
    done = fill.remote(1)
    ray.get(done)
    with pytest.raises(ValueError, match="does not run now"):
        ray.kill_worker(done)
    with pytest.raises(ValueError, match="there is no worker 99999"):
        ray.kill_worker(99_999)
    for wrong in ("B", True, None, 1.5):
        with pytest.raises(TypeError, match="ID of a running task or the number"):
            ray.kill_worker(wrong)


def test_a_handle_goes_to_kill_and_not_to_kill_worker(ray):
    @ray.remote
    class Nobody:
        pass

    with pytest.raises(TypeError, match=r"kill\(handle\) ends an actor"):
        ray.kill_worker(Nobody.remote())


def test_a_lost_result_is_made_again_also_where_there_is_one_node(fresh, fill, tally):
    with fresh.observe() as run:
        one = fill.remote(4)
        assert first(fresh, one) == 4.0
        fresh.lose_object(one)
        assert first(fresh, one) == 4.0
    assert tally.count == 2
    (task,) = run.tasks
    assert [attempt.outcome for attempt in task.attempts] == ["done", "done"]
    assert "was lost with lose_object()" in task.again
    assert task.again in task.story
    assert run.objects[0].copies[0][0] == "A"


def test_a_lost_result_is_made_again_from_what_nobody_holds_any_more(
    fresh, fill, plus, tally
):
    chain = fill.remote(1)
    for number in range(4):
        chain = plus.remote(chain, number)
    assert first(fresh, chain) == 7.0
    fresh.lose_object(chain)
    assert first(fresh, chain) == 7.0
    assert tally.count == 2


def test_what_waits_for_a_lost_value_gets_the_new_one(ray, fill, plus):
    lost = fill.remote(2)
    ray.wait([lost])
    ray.lose_object(lost)
    assert first(ray, plus.remote(lost, 1)) == 3.0


def test_all_copies_are_lost_on_every_node(ray, fill, plus, tally):
    name = ray.add_node(num_cpus=2)
    one = fill.remote(5)
    assert first(ray, plus.options(node=name).remote(one, 1)) == 6.0
    ray.lose_object(one)
    assert first(ray, plus.options(node=name).remote(one, 2)) == 7.0
    assert tally.count == 2
    ray.remove_node(name)


def test_who_reads_a_value_reads_on_when_it_is_lost(fresh, fill, gate, bell):
    @fresh.remote
    def read(array):
        bell.ring("begun")
        gate.pass_()
        return float(array.sum())

    one = fill.remote(2)
    held = fresh.get(one)
    total = read.remote(one)
    bell.hear(1)
    fresh.lose_object(one)
    gate.let(1)
    assert fresh.get(total) == 2.0 * LARGE
    assert held[0] == 2.0


def test_a_put_value_is_lost_for_good_and_so_is_what_needs_it(ray, plus):
    one = ray.put(np.ones(LARGE))
    ray.lose_object(one)
    with pytest.raises(ray.ObjectLostError, match=r"put-.* was lost with lose_object"):
        ray.get(one)
    with pytest.raises(ray.ObjectLostError):
        ray.get(plus.remote(one, 1))


def test_without_retries_a_result_is_lost_for_good(ray, fill):
    one = fill.options(max_retries=0).remote(1)
    ray.wait([one])
    ray.lose_object(one)
    with pytest.raises(ray.ObjectLostError, match="no retry"):
        ray.get(one)


def test_only_a_large_value_that_is_there_can_be_lost(ray, holding, gate, bell):
    small = ray.put(1)
    with pytest.raises(ValueError, match="is small .* 100 KiB"):
        ray.lose_object(small)
    waiting = holding.remote()
    bell.hear(1)
    with pytest.raises(ValueError, match="does not exist yet"):
        ray.lose_object(waiting)
    gate.let(1)
    ray.get(waiting)
    with pytest.raises(TypeError, match="takes an ObjectID"):
        ray.lose_object("fill-1")


@pytest.fixture
def spin(ray, bell):
    """Return a task that computes for a while, rings, and says how long it took."""

    @ray.remote
    def spin(size):
        begun = time.monotonic()
        sum(range(size))
        took = time.monotonic() - begun
        bell.ring("computed")
        return took

    return spin


def test_everything_takes_so_many_times_as_long_on_a_slow_node(ray, spin):
    ray.slow_node("A", 6)
    try:
        with ray.observe() as run:
            own = ray.get(spin.remote(300_000))
    finally:
        ray.slow_node("A", 1)
    ((slow,),) = (task.attempts for task in run.tasks)
    assert slow.end_s - slow.start_s >= 6 * own


def test_a_worker_that_comes_later_is_slow_too(ray, spin):
    name = ray.add_node(num_cpus=1)
    ray.slow_node(name, 8)
    with ray.observe() as run:
        own = ray.get(spin.options(node=name).remote(300_000))
    ray.remove_node(name)
    ((slow,),) = (task.attempts for task in run.tasks)
    assert slow.end_s - slow.start_s >= 8 * own


def test_a_task_on_a_slow_node_can_be_cancelled(ray, spin, bell):
    ray.slow_node("A", 100)
    try:
        one = spin.remote(5_000_000)
        bell.hear(1)  # the rest of its time is for waiting
        ray.cancel(one)
        with pytest.raises(ray.TaskCancelledError):
            ray.get(one)
    finally:
        ray.slow_node("A", 1)


def test_slowness_has_a_node_and_a_range(ray):
    for factor in (0, 0.5, 101, True, "4", None):
        with pytest.raises(ValueError, match="from 1 .* to 100"):
            ray.slow_node("A", factor)
    for name in ("Q", None, 3):
        with pytest.raises(ValueError, match="there is no node .*; there are A"):
            ray.slow_node(name)


def test_faults_are_not_the_business_of_tasks(ray):
    @ray.remote
    def slow():
        ray.slow_node("A", 2)

    with pytest.raises(ray.RayteachError, match="in the notebook only"):
        ray.get(slow.remote())


def test_faults_need_a_session(ray):
    ray.shutdown()
    with pytest.raises(ray.RayteachError, match="needs an open session"):
        ray.kill_worker(1)
    ray.init(num_cpus=2)


def test_views_ask_for_the_same_faults_by_numbers(ray, holding, fill, gate, bell):
    controls, name = session.current().controls, ray.add_node(num_cpus=1)
    with ray.observe() as run:
        one = holding.remote()
        bell.hear(1)
        session.current().engine.sample()
        worker = run.tasks[0].attempts[0].worker
        controls.command("kill_worker", {"worker": worker})
        bell.hear(1)
        gate.let(1)
        assert ray.get(one) == 7
        large = fill.remote(3)
        assert first(ray, large) == 3.0
        controls.command("lose_object", {"object": run.objects[-1].id})
        assert first(ray, large) == 3.0
        controls.command("slow_node", {"node": name, "factor": 3})
        assert run.rows.nodes[name].times_slower == 3.0
        controls.command("kill_node", {"node": name})
    assert [len(task.attempts) for task in run.tasks] == [2, 2]


def test_views_kill_an_actors_process_and_its_options_decide(ray):
    @ray.remote(max_restarts=1, max_task_retries=1)
    class Counter:
        count = 0

        def add(self):
            self.count += 1
            return self.count

    controls, counter = session.current().controls, Counter.remote()
    assert ray.get([counter.add.remote(), counter.add.remote()]) == [1, 2]
    controls.command("kill_actor", {"actor": counter.actor_id.task})
    with ray.observe() as run:
        assert ray.get(counter.add.remote()) == 1
    assert run.tasks


@pytest.mark.parametrize(
    ("name", "args", "why"),
    [
        ("kill_worker", {}, "needs a number"),
        ("kill_worker", {"worker": 99_999}, "there is no worker"),
        ("kill_actor", {"actor": True}, "needs a number"),
        ("kill_actor", {"actor": 99_999}, "has no process"),
        ("kill_node", {}, "node"),
        ("lose_object", {"object": 3}, "needs the id of a value"),
        ("lose_object", {"object": "99999.0"}, "lies in no store"),
        ("slow_node", {"node": "A"}, "how many times"),
    ],
)
def test_what_views_ask_wrongly_is_a_value_error(ray, name, args, why):
    assert ray.is_initialized()
    with pytest.raises(ValueError, match=why):
        session.current().controls.command(name, args)
