"""``max_concurrency``: an actor whose methods run in several threads at once."""

import sys
import threading

import pytest

FOREVER_S = 3600


@pytest.fixture
def crowd(ray, gate, bell):
    """Return an actor class whose ``hold`` rings and then waits at the gate."""

    @ray.remote
    class Crowd:
        def __init__(self):
            self.order = []

        def hold(self, name=""):
            self.order.append(name)
            bell.ring(name)
            gate.pass_()
            return name

        def begun(self):
            return self.order

        def fail(self, text):
            raise KeyError(text)

        def leave(self):
            ray.exit_actor()

    return Crowd


def events_of(kind):
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    return [e for e in session.current().log.events() if isinstance(e, kind)]


def died(ray, object_id, match):
    with pytest.raises(ray.ActorDiedError, match=match):
        ray.get(object_id)


def test_as_many_calls_run_at_once_as_it_says_and_no_more(ray, crowd, gate, bell):
    actor = crowd.options(max_concurrency=3).remote()
    calls = [actor.hold.remote(f"call{n}") for n in range(5)]
    assert sorted(bell.hear(3)) == ["call0", "call1", "call2"]
    ready, _ = ray.wait(calls, timeout=0)
    assert ready == []
    gate.let()
    assert bell.hear() == ["call3"]
    gate.let(4)
    assert ray.get(calls) == [f"call{n}" for n in range(5)]


def test_calls_of_one_caller_begin_in_order(ray, crowd):
    from rayteach.core.events import TaskFinished  # noqa: PLC0415 (as above)

    actor = crowd.options(max_concurrency=4).remote()
    calls = [actor.begun.remote() for _ in range(100)]
    ray.get(calls)
    began = {e.task: e.start_s for e in events_of(TaskFinished)}
    starts = [began[call.task] for call in calls]
    assert starts == sorted(starts)


def test_the_log_shows_calls_that_overlap_at_one_worker(ray, crowd, gate, bell):
    from rayteach.core.events import TaskFinished  # noqa: PLC0415 (as above)

    actor = crowd.options(max_concurrency=2).remote()
    calls = [actor.hold.remote(name) for name in "ab"]
    bell.hear(2)
    gate.let(2)
    ray.get(calls)
    numbers = {call.task for call in calls}
    first, second = (e for e in events_of(TaskFinished) if e.task in numbers)
    assert first.worker == second.worker
    assert max(first.start_s, second.start_s) < min(first.end_s, second.end_s)


def test_a_call_without_a_slot_says_so(ray, crowd, gate, bell):
    from rayteach.api import session  # noqa: PLC0415 (once there is one)
    from rayteach.core.events import TaskStarted  # noqa: PLC0415 (as above)
    from rayteach.trace.fold import RowFold  # noqa: PLC0415 (as above)

    actor = crowd.options(max_concurrency=2).remote()
    calls = [actor.hold.remote(name) for name in "abc"]
    bell.hear(2)
    while not {c.task for c in calls[:2]} <= {e.task for e in events_of(TaskStarted)}:
        ray.wait(calls, timeout=100)  # they are let go below
    fold = RowFold(session.current().log, session.current().start_s)
    fold.advance()
    rows = fold.rows(None)
    assert rows.actors[actor.actor_id.task].max_concurrency == 2
    assert "waits for a concurrency slot, both are taken by hold-1 and hold-2" in (
        rows.tasks[calls[2].task].story
    )
    gate.let(3)
    ray.get(calls)


def test_get_in_several_threads_of_it(ray):
    @ray.remote
    def square(x):
        return x * x

    @ray.remote(max_concurrency=4)
    class Threads:
        def sum(self, count):
            return sum(ray.get([square.remote(n) for n in range(count)]))

    actor = Threads.remote()
    sums = ray.get([actor.sum.remote(count) for count in range(20)])
    assert sums == [sum(n * n for n in range(count)) for count in range(20)]


def test_a_call_may_wait_for_another_of_the_same_actor(ray):
    @ray.remote(max_concurrency=2)
    class Pair:
        def __init__(self):
            self.event = threading.Event()

        def wait(self):
            return self.event.wait(FOREVER_S)

        def set(self):
            self.event.set()

    pair = Pair.remote()
    waits = pair.wait.remote()
    ray.get(pair.set.remote())
    assert ray.get(waits) is True


def test_each_call_knows_its_own_context(ray, gate, bell):
    @ray.remote(max_concurrency=3)
    class Who:
        def am_i(self):
            before = ray.get_runtime_context().get_task_id()
            bell.ring()
            gate.pass_()
            return before, ray.get_runtime_context().get_task_id()

    who = Who.remote()
    calls = [who.am_i.remote() for _ in range(3)]
    bell.hear(3)
    gate.let(3)
    assert ray.get(calls) == [(c.task_id(), c.task_id()) for c in calls]


def test_children_stand_under_the_call_that_made_them(ray, gate, bell):
    @ray.remote
    def child():
        return ray.get_runtime_context().get_task_name()

    @ray.remote(max_concurrency=2)
    class Parent:
        def ask(self):
            first = child.remote()
            bell.ring()
            gate.pass_()
            return [str(first.label), str(child.remote().label)]

    parent = Parent.remote()
    calls = [parent.ask.remote() for _ in range(2)]
    bell.hear(2)
    gate.let(2)
    assert ray.get(calls) == [["child-1", "child-2"]] * 2


