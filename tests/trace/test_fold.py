from __future__ import annotations

from rayteach.core import events
from rayteach.trace.tape import Tape
from rayteach.trace.views import words


def labels(tape: Tape, run: int | None = 1) -> list[str]:
    return [task.label for task in tape.rows(run).tasks.values()]


def test_a_task_is_labelled_by_function_and_number() -> None:
    tape = Tape()
    tape.submit("f")
    tape.submit("g")
    tape.submit("f")
    assert labels(tape) == ["f-1", "g-1", "f-2"]


def test_a_child_stands_under_its_parent() -> None:
    tape = Tape()
    outer = tape.submit("outer")
    tape.submit("f", parent=outer)
    child = tape.submit("f", parent=outer)
    tape.submit("g", parent=child)
    assert labels(tape) == ["outer-1", "outer-1/f-1", "outer-1/f-2", "outer-1/f-2/g-1"]


def test_a_call_stands_at_its_actor_and_counts_per_method() -> None:
    tape = Tape()
    counter = tape.actor("Counter")
    tape.call(counter, "add")
    tape.call(counter, "add")
    tape.call(counter, "total")
    expected = ["Counter-1", "Counter-1.add-1", "Counter-1.add-2", "Counter-1.total-1"]
    assert labels(tape) == expected


def test_a_call_from_a_task_stands_under_that_task() -> None:
    tape = Tape()
    counter = tape.actor("Counter")
    outer = tape.submit("outer")
    tape.call(counter, "add", parent=outer)
    assert labels(tape)[-1] == "outer-1/Counter-1.add-1"


def test_a_name_given_by_the_learner_is_the_label() -> None:
    tape = Tape()
    tape.append(events.TaskSubmitted(100.0, 1, 5, 2, 1, 1, None, name="blue"))
    assert labels(tape) == ["blue-2"]


def test_rows_come_in_order_of_appearance_whatever_their_numbers() -> None:
    tape = Tape()
    for number in (1 << 40, 2, 3 << 40, 1):
        tape.append(events.TaskSubmitted(100.0, number, 5, 1, 1, 1, None))
    assert list(tape.rows().tasks) == [1 << 40, 2, 3 << 40, 1]


def test_several_returns_have_an_index_in_their_label() -> None:
    tape = Tape()
    tape.submit("split", num_returns=2)
    tape.put()
    rows = tape.rows()
    assert [made.label for made in rows.objects.values()] == [
        "split-1[0]",
        "split-1[1]",
        "put-1",
    ]


def test_the_session_puts_the_cell_in_front_once_there_are_two() -> None:
    tape = Tape(cell="[7]")
    tape.submit("f")
    assert labels(tape, None) == ["f-1"]
    tape.cell("[8]")
    tape.submit("f")
    assert labels(tape, None) == ["[7] f-1", "[8] f-1"]
    assert labels(tape, 1) == ["f-1"]


def test_all_rows_of_the_session_change_when_a_second_cell_appears() -> None:
    tape = Tape(cell="[7]")
    tape.submit("f")
    fold = tape.fold()
    before = fold.revision
    tape.cell("[8]")
    tape.submit("f")
    fold.advance()
    changed = fold.changes(None, before)
    assert [t.label for t in changed.tasks.values()] == ["[7] f-1", "[8] f-1"]


def test_a_task_without_inputs_is_ready_at_once() -> None:
    tape = Tape()
    tape.at(0.5).submit("f")
    assert tape.rows().tasks[1].ready_s == 0.5


def test_a_task_whose_inputs_exist_is_ready_at_once() -> None:
    tape = Tape()
    made = tape.put()
    tape.at(0.5).submit("f", made)
    assert tape.rows().tasks[2].ready_s == 0.5


def test_a_task_needs_input_until_it_is_said_to_be_ready() -> None:
    tape = Tape()
    f = tape.submit("f")
    g = tape.submit("g", f)
    assert tape.rows().tasks[g].ready_s is None
    tape.run_task(f, 0.1, 0.2)
    tape.at(0.25).ready(g)
    assert tape.rows().tasks[g].ready_s == 0.25


def test_a_start_that_is_learned_at_the_end_is_kept() -> None:
    tape = Tape()
    f = tape.submit("f")
    end = events.TaskFinished(100.9, f, 0, 2, 100.4, 100.8)
    tape.append(end)
    [attempt] = tape.rows().tasks[f].attempts
    assert (attempt.start_s, attempt.end_s, attempt.worker) == (0.4, 0.8, 2)
    assert attempt.outcome == "done"


def test_a_start_after_the_end_is_ignored() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.run_task(f, 0.1, 0.2)
    tape.at(0.3).start(f)
    task = tape.rows().tasks[f]
    assert len(task.attempts) == 1
    assert task.end == "done"


