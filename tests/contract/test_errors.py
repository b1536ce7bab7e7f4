"""What a task's error becomes, and what a dead worker means."""

import os
import pickle
import signal
import sys

import pytest


@pytest.fixture
def fail(ray):
    @ray.remote
    def fail(error):
        raise error

    return fail


def test_an_error_is_a_task_error_and_of_the_original_type(ray, fail):
    with pytest.raises(KeyError) as info:
        ray.get(fail.remote(KeyError("missing")))
    assert isinstance(info.value, ray.TaskError)
    assert type(info.value.cause) is KeyError


def test_an_error_names_task_type_message_and_line(ray, fail):
    with pytest.raises(ray.TaskError, match="fail-[0-9]+ raised OSError: gone") as info:
        ray.get(fail.remote(OSError("gone")))
    frame = info.value.remote.frames[-1]
    assert (frame.name, frame.source) == ("fail", "raise error")
    assert info.value.remote.submitted_at.startswith("line ")


def test_each_get_raises_anew(ray, fail):
    one = fail.remote(ValueError("again"))
    found = []
    for _ in range(2):
        with pytest.raises(ValueError, match="again") as info:
            ray.get(one)
        found.append(info.value)
    assert found[0] is not found[1]


def test_an_error_pickles(ray, fail):
    with pytest.raises(ValueError, match="kept") as info:
        ray.get(fail.remote(ValueError("kept")))
    copy = pickle.loads(pickle.dumps(info.value))
    assert isinstance(copy, ValueError)
    assert str(copy) == str(info.value)


def test_attributes_of_an_error_are_kept(ray):
    @ray.remote
    def fail():
        error = ValueError("rich")
        error.extra = 5
        raise error

    with pytest.raises(ValueError, match="rich") as info:
        ray.get(fail.remote())
    assert info.value.extra == 5


@pytest.mark.parametrize("base", [1, TypeError])
def test_an_error_that_cannot_be_rebuilt_comes_as_its_text(ray, base):
    class Odd(Exception):
        def __init__(self, code, text):
            super().__init__(f"{code} is odd: {text}")

        def __reduce__(self):
            if base is TypeError:
                raise base("never")
            return super().__reduce__()

    @ray.remote
    def fail():
        raise Odd(base, "odd")

    with pytest.raises(ray.TaskError, match="odd") as info:
        ray.get(fail.remote())
    assert type(info.value.cause).__name__ == "UnserializableException"


def test_an_error_without_text_of_its_own_is_still_told(ray):
    @ray.remote
    def fail():
        class Broken(Exception):
            def __str__(self):
                raise RuntimeError

        raise Broken

    with pytest.raises(ray.TaskError, match="Broken: <no text"):
        ray.get(fail.remote())


def test_a_dependent_task_fails_with_its_producers_error_and_never_runs(
    ray, fail, tally
):
    @ray.remote
    def use(_):
        tally.add()

    one = use.remote(use.remote(fail.remote(ValueError("of the first"))))
    with pytest.raises(ValueError, match="of the first"):
        ray.get(one)
    late = use.remote(one)
    with pytest.raises(ValueError, match="of the first"):
        ray.get(late)
    assert tally.count == 0


def test_an_error_passes_through_a_task_that_gets_it(ray, fail):
    @ray.remote
    def outer():
        return ray.get(fail.remote(ValueError("deep inside")))

    with pytest.raises(ValueError, match="deep inside") as info:
        ray.get(outer.remote())
    assert isinstance(info.value, ray.TaskError)


def test_a_task_can_catch_the_error_of_another(ray, fail):
    @ray.remote
    def outer():
        try:
            ray.get(fail.remote(ValueError("caught")))
        except ValueError as error:
            return type(error.cause).__name__

    assert ray.get(outer.remote()) == "ValueError"


def test_a_keyboard_interrupt_in_a_task_is_a_cancelled_task(ray, fail):
    with pytest.raises(ray.TaskCancelledError, match="fail-"):
        ray.get(fail.remote(KeyboardInterrupt()))


def test_an_error_has_the_remote_traceback_for_the_eye(ray, fail):
    with pytest.raises(ValueError, match="shown") as info:
        ray.get(fail.remote(ValueError("shown")))
    text = "\n".join(info.value.render())
    assert "raise error" in text
    assert "rayteach" not in text


# Workers that die.


@pytest.mark.parametrize("end", ["sys.exit", "os._exit", "kill"])
def test_a_dead_worker_is_tried_again_three_times(ray, tally, end):
    @ray.remote
    def die():
        tally.add()
        if end == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        (sys.exit if end == "sys.exit" else os._exit)(3)

    with pytest.raises(ray.WorkerCrashedError, match=r"die-.*max_retries"):
        ray.get(die.remote())
    assert tally.count == 4


@pytest.mark.parametrize(("retries", "runs"), [(0, 1), (1, 2)])
def test_max_retries_is_how_often_it_is_tried_again(ray, tally, retries, runs):
    @ray.remote(max_retries=retries)
    def die():
        tally.add()
        os._exit(1)

    with pytest.raises(ray.WorkerCrashedError):
        ray.get(die.remote())
    assert tally.count == runs


def test_a_task_that_dies_once_succeeds_at_the_second_attempt(ray, tally):
    @ray.remote
    def once():
        if tally.add() == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return "second"

    assert ray.get(once.remote()) == "second"


def test_endless_retries_go_on_until_it_succeeds(ray, tally):
    @ray.remote(max_retries=-1)
    def sixth():
        if tally.add() < 6:
            os._exit(1)
        return "sixth"

    assert ray.get(sixth.remote()) == "sixth"


def test_an_error_is_not_retried(ray, tally):
    @ray.remote
    def fail():
        tally.add()
        raise ValueError

    with pytest.raises(ValueError, match="fail-"):
        ray.get(fail.remote())
    assert tally.count == 1


def test_short_tasks_without_retries_never_run_twice(ray, tmp_path):
    @ray.remote(max_retries=0)
    def mark(number):
        fd = os.open(f"{tmp_path}/{number}", os.O_CREAT | os.O_EXCL)
        os.close(fd)
        if number % 40 == 39:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    ids = [mark.remote(number) for number in range(400)]
    ray.wait(ids, num_returns=len(ids))
    crashed = 0
    for one in ids:
        try:
            ray.get(one)
        except ray.WorkerCrashedError:
            crashed += 1
    assert crashed >= 10
    assert len(os.listdir(tmp_path)) == 400


def test_the_session_goes_on_after_dead_workers(ray):
    @ray.remote(max_retries=0)
    def die():
        os._exit(1)

    @ray.remote
    def one():
        return 1

    ids = [die.remote() for _ in range(5)]
    ray.wait(ids, num_returns=5)
    assert ray.get([one.remote() for _ in range(20)]) == [1] * 20
