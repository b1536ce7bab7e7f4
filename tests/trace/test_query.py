from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rayteach.core import events
from rayteach.trace import query, strands
from rayteach.trace.tape import Tape


def test_parallelism_is_the_most_tasks_seen_at_once() -> None:
    tape = Tape()
    for start_s, end_s in ((0.1, 0.3), (0.2, 0.4), (0.3, 0.5), (0.25, 0.26)):
        tape.run_task(tape.at(0.0).submit("f"), start_s, end_s)
    assert query.max_parallelism(tape.rows()) == 3


def test_a_task_that_ends_as_another_starts_does_not_overlap_it() -> None:
    tape = Tape()
    tape.run_task(tape.submit("f"), 0.1, 0.2)
    tape.run_task(tape.submit("f"), 0.2, 0.3)
    assert query.max_parallelism(tape.rows()) == 1


def test_a_blocked_task_does_not_count() -> None:
    tape = Tape()
    outer = tape.submit("outer")
    tape.at(0.1).start(outer)
    tape.at(0.2).block(outer)
    child = tape.submit("f", parent=outer)
    tape.run_task(child, 0.3, 0.4)
    tape.at(0.5).resume(outer)
    tape.at(0.6).finish(outer)
    assert query.max_parallelism(tape.rows()) == 1


def test_depth_is_the_longest_chain() -> None:
    tape = Tape()
    a, b = tape.submit("f"), tape.submit("f")
    c = tape.submit("g", a, b)
    tape.submit("h", c)
    tape.submit("f")
    counter = tape.actor("Counter")
    for _ in range(5):
        tape.call(counter, "add")
    assert query.depth(tape.rows()) == 3
    assert query.depth(Tape().rows()) == 0


def test_tasks_submitted_in_a_row_could_overlap() -> None:
    tape = Tape()
    tasks = [tape.submit("f") for _ in range(4)]
    tape.at(0.1).get(*tasks, until_s=0.9)
    assert query.could_overlap(tape.rows()) == 4


def test_a_get_in_the_loop_leaves_nothing_to_overlap() -> None:
    tape = Tape()
    for turn in range(4):
        tape.at(turn).get(tape.submit("f"), line=2, until_s=turn + 0.5)
    assert query.could_overlap(tape.rows()) == 1


def test_a_get_of_one_orders_nothing_else() -> None:
    tape = Tape()
    tasks = [tape.submit("f") for _ in range(3)]
    tape.at(0.1).get(tasks[0], until_s=0.5)
    tape.submit("g")
    tape.submit("g")
    assert query.could_overlap(tape.rows()) == 4


def test_a_get_also_ends_what_its_task_needed() -> None:
    tape = Tape()
    a, b = tape.submit("f"), tape.submit("f")
    total = tape.submit("join", a, b)
    tape.at(0.1).get(total, until_s=0.5)
    tape.submit("g")
    assert query.could_overlap(tape.rows()) == 2


def test_a_wait_that_keeps_two_in_flight_leaves_two_to_overlap() -> None:
    tape = Tape()
    flying = [tape.submit("f"), tape.submit("f")]
    for turn in range(1, 5):
        wait = tape.at(turn).wait(*flying, kind="wait", num_returns=1)
        tape.at(turn + 0.5).returned(wait, turn % 2)
        flying.pop(turn % 2)
        flying.append(tape.submit("f"))
    assert query.could_overlap(tape.rows()) == 2


def test_a_get_that_timed_out_orders_nothing() -> None:
    tape = Tape()
    wait = tape.wait(tape.submit("f"))
    tape.at(0.5).returned(wait, reason="timeout")
    tape.submit("f")
    assert query.could_overlap(tape.rows()) == 2


def test_a_chain_does_not_overlap_itself() -> None:
    tape = Tape()
    task = tape.submit("f")
    for _ in range(5):
        task = tape.submit("f", task)
    assert query.could_overlap(tape.rows()) == 1


def test_tasks_on_different_layers_can_overlap() -> None:
    tape = Tape()
    a = tape.submit("f")
    tape.submit("b", a)
    tape.submit("b", a)
    c = tape.submit("c")
    d = tape.submit("c", c)
    tape.submit("e", d)
    tape.submit("e", d)
    assert query.could_overlap(tape.rows()) == 4


def test_as_many_calls_of_one_actor_overlap_as_it_has_slots() -> None:
    tape = Tape()
    server = tape.actor("Server")
    tape.append(events.SlotsGiven(100.0, server, 3))
    for _ in range(5):
        tape.call(server, "serve")
    assert query.could_overlap(tape.rows()) == 3


def test_calls_of_one_actor_do_not_overlap_but_two_actors_do() -> None:
    tape = Tape()
    first, second = tape.actor("Counter"), tape.actor("Counter")
    for actor in (first, first, second):
        tape.call(actor, "add")
    assert query.could_overlap(tape.rows()) == 2


@given(st.lists(st.sets(st.integers(0, 6), max_size=3), max_size=8))
def test_could_overlap_equals_a_search_of_all_sets(wanted: list[set[int]]) -> None:
    tape = Tape()
    ids: list[int] = []
    for inputs in wanted:
        ids.append(tape.submit("f", *(ids[i] for i in sorted(inputs) if i < len(ids))))
    rows = tape.rows()
    above: dict[int, set[int]] = {}
    for task in rows.tasks.values():
        direct = {int(key.split(".")[0]) for key in task.inputs}
        above[task.id] = direct.union(*(above[i] for i in direct))
    free = 0
    for chosen in range(2 ** len(ids)):
        group = {task for bit, task in enumerate(ids) if chosen >> bit & 1}
        if all(not above[task] & group for task in group):
            free = max(free, len(group))
    assert query.could_overlap(rows) == free


