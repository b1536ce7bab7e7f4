"""Several nodes on one machine: placement, and copies between their stores."""

import os
from pathlib import Path

import numpy as np
import psutil
import pytest

from rayteach.api import session

LARGE = 200_000
"""Floats of a value of 1.6 MB."""


@pytest.fixture(scope="module")
def ray():
    import rayteach  # noqa: PLC0415 (after sys.path is right)

    rayteach.shutdown()
    rayteach.init(num_nodes=2, num_cpus=2, resources={"pen": 1})
    yield rayteach
    rayteach.shutdown()


@pytest.fixture
def where(ray):
    @ray.remote
    def where(*_):
        return ray.get_runtime_context().get_node_id()

    return where


@pytest.fixture
def make(ray):
    @ray.remote
    def make(size=LARGE):
        return np.arange(size, dtype=float)

    return make


def stories(run, label):
    return next(task.story for task in run.tasks if task.label.endswith(label))


def test_there_are_as_many_nodes_as_were_asked_for(ray):
    assert [(n["NodeID"], n["Alive"], n["Resources"]) for n in ray.nodes()] == [
        ("A", True, {"CPU": 2.0, "pen": 1.0}),
        ("B", True, {"CPU": 2.0, "pen": 1.0}),
    ]
    assert ray.cluster_resources() == {"CPU": 4.0, "pen": 2.0}
    assert ray.get_runtime_context().get_node_id() == "A"


def test_each_node_is_a_process_of_its_own_with_workers_of_its_own(ray):
    @ray.remote
    def parent():
        return os.getppid()

    servers = [ray.get(parent.options(node=n).remote()) for n in ("A", "B", "A", "B")]
    assert servers[0] == servers[2] != servers[1] == servers[3]
    assert {psutil.Process(one).ppid() for one in servers} == {os.getpid()}


def test_a_task_runs_on_the_node_that_it_asks_for_and_its_story_says_so(ray, where):
    with ray.observe() as run:
        found = ray.get([where.options(node=n).remote() for n in "BABA"])
    assert found == list("BABA")
    assert "It went to node B, because it asks for node B." in run.tasks[0].story
    assert [task.node for task in run.tasks] == list("BABA")


def test_a_node_that_never_was_is_refused_at_the_call(ray, where):
    with pytest.raises(ValueError, match=r"node='Z': there is no such node; .* A, B"):
        where.options(node="Z").remote()

    @ray.remote
    class Actor:
        pass

    with pytest.raises(ValueError, match="there is no such node"):
        Actor.options(node="Z").remote()

    @ray.remote
    def child():
        return ray.get(where.options(node="Z").remote())

    with pytest.raises(ray.TaskError, match="there is no such node"):
        ray.get(child.remote())


def test_options_about_nodes_are_checked(where):
    with pytest.raises(ValueError, match='can be "SPREAD"'):
        where.options(scheduling_strategy="RANDOM")
    with pytest.raises(ValueError, match="give one"):
        where.options(scheduling_strategy="SPREAD", node="A")
    with pytest.raises(TypeError, match="node must be a str"):
        where.options(node=2)


def test_two_actors_that_are_spread_sit_on_two_nodes_and_the_story_says_why(ray):
    @ray.remote
    class Actor:
        def where(self):
            return ray.get_runtime_context().get_node_id()

    with ray.observe() as run:
        spread = Actor.options(scheduling_strategy="SPREAD")
        actors = [spread.remote() for _ in range(2)]
        first, second = ray.get([actor.where.remote() for actor in actors])
    assert sorted((first, second)) == ["A", "B"]
    text = "The scheduler of node {} started its process, because tasks are spread"
    assert text.format(first) in stories(run, "Actor-1")
    assert text.format(second) in stories(run, "Actor-2")
    assert f"{first} had the one before" in stories(run, "Actor-2")
    workers = {row.id: row.node for row in run.rows.workers.values()}
    assert [workers[row.worker] for row in run.actors] == [first, second]


def test_packed_tasks_fill_the_first_node_before_the_next(ray, where, gate, bell):
    @ray.remote(scheduling_strategy="PACK")
    def hold():
        bell.ring(ray.get_runtime_context().get_node_id())
        gate.pass_()

    with ray.observe() as run:
        held = [hold.remote() for _ in range(3)]
        rung = bell.hear(3)
        gate.let(3)
        ray.get(held)
    assert sorted(rung) == ["A", "A", "B"]
    assert "It went to node B, because A has no room." in run.tasks[2].story


def test_a_task_goes_where_most_of_its_input_bytes_are(ray, where, make):
    here, there = make.options(node="A").remote(), make.options(node="B").remote()
    more = make.options(node="B").remote(2 * LARGE)
    ray.wait([here, there, more], num_returns=3)
    with ray.observe() as run:
        assert ray.get(where.remote(there)) == "B"
        assert ray.get(where.remote(here, there, more)) == "B"
        assert ray.get(where.remote(here)) == "A"
    assert "because 1.6 MB of its inputs lie on B" in run.tasks[0].story
    assert "because 4.8 MB of its inputs lie on B" in run.tasks[1].story
    assert [t.object.partition("-")[0] for t in run.transfers] == ["make"]


def test_custom_resources_belong_to_nodes(ray, gate, bell):
    @ray.remote(resources={"pen": 1}, num_cpus=0)
    def write():
        bell.ring(ray.get_runtime_context().get_node_id())
        gate.pass_()

    ids = [write.remote() for _ in range(3)]
    assert sorted(bell.hear(2)) == ["A", "B"]
    gate.let(3)
    bell.hear(1)
    ray.get(ids)


