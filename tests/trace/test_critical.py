from __future__ import annotations

from rayteach.trace.fold import RowFold
from rayteach.trace.tape import Tape


def test_a_run_that_is_over_says_what_its_longest_chain_took() -> None:
    tape = Tape()
    a = tape.submit("a")
    b = tape.submit("b", a)
    other = tape.submit("c")
    tape.run_task(a, 0.0, 1.0)
    tape.run_task(other, 0.5, 1.8, worker=2)
    tape.run_task(b, 1.7, 2.0)
    tape.at(2.1).end_cell()
    run = tape.rows().run
    assert run.critical == [a, b]
    assert run.why_not_faster == (
        "The chain a-1 and b-1 takes 1.30 s however many CPUs there are. "
        "The other 0.70 s: b-1 stood in line for 0.70 s."
    )


def test_one_task_is_no_chain_and_a_fast_start_needs_no_reason() -> None:
    tape = Tape()
    tape.run_task(tape.submit("f"), 0.001, 1.0)
    tape.end_cell()
    assert tape.rows().run.why_not_faster == (
        "The task f-1 takes 1.00 s however many CPUs there are."
    )


def test_time_outside_the_tasks_is_the_cells_own() -> None:
    tape = Tape()
    tape.run_task(tape.at(0.5).submit("f"), 0.5, 1.0)
    tape.end_cell()
    assert tape.rows().run.why_not_faster.endswith(
        "The other 0.50 s: the cell's own code, starting and handing over."
    )


def test_a_run_that_goes_on_has_no_critical_path_yet() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.run_task(f, 0.0, 1.0)
    fold = RowFold(tape, tape.origin_s)
    fold.advance()
    assert fold.rows(1).run.critical == []
    seen = fold.revision
    tape.end_cell()
    fold.advance()
    assert fold.rows(1).run.critical == [f]
    assert fold.run_changed(1, seen)
