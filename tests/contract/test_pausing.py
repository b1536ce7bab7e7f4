"""pause, step, speed and resume: what starts, what does not, and who goes on."""

import os
import signal
import threading

import pytest

from rayteach.core import events


@pytest.fixture
def gating(ray):
    """Return the engine's side, whose patience tests set; everything flows after."""
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    found = session.current().engine.gating
    found.patience_s = 3600.0
    yield found
    if session.current() is not None:
        found.is_watched = lambda _since_s: False
        session.current().engine.gating.resume()


@pytest.fixture
def log(gating):
    """Return a function that gives the events of a kind since the test began."""
    from rayteach.api import session  # noqa: PLC0415 (as above)

    start = len(session.current().log)
    assert gating.mode == "flow"
    return lambda kind: [
        e for e in session.current().log.events(start) if type(e) is kind
    ]


@pytest.fixture
def ring(ray, bell):
    @ray.remote
    def ring(word):
        bell.ring(word)
        return word

    return ring


def states_of(ids):
    return [one.work.state if one.work is not None else "over" for one in ids]


@pytest.mark.usefixtures("gating")
def test_nothing_starts_after_a_pause_until_it_is_let_through(ray, ring, bell):
    ray.pause()
    ids = [ring.remote(word) for word in "abc"]
    assert states_of(ids) == ["queued"] * 3
    ray.step()
    assert bell.hear() == ["a"]
    assert ray.get(ids[0]) == "a"
    assert states_of(ids) == ["over", "queued", "queued"]
    ray.step(2)
    assert sorted(bell.hear(2)) == ["b", "c"]
    assert ray.get(ids) == ["a", "b", "c"]


@pytest.mark.usefixtures("gating")
def test_what_runs_goes_on_and_what_has_not_begun_comes_back(ray, gate, bell):
    @ray.remote
    def work(number):
        bell.ring(str(number))
        gate.pass_()
        return number

    ids = [work.remote(number) for number in range(40)]
    assert sorted(bell.hear(2)) == ["0", "1"]
    ray.pause()
    assert states_of(ids[2:]) == ["queued"] * 38
    gate.let(2)
    assert ray.get(ids[:2]) == [0, 1]
    assert states_of(ids[2:]) == ["queued"] * 38
    ray.step()
    assert bell.hear() == ["2"]
    gate.let(40)
    ray.resume()
    assert ray.get(ids) == list(range(40))


@pytest.mark.usefixtures("gating")
def test_a_pause_among_many_short_tasks_loses_none_and_repeats_none(ray, tmp_path):
    log = str(tmp_path / "log")

    @ray.remote
    def note(number):
        with open(log, "a") as file:  # noqa: PTH123
            file.write(f"{number}\n")
        return number

    ray.get([note.remote(-1) for _ in range(50)])
    ids = []
    for number in range(600):
        ids.append(note.remote(number))
        if number % 100 == 50:
            ray.pause()
            begun = [i for i in ids if i.work is None or i.work.state != "queued"]
            ray.get(begun)
            with open(log) as file:  # noqa: PTH123
                assert len(file.readlines()) == 50 + len(begun)
            ray.step(2)
        if number % 100 == 99:
            ray.resume()
    assert ray.get(ids) == list(range(600))
    with open(log) as file:  # noqa: PTH123
        noted = sorted(int(line) for line in file)
    assert noted == [-1] * 50 + list(range(600))


@pytest.mark.usefixtures("gating")
def test_calls_in_an_actors_inbox_come_back_and_keep_their_order(ray, gate, bell):
    @ray.remote
    class Diary:
        def __init__(self):
            self.seen = []

        def note(self, number):
            bell.ring(str(number))
            if number == 0:
                gate.pass_()
            self.seen.append(number)
            return list(self.seen)

    diary = Diary.remote()
    ids = [diary.note.remote(number) for number in range(10)]
    assert bell.hear() == ["0"]
    ray.pause()
    assert states_of(ids[1:]) == ["queued"] * 9
    gate.let()
    assert ray.get(ids[0]) == [0]
    ray.step()
    assert bell.hear() == ["1"]
    assert ray.get(ids[1]) == [0, 1]
    assert states_of(ids[2:]) == ["queued"] * 8
    ray.resume()
    assert ray.get(ids[-1]) == list(range(10))


