"""Random programs give the same on the local engine and on real Ray."""

import importlib.util
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

PLAYER = Path(__file__).parent / "player.py"
NOT_STARTED = 77

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None,
    reason='Ray is not installed; pip install ".[ray]" brings it where it has a wheel',
)

at = st.integers(0, 9)
small = st.integers(-5, 5)
few = st.integers(1, 4)
STEP = st.one_of(
    st.tuples(st.just("add"), at, small),
    st.tuples(st.just("join"), at, at),
    st.tuples(st.just("fail"), st.sampled_from(["value", "key", "zero"]), at),
    st.tuples(st.just("split"), at),
    st.tuples(st.just("tree"), st.integers(0, 2), small),
    st.tuples(st.just("rescue"), at),
    st.tuples(st.just("put"), small),
    st.tuples(st.just("actor"), small),
    st.tuples(st.just("call"), at, at),
    st.tuples(st.just("fail_call"), at),
    st.tuples(st.just("get"), at),
    st.tuples(st.just("wait_all"), few),
    st.tuples(st.just("wait_first"), few),
    st.tuples(st.just("cancel")),
)
PROGRAM = st.lists(STEP, min_size=3, max_size=12)


class Stage:
    """One process per engine that plays what it is sent."""

    def __init__(self, engine):
        self._process = subprocess.Popen(
            [sys.executable, PLAYER, engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=PLAYER.parent,
        )

    def play(self, program):
        self._process.stdin.write(json.dumps(program) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer and self._process.wait() == NOT_STARTED:
            pytest.skip("this machine is too busy: Ray gave up starting, three times")
        assert answer, "the player died"
        return json.loads(answer)

    def close(self):
        with suppress(OSError):  # it ended first
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture(scope="module")
def stages():
    found = [Stage("local"), Stage("ray")]
    yield found
    for one in found:
        one.close()


def compare(stages, programs):
    @settings(
        max_examples=programs,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],  # a smaller one is found by hand: Ray is slow
        suppress_health_check=list(HealthCheck),
    )
    @given(PROGRAM)
    def same(program):
        local, ray = (stage.play(program) for stage in stages)
        assert local == ray

    same()


@pytest.mark.timeout(300)
def test_random_programs_give_the_same_on_both_engines(stages):
    compare(stages, 6)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_three_hundred_random_programs_give_the_same_on_both_engines(stages):
    compare(stages, 300)
