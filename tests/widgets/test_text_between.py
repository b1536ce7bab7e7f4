from __future__ import annotations

from rayteach.core import events
from rayteach.trace.tape import Tape
from rayteach.widgets import text, text_between, text_places


def two_nodes() -> Tape:
    tape = Tape(cell="[7]")
    tape.append(events.NodeAdded(tape.origin_s, "B", 2))
    return tape


def test_a_copy_between_nodes_is_told_with_bytes_and_times() -> None:
    tape = two_nodes()
    data = tape.put(size_bytes=24_000_000)
    task = tape.submit("f", data)
    copied = events.ObjectCopied(
        tape.origin_s + 0.52,
        (data, 0),
        "A",
        "B",
        24_000_000,
        tape.origin_s + 0.4,
        tape.origin_s + 0.52,
    )
    tape.append(copied)
    tape.run_task(task, 0.6, 0.7)
    assert text_between.copies(tape.rows()) == [
        "put-1: A → B, 24 MB in 0.12 s, at 0.40 s"
    ]
    told = text.full(tape.rows())
    assert "Copies between nodes\n  put-1: A → B" in told
    assert text.full(tape.rows()) == told, "the same rows give the same text"


def test_a_task_that_was_tried_again_is_named_with_its_lost_attempts() -> None:
    tape = Tape()
    task, other = tape.submit("f"), tape.submit("g")
    tape.at(0.1).start(task, 1)
    tape.at(0.3).lose(task)
    tape.at(0.4).start(task, 2, attempt=1)
    tape.at(0.6).finish(task)
    tape.run_task(other, 0.6, 0.7)
    assert text_between.retries(tape.rows()) == ["f-1: lost at 0.30 s, 2 attempts"]
    assert "Retries" in text.full(tape.rows())


def test_an_actor_says_its_restarts_and_how_many_slots_are_in_use() -> None:
    tape = Tape(cell="[7]")
    counter = tape.actor("Counter")
    tape.append(events.ActorStarted(tape.origin_s + 0.2, counter, 2))
    tape.append(events.SlotsGiven(tape.origin_s + 0.2, counter, 3))
    tape.append(events.ActorRestarting(tape.origin_s + 0.5, counter, "it died", 1))
    during = text_places.actors(tape.rows())
    assert during == [
        "Counter-1: alive, 0 of 3 slots in use",
        "  its process died at 0.50 s, being restarted: what it kept is lost",
    ]
    tape.append(events.ActorStarted(tape.origin_s + 0.8, counter, 3))
    assert text_places.actors(tape.rows())[1] == (
        "  its process died at 0.50 s, restarted at 0.80 s: what it kept is lost"
    )


def test_the_same_large_argument_is_warned_of_from_three_tasks_on() -> None:
    tape = Tape()
    tasks = [tape.submit("fit") for _ in range(3)]
    warned = []
    for task in tasks:
        size, marks = 24_000_000, (5, 6)
        tape.append(events.ArgumentsShipped(tape.origin_s, task, size, marks))
        warned.append(text_between.shipped_again(tape.rows()))
    assert warned[:2] == [[], []]
    assert warned[2] == [
        "! fit-1, fit-2 and fit-3 were given the same 24 MB, stored 3 times: "
        "put it once"
    ]


def test_a_condensed_log_says_what_is_left_out() -> None:
    tape = Tape()
    task = tape.submit("f")
    tape.run_task(task, 0.1, 0.2)
    rows = tape.rows()
    assert text_between.left_out(rows) == []
    rows.run.left_out, rows.run.left_out_failed = 120_000, 2
    rows.run.left_out_work_s = 90.0
    assert text_between.left_out(rows) == [
        "120,000 earlier tasks and calls are over and not listed, 2 failed; "
        "they ran 90.00 s in all"
    ]
    assert "Left out\n  120,000 earlier" in text.full(rows)


def test_the_graph_of_a_session_has_its_cells_and_what_is_inside_of_a_task() -> None:
    tape = Tape(cell="[1]")
    outer = tape.submit("sort")
    tape.run_task(outer, 0.1, 0.2)
    inner = tape.submit("sort", parent=outer)
    tape.run_task(inner, 0.1, 0.15, worker=2)
    tape.end_cell()
    tape.cell("[2]")
    tape.run_task(tape.submit("show", outer), 0.3, 0.4)
    graph = text.full(tape.rows(None)).split("Timeline")[0].splitlines()[3:]
    assert [line for line in graph if line] == [
        "  cell [1]",
        "  ✓ [1] sort-1",
        "    ✓ [1] sort-1/sort-1",
        "  cell [2]",
        "  ✓ [2] show-1 ← [1] sort-1",
    ]
