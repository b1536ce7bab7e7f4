"""What happens when an object is gone."""

import gc
import sys
import threading

import pytest

from rayteach.runtime.finalizing import Reaper


class Thing:
    pass


@pytest.fixture
def reaper():
    made = Reaper("test-reaper")
    yield made
    made.close()
    names = [thread.name for thread in threading.enumerate()]
    assert "test-reaper" not in names


def test_the_action_runs_when_the_object_is_gone(reaper):
    done = threading.Event()
    thing = Thing()
    reaper.watch(thing, done.set)
    assert not done.is_set()
    del thing
    reaper.settle()
    assert done.is_set()


@pytest.fixture
def without_collections():
    """Keep other tests' garbage, whose finalizers lose interrupts, out of the way."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collections")
def test_no_interrupt_is_lost_in_a_finalizer(reaper, monkeypatch, storm):
    lost, caught = [], 0
    monkeypatch.setattr(sys, "unraisablehook", lost.append)
    storm.start(0.0005)
    while caught < 100:
        try:
            storm.armed = True
            while True:
                reaper.watch(Thing(), int)
        except KeyboardInterrupt:
            caught += 1
    storm.end()
    assert lost == []


def test_a_tick_is_asked_for_after_each_action():
    ticks = []
    reaper = Reaper("test-reaper", lambda: ticks.append(1))
    reaper.post(lambda: None)
    reaper.settle()
    reaper.close()
    assert len(ticks) >= 1