def test_a_hundred_megabytes_that_twenty_tasks_use_are_copied_once(ray):
    big = ray.put(np.ones(12_500_000))

    @ray.remote(node="B")
    def add(x, y):
        return ray.get_runtime_context().get_node_id(), float(x[:10].sum()) + y

    with ray.observe() as run:
        assert ray.get([add.remote(big, y) for y in range(20)]) == [
            ("B", 10.0 + y) for y in range(20)
        ]
    (one,) = [t for t in ray.transfers() if t.size_bytes > 50_000_000]
    assert (one.source, one.target) == ("A", "B")
    assert one.object.startswith("put-")
    assert one.size_bytes >= 100_000_000
    assert 0 < one.start_s < one.end_s
    assert run.transfers == [one]


def test_the_copy_lies_in_the_other_nodes_store(ray):
    value = ray.put(np.full(LARGE, 7.0))

    @ray.remote(node="B")
    def mapped(x):
        assert (x == 7.0).all()
        lines = Path("/proc/self/maps").read_text().splitlines()
        return {line.split()[-1] for line in lines if "/rayteach-" in line}

    home = str(session.current().engine.directory)
    stores = {path.rpartition("/")[0] for path in ray.get(mapped.remote(value))}
    stores.discard(home)  # the board: no value lies in it
    values = [path for path in ray.get(mapped.remote(value)) if path.count("-") > 4]
    assert values
    assert not [path for path in values if path.startswith(home)]


def test_large_arguments_and_results_of_calls_cross_over_too(ray):
    @ray.remote
    class Store:
        def __init__(self, first):
            self.kept = [first]

        def add(self, one):
            self.kept.append(one)
            return len(self.kept)

        def all(self):
            return np.concatenate(self.kept)

    with ray.observe() as run:
        store = Store.options(node="B").remote(np.zeros(LARGE))
        counts = [store.add.remote(np.full(LARGE, float(n))) for n in (1, 2)]
        assert ray.get(counts) == [2, 3]
        assert ray.get(store.all.remote()).sum() == 3.0 * LARGE
    names = [(t.object, t.source, t.target) for t in run.transfers]
    assert names == [
        ("arguments of Store-1", "A", "B"),
        ("arguments of Store-1.add-1", "A", "B"),
        ("arguments of Store-1.add-2", "A", "B"),
        ("Store-1.all-1", "B", "A"),
    ]


def test_a_task_gets_and_puts_across_nodes(ray, make):
    value = make.options(node="A").remote()

    @ray.remote(node="B")
    def outer(box):
        inner = make.options(node="A").remote()
        own = ray.put(np.ones(LARGE))
        found = ray.get([box[0], inner])
        return [own], float(found[0][5] + found[1][6])

    (own,), total = ray.get(outer.remote([value]))
    assert total == 11.0
    assert ray.get(own).sum() == LARGE


def test_an_async_actor_awaits_what_lies_on_another_node(ray, make):
    @ray.remote
    class Reader:
        async def read(self, box):
            return float((await box[0])[3])

    value = make.options(node="A").remote()
    reader = Reader.options(node="B").remote()
    assert ray.get([reader.read.remote([value]) for _ in range(3)]) == [3.0] * 3


def test_a_future_of_a_value_on_another_node(ray, make):
    value = make.options(node="B").remote()
    assert value.future().result()[2] == 2.0
    ready = make.options(node="B").remote()
    ray.wait([ready])
    assert ready.future().result()[2] == 2.0


def test_calls_of_one_caller_keep_their_order_while_inputs_are_copied(ray):
    @ray.remote
    class Log:
        def __init__(self):
            self.seen = []

        def add(self, name, _=None):
            self.seen.append(name)

        def all(self):
            return self.seen

    value = ray.put(np.zeros(5_000_000))
    log = Log.options(node="B").remote()
    log.add.remote("large", value)
    log.add.remote("small")
    assert ray.get(log.all.remote()) == ["large", "small"]


def test_a_worker_that_dies_on_a_further_node_is_replaced(ray, tmp_path):
    mark = tmp_path / "mark"

    @ray.remote(node="B")
    def once():
        if not mark.exists():
            mark.touch()
            os._exit(3)
        return ray.get_runtime_context().get_node_id()

    assert ray.get(once.remote()) == "B"


def test_a_paused_session_steps_over_all_nodes(ray, where):
    ray.get([where.options(node=n).remote() for n in "AB"])
    ray.pause()
    ids = [where.options(node=n).remote() for n in "BA"]
    ray.step(1)
    assert ray.get(ids[0]) == "B"
    assert ray.wait(ids, num_returns=2, timeout=0)[0] == ids[:1]
    ray.resume()
    assert ray.get(ids[1]) == "A"


def test_tasks_that_wait_lend_their_cpus_on_every_node(ray):
    @ray.remote
    def deep(level):
        return 1 if not level else 1 + ray.get(deep.remote(level - 1))

    assert ray.get(deep.remote(8)) == 9
    assert ray.available_resources()["CPU"] == 4.0


def test_more_tasks_than_cpus_all_run(ray):
    @ray.remote
    def square(x):
        return x * x

    assert ray.get([square.remote(x) for x in range(300)]) == [
        x * x for x in range(300)
    ]
