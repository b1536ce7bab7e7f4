"""What a worker lost of its time to others on its core."""

import os
import time
from pathlib import Path

import pytest

import rayteach as ray
from rayteach.runtime.delays import Delays

COUNTED = Path("/proc/self/schedstat").exists()


@pytest.fixture
def line(monkeypatch):
    """Return what the system says that the thread stood in line for, in ns."""
    told = {"ns": 0}
    monkeypatch.setattr(os, "pread", lambda *_: b"1 %d 3\n" % told["ns"])
    return told


@pytest.mark.skipif(not COUNTED, reason="this system does not count it")
def test_only_what_was_lost_since_the_last_time_counts(line):
    delays = Delays()
    line["ns"] = 4_000_000
    assert delays.of(0.01) == pytest.approx(0.004)
    line["ns"] = 10_000_000
    assert delays.of(0.01) == pytest.approx(0.006)
    assert delays.of(0.01) == 0.0
    line["ns"] = 50_000_000
    assert delays.of(0.01) == 0.01  # no more than it took
    line["ns"] = 50_100_000
    assert delays.of(0.01) == 0.0  # too little to be told


def test_where_the_system_counts_nothing_nothing_was_lost(monkeypatch):
    def broken(*_):
        raise OSError

    monkeypatch.setattr("rayteach.runtime.delays.open_high", broken)
    assert Delays().of(1.0) == 0.0
    monkeypatch.undo()
    monkeypatch.setattr(os, "pread", broken)
    assert [Delays().of(1.0) for _ in range(2)] == [0.0, 0.0]


@pytest.mark.skipif(not COUNTED, reason="this system does not count it")
def test_tasks_that_share_a_core_say_so_and_are_predicted_without(tmp_path):
    @ray.remote
    def burn(own, other):
        os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
        start_s = time.process_time()
        while not (Path(own).exists() and Path(other).exists()):
            if time.process_time() - start_s > 0.05:  # and on, till both had enough
                Path(own).touch()

    ray.init(num_cpus=2)
    try:
        names = [str(tmp_path / name) for name in "ab"]
        with ray.observe() as run:
            ray.get([burn.remote(*names), burn.remote(*names[::-1])])
        lost_s = [task.delayed_s for task in run.tasks]
        assert max(lost_s) > 0
        own_s = run.work - sum(lost_s)
        (predicted,) = run.what_if(num_cpus=2).predictions
        assert predicted.work_s == pytest.approx(own_s, abs=1e-3)
    finally:
        ray.shutdown()
