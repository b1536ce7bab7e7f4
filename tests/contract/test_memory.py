"""When memory runs short, the newest task that can run again goes first."""

import queue

import pytest

from rayteach.core import events

MB = 1 << 20


def fill(megabytes):
    """Hold so much memory that is really used."""
    return b"x" * (megabytes * MB)


@pytest.fixture
def short(closed, monkeypatch):
    """Return the namespace with a session whose workers may use 250 MB together."""
    monkeypatch.setenv("RAYTEACH_MEMORY_LIMIT", "250MB")
    closed.init(num_cpus=2)
    return closed


@pytest.fixture
def hold(short):
    """Return a task that takes memory, rings, and keeps it until let go."""

    @short.remote
    def hold(megabytes, bell, gate, tally=None):
        if tally is not None:
            tally.add()
        held = fill(megabytes)
        bell.ring()
        gate.pass_()
        return len(held) // MB

    return hold


@pytest.fixture
def told(short):
    """Return a queue of the sentences that the engine says."""
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    assert short.is_initialized()
    sentences = queue.Queue()
    session.current().show_output(
        lambda printed: [sentences.put(one.text) for one in printed]
    )
    return sentences


def lost_attempts():
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    log = session.current().log
    return [e for e in log.events() if isinstance(e, events.AttemptLost)]


def test_a_task_that_alone_uses_too_much_fails_and_the_error_says_how_much(
    short, hold, bell, gate, tally, capsys
):
    one = hold.remote(400, bell, gate, tally)
    with pytest.raises(
        short.OutOfMemoryError, match="hold-1 was ended because"
    ) as told:
        short.get(one)
    assert "it used " in str(told.value)
    assert "of the workers' (RAYTEACH_MEMORY_LIMIT) 250 MB are in use" in str(
        told.value
    )
    assert tally.count == 1
    assert short.get(short.put(1)) == 1
    short.shutdown()
    assert (
        "rayteach: hold-1 was ended because memory ran short" in capsys.readouterr().err
    )


def test_the_newest_task_is_ended_first_and_runs_again_after_the_other(
    short, hold, bell, gate, told
):
    old = hold.remote(150, bell, gate)
    bell.hear()
    new = hold.remote(150, bell, gate)
    assert "hold-2 was ended because memory ran short" in told.get()
    gate.let()
    assert short.get(old) == 150
    gate.let()
    assert short.get(new) == 150
    [lost] = lost_attempts()
    assert lost.task == new.task
    assert short.available_resources()["CPU"] == 2.0
    assert lost.reason.startswith("ended because memory ran short: it used ")


def test_a_task_that_cannot_run_again_is_ended_last(short, hold, bell, gate, told):
    old = hold.options(max_retries=1).remote(150, bell, gate)
    bell.hear()
    new = hold.options(max_retries=0).remote(150, bell, gate)
    assert "hold-1 was ended because memory ran short" in told.get()
    gate.let()
    assert short.get(new) == 150
    gate.let()
    assert short.get(old) == 150
    assert [lost.task for lost in lost_attempts()] == [old.task]


def test_a_parent_that_waits_for_the_ended_task_keeps_it_from_nothing(
    short, hold, tally, bell, gate
):
    @short.remote
    def parent():
        held = fill(150)
        return short.get(hold.remote(150, bell, gate, tally)) + len(held) // MB

    with pytest.raises(short.OutOfMemoryError, match="was ended"):
        short.get(parent.options(max_retries=0).remote())
    assert tally.count > 1


def test_no_actor_is_ended_before_a_task(short, hold, bell, gate):
    @short.remote
    class Keeper:
        def keep(self, megabytes):
            self.kept = fill(megabytes)

        def count(self):
            return len(self.kept) // MB

    one = hold.options(max_retries=0).remote(150, bell, gate)
    bell.hear()
    keeper = Keeper.remote()
    keeper.keep.remote(150)
    with pytest.raises(short.OutOfMemoryError, match="hold-1 was ended"):
        short.get(one)
    assert short.get(keeper.count.remote()) == 150


def test_an_actor_that_uses_too_much_dies_and_the_error_says_of_what(short, gate):
    @short.remote
    class Keeper:
        def keep(self, megabytes):
            self.kept = fill(megabytes)
            gate.pass_()

    @short.remote
    class Other:
        def count(self):
            return 3

    keeper, other = Keeper.remote(), Other.remote()
    with pytest.raises(short.ActorDiedError, match="because memory ran short: it used"):
        short.get(keeper.keep.remote(400))
    assert short.get(other.count.remote()) == 3


def test_a_task_that_uses_little_is_left_alone(short, hold, bell, gate):
    big = hold.options(max_retries=0).remote(120, bell, gate)
    bell.hear()
    small = hold.remote(1, bell, gate)
    bell.hear()
    bigger = hold.options(num_cpus=0, max_retries=0).remote(150, bell, gate)
    with pytest.raises(short.OutOfMemoryError, match="hold-3 was ended"):
        short.get(bigger)
    gate.let(2)
    assert short.get([big, small]) == [120, 1]


@pytest.mark.parametrize("wrong", ["much", "-1", "0", "5 apples"])
def test_a_limit_that_is_no_size_is_named(closed, monkeypatch, wrong):
    monkeypatch.setenv("RAYTEACH_MEMORY_LIMIT", wrong)
    with pytest.raises(ValueError, match=f"RAYTEACH_MEMORY_LIMIT is '{wrong}'"):
        closed.init(num_cpus=1)
    assert not closed.is_initialized()


@pytest.mark.parametrize("wrong", ["much", "0", "95"])
def test_a_threshold_that_is_no_share_is_named(closed, monkeypatch, wrong):
    monkeypatch.setenv("RAYTEACH_MEMORY_THRESHOLD", wrong)
    with pytest.raises(ValueError, match=f"RAYTEACH_MEMORY_THRESHOLD is '{wrong}'"):
        closed.init(num_cpus=1)
