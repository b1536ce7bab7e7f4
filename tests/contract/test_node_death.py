"""Nodes that come, go and die: what is done again, and what is lost."""

import os
import signal
from pathlib import Path

import numpy as np
import psutil
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
def victim(ray):
    """Return the name of a further node, which the test may end."""
    name = ray.add_node(num_cpus=2)
    yield name
    if name in alive(ray):
        ray.kill_node(name)


@pytest.fixture
def runs(tmp_path):
    """Return a function that notes that something ran, and one that counts."""
    path = tmp_path / "runs"

    def note():
        with path.open("a") as file:
            file.write("x")

    note.count = lambda: len(path.read_text()) if path.exists() else 0
    return note


def alive(ray):
    return [one["NodeID"] for one in ray.nodes() if one["Alive"]]


@pytest.fixture
def fill(ray):
    @ray.remote
    def fill(number):
        return np.full(LARGE, float(number))

    return fill


@pytest.fixture
def plus(ray):
    @ray.remote
    def plus(array, number):
        return array + number

    return plus


def first(ray, one):
    return ray.get(one)[0]


def test_a_node_may_come_later_and_gives_what_a_task_waits_for(ray):
    @ray.remote(resources={"lamp": 1})
    def where():
        return ray.get_runtime_context().get_node_id()

    waiting = where.remote()
    assert ray.wait([waiting], timeout=0)[1] == [waiting]
    name = ray.add_node(num_cpus=1, resources={"lamp": 1})
    assert ray.get(waiting) == name
    ray.remove_node(name)
    assert name not in alive(ray)


def test_names_of_nodes_are_given_once(ray):
    name = ray.add_node("lab")
    assert name == "lab"
    with pytest.raises(ValueError, match="another node has it, or had it"):
        ray.add_node("lab")
    ray.remove_node("lab")
    with pytest.raises(ValueError, match="another node has it, or had it"):
        ray.add_node("lab")
    with pytest.raises(ValueError, match="letters"):
        ray.add_node("a/b")


def test_the_notebooks_own_node_cannot_go(ray, victim):
    for call in (ray.kill_node, ray.remove_node):
        with pytest.raises(ValueError, match="notebook's own"):
            call("A")
        with pytest.raises(ValueError, match=f"there is no node 'Q'; .*{victim}"):
            call("Q")


def test_nodes_are_not_the_business_of_tasks(ray):
    @ray.remote
    def add():
        ray.add_node()

    with pytest.raises(ray.RayteachError, match="in the notebook only"):
        ray.get(add.remote())


def test_a_running_task_is_tried_again_elsewhere(ray, victim, gate, bell):
    @ray.remote
    def hold():
        bell.ring(ray.get_runtime_context().get_node_id())
        gate.pass_()
        return ray.get_runtime_context().get_node_id()

    with ray.observe() as run:
        one = hold.options(node=victim).remote()
        assert bell.hear(1) == [victim]
        ray.kill_node(victim)
        assert bell.hear(1) == ["A"]
        gate.let(1)
        assert ray.get(one) == "A"
    (task,) = run.tasks
    assert [attempt.outcome for attempt in task.attempts] == ["lost", "done"]
    assert f"because node {victim}, which it asks for, is gone" in task.story


def test_without_retries_a_running_task_fails(ray, victim, gate, bell):
    @ray.remote(max_retries=0, node=victim)
    def hold():
        bell.ring("here")
        gate.pass_()

    one = hold.remote()
    bell.hear(1)
    ray.kill_node(victim)
    with pytest.raises(ray.WorkerCrashedError, match=f"went with node {victim}"):
        ray.get(one)


def test_a_lost_result_is_made_again_and_its_story_says_so(ray, victim, fill):
    with ray.observe() as run:
        one = fill.options(node=victim).remote(4)
        ray.wait([one])
        ray.kill_node(victim)
        assert first(ray, one) == 4.0
    (task,) = run.tasks
    assert [attempt.outcome for attempt in task.attempts] == ["done", "done"]
    assert run.objects[0].copies[0][0] == "A"


def test_results_are_made_again_from_results_that_nobody_held_any_more(
    ray, victim, plus, fill, runs
):
    @ray.remote(node=victim)
    def start(number):
        runs()
        return np.full(LARGE, float(number))

    chain = start.remote(1)
    for number in range(5):
        chain = plus.options(node=victim).remote(chain, number)
    ray.wait([chain])
    assert runs.count() == 1
    ray.kill_node(victim)
    assert first(ray, chain) == 11.0
    assert runs.count() == 2


def test_a_value_with_a_copy_elsewhere_is_not_made_again(ray, victim, runs):
    @ray.remote(node=victim)
    def start():
        runs()
        return np.ones(LARGE)

    one = start.remote()
    assert first(ray, one) == 1.0  # the driver's node has a copy now
    ray.kill_node(victim)
    assert first(ray, one) == 1.0
    assert runs.count() == 1


def test_a_value_may_outlive_one_node_after_the_other(ray, victim, fill, plus):
    one = fill.options(node=victim).remote(7)
    assert first(ray, one) == 7.0  # a copy for the notebook's node
    ray.kill_node(victim)
    another = ray.add_node(num_cpus=2)
    assert first(ray, plus.options(node=another).remote(one, 1)) == 8.0
    ray.kill_node(another)
    assert first(ray, one) == 7.0


