"""``get_runtime_context()``: where the code runs that asks."""

import pytest


@pytest.fixture
def asker(ray):
    """Return a task that tells where it runs."""

    @ray.remote
    def ask():
        found = ray.get_runtime_context()
        return found.get(), found.get_task_name(), found.get_actor_id()

    return ask


def test_the_driver_has_no_task_and_no_actor(ray):
    found = ray.get_runtime_context()
    assert found.get_task_id() is None
    assert found.get_actor_id() is None
    assert found.get_task_name() is None
    assert found.get_node_id() == ray.nodes()[0]["NodeID"]
    assert set(found.get()) == {"job_id", "node_id", "worker_id"}


def test_a_task_knows_its_own_id(ray, asker):
    one = asker.remote()
    found, name, actor = ray.get(one)
    here = ray.get_runtime_context()
    assert found["task_id"] == one.task_id()
    assert found["job_id"] == here.job_id
    assert found["node_id"] == here.node_id
    assert found["worker_id"] != here.worker_id
    assert name == "ask"
    assert actor is None


def test_the_name_option_is_the_tasks_name(ray, asker):
    assert ray.get(asker.options(name="question").remote())[1] == "question"


def test_an_actor_knows_itself_and_each_call(ray):
    @ray.remote
    class Asker:
        def ask(self):
            found = ray.get_runtime_context()
            return found.actor_id, found.task_id, found.get_task_name()

        def name(self):
            return ray.get_runtime_context().get_actor_name()

    asker = Asker.options(name="the asker").remote()
    calls = [asker.ask.remote() for _ in range(2)]
    for call, (actor, task, name) in zip(calls, ray.get(calls), strict=True):
        assert actor == asker.actor_id.hex()
        assert task == call.task_id()
        assert name == "Asker.ask"
    assert ray.get(asker.name.remote()) == "the asker"


def test_it_shows_who_runs(ray, asker):
    assert repr(ray.get_runtime_context()) == "<runtime context: driver>"
    assert ray.get(asker.remote())[1] == "ask"
