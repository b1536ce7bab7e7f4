"""Functions of cells that run again: shipped once, never confused, globals told."""

from __future__ import annotations

import pytest

from rayteach.api import session
from rayteach.core import events


def defined() -> list[events.Event]:
    log = session.current().log.events()
    return [event for event in log if isinstance(event, events.FunctionDefined)]


def test_an_unchanged_function_is_shipped_once(live) -> None:
    def shipped() -> int:
        return len(defined())

    before = shipped()
    source = "@ray.remote\ndef f(): return 1\nray.get(f.remote())"
    for _ in range(12):  # its number in plain IPython gets a digit more
        assert live.do(source) == 1
    assert shipped() == before + 1


def test_a_changed_function_runs_with_its_new_body(live) -> None:
    for n in (1, 2, 3):
        source = f"@ray.remote\ndef f(): return {n}\nray.get(f.remote())"
        assert live.do(source, "a") == n


def test_a_changed_global_gives_one_warning_with_name_and_line(live) -> None:
    live.do("rate = 2\n@ray.remote\ndef price(x):\n    return x * rate", "a")
    assert live.do("ray.get(price.remote(1))") == 2
    live.do("rate = 3")
    with pytest.warns(UserWarning, match=r"`rate` \(line 4\) changed after price"):
        assert live.do("ray.get(price.remote(1))") == 2
    assert live.do("ray.get(price.remote(1))") == 2


def test_a_global_that_is_made_anew_just_the_same_is_no_change(live) -> None:
    helper = "def _help(x): return x\nsizes = [1, 2]"
    live.do(helper, "a")
    live.do("@ray.remote\ndef f(x): return _help(x), sizes\nray.get(f.remote(1))")
    live.do(helper, "a")
    assert live.do("ray.get(f.remote(1))") == (1, [1, 2])
