"""Actors: processes with state."""

import os

import psutil
import pytest


@pytest.fixture
def counter_class(ray):
    @ray.remote
    class Counter:
        def __init__(self, start=0):
            self.count = start

        def add(self, by=1):
            self.count += by
            return self.count

        def pid(self):
            return os.getpid()

        def fail(self):
            raise ValueError("refused")

        @ray.method(num_returns=2)
        def two(self):
            return self.count, -self.count

    return Counter


@pytest.fixture
def counter(counter_class):
    return counter_class.remote()


def test_an_actor_keeps_its_state(ray, counter):
    assert ray.get([counter.add.remote() for _ in range(100)]) == list(range(1, 101))


def test_an_actor_is_a_process_of_its_own(ray, counter_class):
    one, two = counter_class.remote(), counter_class.remote()
    pids = ray.get([one.pid.remote(), one.pid.remote(), two.pid.remote()])
    assert pids[0] == pids[1]
    assert len({os.getpid(), *pids}) == 3


def test_constructor_and_methods_take_arguments_and_ids(ray, counter_class):
    counter = counter_class.remote(start=ray.put(10))
    assert ray.get(counter.add.remote(by=ray.put(5))) == 15


def test_calls_of_one_caller_run_in_order_also_when_an_input_comes_late(ray, gate):
    @ray.remote
    def late():
        gate.pass_()
        return "late"

    @ray.remote
    class Log:
        def __init__(self):
            self.said = []

        def say(self, what):
            self.said.append(what)
            return self.said

    log = Log.remote()
    log.say.remote(late.remote())
    last = log.say.remote("after")
    gate.let()
    assert ray.get(last) == ["late", "after"]


def test_a_call_that_waits_for_its_input_holds_up_no_other_caller(ray, counter, gate):
    @ray.remote
    def late():
        gate.pass_()
        return 100

    @ray.remote
    def other(handle):
        return ray.get(handle.add.remote())

    held = counter.add.remote(late.remote())
    assert ray.get(other.remote(counter)) == 1
    gate.let()
    assert ray.get(held) == 101


def test_several_actors_run_in_parallel(ray, gate, bell):
    @ray.remote
    class Actor:
        def work(self):
            bell.ring()
            gate.pass_()

    actors = [Actor.remote() for _ in range(4)]
    ids = [actor.work.remote() for actor in actors]
    bell.hear(4)
    gate.let(4)
    ray.get(ids)


def test_a_handle_can_be_passed_to_tasks_and_actors(ray, counter):
    @ray.remote
    def use(handles):
        return ray.get(handles[0].add.remote())

    @ray.remote
    class Holder:
        def __init__(self, handle):
            self.handle = handle

        def use(self):
            return ray.get(self.handle.add.remote())

    holder = Holder.remote(counter)
    found = [ray.get(use.remote([counter])), ray.get(holder.use.remote())]
    assert [*found, ray.get(counter.add.remote())] == [1, 2, 3]


def test_a_handle_comes_back_equal(ray, counter):
    assert ray.get(ray.put(counter)) == counter
    assert ray.get(ray.get(ray.put([counter]))[0].add.remote()) == 1


def test_a_method_has_options_of_its_own(ray, counter):
    counter.add.remote(4)
    assert ray.get(counter.two.remote()) == [4, -4]
    assert ray.get(counter.two.options(num_returns=1).remote()) == (4, -4)


def test_an_error_of_a_method_leaves_the_actor_alive(ray, counter):
    counter.add.remote()
    with pytest.raises(ValueError, match="refused") as info:
        ray.get(counter.fail.remote())
    assert isinstance(info.value, ray.TaskError)
    assert ray.get(counter.add.remote()) == 2


def test_wrong_calls_are_errors_at_the_call(counter_class, counter):
    with pytest.raises(TypeError, match=r"Counter\.remote"):
        counter_class()
    with pytest.raises(TypeError, match=r"Counter\.remote\(\)"):
        counter_class.remote(1, 2)
    with pytest.raises(TypeError, match=r"add\.remote\(\)"):
        counter.add.remote(1, 2)
    with pytest.raises(TypeError, match=r"handle\.add\.remote"):
        counter.add()
    with pytest.raises(AttributeError, match="no method 'sub'; it has add"):
        counter.sub.remote()


