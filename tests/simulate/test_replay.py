"""A recorded program, run again by the scheduler on a virtual clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayteach.core import events
from rayteach.errors import RayteachError
from rayteach.simulate.program import program_of
from rayteach.simulate.what_if import POLICIES, changed, cpu_work, predict
from rayteach.trace import query, strands
from rayteach.trace.recording import Recording
from rayteach.trace.tape import Tape
from rayteach.trace.views.rows import Rows


def rows_of(tape: Tape) -> Rows:
    return Recording(tape.events(), tape.origin_s).rows


def time_on(rows: Rows, cpus: float, policy: str = "fifo", **changes) -> float:
    return predict(changed(rows, **changes), cpus, policy).makespan_s


def in_a_row(*seconds: float, cpus: int = 1) -> Tape:
    """Independent tasks that one worker ran one after the other."""
    tape = Tape(num_cpus=cpus, workers=cpus)
    tasks = [tape.submit("f", line=2) for _ in seconds]
    wait = tape.wait(*tasks, line=3)
    now_s = 0.0
    for task, took_s in zip(tasks, seconds, strict=True):
        tape.run_task(task, now_s, now_s + took_s)
        now_s += took_s
    tape.returned(wait, *range(len(tasks)))
    return tape


def test_independent_tasks_share_the_cpus() -> None:
    rows = rows_of(in_a_row(*[0.25] * 8))
    assert [time_on(rows, cpus) for cpus in (1, 2, 4, 8, 16)] == [2, 1, 0.5, 0.25, 0.25]


def test_a_chain_takes_as_long_on_any_number_of_cpus() -> None:
    tape = Tape(num_cpus=1)
    task = tape.submit("f")
    tape.run_task(task, 0.0, 0.25)
    for turn in range(1, 4):
        tape.at(0.0)
        task = tape.submit("f", task)
        tape.run_task(task, turn / 4, turn / 4 + 0.25)
    assert [time_on(rows_of(tape), cpus) for cpus in (1, 2, 8)] == [1, 1, 1]


def test_a_get_in_a_loop_gains_nothing_from_cpus() -> None:
    tape = Tape(num_cpus=1)
    for turn in range(4):
        task = tape.at(turn / 4).submit("f")
        wait = tape.wait(task)
        tape.run_task(task, turn / 4, turn / 4 + 0.25)
        tape.returned(wait, 0)
    rows = rows_of(tape)
    assert [time_on(rows, cpus) for cpus in (1, 4)] == [1, 1]
    without = program_of(rows).with_waits_last(rows.waits)
    assert predict(without, 4).makespan_s == 0.25


def test_the_drivers_own_code_takes_its_time() -> None:
    tape = Tape(num_cpus=1)
    first, second = tape.at(0.0).submit("f"), tape.at(0.5).submit("f")
    tape.run_task(first, 0.0, 1.0)
    tape.run_task(second, 1.0, 2.0)
    rows = rows_of(tape)
    assert [time_on(rows, cpus) for cpus in (1, 2)] == [2.0, 1.5]


def nested() -> Tape:
    """A parent on one CPU that works 0.25 s, gets two children, works 0.25 s."""
    tape = Tape(num_cpus=1)
    outer = tape.submit("outer")
    tape.start(outer)
    children = [tape.at(0.25).submit("f", parent=outer) for _ in range(2)]
    wait = tape.wait(*children, task=outer)
    tape.block(outer)
    tape.run_task(children[0], 0.25, 0.75, worker=2)
    tape.run_task(children[1], 0.75, 1.25, worker=2)
    tape.returned(wait, 0, 1)
    tape.resume(outer)
    tape.at(1.5).finish(outer)
    return tape


def test_a_parent_lends_its_cpu_while_it_waits() -> None:
    rows = rows_of(nested())
    assert [time_on(rows, cpus) for cpus in (1, 2, 4)] == [1.5, 1.0, 1.0]
    replayed = predict(program_of(rows), 1).recording.rows
    assert replayed.tasks[1].blocked == [[0.25, 1.25]]
    assert replayed.waits[1].outcome == ["ready", "ready"]


def test_a_parents_wait_for_its_cpu_is_not_its_own_work() -> None:
    tape = Tape(num_cpus=1)
    outer = tape.submit("outer")
    tape.start(outer)
    child, other = tape.submit("f", parent=outer), tape.submit("g")
    wait = tape.wait(child, task=outer)
    tape.block(outer)
    tape.run_task(child, 0.0, 0.5, worker=2)
    tape.run_task(other, 0.5, 1.5, worker=2)
    tape.resume(outer)
    tape.returned(wait, 0)
    tape.finish(outer)
    rows = rows_of(tape)
    assert [time_on(rows, cpus) for cpus in (1, 2)] == [1.5, 1.0]


def test_a_thread_that_waits_for_what_another_submits_later_is_no_deadlock() -> None:
    tape = Tape(num_cpus=2)
    f = tape.submit("f")
    wait = tape.wait(f, f + 1, line=2)
    g = tape.at(0.25).submit("g")
    tape.run_task(f, 0.0, 0.5)
    tape.run_task(g, 0.25, 0.75, worker=2)
    tape.returned(wait, 0, 1)
    assert time_on(rows_of(tape), 2) == 0.75


def two_actors(calls: int = 3, num_cpus: float = 0.0) -> Tape:
    tape = Tape(num_cpus=2)
    actors = [tape.actor("Pot", num_cpus=num_cpus) for _ in range(2)]
    made = [tape.call(actor, "add") for actor in actors for _ in range(calls)]
    for actor, worker in zip(actors, (3, 4), strict=True):
        tape.run_task(actor, 0.0, 0.25, worker)
        tape.append(events.ActorStarted(100.25, actor, worker))
    for place, call in enumerate(made):
        start_s = 0.25 + place % calls * 0.25
        tape.run_task(call, start_s, start_s + 0.25, worker=3 + place // calls)
    return tape


def test_calls_of_an_actor_take_turns_whatever_the_cpus() -> None:
    rows = rows_of(two_actors())
    assert [time_on(rows, cpus) for cpus in (1, 4)] == [1.0, 1.0]
    replayed = predict(program_of(rows), 4).recording.rows
    starts = [t.attempts[0].start_s for t in replayed.tasks.values() if t.actor == 1]
    assert starts == [0.0, 0.25, 0.5, 0.75]


def test_actors_that_hold_all_cpus_for_good_are_a_program_that_never_ends() -> None:
    rows = rows_of(two_actors(num_cpus=1.0))
    assert time_on(rows, 2) == 1.0
    with pytest.raises(RayteachError, match="on 1 CPU this .* Pot-2 waits for ever"):
        time_on(rows, 1)


def test_an_actor_of_another_run_is_there_and_costs_nothing() -> None:
    tape = Tape(num_cpus=2)
    pot = tape.actor("Pot")
    calls = [tape.call(pot, "add") for _ in range(2)]
    tape.run_task(pot, 0.0, 0.1, worker=3)
    for place, call in enumerate(calls):
        tape.run_task(call, 0.25 + place / 4, 0.5 + place / 4, worker=3)
    rows = Recording(tape.events(), tape.origin_s, guests=[pot]).rows
    found = predict(program_of(rows), 1)
    assert found.makespan_s == 0.5
    assert list(found.recording.rows.actors) == [pot]
    assert pot not in found.recording.rows.tasks


def test_a_wait_returns_what_is_ready_then() -> None:
    tape = Tape(num_cpus=1)
    slow, quick = tape.submit("slow"), tape.submit("quick")
    wait = tape.wait(slow, quick, kind="wait", num_returns=1)
    tape.run_task(slow, 0.0, 0.5)
    tape.at(0.5).returned(wait, 0)
    tape.run_task(quick, 0.5, 0.75)
    rows = rows_of(tape)
    on_two = predict(program_of(rows), 2).recording.rows
    assert on_two.waits[wait].outcome == ["pending", "ready"]
    assert on_two.waits[wait].end_s == 0.25


def test_a_timeout_is_kept() -> None:
    tape = Tape(num_cpus=1)
    f = tape.submit("f")
    wait = tape.wait(f, kind="wait", timeout_s=0.25)
    tape.at(0.25).returned(wait, reason="timeout")
    tape.run_task(f, 0.0, 1.0)
    replayed = predict(program_of(rows_of(tape)), 1).recording.rows
    assert (replayed.waits[wait].end_s, replayed.waits[wait].reason) == (
        0.25,
        "timeout",
    )


def test_tasks_that_need_several_cpus_wait_for_them() -> None:
    tape = Tape(num_cpus=2)
    small, large = tape.submit("f"), tape.submit("g", num_cpus=2)
    tape.run_task(small, 0.0, 0.5)
    tape.run_task(large, 0.5, 1.0)
    rows = rows_of(tape)
    assert [time_on(rows, cpus) for cpus in (2, 3)] == [1.0, 0.5]
    with pytest.raises(ValueError, match="g-1 asks for 2 CPUs; begin there"):
        time_on(rows, 1)


def test_other_times_and_fewer_dependencies() -> None:
    tape = Tape(num_cpus=1)
    f = tape.submit("f")
    g = tape.submit("g", f)
    tape.run_task(f, 0.0, 1.0)
    tape.run_task(g, 1.0, 2.0)
    rows = rows_of(tape)
    assert time_on(rows, 2, task_time={"f": 0.5}) == 1.5
    assert time_on(rows, 2, task_time={"f-1": 0.5, "g": 0.25}) == 0.75
    assert time_on(rows, 2, drop_dependency=("f", "g")) == 1.0
    assert predict(changed(rows, drop_dependency=[("f-1", "g-1")]), 2).bound_s == 1.0
    with pytest.raises(ValueError, match="no task or function 'h'.*: f, g, f-1, g-1"):
        changed(rows, task_time={"h": 1})
    with pytest.raises(ValueError, match="no 'f' takes a result of 'g'"):
        changed(rows, drop_dependency=("g", "f"))
    with pytest.raises(ValueError, match="from 0 seconds on"):
        changed(rows, task_time={"f": -1})


def test_policies_put_others_first() -> None:
    rows = rows_of(in_a_row(0.25, 0.25, 0.25, 0.25, 0.25, 0.75))
    found = {policy: time_on(rows, 2, policy) for policy in POLICIES}
    assert found == {"fifo": 1.25, "lifo": 1.0, "longest": 1.0, "shortest": 1.25}
    with pytest.raises(ValueError, match="'fifo', 'lifo'"):
        time_on(rows, 2, "random")


def test_a_failed_task_fails_again_and_what_never_ran_is_left_out() -> None:
    tape = Tape()
    bad = tape.submit("bad")
    user = tape.submit("g", bad)
    wait = tape.wait(user)
    tape.at(0.0).start(bad)
    tape.at(0.5).fail(bad)
    tape.drop(user, bad)
    tape.returned(wait, 0, reason="failed")
    replayed = predict(program_of(rows_of(tape)), 1).recording.rows
    assert [(t.label, t.end, t.error) for t in replayed.tasks.values()] == [
        ("bad-1", "failed", "ValueError: no")
    ]


def test_items_of_a_generator_come_while_it_runs() -> None:
    tape = Tape(num_cpus=2)
    gen = tape.submit("gen")
    tape.start(gen)
    first = tape.wait((gen, 1))
    tape.at(0.25).created((gen, 1))
    tape.returned(first, 0)
    f = tape.submit("f", (gen, 1))
    tape.run_task(f, 0.25, 0.5, worker=2)
    tape.at(1.0).finish(gen)
    replayed = predict(program_of(rows_of(tape)), 2).recording.rows
    assert replayed.tasks[f].attempts[0].start_s == 0.25
    assert replayed.objects[f"{gen}.1"].created_s == 0.25


def test_labels_and_lines_are_those_of_the_run() -> None:
    tape = nested()
    real = rows_of(tape)
    replayed = predict(program_of(real), 2).recording.rows
    for number, task in replayed.tasks.items():
        known = real.tasks[number]
        assert (task.label, task.line, task.cell) == (known.label, known.line, "[1]")
    assert replayed.objects.keys() == real.objects.keys()


#: for each task: its inputs (by place) and how many eighths of a second it takes
graphs = st.lists(
    st.tuples(st.sets(st.integers(0, 9), max_size=3), st.integers(0, 8)),
    min_size=1,
    max_size=12,
)
Graph = list[tuple[set[int], int]]


def one_by_one(graph: Graph) -> Rows:
    """A run of the graph on one CPU, all submitted at once."""
    tape = Tape(num_cpus=1, workers=1)
    numbers: list[int] = []
    for place, (inputs, _) in enumerate(graph):
        numbers.append(tape.submit("f", *(numbers[i] for i in inputs if i < place)))
    now_s = 0.0
    for number, (_, eighths) in zip(numbers, graph, strict=True):
        tape.run_task(number, now_s, now_s + eighths / 8)
        now_s += eighths / 8
    return rows_of(tape)


@given(graphs, st.integers(1, 5), st.sampled_from(POLICIES))
def test_no_prediction_beats_the_bounds_or_is_worse_than_grahams(
    graph: Graph, cpus: int, policy: str
) -> None:
    rows = one_by_one(graph)
    found = predict(program_of(rows), cpus, policy)
    work_s, span_s = cpu_work(program_of(rows)), strands.span(rows)
    assert found.makespan_s >= max(span_s, work_s / cpus) - 1e-9
    assert found.makespan_s <= work_s / cpus + (1 - 1 / cpus) * span_s + 1e-9
    assert (found.work_s, found.span_s) == (work_s, span_s)


@given(graphs, st.integers(1, 5), st.sampled_from(POLICIES))
def test_a_replay_keeps_dependencies_and_never_uses_more_cpus_than_there_are(
    graph: Graph, cpus: int, policy: str
) -> None:
    rows = predict(program_of(one_by_one(graph)), cpus, policy).recording.rows
    assert query.max_parallelism(rows) <= cpus
    tasks = list(rows.tasks.values())
    assert [task.end for task in tasks] == ["done"] * len(graph)
    for task, (inputs, eighths) in zip(tasks, graph, strict=True):
        (attempt,) = task.attempts
        assert (attempt.end_s or 0) - attempt.start_s == pytest.approx(eighths / 8)
        for place in inputs:
            if place < task.id - 1:
                assert (tasks[place].end_s or 0) <= attempt.start_s