def test_what_needs_a_lost_value_waits_for_it(ray, victim, fill, plus):
    lost = fill.options(node=victim).remote(2)
    ray.wait([lost])
    ray.kill_node(victim)
    assert first(ray, plus.remote(lost, 1)) == 3.0


def test_without_retries_a_result_is_lost_for_good(ray, victim, fill, plus):
    one = fill.options(node=victim, max_retries=0).remote(1)
    ray.wait([one])
    ray.kill_node(victim)
    with pytest.raises(ray.ObjectLostError, match=f"with node {victim}.*no retry"):
        ray.get(one)
    with pytest.raises(ray.ObjectLostError):
        ray.get(plus.remote(one, 1))


def test_a_put_value_is_lost_with_its_node_and_what_needs_it_says_so(ray, victim, plus):
    @ray.remote(node=victim)
    def store():
        return [ray.put(np.ones(LARGE))]

    ((own,), kept) = ray.get(store.remote()), ray.put(np.ones(LARGE))
    ray.kill_node(victim)
    with pytest.raises(ray.ObjectLostError, match="put.* was lost with node"):
        ray.get(own)
    with pytest.raises(ray.ObjectLostError, match="put.* was lost with node"):
        ray.get(plus.remote(own, 1))
    assert first(ray, kept) == 1.0


def test_an_actors_result_is_lost_with_its_node(ray, victim):
    @ray.remote(node=victim)
    class Maker:
        def make(self):
            return np.ones(LARGE)

    maker = Maker.remote()
    one = maker.make.remote()
    ray.wait([one])
    ray.kill_node(victim)
    with pytest.raises(ray.ObjectLostError, match="made by an actor"):
        ray.get(one)
    with pytest.raises(ray.ActorDiedError, match=f"went with node {victim}"):
        ray.get(maker.make.remote())


def test_an_actor_restarts_elsewhere_if_it_may(ray, victim):
    @ray.remote(node=victim, max_restarts=1, max_task_retries=1)
    class Counter:
        def __init__(self):
            self.count = 0

        def add(self):
            self.count += 1
            return self.count, ray.get_runtime_context().get_node_id()

    counter = Counter.remote()
    assert ray.get([counter.add.remote() for _ in range(2)])[1] == (2, victim)
    ray.kill_node(victim)
    assert ray.get(counter.add.remote()) == (1, "A")


def test_a_copy_that_breaks_off_is_made_from_what_is_made_again(ray, fill, plus):
    name = ray.add_node(num_cpus=2)
    cluster = session.current().engine.cluster
    one = fill.options(node=name).remote(6)
    ray.wait([one])
    cluster.slow_down(1000.0, 0.0)  # it would take minutes
    try:
        moved = plus.options(node="A").remote(one, 1)
        ray.kill_node(name)
        assert first(ray, moved) == 7.0
    finally:
        cluster.slow_down(0.0, 0.0)


def test_a_removed_node_leaves_its_values_behind(ray, victim, runs, gate, bell):
    @ray.remote(node=victim)
    def start():
        runs()
        bell.ring("begun")
        gate.pass_()
        return np.ones(LARGE)

    one = start.remote()
    bell.hear(1)
    gate.let(1)
    ray.remove_node(victim)  # waits for the task
    assert first(ray, one) == 1.0
    assert runs.count() == 1
    assert (ray.transfers()[-1].source, ray.transfers()[-1].target) == (victim, "A")


def test_a_node_whose_process_is_killed_is_lost_too(ray, victim, fill):
    @ray.remote(node=victim)
    def server():
        return os.getppid()

    one = fill.options(node=victim).remote(3)
    pid = ray.get(server.remote())
    children = psutil.Process(pid).children(recursive=True)
    ray.wait([one])
    os.kill(pid, signal.SIGKILL)
    assert first(ray, one) == 3.0
    assert ray.get(fill.remote(1))[0] == 1.0
    psutil.wait_procs(children, timeout=60)
    assert not [process for process in children if process.is_running()]
    assert victim not in alive(ray)


def test_a_dead_copier_is_replaced(ray, victim, fill, plus):
    one = fill.options(node=victim).remote(3)
    ray.wait([one])
    far = session.current().engine._state.pool.far[victim]
    copier = [
        child
        for child in psutil.Process(far.pid).children()
        if child.pid
        not in {w.pid for w in session.current().engine._pool.workers.values()}
    ]
    for process in copier:
        process.kill()
    psutil.wait_procs(copier, timeout=60)
    assert first(ray, plus.options(node="A").remote(one, 2)) == 5.0


def test_nothing_is_left_of_a_killed_node(ray, fill):
    name = ray.add_node()
    one = fill.options(node=name).remote(3)
    ray.wait([one])
    far = session.current().engine._pool.far[name]
    store, processes = far.store, psutil.Process(far.pid).children(recursive=True)
    assert Path(store).is_dir()
    ray.kill_node(name)
    psutil.wait_procs(processes, timeout=60)
    assert not [process for process in processes if process.is_running()]
    assert not Path(store).exists()


def test_a_slow_network_slows_copies_down(ray, victim, fill):
    cluster = session.current().engine.cluster
    size = 8 * LARGE
    cluster.slow_down(size * 10.0, 0.05)
    try:
        one = fill.options(node=victim).remote(3)
        assert first(ray, one) == 3.0
    finally:
        cluster.slow_down(0.0, 0.0)
    copy = ray.transfers()[-1]
    assert copy.object == "fill-1" or copy.object.startswith("fill-")
    assert copy.end_s - copy.start_s >= 0.05 + 0.1 * 0.9
