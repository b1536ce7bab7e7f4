"""What lives as long as somebody can name it, wherever that is."""

import gc

import pytest

from rayteach.runtime.segments import is_value


def stored(engine):
    """Return the names of the values in shared memory, once all is released."""
    engine.storage.settle()
    return [path.name for path in engine.storage.files() if is_value(path.name)]


def test_an_id_put_by_a_task_outlives_the_task_inside_its_result(ray):
    @ray.remote
    def inside():
        return [ray.put(7)]

    [one] = ray.get(inside.remote())
    assert ray.get(one) == 7


def test_an_id_of_a_finished_child_outlives_its_parent_inside_the_result(ray):
    @ray.remote
    def child():
        return 5

    @ray.remote
    def parent():
        one = child.remote()
        ray.get(one)
        return {"child": one}

    assert ray.get(ray.get(parent.remote())["child"]) == 5


def test_a_big_value_goes_with_its_last_id(ray, engine):
    one = ray.put(bytes(1 << 20))
    [name] = stored(engine)
    assert name.startswith("d-")
    del one
    assert stored(engine) == []


def test_a_big_value_returned_by_a_task_goes_with_its_last_id(ray, engine):
    @ray.remote
    def make():
        return bytes(1 << 20)

    one = make.remote()
    assert len(ray.get(one)) == 1 << 20
    [name] = stored(engine)
    assert name.startswith("w1-")
    del one
    assert stored(engine) == []


def test_an_id_that_a_task_keeps_for_a_child_lives_until_the_child_is_done(ray):
    @ray.remote
    def child(value):
        return len(value)

    @ray.remote
    def parent():
        return child.remote(ray.put(bytes(1 << 20)))

    assert ray.get(ray.get(parent.remote())) == 1 << 20


def test_an_id_that_an_actor_keeps_lives_as_long_as_the_actor(ray):
    @ray.remote
    class Keeper:
        def keep(self, ids):
            self.ids = ids

        def read(self):
            return ray.get(self.ids[0])

    keeper = Keeper.remote()
    ray.get(keeper.keep.remote([ray.put("kept")]))
    assert ray.get(keeper.read.remote()) == "kept"


def test_an_id_that_an_actor_drops_is_freed_at_once(ray, engine):
    @ray.remote
    class Keeper:
        def keep(self, ids):
            self.ids = ids

    keeper = Keeper.remote()
    ray.get(keeper.keep.remote([ray.put(bytes(1 << 20))]))
    assert len(stored(engine)) == 1
    ray.get(keeper.keep.remote(None))
    assert stored(engine) == []


def test_an_id_that_a_failed_task_had_in_a_list_is_freed_at_once(
    ray, engine, bell, gate
):
    @ray.remote(max_retries=0)
    def child():
        gate.pass_()
        raise ValueError("as planned")

    @ray.remote
    def parent(ids):
        one = child.remote()
        bell.ring()
        ray.get(one)

    both = [parent.remote([ray.put(bytes(1 << 20))]) for _ in range(2)]
    bell.hear(2)
    gate.let(2)
    for one in both:
        with pytest.raises(ValueError, match="as planned"):
            ray.get(one)
    assert stored(engine) == []


@pytest.mark.parametrize("how", ["killed early", "constructor raises"])
def test_what_a_dead_actor_was_made_from_is_freed(ray, engine, bell, gate, how):
    @ray.remote
    class Late:
        def __init__(self, _):
            bell.ring()
            gate.pass_()
            raise ValueError

        def hello(self):
            return 1

    late = Late.remote(ray.put(bytes(1 << 20)))
    answer = late.hello.remote()
    if how == "killed early":
        ray.kill(late)
    else:
        bell.hear()
        gate.let()
    with pytest.raises(ray.ActorDiedError):
        ray.get(answer)
    assert stored(engine) == []


@pytest.mark.parametrize("ends", ["there", "cancelled"])
def test_a_value_that_a_task_has_waited_for_goes_with_its_last_id(
    ray, engine, bell, gate, ends
):
    @ray.remote
    def make():
        bell.ring()
        gate.pass_()
        return bytes(1 << 20)

    @ray.remote(max_retries=0)
    def parent():
        one = make.remote()
        bell.ring()
        ray.get(one)

    gc.disable()  # no cycle may hold it
    try:
        one = parent.remote()
        bell.hear(2)
        if ends == "cancelled":
            ray.cancel(one, recursive=False)
            with pytest.raises(ray.TaskCancelledError):
                ray.get(one)
        gate.let()
        both = [ray.remote(num_cpus=2)(len).remote("") for _ in range(2)]
        assert ray.get(both) == [0, 0]  # everything before has ended
        assert stored(engine) == []
    finally:
        gc.enable()
