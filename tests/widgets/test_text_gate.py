from __future__ import annotations

from rayteach.core import events
from rayteach.trace.tape import Tape
from rayteach.widgets import text, text_gate


def at(tape: Tape, time_s: float) -> float:
    return tape.origin_s + time_s


def test_a_run_that_was_never_held_says_nothing_of_it() -> None:
    tape = Tape(cell="[7]")
    tape.submit("f")
    assert text_gate.gate(tape.rows()) == []
    assert "Pauses" not in text.full(tape.rows())


def test_a_paused_run_says_since_when_and_what_comes_next() -> None:
    tape = Tape(cell="[7]")
    tape.append(events.Paused(at(tape, 0.25)))
    first, second = tape.submit("f"), tape.submit("f")
    reason = "first in line; its inputs are there"
    losers = ((second, "stands further back in the line"),)
    tape.append(events.NextDecided(at(tape, 0.3), first, 1, "worker 1", reason, losers))
    lines = text_gate.gate(tape.rows())
    assert lines == [
        "paused since 0.25 s",
        "next: f-1 on worker 1, because it is first in line; its inputs are there",
        "  not next: f-2 stands further back in the line",
    ]
    assert "Pauses\n  paused since 0.25 s" in text.full(tape.rows())
    assert tape.rows().tasks[second].story == (
        "Queued, and held back: the session is paused."
    )


def test_a_run_that_went_on_says_when_it_was_held_and_stepped() -> None:
    tape = Tape(cell="[7]")
    tape.submit("f")
    tape.append(events.Paused(at(tape, 0.2)))
    tape.append(events.Stepped(at(tape, 0.3), 2))
    tape.append(events.NextDecided(at(tape, 0.3), None, 0, "", "nothing is ready"))
    assert text_gate.gate(tape.rows())[-1] == "next: nothing: nothing is ready"
    tape.append(events.Slowed(at(tape, 0.4), 2.0))
    assert tape.rows().nodes["A"].per_second == 2.0
    tape.append(events.Resumed(at(tape, 0.9)))
    assert text_gate.gate(tape.rows()) == [
        "paused from 0.20 s to 0.40 s",
        "slowed from 0.40 s to 0.90 s",
        "steps let through: 2",
    ]


def test_rows_that_were_handed_out_do_not_change_when_the_pause_ends() -> None:
    tape = Tape(cell="[7]")
    tape.append(events.Paused(at(tape, 0.2)))
    fold = tape.fold()
    fold.advance()
    kept = fold.copy(1)
    tape.append(events.Resumed(at(tape, 0.9)))
    fold.advance()
    assert kept.nodes["A"].paused == [[0.2, None]]
    assert fold.copy(1).nodes["A"].paused == [[0.2, 0.9]]
