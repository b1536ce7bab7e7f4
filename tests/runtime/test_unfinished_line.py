"""A line until it ends, as a terminal would leave it standing."""

from __future__ import annotations

import pytest

from rayteach.runtime.unfinished_line import LINE_CHARS, PROGRESS_S, UnfinishedLine


@pytest.fixture
def line() -> UnfinishedLine:
    return UnfinishedLine(clock=lambda: 1.0)


def test_text_waits_for_its_line_end(line) -> None:
    assert line.add("one ") == ""
    assert line.add("line\nand an") == "one line\n"
    assert line.add("other\n") == "and another\n"
    assert line.end() == ""


def test_several_lines_go_at_once(line) -> None:
    assert line.add("a\n\nb\nc") == "a\n\nb\n"
    assert line.end() == "c\n"


@pytest.mark.parametrize(
    ("written", "stands"),
    [
        (["\r 0%", "\r50%", "\r99%", "\n"], "99%\n"),
        (["0%\r", "50%\r", "99%\r", "\n"], "99%\n"),
        (["\rabc", "def", "\n"], "abcdef\n"),
        (["\rbar", "\r   \r", "done\n"], "done\n"),
        (["of windows\r\n"], "of windows\n"),
        (["\r\n"], "\n"),
    ],
)
def test_a_carriage_return_starts_the_line_over(line, written, stands) -> None:
    assert "".join(line.add(text) for text in written) == stands
    assert line.end() == ""


def test_a_bar_without_a_line_end_is_shown_at_the_end(line) -> None:
    assert line.add("\r10%") == ""
    assert line.end() == "10%\n"


def test_a_bar_that_goes_on_for_long_is_shown_now_and_then() -> None:
    now = [1.0]
    line = UnfinishedLine(clock=lambda: now[0])
    assert line.add("\r 1%") == ""
    now[0] += PROGRESS_S / 2
    assert line.add("\r 2%") == ""
    now[0] += PROGRESS_S
    assert line.add("\r 3%") == " 3%\n"
    assert line.add("\r 4%") == ""
    assert line.end() == " 4%\n"


def test_a_line_without_end_leaves_in_pieces(line) -> None:
    pieces = [line.add("x" * LINE_CHARS) for _ in range(3)]
    assert "".join(pieces).count("x") == 2 * LINE_CHARS
    assert line.end().count("x") == LINE_CHARS


def test_an_endless_bar_keeps_its_last_state_only(line) -> None:
    for percent in range(100_000):
        line.add(f"\r{percent}")
    assert line.end() == "99999\n"
