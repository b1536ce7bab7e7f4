"""``cancel``: what was not begun never runs, what runs is interrupted."""

import threading
import time

import pytest

FOREVER_S = 3600


@pytest.fixture
def sleeper(ray, bell):
    """Return a task that rings and then sleeps for ever."""

    @ray.remote(max_retries=0)
    def sleep():
        bell.ring()
        time.sleep(FOREVER_S)  # the task's work

    return sleep


def cancelled(ray, object_id):
    with pytest.raises(ray.TaskCancelledError, match="was cancelled"):
        ray.get(object_id)
    return True


def all_free(ray):
    return ray.available_resources() == {"CPU": 2.0}


def reasons(ray, object_id):
    from rayteach.api import session  # noqa: PLC0415 (once there is one)
    from rayteach.core.events import TaskCancelled  # noqa: PLC0415 (as above)

    assert ray.is_initialized()
    events = session.current().log.events()
    return [
        event.reason
        for event in events
        if isinstance(event, TaskCancelled) and event.task == object_id.task
    ]


def test_a_sleeping_task_is_interrupted_at_once(ray, bell, sleeper):
    one = sleeper.remote()
    bell.hear()
    ray.cancel(one)
    assert cancelled(ray, one)
    assert reasons(ray, one) == ["cancel"]
    assert all_free(ray)


def test_a_task_that_waits_for_its_inputs_never_runs(ray, gate, tally):
    @ray.remote
    def hold():
        gate.pass_()

    @ray.remote
    def count(_):
        tally.add()

    held = hold.remote()
    waits = count.remote(held)
    ray.cancel(waits)
    assert cancelled(ray, waits)
    gate.let()
    assert ray.get(held) is None
    assert tally.count == 0


def test_queued_tasks_never_run_and_their_neighbours_do(ray, bell, gate, tally):
    @ray.remote
    def hold():
        bell.ring()
        gate.pass_()

    @ray.remote
    def count(number):
        tally.add()
        return number

    held = [hold.remote() for _ in range(2)]
    bell.hear(2)
    ids = [count.remote(number) for number in range(60)]
    for one in ids[::2]:
        ray.cancel(one)
    for one in ids[::2]:
        assert cancelled(ray, one)
    gate.let(2)
    assert ray.get(ids[1::2]) == list(range(1, 60, 2))
    assert ray.get(held) == [None, None]
    assert tally.count == 30
    assert all_free(ray)


def test_a_finished_task_is_left_alone(ray):
    @ray.remote
    def answer():
        return 42

    one = answer.remote()
    assert ray.get(one) == 42
    ray.cancel(one)
    ray.cancel(one, force=True)
    assert ray.get(one) == 42


def test_the_next_task_of_the_worker_is_never_hit(ray):
    @ray.remote
    def answer(number):
        return number

    for number in range(300):
        first, second = answer.remote(number), answer.remote(number)
        ray.cancel(first)
        assert ray.get(second) == number
        ray.wait([first])
    assert all_free(ray)


def test_what_a_task_does_with_its_interrupt_is_its_own_affair(ray, bell):
    @ray.remote
    def stubborn():
        try:
            bell.ring("began")
            time.sleep(FOREVER_S)  # the task's work
        except KeyboardInterrupt:
            bell.ring("interrupted")
        return "a value that nobody wants"

    one = stubborn.remote()
    assert bell.hear() == ["began"]
    ray.cancel(one)
    assert bell.hear() == ["interrupted"]
    assert cancelled(ray, one)


def test_force_ends_the_worker_of_a_task_that_does_not_listen(ray, bell, gate):
    @ray.remote(max_retries=3)
    def deaf():
        import signal  # noqa: PLC0415 (in the worker)

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        bell.ring()
        gate.pass_()

    one = deaf.remote()
    bell.hear()
    ray.cancel(one, force=True)
    assert cancelled(ray, one)
    assert reasons(ray, one) == ["cancel"]
    assert ray.get([ray.remote(abs).remote(-n) for n in range(4)]) == [0, 1, 2, 3]
    assert all_free(ray)


def test_a_task_with_a_worker_of_its_own_is_cancelled(ray, bell, sleeper):
    one = sleeper.options(num_cpus=2).remote()
    bell.hear()
    waiting = sleeper.options(num_cpus=2).remote()
    ray.cancel(waiting)
    assert cancelled(ray, waiting)
    ray.cancel(one)
    assert cancelled(ray, one)
    assert all_free(ray)


def test_an_interrupt_that_a_finalizer_swallows_comes_again(ray, bell):
    class Sink:
        def __del__(self):
            bell.ring()
            for _ in range(3_000_000):  # until the interrupt is raised in here
                pass

    @ray.remote
    def work():
        sink = Sink()
        del sink
        threading.Event().wait()

    one = work.remote()
    bell.hear()
    ray.cancel(one)
    assert cancelled(ray, one)


