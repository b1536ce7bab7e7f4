"""What a slowed worker adds to a task, on a clock of the test's own."""

import pytest

from rayteach.runtime import lag
from rayteach.runtime.board import Board


@pytest.fixture
def board(tmp_path):
    return Board(str(tmp_path / "board"), create=True)


@pytest.fixture
def slept(monkeypatch):
    """Return the seconds that were slept so far; it is 10.0 s now, always."""
    found = []
    monkeypatch.setattr(lag.time, "monotonic", lambda: 10.0)
    monkeypatch.setattr(lag.time, "sleep", found.append)
    return found


def test_a_task_takes_so_many_times_its_own_time(board, slept):
    one = lag.Lag(board, 3)
    board.slow_down(3, 4.0)
    one.spend(7, 8.0)
    assert slept == [2.0 * 3]


def test_what_it_waited_for_others_does_not_count(board, slept):
    one = lag.Lag(board, 3)
    board.slow_down(3, 4.0)
    one.waited(7, 0.5)
    one.waited(7, 1.0)
    one.spend(7, 8.0)
    assert slept == [0.5 * 3]


def test_what_another_task_waited_is_not_its_own(board, slept):
    one = lag.Lag(board, 3)
    board.slow_down(3, 2.0)
    one.waited(6, 1.0)
    one.spend(7, 8.0)
    assert slept == [2.0]


def test_nobody_is_slow_until_told(board):
    board.slow_down(2, 4.0)
    assert lag.Lag(board, 3).factor[0] == 0.0
    board.slow_down(3, 4.0)
    board.clear(3)
    assert lag.Lag(board, 3).factor[0] == 0.0
