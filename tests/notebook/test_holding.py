"""``%rayteach pause | step | speed | resume`` on a real session."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from IPython.core.error import UsageError

import rayteach
from rayteach.api import session as sessions


@pytest.fixture
def ask(shell, capsys, session: None) -> Iterator[Callable[[str], str]]:
    """Return a function that runs a line and gives what it printed."""
    shell.load()

    def run(line: str) -> str:
        capsys.readouterr()
        shell.run(line)
        return capsys.readouterr().out

    yield run
    if rayteach.is_initialized():
        rayteach.resume()


@rayteach.remote
def f(value):
    return value


def test_a_pause_and_steps_say_what_is_next_and_who_lost(ask) -> None:
    assert ask("%rayteach pause") == (
        "The session is paused: what runs goes on, nothing starts.\n"
        "Next: nothing: nothing is ready\n"
    )
    ids = [f.remote(n) for n in range(8)]
    ask("%rayteach step 2")
    rayteach.get(ids[:2])
    said = ask("%rayteach pause").splitlines()
    assert said[1].startswith("Next: f-3 on ")
    assert "because it is first in line; its inputs are there" in said[1]
    assert said[2] == "  not next: f-4 stands further back in the line"
    assert said[-1] == "  and 1 more in line"
    assert ask("%rayteach resume") == "Everything starts as usual.\n"
    assert rayteach.get(ids) == list(range(8))


def test_a_speed_is_said_and_ends_with_resume(ask) -> None:
    assert ask("%rayteach speed 0.5").startswith(
        "Starts are spaced out: at most 0.5 per second.\n"
    )
    assert "Starts:     Starts are spaced out" in ask("%rayteach status")
    ask("%rayteach resume")
    assert "Starts:" not in ask("%rayteach status")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("%rayteach step 0", "whole number from 1"),
        ("%rayteach step two", "invalid int value"),
        ("%rayteach speed 0", "a number above 0"),
        ("%rayteach speed", "required"),
        ("%rayteach puase", "did you mean `%rayteach pause`"),
    ],
)
def test_bad_input_is_a_usage_error(shell, session: None, line: str, says: str) -> None:
    shell.load()
    error = shell.run(line).error_in_exec
    assert isinstance(error, UsageError)
    assert says in str(error)
    assert sessions.current().engine.gating.mode == "flow"


def test_without_a_session_it_says_what_to_do(shell) -> None:
    shell.load()
    error = shell.run("%rayteach pause").error_in_exec
    assert "call rayteach.init() first" in str(error)


def test_help_has_a_part_for_each(shell, capsys) -> None:
    shell.load()
    for name in ("pause", "step", "speed", "resume"):
        capsys.readouterr()
        shell.run(f"%rayteach help {name}")
        assert capsys.readouterr().out.startswith(f"%rayteach {name}")
