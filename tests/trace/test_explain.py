from __future__ import annotations

from rayteach.core import events
from rayteach.trace import explain
from rayteach.trace.tape import Tape


def story(tape: Tape, task: int) -> str:
    rows = tape.rows()
    told = rows.tasks[task].story
    assert told == explain.story(rows.tasks[task], rows, rows.now_s)
    return told


def test_a_task_names_the_input_it_needs_and_its_state() -> None:
    tape = Tape()
    f = tape.submit("load")
    g = tape.submit("parse", f)
    assert story(tape, g) == "Needs load-1, which is queued."
    tape.at(0.1).start(f)
    assert story(tape, g) == "Needs load-1, which is running."


def test_a_task_names_all_inputs_that_are_missing() -> None:
    tape = Tape()
    f, g = tape.submit("f"), tape.submit("f")
    task = tape.submit("join", f, g)
    assert story(tape, task) == "Needs f-1 and f-2."


def test_a_queued_task_names_its_place_and_who_holds_the_cpus() -> None:
    tape = Tape(num_cpus=2)
    tasks = [tape.submit("f") for _ in range(4)]
    tape.at(0.1).start(tasks[0], worker=1)
    tape.start(tasks[1], worker=2)
    busy = "both CPUs are busy with f-1 and f-2"
    assert story(tape, tasks[2]) == f"Queued, first in line: {busy}."
    assert story(tape, tasks[3]) == f"Queued, second in line: {busy}."


def test_a_queued_task_with_a_free_cpu_starts_next() -> None:
    tape = Tape(num_cpus=2)
    f = tape.submit("f")
    assert story(tape, f) == "Queued, first in line: it starts on the next free CPU."


def test_a_task_that_asks_for_too_much_says_so() -> None:
    tape = Tape(num_cpus=2)
    f = tape.submit("f", num_cpus=4)
    assert story(tape, f) == "Queued for good: it asks for 4 CPUs, a node has 2."


def test_a_call_names_the_calls_before_it() -> None:
    tape = Tape()
    counter = tape.actor("Counter")
    tape.call(counter, "add")
    call = tape.call(counter, "add")
    assert story(tape, call) == "Queued at Counter-1, which is starting."
    tape.append(events.ActorStarted(100.1, counter, 3))
    assert story(tape, call) == "Queued at Counter-1 behind add-1."


def test_a_call_without_a_slot_names_who_has_them() -> None:
    tape = Tape()
    server = tape.actor("Server")
    tape.append(events.SlotsGiven(100.0, server, 2))
    tape.append(events.ActorStarted(100.1, server, 3))
    first, second, third = (tape.call(server, "serve") for _ in range(3))
    assert story(tape, third) == "Queued at Server-1, next in its line."
    for call in (first, second):
        tape.append(events.TaskStarted(100.2, call, 0, 3))
    assert story(tape, third) == (
        "Queued at Server-1: waits for a concurrency slot, both are taken by serve-1 "
        "and serve-2."
    )


def test_a_blocked_task_names_what_it_waits_for() -> None:
    tape = Tape()
    outer = tape.submit("outer")
    tape.at(0.1).start(outer)
    child = tape.submit("f", parent=outer)
    tape.at(0.2).wait(child, task=outer)
    tape.block(outer)
    assert story(tape, outer) == (
        "Blocked in get since 0.20 s: waits for outer-1/f-1; its CPU is lent."
    )


def test_a_finished_task_tells_why_it_started_when_it_did() -> None:
    tape = Tape(num_cpus=1)
    f, g = tape.submit("f"), tape.submit("f")
    tape.run_task(f, 0.001, 0.5)
    tape.run_task(g, 0.5, 0.81)
    assert story(tape, f) == "Done after 0.50 s on worker 1."
    assert story(tape, g) == (
        "Done after 0.31 s on worker 1; it started after 0.50 s in line, "
        "when f-1 had left that worker."
    )


def test_a_task_that_waited_for_an_input_names_the_last_one() -> None:
    tape = Tape()
    f = tape.submit("load")
    g = tape.submit("parse", f)
    tape.run_task(f, 0.0, 0.2)
    tape.ready(g)
    tape.start(g)
    assert story(tape, g) == (
        "Running on worker 1 since 0.20 s; it started when load-1 was there."
    )


