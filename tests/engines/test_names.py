"""Names of actors when several tasks want them at once."""

import pytest


@pytest.fixture
def counter(ray):
    @ray.remote
    class Counter:
        def __init__(self):
            self.count = 0

        def add(self):
            self.count += 1
            return self.count

    return Counter


def test_tasks_that_get_or_create_at_once_share_one_actor(ray, counter):
    @ray.remote
    def use(_):
        handle = counter.options(name="shared", get_if_exists=True).remote()
        return ray.get(handle.add.remote())

    keep = counter.options(name="shared", get_if_exists=True).remote()
    found = ray.get([use.remote(i) for i in range(20)])
    assert sorted(found) == list(range(1, 21))
    assert ray.get(keep.add.remote()) == 21


def test_a_task_that_wants_a_taken_name_gets_the_error_at_the_call(ray, counter):
    @ray.remote
    def create():
        try:
            counter.options(name="taken").remote()
        except ValueError as error:
            return str(error)

    keep = counter.options(name="taken").remote()
    assert "exists already" in ray.get(create.remote())
    assert ray.get(keep.add.remote()) == 1


def test_tasks_that_create_at_once_get_one_actor_and_one_error(ray, counter):
    @ray.remote
    def create(_):
        try:
            return [counter.options(name="once").remote()]
        except ray.ActorAlreadyExistsError:
            return []

    found = ray.get([create.remote(i) for i in range(8)])
    assert sum(map(len, found)) >= 1
    assert ray.get(ray.get_actor("once").add.remote()) == 1


def test_a_name_is_free_as_soon_as_the_last_handle_is_gone(ray, counter):
    for _ in range(20):
        handle = counter.options(name="again").remote()
        assert ray.get(handle.add.remote()) == 1
        del handle