def test_a_second_end_is_ignored() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.run_task(f, 0.1, 0.2)
    tape.at(0.3).cancel(f)
    assert tape.rows().tasks[f].end == "done"


def test_unknown_numbers_are_ignored() -> None:
    tape = Tape()
    for event in (
        events.TaskReady(100.1, 77),
        events.TaskStarted(100.1, 77, 0, 1),
        events.TaskBlocked(100.1, 77),
        events.TaskResumed(100.1, 77),
        events.TaskFinished(100.1, 77, 0, 1, 100.0, 100.1),
        events.AttemptLost(100.1, 77, 0, 1, 100.0, 100.1, ""),
        events.TaskFailed(100.1, 77, 0, 1, 100.0, 100.1, "", ""),
        events.TaskCancelled(100.1, 77, ""),
        events.TaskUnrunnable(100.1, 77, None),
        events.ObjectCreated(100.1, (77, 0), 1, False, "A"),
        events.ObjectSpilled(100.1, (77, 0), 1),
        events.ObjectReleased(100.1, (77, 0)),
        events.ActorStarted(100.1, 77, 1),
        events.ActorRestarting(100.1, 77, "", 0),
        events.ActorExited(100.1, 77, ""),
        events.WaitReturned(100.1, 77, (), ""),
        events.WorkerStarted(100.1, 77, 5),
        events.WorkerExited(100.1, 77, ""),
        events.NodeLost(100.1, "Z", ""),
    ):
        tape.append(event)
    assert not tape.rows(None).tasks


def test_a_lost_attempt_is_followed_by_a_second_one() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.at(0.1).start(f, worker=1)
    tape.at(0.2).lose(f)
    tape.at(0.3).start(f, worker=2, attempt=1)
    tape.at(0.4).finish(f)
    task = tape.rows().tasks[f]
    assert [a.outcome for a in task.attempts] == ["lost", "done"]
    assert [a.worker for a in task.attempts] == [1, 2]


def test_a_cancelled_task_closes_its_attempt() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.at(0.1).start(f)
    tape.at(0.2).cancel(f, "interrupt")
    task = tape.rows().tasks[f]
    assert (task.end, task.attempts[0].outcome) == ("cancelled", "cancelled")


def test_a_blocked_interval_opens_and_closes() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.at(0.1).start(f)
    tape.at(0.2).block(f)
    assert tape.rows().tasks[f].blocked == [[0.2, None]]
    tape.at(0.3).resume(f)
    assert tape.rows().tasks[f].blocked == [[0.2, 0.3]]


def test_the_end_of_a_task_closes_its_blocked_interval() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.at(0.1).start(f)
    tape.at(0.2).block(f)
    tape.at(0.4).finish(f)
    assert tape.rows().tasks[f].blocked == [[0.2, 0.4]]


def test_an_object_exists_since_its_task_ended() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.run_task(f, 0.1, 0.4)
    tape.at(0.5).created(f, 24)
    made = tape.rows().objects["1.0"]
    assert (made.created_s, made.size_bytes) == (0.4, 24)
    assert made.copies == [["A", 0.5]]


def test_a_wait_says_ready_held_and_pending() -> None:
    tape = Tape()
    tasks = [tape.submit("f") for _ in range(4)]
    tape.run_task(tasks[1], 0.1, 0.2)
    wait = tape.wait(*tasks, kind="wait", num_returns=1)
    tape.run_task(tasks[2], 0.1, 0.3)
    tape.at(0.4).returned(wait, 1)
    row = tape.rows().waits[wait]
    assert row.ready_s == [None, 0.2, 0.3, None]
    assert row.outcome == ["pending", "ready", "held", "pending"]
    assert row.end_s == 0.4


def test_an_object_that_comes_after_the_return_stays_pending() -> None:
    tape = Tape()
    f, g = tape.submit("f"), tape.submit("f")
    tape.run_task(f, 0.1, 0.2)
    wait = tape.wait(f, g, kind="wait", num_returns=1)
    tape.at(0.3).returned(wait, 0)
    tape.run_task(g, 0.4, 0.5)
    row = tape.rows().waits[wait]
    assert row.outcome == ["ready", "pending"]
    assert row.ready_s == [0.2, 0.5]


def test_a_failed_task_counts_as_ready_in_a_wait() -> None:
    tape = Tape()
    f = tape.submit("f")
    wait = tape.wait(f, kind="wait")
    tape.at(0.1).start(f)
    tape.at(0.2).fail(f)
    assert tape.rows().waits[wait].ready_s == [0.2]
    assert tape.rows().objects["1.0"].created_s is None