@pytest.mark.parametrize("recursive", [True, False])
def test_recursive_reaches_the_children(ray, bell, gate, recursive):
    @ray.remote
    def child():
        bell.ring()
        gate.pass_()
        return "child"

    @ray.remote
    def parent(box):
        ids = [child.remote()]
        ray.get(box[0].give.remote(ids))
        return ray.get(ids)

    class Box:
        def __init__(self):
            self.ids = None

        def give(self, ids):
            self.ids = ids

        def take(self):
            return self.ids

    box = ray.remote(Box).remote()
    one = parent.remote([box])
    bell.hear()
    ids = []
    while not ids:
        ids = ray.get(box.take.remote())
    ray.cancel(one, recursive=recursive)
    assert cancelled(ray, one)
    if recursive:
        assert cancelled(ray, ids[0])
    else:
        gate.let()
        assert ray.get(ids[0]) == "child"
    assert all_free(ray)


def test_blocked_tasks_give_back_exactly_what_they_held(ray, gate, bell):
    @ray.remote
    def hold():
        gate.pass_()
        return "held"

    @ray.remote
    def blocked(ids):
        bell.ring()
        return ray.get(ids[0])

    held = hold.remote()
    for _ in range(5):
        ids = [blocked.remote([held]) for _ in range(4)]
        bell.hear(4)  # more than CPUs: so the first ones are blocked by now
        for one in ids:
            ray.cancel(one)
        for one in ids:
            assert cancelled(ray, one)
    assert ray.available_resources() == {"CPU": 1.0}
    gate.let()
    assert ray.get(held) == "held"
    assert all_free(ray)
    squares = [ray.remote(abs).remote(-n) for n in range(20)]
    assert ray.get(squares) == list(range(20))


def test_a_task_cancels_another(ray, bell, sleeper):
    @ray.remote
    def stop(ids):
        ray.cancel(ids[0])
        try:
            ray.get(ids[0])
        except ray.TaskCancelledError:
            return "stopped"

    one = sleeper.remote()
    bell.hear()
    assert ray.get(stop.remote([one])) == "stopped"
    assert cancelled(ray, one)


def test_dependents_cannot_run(ray, bell, sleeper, tally):
    @ray.remote
    def count(_):
        tally.add()

    one = sleeper.remote()
    dependent = count.remote(count.remote(one))
    bell.hear()
    ray.cancel(one)
    assert cancelled(ray, dependent)
    assert tally.count == 0


def test_several_returns_all_fail(ray, bell, sleeper):
    first, second = sleeper.options(num_returns=2).remote()
    bell.hear()
    ray.cancel(second)
    assert cancelled(ray, first)
    assert cancelled(ray, second)


def test_a_queued_call_never_runs_and_is_over_at_once(ray, bell, gate, tally):
    @ray.remote
    class Busy:
        def hold(self):
            bell.ring()
            gate.pass_()
            return "held"

        def count(self, _blob=b""):
            return tally.add()

    busy = Busy.remote()
    held = busy.hold.remote()
    bell.hear()
    calls = [busy.count.remote() for _ in range(100)]
    calls.append(busy.count.remote(b"x" * 200_000))
    for call in calls[::2]:
        ray.cancel(call)
    for call in calls[::2]:
        assert cancelled(ray, call)
    gate.let()
    assert ray.get(held) == "held"
    assert ray.get(calls[1::2]) == list(range(1, 51))


def test_a_running_call_is_let_finish_and_its_result_dropped(ray, bell, gate, tally):
    @ray.remote
    class Busy:
        def hold(self):
            bell.ring()
            gate.pass_()
            tally.add()
            return "held"

        def more(self):
            return "more"

    busy = Busy.remote()
    held = busy.hold.remote()
    bell.hear()
    ray.cancel(held)
    gate.let()
    assert cancelled(ray, held)
    assert tally.count == 1
    assert ray.get(busy.more.remote()) == "more"


def test_force_on_a_call_is_refused(ray, bell, gate):
    @ray.remote
    class Busy:
        def hold(self):
            bell.ring()
            gate.pass_()
            return "held"

    busy = Busy.remote()
    held = busy.hold.remote()
    bell.hear()
    with pytest.raises(ValueError, match=r"kill\(\)"):
        ray.cancel(held, force=True)
    gate.let()
    assert ray.get(held) == "held"


def test_only_ids_of_tasks_can_be_cancelled(ray):
    @ray.remote
    class Idle:
        pass

    idle = Idle.remote()
    with pytest.raises(TypeError, match=r"kill\(handle\)"):
        ray.cancel(idle)
    with pytest.raises(TypeError, match=r"kill\(handle\)"):
        ray.cancel(idle.actor_id)
    with pytest.raises(TypeError, match="one by one"):
        ray.cancel([])
    ray.cancel(ray.put(1))


def test_an_interrupt_of_the_tasks_own_is_a_cancelled_task(ray):
    @ray.remote
    def give_up():
        raise KeyboardInterrupt

    one = give_up.remote()
    assert cancelled(ray, one)
    assert reasons(ray, one) == ["interrupted"]


def test_a_parent_that_lets_the_error_of_a_cancelled_child_through_has_failed(
    ray, bell, sleeper
):
    @ray.remote
    def parent(ids):
        return ray.get(ids[0])

    one = sleeper.remote()
    bell.hear()
    waits = parent.remote([one])
    ray.cancel(one)
    with pytest.raises(ray.TaskError, match=r"parent-\d+ raised TaskCancelledE"):
        ray.get(waits)
    assert reasons(ray, waits) == []
