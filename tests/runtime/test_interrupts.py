"""Interrupts: held while the engine works, let through when it is done."""

import os
import signal
import threading

import pytest

from rayteach.runtime.interrupts import InterruptShield


@pytest.fixture
def shield():
    before = signal.getsignal(signal.SIGINT)
    made = InterruptShield(lambda: None)
    yield made
    signal.signal(signal.SIGINT, before)


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_inside_is_raised_at_the_end(shield):
    reached = False
    with pytest.raises(KeyboardInterrupt), shield:
        interrupt()
        reached = True
    assert reached


def test_an_interrupt_inside_two_shields_is_raised_at_the_outer_end(shield):
    reached = False
    with pytest.raises(KeyboardInterrupt), shield:
        with shield:
            interrupt()
        reached = True
    assert reached


def test_an_interrupt_outside_is_raised_at_once(shield):
    with shield:
        pass
    with pytest.raises(KeyboardInterrupt):
        interrupt()


def test_an_interrupt_while_entering_leaves_no_shield_behind(shield, monkeypatch):
    def getsignal(_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("rayteach.runtime.interrupts._signal.getsignal", getsignal)
        with pytest.raises(KeyboardInterrupt):
            shield.__enter__()
    with pytest.raises(KeyboardInterrupt):
        interrupt()


def test_a_handler_set_meanwhile_is_called_and_shielded(shield):
    seen = []
    with shield:
        pass
    signal.signal(signal.SIGINT, lambda *_: seen.append("mine"))
    with shield:
        interrupt()
        assert seen == []
    assert seen == ["mine"]


def test_an_ignored_interrupt_stays_ignored(shield):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with shield:
        interrupt()


def test_the_handler_of_before_comes_back(shield):
    before = signal.getsignal(signal.SIGINT)
    with shield:
        pass
    shield.remove()
    assert signal.getsignal(signal.SIGINT) is before


def test_a_handler_that_was_saved_and_put_back_passes_on_as_before(shield):
    seen = []
    with shield:
        pass
    saved = signal.signal(signal.SIGINT, lambda *_: seen.append("mine"))
    with shield:
        interrupt()
    signal.signal(signal.SIGINT, saved)
    with pytest.raises(KeyboardInterrupt), shield:
        interrupt()
    assert seen == ["mine"]


def test_a_removed_shield_holds_until_its_last_exit(shield):
    reached = False
    with pytest.raises(KeyboardInterrupt), shield:
        shield.remove()
        interrupt()
        reached = True
    assert reached
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class Mortal:
    """Runs ``last`` in its finalizer, where Python drops whatever is raised."""

    def __init__(self, last):
        self.last = last

    def __del__(self):
        self.last()


def in_finalizer(last):
    """Let a finalizer run ``last``, then wait for what was put off."""
    Mortal(last)
    threading.Event().wait(20)


def test_an_interrupt_in_a_finalizer_is_raised_after_it(shield):
    with shield:
        pass
    with pytest.raises(KeyboardInterrupt):
        in_finalizer(interrupt)


def test_an_interrupt_held_in_a_finalizer_is_raised_after_it(shield):
    def shielded():
        with shield:
            interrupt()

    with pytest.raises(KeyboardInterrupt):
        in_finalizer(shielded)