def test_a_failure_keeps_its_error_and_line() -> None:
    tape = Tape()
    f = tape.submit("f")
    g = tape.submit("g", f)
    tape.at(0.1).start(f)
    tape.at(0.2).fail(f, "KeyError", "'x'")
    tape.drop(g, f)
    tasks = tape.rows().tasks
    assert (tasks[f].error, tasks[f].error_line) == ("KeyError: 'x'", 3)
    assert (tasks[g].end, tasks[g].cause) == ("cannot run", f)


def test_source_lines_come_from_the_cell_and_from_the_parents_cell() -> None:
    tape = Tape(source="def f():\n    return g.remote()\nx = f.remote()")
    tape.define("f", "[1]")
    f = tape.submit("f", line=3)
    g = tape.submit("g", line=2, parent=f)
    tasks = tape.rows().tasks
    assert tasks[f].source == "x = f.remote()"
    assert tasks[g].source == "return g.remote()"


def test_an_actors_worker_bears_its_name() -> None:
    tape = Tape()
    counter = tape.actor("Counter")
    tape.append(events.WorkerRequested(100.1, 9, "A", "actor", counter))
    tape.append(events.ActorStarted(100.2, counter, 9))
    rows = tape.rows()
    assert rows.workers[9].label == "Counter-1"
    assert (rows.actors[counter].worker, rows.actors[counter].started_s) == (9, 0.2)


def test_a_run_shows_the_actors_and_inputs_of_other_runs_that_it_uses() -> None:
    tape = Tape(cell="[1]")
    counter = tape.actor("Counter")
    made = tape.put()
    run = tape.cell("[2]")
    call = tape.call(counter, "add", made)
    fold = tape.fold()
    rows = fold.rows(run)
    assert list(rows.tasks) == [call]
    assert list(rows.actors) == [counter]
    assert rows.objects[f"{made}.0"].label == "put-1"
    assert list(fold.rows(None).objects) == [f"{made}.0", f"{call}.0"]


def test_changes_to_a_guest_reach_the_run_that_shows_it() -> None:
    tape = Tape()
    f = tape.submit("f")
    run = tape.cell("[2]")
    tape.submit("g", f)
    fold = tape.fold()
    before = fold.revision
    tape.run_task(f, 0.1, 0.2)
    fold.advance()
    assert list(fold.changes(run, before).objects) == ["1.0"]


def test_only_what_changed_since_a_revision_is_handed_out() -> None:
    tape = Tape(num_cpus=100)
    tasks = [tape.submit("f") for _ in range(50)]
    fold = tape.fold()
    before = fold.revision
    tape.run_task(tasks[40], 0.1, 0.2)
    fold.advance()
    changed = fold.changes(1, before)
    assert 40 + 1 in changed.tasks
    assert list(changed.objects) == ["41.0"]
    assert not changed.workers
    assert not fold.changes(1, fold.revision).tasks


def test_nothing_new_leaves_the_revision_alone() -> None:
    fold = Tape().fold()
    before = fold.revision
    assert not fold.advance()
    assert fold.revision == before


def test_changes_add_up_to_the_whole() -> None:
    tape = Tape()
    fold = tape.fold()
    seen: dict[int, object] = {}
    for turn in range(20):
        f = tape.at(turn + 0.1).submit("f")
        tape.run_task(f, turn + 0.2, turn + 0.3)
        before = fold.revision
        fold.advance()
        seen.update(fold.changes(1, before).tasks)
    assert seen == fold.rows(1).tasks


def test_a_run_is_over_when_its_cell_and_its_tasks_are() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.at(0.1).end_cell()
    assert not tape.fold().is_over(1)
    tape.run_task(f, 0.2, 0.4)
    assert tape.fold().is_over(1)


def test_the_clock_of_a_run_stops_at_its_last_change() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.run_task(f, 0.2, 0.4)
    tape.at(0.5).end_cell()
    tape.at(2.0).cell("[2]")
    assert tape.rows(1).now_s == 0.5
    assert tape.rows(None).now_s == 2.0


def test_the_end_of_the_session_ends_open_runs() -> None:
    tape = Tape()
    tape.append(events.SessionEnded(101.0))
    run = tape.rows(1).run
    assert (run.end_s, run.outcome) == (1.0, "done")


def test_the_state_at_a_time_is_a_filter_on_the_row() -> None:
    tape = Tape()
    f = tape.submit("f")
    g = tape.at(0.1).submit("g", f)
    tape.run_task(f, 0.2, 0.4)
    tape.at(0.4).ready(g)
    tape.at(0.5).start(g)
    tape.at(0.6).block(g)
    tape.at(0.7).resume(g)
    tape.at(0.8).finish(g)
    task = tape.rows().tasks[g]
    times = (0.0, 0.3, 0.45, 0.55, 0.65, 0.75, 0.9)
    assert [words.state(task, t) for t in times] == [
        "",
        "needs input",
        "queued",
        "running",
        "blocked in get",
        "running",
        "done",
    ]
