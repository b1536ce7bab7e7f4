"""Ctrl-C at any moment: between any two lines of ours, the state stays whole.

A trace function counts the lines that the main thread executes in the package;
at the chosen one it sends the signal, so every moment can be tried again. Each
call is tried at a sample of its lines.
"""

import itertools
import os
import random
import signal
import sys
import threading
from pathlib import Path

import pytest

import rayteach
from rayteach.core.invariants import check_invariants

# A signal between ``open`` and its ``with`` drops the file: CPython closes it and
# says so.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*unclosed file:ResourceWarning",
    "ignore:Exception ignored in. <_io:pytest.PytestUnraisableExceptionWarning",
)

PACKAGE = str(Path(rayteach.__file__).parent)
SAMPLE = 25
NEVER = 1 << 60
LIMIT = 20


def is_in_finalizer(frame):
    while frame is not None and frame.f_code.co_name != "__del__":
        frame = frame.f_back
    return frame is not None


class Moment:
    """Sends Ctrl-C before line number ``at`` of what runs inside ``with``."""

    def __init__(self, at=NEVER):
        self.at = at
        self.lines = 0
        self.in_finalizer = False

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self.calls)
        return self

    def __exit__(self, *_):
        sys.settrace(self.before)

    def calls(self, frame, *_):
        code = frame.f_code
        return self.trace if code.co_filename.startswith(PACKAGE) else None

    def trace(self, frame, event, _):
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                self.in_finalizer = is_in_finalizer(frame)
                signal.raise_signal(signal.SIGINT)
        return self.trace


def moments(call, seed, sample=SAMPLE):
    """Yield numbers of lines of ``call`` to try."""
    with Moment() as whole:
        call()
    assert whole.lines
    chance = random.Random(seed)  # noqa: S311 (no secret)
    count = min(sample, whole.lines)
    yield from sorted(chance.sample(range(1, whole.lines + 1), count))


def interrupted(call, at):
    """Run ``call`` with Ctrl-C at that moment; tell whether it was heard."""
    try:
        with Moment(at) as moment:
            call()
        if moment.in_finalizer:  # it comes again when that is over
            threading.Event().wait(LIMIT)
    except KeyboardInterrupt:
        return True
    return moment.lines < at  # it ended earlier this time


@pytest.fixture
def echo(ray):
    @ray.remote
    def echo(x):
        return x

    return echo


@pytest.fixture
def is_whole(ray, echo, engine):
    """Return a check of the books, of new calls, and that nobody is waited for."""

    def check():
        assert ray.get([echo.remote(x) for x in range(3)]) == [0, 1, 2]
        with engine._lock:
            check_invariants(engine._state.scheduler)
            assert not engine._shield.is_held
            assert engine._shield._depth == 0
        assert not engine._pump._followers
        assert not engine._pump._lead.locked() or engine._pump._background_leads

    return check


def tried_at_many_moments(call, is_whole, seed=1):
    for at in moments(call, seed):
        assert interrupted(call, at), f"nobody heard the interrupt at line {at}"
        is_whole()


def test_in_get(ray, echo, is_whole):
    tried_at_many_moments(lambda: ray.get(echo.remote(1)), is_whole)


def test_in_get_of_what_is_there(ray, echo, is_whole):
    one = echo.remote(1)
    ray.get(one)
    tried_at_many_moments(lambda: ray.get([one, one]), is_whole)


def test_in_get_with_a_timeout(ray, echo, is_whole):
    tried_at_many_moments(lambda: ray.get(echo.remote(1), timeout=60_000), is_whole)


def test_in_wait(ray, echo, is_whole):
    def call():
        ray.wait([echo.remote(x) for x in range(3)], num_returns=2)

    tried_at_many_moments(call, is_whole)


def test_in_remote(ray, echo, is_whole):
    kept = []
    tried_at_many_moments(lambda: kept.append(echo.remote(len(kept))), is_whole)
    assert ray.get(kept) == list(range(len(kept)))


def test_in_remote_with_inputs(ray, echo, is_whole):
    def call():
        one = echo.remote(1)
        echo.remote(echo.remote([one]))

    tried_at_many_moments(call, is_whole)


@pytest.mark.parametrize("size", [10, 300_000])
def test_in_put(ray, is_whole, size):
    def call():
        assert len(ray.get(ray.put(bytes(size)))) == size

    tried_at_many_moments(call, is_whole)


def test_in_the_creation_of_an_actor(ray, engine, is_whole):
    @ray.remote
    class Actor:
        pass

    names = itertools.count()

    def call():
        Actor.options(name=f"actor {next(names)}").remote()

    tried_at_many_moments(call, is_whole)
    while engine.named_actors():  # each ends when its constructor is done
        ray.get(ray.put(1))


def test_in_the_call_of_an_actor(ray, is_whole):
    @ray.remote
    class Counter:
        def __init__(self):
            self.count = 0

        def add(self):
            self.count += 1
            return self.count

    counter = Counter.remote()
    seen = [0]

    def call():
        seen.append(ray.get(counter.add.remote()))

    tried_at_many_moments(call, is_whole)
    assert seen == sorted(set(seen))


def test_in_cancel_and_kill(ray, echo, is_whole):
    @ray.remote
    class Actor:
        pass

    def call():
        ray.cancel(echo.remote(1))
        ray.kill(Actor.remote())

    tried_at_many_moments(call, is_whole)


def test_in_get_with_a_worker_that_dies(ray, is_whole, tally):
    @ray.remote
    def dies():
        if tally.add() % 2:
            os._exit(1)

    tried_at_many_moments(lambda: ray.get(dies.remote()), is_whole)


def test_in_init_and_shutdown():
    def call():
        rayteach.init(num_cpus=1)
        rayteach.shutdown()

    rayteach.shutdown()
    threads = threading.active_count()
    for at in moments(call, 1, SAMPLE // 2):
        assert interrupted(call, at)
        rayteach.init(num_cpus=1, ignore_reinit_error=True)
        assert rayteach.get(rayteach.put(at)) == at
        rayteach.shutdown()
        assert threading.active_count() == threads
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("call", ["get", "init"])
def test_at_random_times(ray, echo, is_whole, call):
    """The signal comes from outside, at any instruction and in any sleep."""
    chance = random.Random(7)  # noqa: S311 (no secret)

    def work():
        if call == "init":
            ray.shutdown()
            ray.init(num_cpus=2)
        return ray.get([echo.remote(x) for x in range(20)])

    for _ in range(15):
        timer = threading.Timer(
            chance.uniform(0, 0.01), lambda: os.kill(os.getpid(), signal.SIGINT)
        )
        with pytest.raises(KeyboardInterrupt):
            timer.start()
            while True:
                work()
        timer.join()
    assert work() == list(range(20))
