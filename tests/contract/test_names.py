"""Names of actors, their namespaces, and actors that outlive their handles."""

import pytest


@pytest.fixture
def counter_class(ray):
    @ray.remote
    class Counter:
        def __init__(self, start=0):
            self.count = start

        def add(self):
            self.count += 1
            return self.count

    yield Counter
    from rayteach.api.actor import list_named_actors  # noqa: PLC0415 (session is open)

    for one in list_named_actors(all_namespaces=True):
        ray.kill(ray.get_actor(**one))


def listed(**which):
    from rayteach.api.actor import list_named_actors  # noqa: PLC0415 (as above)

    return list_named_actors(**which)


def test_a_detached_actor_outlives_its_handles(ray, counter_class):
    counter = counter_class.options(name="kept", lifetime="detached").remote()
    assert ray.get(counter.add.remote()) == 1
    del counter
    assert ray.get(ray.get_actor("kept").add.remote()) == 2
    assert ray.get(ray.get_actor("kept").add.remote()) == 3


def test_a_detached_actor_outlives_the_task_that_made_it(ray, counter_class):
    @ray.remote
    def make():
        options = {"name": "from a task", "lifetime": "detached"}
        return ray.get(counter_class.options(**options).remote().add.remote())

    assert ray.get(make.remote()) == 1
    assert ray.get(ray.get_actor("from a task").add.remote()) == 2


@pytest.mark.parametrize("lifetime", [None, "non_detached"])
def test_any_other_actor_ends_with_its_last_handle(ray, counter_class, lifetime):
    counter = counter_class.options(name="passing", lifetime=lifetime).remote()
    assert ray.get(counter.add.remote()) == 1
    del counter
    with pytest.raises(ValueError, match="no living actor"):
        ray.get_actor("passing")


def test_kill_ends_a_detached_actor_and_frees_its_name(ray, counter_class):
    options = counter_class.options(name="kept", lifetime="detached")
    options.remote(10)
    ray.kill(ray.get_actor("kept"))
    with pytest.raises(ValueError, match="no living actor"):
        ray.get_actor("kept")
    assert ray.get(options.remote().add.remote()) == 1


def test_shutdown_ends_a_detached_actor(ray, counter_class):
    counter_class.options(name="kept", lifetime="detached").remote()
    ray.shutdown()
    ray.init(num_cpus=2)
    with pytest.raises(ValueError, match="no living actor"):
        ray.get_actor("kept")


def test_a_detached_actor_restarts_without_a_handle(ray, counter_class):
    options = {"name": "kept", "lifetime": "detached", "max_restarts": 1}
    counter_class.options(max_task_retries=1, **options).remote()
    ray.get(ray.get_actor("kept").add.remote())
    ray.kill(ray.get_actor("kept"), no_restart=False)
    while ray.get(ray.get_actor("kept").add.remote()) != 1:  # until it is dead
        continue


def test_one_name_may_stand_once_in_each_namespace(ray, counter_class):
    here = counter_class.options(name="one").remote(10)
    there = counter_class.options(name="one", namespace="there").remote(20)
    assert ray.get_actor("one") == here
    assert ray.get_actor("one", namespace="there") == there
    with pytest.raises(ray.ActorAlreadyExistsError, match="namespace='there'"):
        counter_class.options(name="one", namespace="there").remote()


def test_a_name_is_looked_for_in_its_namespace_only(ray, counter_class):
    keep = counter_class.options(name="far", namespace="there").remote()
    with pytest.raises(ValueError, match="one in another: namespace='there'"):
        ray.get_actor("far")
    with pytest.raises(ValueError, match="in namespace 'nowhere'"):
        ray.get_actor("far", namespace="nowhere")
    assert ray.get(keep.add.remote()) == 1


def test_get_if_exists_looks_in_its_namespace(ray, counter_class):
    options = {"name": "one", "get_if_exists": True}
    here = counter_class.options(**options).remote(1)
    there = counter_class.options(namespace="there", **options).remote(2)
    assert here != there
    assert counter_class.options(namespace="there", **options).remote() == there


def test_a_task_finds_an_actor_of_another_namespace(ray, counter_class):
    keep = counter_class.options(name="one", namespace="there").remote()

    @ray.remote
    def find():
        return ray.get(ray.get_actor("one", namespace="there").add.remote())

    assert ray.get(find.remote()) == 1
    assert ray.get(keep.add.remote()) == 2


def test_the_sessions_namespace_is_that_of_init_also_in_tasks(closed):
    closed.init(num_cpus=2, namespace="mine")

    @closed.remote
    class Counter:
        def add(self):
            return closed.get_runtime_context().namespace

    @closed.remote
    def find():
        return closed.get(closed.get_actor("one").add.remote())

    keep = Counter.options(name="one").remote()
    assert closed.get(find.remote()) == "mine"
    assert closed.get_actor("one", namespace="mine") == keep
    assert closed.get_runtime_context().namespace == "mine"


@pytest.mark.parametrize("namespace", ["", 3])
def test_a_namespace_that_is_none_is_refused(closed, namespace):
    with pytest.raises((ValueError, TypeError), match="namespace"):
        closed.init(num_cpus=2, namespace=namespace)


def test_names_are_listed_by_namespace(ray, counter_class):
    keep = [counter_class.options(name=name).remote() for name in ("b", "a")]
    keep.append(counter_class.options(name="c", namespace="there").remote())
    assert listed() == ["a", "b"]
    assert {"name": "c", "namespace": "there"} in listed(all_namespaces=True)


def test_init_inside_a_task_may_be_ignored(ray):
    @ray.remote
    def careless():
        ray.init(ignore_reinit_error=True)
        return ray.get(ray.put(7))

    @ray.remote
    def wrong():
        ray.init(num_cpus=2)

    assert ray.get(careless.remote()) == 7
    with pytest.raises(RuntimeError, match="ignore_reinit_error"):
        ray.get(wrong.remote())