@pytest.mark.parametrize(
    "options", [{"cpus": 1}, {"get_if_exists": True}, {"num_cpus": -1}]
)
def test_wrong_options_are_value_errors(counter_class, options):
    with pytest.raises(ValueError, match=r"option|name|0 or more"):
        counter_class.options(**options)


def test_a_named_actor_is_found_by_its_name(ray, counter_class):
    counter = counter_class.options(name="known").remote()
    ray.get(counter.add.remote())

    @ray.remote
    def find():
        return ray.get(ray.get_actor("known").add.remote())

    assert ray.get(ray.get_actor("known").add.remote()) == 2
    assert ray.get(find.remote()) == 3


def test_a_taken_name_is_a_value_error(ray, counter_class):
    keep = counter_class.options(name="taken").remote()
    with pytest.raises(ray.ActorAlreadyExistsError, match="get_if_exists") as info:
        counter_class.options(name="taken").remote()
    assert isinstance(info.value, ValueError)
    assert ray.get(keep.add.remote()) == 1


def test_get_if_exists_returns_the_present_one(ray, counter_class):
    wanted = counter_class.options(name="one", get_if_exists=True)
    first, second = wanted.remote(5), wanted.remote(50)
    assert first == second
    assert ray.get(second.add.remote()) == 6


@pytest.mark.parametrize("name", ["unknown", "", None, 3])
def test_an_unknown_name_is_a_value_error(ray, name):
    with pytest.raises(ValueError, match="actor"):
        ray.get_actor(name)


def test_a_killed_actor_fails_its_calls_and_frees_its_name(ray, counter_class, gate):
    @ray.remote
    class Slow:
        def wait(self):
            gate.pass_()

    slow = Slow.options(name="slow").remote()
    running, queued = slow.wait.remote(), slow.wait.remote()
    ray.kill(slow)
    for one in (running, queued, slow.wait.remote()):
        with pytest.raises(ray.ActorDiedError, match="killed"):
            ray.get(one)
    assert ray.get(counter_class.options(name="slow").remote().add.remote()) == 1


@pytest.mark.parametrize("wrong", [None, 3, "name"])
def test_kill_takes_a_handle_only(ray, wrong):
    with pytest.raises(TypeError, match="actor handle"):
        ray.kill(wrong)


def test_a_constructors_error_shows_at_the_calls_with_its_traceback(ray):
    @ray.remote
    class Broken:
        def __init__(self):
            raise KeyError("never made")

        def call(self):
            return 1

    broken = Broken.remote()
    for _ in range(2):
        with pytest.raises(ray.ActorDiedError, match="never made") as info:
            ray.get(broken.call.remote())
    assert "Traceback" in str(info.value)
    assert "KeyError" in str(info.value)


@pytest.mark.parametrize("where", ["constructor", "method"])
def test_an_actor_whose_process_ends_fails_all_its_calls(ray, where):
    @ray.remote
    class Mortal:
        def __init__(self):
            if where == "constructor":
                os._exit(3)

        def die(self):
            os._exit(3)

        def call(self):
            return 1

    mortal = Mortal.remote()
    for one in (mortal.die.remote(), mortal.call.remote(), mortal.call.remote()):
        with pytest.raises(ray.ActorDiedError, match="exited with code 3"):
            ray.get(one)


def test_an_actor_lives_until_its_queued_calls_are_done(ray, counter_class):
    assert ray.get(counter_class.remote().add.remote()) == 1


def test_an_actor_ends_when_its_last_handle_is_gone(ray, counter_class):
    counter = counter_class.options(name="mortal").remote()
    process = psutil.Process(ray.get(counter.pid.remote()))
    del counter
    with pytest.raises(ValueError, match="no living actor"):
        ray.get_actor("mortal")
    psutil.wait_procs([process])
    assert not process.is_running()


def test_an_actor_with_a_cpu_holds_it_while_it_lives(ray, counter_class, gate, bell):
    @ray.remote
    def work():
        bell.ring()
        gate.pass_()

    holder = counter_class.options(num_cpus=2).remote()
    ray.get(holder.add.remote())
    one = work.remote()
    assert ray.available_resources()["CPU"] == 0
    ray.kill(holder)
    bell.hear()
    gate.let()
    ray.get(one)