@pytest.mark.usefixtures("gating")
def test_an_actor_is_made_by_one_step_and_called_by_the_next(ray):
    @ray.remote
    class Counter:
        def add(self):
            return 1

    ray.pause()
    counter = Counter.remote()
    one = counter.add.remote()
    ray.step(2)
    assert ray.get(one) == 1


@pytest.mark.usefixtures("gating")
def test_a_child_of_a_running_task_waits_for_its_step(ray, gating):
    @ray.remote
    def child():
        return 1

    @ray.remote
    def parent():
        return 1 + ray.get(child.remote())

    ray.pause()
    one = parent.remote()
    ray.step()
    gating.patience_s = 0.01
    asked = threading.Event()
    gating.is_watched = lambda _since_s: asked.set() or True
    stepper = threading.Thread(target=lambda: (asked.wait(), ray.step()))
    stepper.start()
    assert ray.get(one) == 2
    stepper.join()
    assert gating.mode == "paused"


@pytest.mark.usefixtures("gating")
def test_a_held_task_can_be_cancelled(ray, ring):
    ray.pause()
    first, second = ring.remote("a"), ring.remote("b")
    ray.cancel(first)
    with pytest.raises(ray.TaskCancelledError):
        ray.get(first)
    ray.step()
    assert ray.get(second) == "b"


def test_a_pause_with_steps_is_in_the_log_and_says_what_comes_next(
    ray, ring, log, gating
):
    ray.pause()
    ray.pause()  # nothing new
    a, b = ring.remote("a"), ring.remote("b")
    told = log(events.NextDecided)[-1]
    assert told.task == a.task
    assert told.losers == ((b.task, "stands further back in the line"),)
    assert told.reason.startswith("first in line; its inputs are there")
    ray.step()
    assert log(events.NextDecided)[-1].task == b.task
    ray.resume()
    assert ray.get([a, b]) == ["a", "b"]
    assert len(log(events.Paused)) == 1
    assert [event.count for event in log(events.Stepped)] == [1]
    assert [event.reason for event in log(events.Resumed)] == [""]
    assert gating.upcoming() is None


def test_the_worker_that_is_told_is_the_one_that_runs_it(ray, log):
    @ray.remote
    def who():
        return ray.get_runtime_context().get_worker_id()

    ray.get([who.remote() for _ in range(4)])
    ray.pause()
    ids = [who.remote() for _ in range(3)]
    for one in ids:
        told = [e for e in log(events.NextDecided) if e.task == one.task][-1]
        ray.step()
        ray.get(one)
        ended = [e for e in log(events.TaskFinished) if e.task == one.task]
        assert told.worker in (0, ended[0].worker)


def test_slowed_starts_come_one_at_a_time(ray, ring, bell, log, gating):
    ray.speed(0.001)
    ids = [ring.remote(word) for word in "ab"]
    assert bell.hear() == ["a"]
    assert ray.get(ids[0]) == "a"
    assert states_of(ids) == ["over", "queued"]
    ray.speed(1000)
    assert ray.get(ids) == ["a", "b"]
    assert ray.get([ring.remote(word) for word in "cdefgh"]) == list("cdefgh")
    assert gating.mode == "slowed"
    assert [event.per_second for event in log(events.Slowed)] == [0.001, 1000.0]


# Nobody waits for ever.


def test_a_get_behind_a_pause_without_a_view_says_so_and_goes_on(
    ray, ring, gating, shown, log
):
    gating.patience_s = 0.01
    ray.pause()
    assert ray.get([ring.remote(word) for word in "abc"]) == ["a", "b", "c"]
    assert gating.mode == "flow"
    texts = [text for _, _, _, text in shown() if "paused" in text]
    assert len(texts) == 1
    assert texts[0].count("\n") == 1
    assert "rayteach.resume()" in texts[0]
    assert [event.reason for event in log(events.Resumed)] == ["no view answered"]


def test_a_wait_and_a_future_go_on_too(ray, ring, gating):
    gating.patience_s = 0.01
    ray.pause()
    assert len(ray.wait([ring.remote("a"), ring.remote("b")])[0]) == 1
    ray.pause()
    assert ring.remote("c").future().result() == "c"


