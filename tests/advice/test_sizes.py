"""What travels with tasks: the same large argument again, a large closure."""

from __future__ import annotations

import pytest

from rayteach.advice import Advice, advise
from rayteach.core import events
from rayteach.trace.recording import Recording
from rayteach.trace.tape import Tape


def advised(tape: Tape) -> list[Advice]:
    recording = Recording(tape.events(), tape.origin_s)
    return advise(recording.rows, recording.events())


def shipped(marks: list[tuple[int, int]]) -> Tape:
    made = Tape(num_cpus=2, cell="[3]")
    for pair in marks:
        task = made.submit("f", line=4)
        made.append(events.ArgumentsShipped(100.0, task, 2_500_000, pair, 0.02))
        made.run_task(task, 0.0, 0.1)
    return made


@pytest.mark.parametrize(
    "marks",
    [[(1, 1)] * 4, [(1, 5), (1, 6), (1, 7), (1, 8)], [(5, 1), (6, 1), (7, 1), (8, 1)]],
    ids=["alike", "with another one behind", "with another one before"],
)
def test_the_same_large_argument_is_seen_in_either_way(
    marks: list[tuple[int, int]],
) -> None:
    (found,) = advised(shipped(marks))
    assert (found.pattern, found.cell, found.line) == ("same large argument", "[3]", 4)
    assert "4 tasks were given the same 2.5 MB" in found.found
    assert found.cost_s == pytest.approx(0.06)


@pytest.mark.parametrize(
    "marks", [[(1, 1)] * 2, [(1, 2), (3, 4), (5, 6), (7, 8)], [(0, 0)] * 4, []]
)
def test_different_few_or_unknown_arguments_are_none(
    marks: list[tuple[int, int]],
) -> None:
    assert advised(shipped(marks)) == []


@pytest.mark.parametrize(("size", "is_found"), [(4_000_000, True), (200_000, False)])
def test_a_large_closure_is_told_with_its_size(size: int, *, is_found: bool) -> None:
    made = Tape(num_cpus=2, cell="[3]")
    number = made.define("f")
    made.append(events.FunctionDefined(100.0, number, "f", "[3]", 2, size))
    made.append(events.FunctionDefined(100.0, 99, "unused", "[3]", 9, 10**8))
    made.run_task(made.submit("f", line=5), 0.0, 0.1)
    found = [(one.pattern, one.line) for one in advised(made)]
    assert found == ([("large closure", 5)] if is_found else [])
    if is_found:
        assert "f is 4 MB with what it captures" in advised(made)[0].found
