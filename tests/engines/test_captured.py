"""IDs and handles that a function captures from around it."""


def test_a_task_can_use_an_id_from_around_its_function(ray):
    one = ray.put(5)

    @ray.remote
    def use():
        return ray.get(one)

    assert ray.get(use.remote()) == 5


def test_a_task_can_use_a_handle_from_around_its_function(ray):
    @ray.remote
    class Counter:
        def add(self):
            return "added"

    counter = Counter.remote()

    @ray.remote
    def use():
        return ray.get(counter.add.remote())

    assert ray.get([use.remote() for _ in range(4)]) == ["added"] * 4


def test_a_captured_id_lives_until_its_task_has_run(ray, gate):
    def submit():
        one = ray.put("alive")

        @ray.remote
        def use():
            return ray.get(one)

        @ray.remote
        def first():
            gate.pass_()

        waits = first.remote()
        return use.remote(), waits

    result, _ = submit()
    gate.let()
    assert ray.get(result) == "alive"


def test_a_captured_id_goes_with_its_function(ray, engine):
    def use_one():
        one = ray.put("short-lived")

        @ray.remote
        def use():
            return ray.get(one)

        ray.get(use.remote())
        return (one.task, one.index)

    key = use_one()
    ray.get(ray.remote(lambda: None).remote())
    assert key not in engine._state.exported


def test_an_id_captured_by_a_child_outlives_the_parent(ray):
    @ray.remote
    def parent():
        one = ray.put("of the parent")

        @ray.remote
        def child():
            return ray.get(one)

        return [child.remote()]

    assert ray.get(ray.get(parent.remote())[0]) == "of the parent"


def test_an_actor_can_use_an_id_from_around_its_class(ray):
    one = ray.put("around")

    @ray.remote
    class Reader:
        def read(self):
            return ray.get(one)

    assert ray.get(Reader.remote().read.remote()) == "around"