def test_a_pause_while_somebody_waits_goes_on_too(ray, gate, bell, gating):
    @ray.remote
    def first():
        bell.ring()
        gate.pass_()

    @ray.remote
    def second(_):
        return "done"

    gating.patience_s = 0.01
    one = second.remote(first.remote())

    def pause():
        bell.hear()
        ray.pause()
        gate.let()

    pauser = threading.Thread(target=pause)
    pauser.start()
    assert ray.get(one) == "done"
    pauser.join()


def test_a_get_that_needs_no_start_leaves_the_pause_alone(
    ray, gate, gating, monkeypatch
):
    @ray.remote
    def slow():
        gate.pass_()
        return "done"

    looked = []
    needs_start = gating._needs_start

    def look(*args):
        looked.append(needs_start(*args))
        if len(looked) == 3:
            gate.let()
        return looked[-1]

    monkeypatch.setattr(gating, "_needs_start", look)
    gating.patience_s = 0.01
    ray.pause()
    one = slow.remote()
    ray.step()
    assert ray.get(one) == "done"
    assert gating.mode == "paused"
    assert not any(looked)


def test_a_view_that_answers_keeps_the_pause_and_ctrl_c_still_works(ray, ring, gating):
    asked = []

    def is_watched(since_s):
        asked.append(since_s)
        if len(asked) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return True

    gating.patience_s = 0.01
    gating.is_watched = is_watched
    ray.pause()
    one = ring.remote("a")
    with pytest.raises(KeyboardInterrupt):
        ray.get(one)
    assert gating.mode == "paused"
    assert len(set(asked)) == 1  # all of one wait
    ray.resume()
    assert ray.get(one) == "a"


def test_views_are_asked_to_answer_when_a_wait_is_held(ray, ring, gating):
    asked = threading.Event()
    gating.is_watched = lambda _since_s: asked.is_set()
    gating.patience_s = 0.01
    ray.pause()
    one = ring.remote("a")
    gating.ask_views = asked.set
    stepper = threading.Thread(target=lambda: (asked.wait(), ray.step()))
    stepper.start()
    assert ray.get(one) == "a"
    stepper.join()
    assert gating.mode == "paused"
    gating.ask_views = lambda: None


# The block.


def test_a_paused_block_resumes_at_its_end(ray, ring, gating):
    with ray.paused():
        ids = [ring.remote(word) for word in "ab"]
        assert gating.mode == "paused"
        assert states_of(ids) == ["queued", "queued"]
    assert ray.get(ids) == ["a", "b"]


def test_a_paused_block_resumes_after_an_exception(ray, ring, gating):
    error = RuntimeError("the learner's own")
    with pytest.raises(RuntimeError, match="own"), ray.paused():
        one = ring.remote("a")
        raise error
    assert gating.mode == "flow"
    assert ray.get(one) == "a"


# Bad input.


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "2", None])
def test_a_step_of_anything_but_a_whole_number_is_a_value_error(ray, gating, count):
    with pytest.raises(ValueError, match="whole number from 1"):
        ray.step(count)
    assert gating.mode == "flow"


@pytest.mark.parametrize("per_second", [0, -1, float("inf"), float("nan"), True, "1"])
def test_a_speed_that_is_none_is_a_value_error(ray, gating, per_second):
    with pytest.raises(ValueError, match="a number above 0"):
        ray.speed(per_second)
    assert gating.mode == "flow"


@pytest.mark.parametrize("name", ["pause", "step", "resume", "speed"])
def test_without_a_session_the_error_says_what_to_do(closed, name):
    arguments = (1,) if name == "speed" else ()
    with pytest.raises(closed.RayteachError, match=r"call rayteach\.init\(\) first"):
        getattr(closed, name)(*arguments)
    with pytest.raises(closed.RayteachError, match="init"), closed.paused():
        pass


@pytest.mark.usefixtures("gating")
def test_inside_a_task_it_is_refused(ray):
    @ray.remote
    def hold():
        ray.pause()

    with pytest.raises(ray.RayteachError, match="works in the driver"):
        ray.get(hold.remote())


def test_a_paused_session_can_be_shut_down(closed):
    closed.init(num_cpus=1)

    @closed.remote
    def one():
        return 1

    with closed.paused():
        pending = one.remote()
        closed.shutdown()
    with pytest.raises(closed.RayteachError):
        closed.get(pending)