def test_a_large_graph_is_answered_by_its_widest_layer() -> None:
    tape = Tape()
    for _ in range(query.EXACT_LIMIT):
        tape.submit("g", tape.submit("f"))
    assert query.could_overlap(tape.rows()) == query.EXACT_LIMIT


def test_a_get_on_what_the_same_turn_submitted_is_inside_the_loop() -> None:
    tape = Tape()
    for turn in range(3):
        tape.at(turn).get(tape.submit("f"), line=2, until_s=turn + 0.5)
    assert [wait.id for wait in query.gets_inside_loop(tape.rows())] == [2, 3]


def test_gets_after_the_loop_are_none() -> None:
    tape = Tape()
    tasks = [tape.submit("f") for _ in range(3)]
    for turn, task in enumerate(tasks, start=1):
        tape.at(turn).get(task, line=3, until_s=turn + 0.5)
    assert not query.gets_inside_loop(tape.rows())


def test_a_get_of_what_wait_returned_is_none() -> None:
    tape = Tape()
    for turn in range(3):
        task = tape.at(turn).submit("f")
        wait = tape.wait(task, kind="wait", line=3)
        tape.at(turn + 0.5).returned(wait, 0)
        tape.get(task, line=4, until_s=turn + 0.6)
    assert not query.gets_inside_loop(tape.rows())


def chained(tape: Tape) -> tuple[int, int, int]:
    """Submit a, b that takes a, and c that takes nothing."""
    a = tape.submit("a")
    return a, tape.submit("b", a), tape.submit("c")


def test_the_critical_path_is_the_chain_with_the_most_work() -> None:
    tape = Tape()
    a, b, c = chained(tape)
    tape.run_task(a, 0.0, 1.0)
    tape.run_task(b, 1.0, 2.0)
    tape.run_task(c, 0.0, 1.5, worker=2)
    assert strands.critical_path(tape.rows()) == [a, b]


def test_time_in_line_does_not_make_a_path_critical() -> None:
    tape = Tape()
    a, b, c = chained(tape)
    tape.run_task(a, 0.0, 0.1)
    tape.run_task(b, 8.0, 8.1)
    tape.run_task(c, 0.0, 0.5, worker=2)
    assert strands.critical_path(tape.rows()) == [c]


def test_a_child_is_on_the_path_of_the_parent_that_got_it() -> None:
    tape = Tape()
    outer = tape.submit("outer")
    tape.at(0.1).start(outer)
    child = tape.submit("f", parent=outer)
    wait = tape.at(0.2).wait(child, task=outer)
    tape.block(outer)
    tape.run_task(child, 0.3, 2.0, worker=2)
    tape.at(2.1).returned(wait, 0)
    tape.resume(outer)
    tape.at(2.2).finish(outer)
    rows = tape.rows()
    assert strands.critical_path(rows) == [child, outer]
    assert round(query.busy_s(rows.tasks[outer], rows.now_s), 6) == 0.2


def test_calls_to_one_actor_follow_each_other_on_the_path() -> None:
    tape = Tape()
    counter = tape.actor("Counter")
    tape.run_task(counter, 0.0, 0.1, worker=2)
    calls = [tape.call(counter, "add") for _ in range(3)]
    alone = tape.submit("f")
    for turn, call in enumerate(calls):
        tape.run_task(call, 0.1 + turn, 1.1 + turn, worker=2)
    tape.run_task(alone, 0.1, 2.0)
    assert strands.critical_path(tape.rows()) == [counter, *calls]


def test_calls_that_overlapped_do_not_follow_each_other() -> None:
    tape = Tape()
    pool = tape.actor("Pool")
    tape.run_task(pool, 0.0, 0.1, worker=2)
    one, two = tape.call(pool, "work"), tape.call(pool, "work")
    tape.at(0.2).start(one, 2)
    tape.at(0.3).start(two, 2)
    tape.at(1.2).finish(one)
    tape.at(1.9).finish(two)
    assert strands.critical_path(tape.rows()) == [pool, two]


def test_a_run_without_a_task_that_ran_has_no_critical_path() -> None:
    tape = Tape()
    assert strands.critical_path(tape.rows()) == []
    tape.submit("f")
    assert strands.critical_path(tape.rows()) == []


def test_what_a_task_does_while_its_child_runs_is_no_longer_chain() -> None:
    tape = Tape()
    outer = tape.submit("outer")
    tape.at(0.0).start(outer, worker=1)
    child = tape.at(0.1).submit("f", parent=outer)
    tape.at(0.1).start(child, worker=2)
    wait = tape.at(1.0).wait(child, task=outer)
    tape.block(outer)
    tape.at(1.2).finish(child)
    tape.returned(wait, 0)
    tape.resume(outer)
    tape.at(1.5).finish(outer)
    chain = strands.longest(tape.rows())
    assert chain.tasks == [child, outer]
    assert chain.span_s == 1.5  # 0.1 up to the child, its 1.1, the last 0.3


def test_a_child_that_nobody_gets_still_follows_its_parents_start() -> None:
    tape = Tape()
    outer = tape.submit("outer")
    tape.at(0.0).start(outer, worker=1)
    child = tape.at(0.5).submit("f", parent=outer)
    tape.at(0.6).finish(outer)
    tape.run_task(child, 0.7, 1.7, worker=2)
    chain = strands.longest(tape.rows())
    assert (chain.tasks, chain.span_s) == ([outer, child], 1.5)
