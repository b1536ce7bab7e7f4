from __future__ import annotations

from collections.abc import Iterator

import pytest

from rayteach.api import observe as runs
from rayteach.api.observe import observe
from rayteach.api.run import Run
from rayteach.trace.tape import Tape


class Session:
    """The part of a session that a run reads, around a tape."""

    def __init__(self, tape: Tape) -> None:
        self.log, self.start_s = tape, tape.origin_s


@pytest.fixture
def tape(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tape]:
    tape = Tape(cell="[7]")
    session = Session(tape)
    monkeypatch.setattr(runs.sessions, "current", lambda: session)
    return tape


def test_only_what_was_submitted_inside_the_block_is_seen(tape: Tape) -> None:
    tape.submit("before")
    with observe() as run:
        f = tape.submit("f")
        tape.get(f, until_s=0.5)
    g = tape.submit("after")
    tape.get(g, until_s=0.9)
    assert [task.label for task in run.rows.tasks.values()] == ["f-1"]
    assert len(run.rows.waits) == 1


def test_children_count_even_when_they_come_later(tape: Tape) -> None:
    other = tape.submit("other")
    with observe() as run:
        outer = tape.submit("outer")
        tape.submit("f", parent=other)
    tape.submit("f", parent=outer)
    labels = [task.label for task in run.rows.tasks.values()]
    assert labels == ["outer-1", "outer-1/f-1"]


def test_a_task_goes_on_after_the_block(tape: Tape) -> None:
    with observe() as run:
        f = tape.submit("f")
    assert repr(run) == "<run: 1 waiting>"
    tape.run_task(f, 0.1, 0.2)
    assert repr(run) == "<run: 1 done>"


def test_inputs_and_actors_from_before_are_named(tape: Tape) -> None:
    made, counter = tape.put(), tape.actor("Counter")
    with observe() as run:
        tape.call(counter, "add", made)
    assert list(run.rows.actors) == [counter]
    assert [one.label for one in run.rows.objects.values()] == [
        "put-1",
        "Counter-1.add-1",
    ]


def test_labels_have_no_cell_in_front_even_with_two_cells(tape: Tape) -> None:
    tape.submit("f")
    tape.cell("[8]")
    with observe() as run:
        tape.submit("f")
    assert [task.label for task in run.rows.tasks.values()] == ["f-1"]


def test_a_session_that_opens_inside_the_block_is_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    current: list[Session | None] = [None]
    monkeypatch.setattr(runs.sessions, "current", lambda: current[0])
    with observe() as run:
        assert repr(run) == "<run: no tasks>"
        tape = Tape()
        current[0] = Session(tape)
        tape.submit("f")
    current[0] = None
    assert repr(run) == "<run: 1 waiting>"


def test_an_error_in_the_block_is_passed_on(tape: Tape) -> None:
    def block() -> None:
        with observe() as run:
            seen.append(run)
            tape.submit("f")
            raise KeyError

    seen: list[Run] = []
    with pytest.raises(KeyError):
        block()
    assert len(seen[0].rows.tasks) == 1