def test_an_error_is_that_of_its_own_call(ray, crowd, gate, bell):
    actor = crowd.options(max_concurrency=2).remote()
    held = actor.hold.remote("held")
    bell.hear()
    with pytest.raises(KeyError, match="wrong") as raised:
        ray.get(actor.fail.remote("wrong"))
    assert [frame.name for frame in raised.value.remote.frames] == ["fail"]
    gate.let()
    assert ray.get(held) == "held"


def test_a_queued_call_that_is_cancelled_never_runs(ray, crowd, gate, bell, tally):
    actor = crowd.options(max_concurrency=2).remote()
    held = [actor.hold.remote(name) for name in "ab"]
    bell.hear(2)
    queued = [actor.hold.remote(f"q{n}") for n in range(10)]
    for call in queued[1:]:
        ray.cancel(call)
    for call in queued[1:]:
        with pytest.raises(ray.TaskCancelledError):
            ray.get(call)
    gate.let(3)
    assert ray.get([*held, queued[0]]) == ["a", "b", "q0"]
    assert sorted(ray.get(actor.begun.remote())) == ["a", "b", "q0"]


def test_a_running_call_that_is_cancelled_goes_on_and_its_result_is_dropped(
    ray, gate, bell
):
    @ray.remote(max_concurrency=2)
    class Busy:
        def hold(self):
            bell.ring()
            gate.pass_()
            bell.ring("done")
            return "held"

    busy = Busy.remote()
    one, two = busy.hold.remote(), busy.hold.remote()
    bell.hear(2)
    ray.cancel(one)
    gate.let(2)
    assert bell.hear(2) == ["done", "done"]
    with pytest.raises(ray.TaskCancelledError):
        ray.get(one)
    assert ray.get(two) == "held"


def test_kill_ends_all_running_and_queued_calls(ray, crowd, bell):
    actor = crowd.options(max_concurrency=2).remote()
    calls = [actor.hold.remote() for _ in range(4)]
    bell.hear(2)
    ray.kill(actor)
    for call in calls:
        died(ray, call, "killed")


def test_exit_actor_ends_all_running_and_queued_calls(ray, crowd, bell):
    actor = crowd.options(max_concurrency=2).remote()
    held = actor.hold.remote()
    bell.hear()
    calls = [actor.leave.remote(), actor.hold.remote(), held]
    for call in calls:
        died(ray, call, r"ended itself with exit_actor\(\) in")


def test_sys_exit_in_one_call_is_the_end_of_the_actor(ray, gate, bell):
    @ray.remote(max_concurrency=2)
    class Quitter:
        def hold(self):
            bell.ring()
            gate.pass_()

        def quit(self):
            raise SystemExit(3)

    actor = Quitter.remote()
    held = actor.hold.remote()
    bell.hear()
    died(ray, actor.quit.remote(), "exited with code 3")
    died(ray, held, "exited with code 3")


def test_prints_stand_under_the_call_that_printed(ray, shown):
    @ray.remote(max_concurrency=2)
    class Talker:
        def __init__(self):
            self.meeting = threading.Barrier(2)

        def talk(self, name):
            self.meeting.wait()
            sys.stdout.write(f"{name} talks, ")
            self.meeting.wait()
            sys.stdout.write(f"{name} still talks\n")

    talker = Talker.remote()
    calls = [talker.talk.remote(name) for name in ("ann", "bob")]
    ray.get(calls)
    said = {label: text for label, _, _, text in shown()}
    assert said == {
        str(call.label): f"{name} talks, {name} still talks\n"
        for call, name in zip(calls, ("ann", "bob"), strict=True)
    }


def test_the_constructor_s_error_is_told(ray):
    @ray.remote(max_concurrency=2)
    class Broken:
        def __init__(self):
            raise OSError("no luck")

        def go(self):
            return 1

    died(ray, Broken.remote().go.remote(), "no luck")


def test_large_values_go_in_and_out(ray):
    @ray.remote(max_concurrency=3)
    class Echo:
        def echo(self, value):
            return value

    echo = Echo.remote()
    big = b"x" * 300_000
    assert ray.get([echo.echo.remote(big) for _ in range(6)]) == [big] * 6


def test_it_ends_with_its_last_handle_and_leaves_no_process(ray, crowd):
    from rayteach.core.events import ActorExited  # noqa: PLC0415 (as above)

    actor = crowd.options(max_concurrency=5).remote()
    ray.get(actor.begun.remote())
    number = actor.actor_id.task
    del actor
    never = ray.remote(lambda: None).options(num_cpus=99).remote()
    while number not in {e.actor for e in events_of(ActorExited)}:
        ray.wait([never], timeout=100)
    ray.cancel(never)
    assert ray.available_resources() == {"CPU": 2.0}


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2", True, [2]])
def test_a_wrong_number_is_refused_at_once(ray, crowd, wrong):
    with pytest.raises(ValueError, match="max_concurrency"):
        crowd.options(max_concurrency=wrong)
    with pytest.raises(ValueError, match="max_concurrency"):
        ray.remote(max_concurrency=wrong)(type("A", (), {}))


def test_one_is_the_usual_actor(ray, crowd, gate, bell):
    actor = crowd.options(max_concurrency=1).remote()
    calls = [actor.hold.remote(name) for name in "ab"]
    assert bell.hear() == ["a"]
    gate.let()
    assert bell.hear() == ["b"]
    gate.let()
    assert ray.get(calls) == ["a", "b"]