def test_a_task_that_waited_for_its_worker_to_start_says_so() -> None:
    tape = Tape(workers=0)
    f = tape.submit("f")
    tape.append(events.WorkerRequested(100.0, 5, "A", "pool"))
    tape.at(0.2).append(events.WorkerStarted(100.2, 5, 1))
    tape.run_task(f, 0.2, 0.3, worker=5)
    assert story(tape, f) == (
        "Done after 0.10 s on worker 5; it started after 0.20 s in line, "
        "when worker 5 was up."
    )


def test_the_time_in_get_is_told_of_a_parent() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.start(f)
    tape.at(0.1).block(f)
    tape.at(0.3).resume(f)
    tape.at(0.4).finish(f)
    assert (
        story(tape, f) == "Done after 0.40 s on worker 1, 0.20 s of it blocked in get."
    )


def test_failed_cancelled_and_unrunnable_tasks_say_why() -> None:
    tape = Tape()
    f, g = tape.submit("parse"), tape.submit("other")
    h = tape.submit("total", f)
    tape.at(0.1).start(f)
    tape.at(0.2).fail(f, "ValueError", "row 9")
    tape.drop(h, f)
    tape.cancel(g, "interrupt")
    assert story(tape, f) == (
        "Failed after 0.10 s on worker 1: ValueError: row 9 (line 3)."
    )
    assert story(tape, g) == "Cancelled before it started: interrupt."
    assert story(tape, h) == "Cannot run because parse-1 failed."


def test_a_call_of_a_dead_actor_says_so() -> None:
    tape = Tape()
    counter = tape.actor("Counter")
    call = tape.call(counter, "add")
    tape.append(events.ActorExited(100.1, counter, "killed"))
    tape.drop(call, None)
    assert story(tape, call) == "Cannot run because Counter-1 is dead (killed)."


def test_a_call_of_a_restarting_actor_says_so() -> None:
    tape = Tape()
    counter = tape.actor("Counter")
    tape.append(events.ActorStarted(100.1, counter, 1))
    tape.append(events.ActorRestarting(100.2, counter, "was killed", 1))
    call = tape.call(counter, "add")
    assert story(tape, call) == "Queued at Counter-1, which is restarting."


def test_a_lost_attempt_is_told() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.at(0.1).start(f)
    tape.at(0.2).lose(f)
    assert story(tape, f).startswith(
        "Attempt 1 was lost: its worker died. It runs again. Queued"
    )


def test_a_waiting_task_is_told_again_when_its_reason_changes() -> None:
    tape = Tape(num_cpus=1)
    f, g = tape.submit("f"), tape.submit("f")
    fold = tape.fold()
    before = fold.revision
    tape.at(0.1).start(f)
    fold.advance()
    changed = fold.changes(1, before).tasks
    assert changed[g].story == "Queued, first in line: the CPU is busy with f-1."


def test_a_call_that_ran_when_its_actor_died_is_closed() -> None:
    tape = Tape()
    server = tape.actor("Server")
    tape.append(events.ActorStarted(100.1, server, 3))
    call = tape.call(server, "serve")
    tape.append(events.TaskStarted(100.2, call, 0, 3))
    tape.append(events.ActorExited(100.3, server, "killed"))
    tape.append(events.TaskUnrunnable(100.3, call, None, "ActorDiedError"))
    assert story(tape, call) == "Cannot run because Server-1 is dead (killed)."
    (attempt,) = tape.rows().tasks[call].attempts
    assert attempt.end_s is not None
    assert attempt.outcome == "lost"


def test_work_of_a_superseded_run_stands_behind_current_work() -> None:
    tape = Tape(cell="[1]")
    busy = [tape.submit("busy") for _ in range(2)]
    for worker, task in enumerate(busy, 1):
        tape.start(task, worker=worker)
    old = tape.submit("old")
    tape.append(events.CellRunSuperseded(tape.origin_s, tape.run))
    tape.cell("[2]")
    new = tape.submit("new")
    rows = tape.rows(None).tasks
    assert rows[old].story == (
        "Queued, behind all current work as its cell has run again: both CPUs are "
        "busy with busy-1 and busy-2."
    )
    assert rows[new].story.startswith("Queued, first in line: ")
