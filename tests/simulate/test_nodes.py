"""A program on several nodes: places, copies, and what they take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayteach.core import events
from rayteach.core.placement import SPREAD, Wish, wish_said
from rayteach.simulate.cluster import Cluster, of_nodes
from rayteach.simulate.copies import rate_of
from rayteach.simulate.program import program_of
from rayteach.simulate.what_if import POLICIES, cpu_work, predict
from rayteach.trace import measures, strands
from rayteach.trace.recording import Recording
from rayteach.trace.tape import Tape
from rayteach.trace.views.rows import Rows

MB = 1_000_000


def rows_of(tape: Tape) -> Rows:
    return Recording(tape.events(), tape.origin_s).rows


def large(tape: Tape, made: int, size_bytes: int, node: str = "A") -> None:
    """Say that a value lies in shared memory."""
    now_s = tape.origin_s + tape.now_s
    tape.append(events.ObjectCreated(now_s, (made, 0), size_bytes, True, node))


def placed(tape: Tape, task: int, reason: str) -> int:
    """Say that a task was given a node for this reason."""
    tape.append(events.TaskPlaced(tape.origin_s + tape.now_s, task, "B", reason))
    return task


def on(rows: Rows, *cpus: float, rate: float = float("inf"), policy: str = "fifo"):
    machines = Cluster(dict(zip("ABC", cpus, strict=False)), rate)
    return predict(program_of(rows), machines, policy)


def copies_of(rows: Rows) -> list[tuple[str, str, str, float, float]]:
    return [
        (one.object, one.source, one.target, one.start_s, one.end_s)
        for one in measures.transfers(rows)
    ]


def starts(rows: Rows) -> dict[str, tuple[str, float]]:
    """Return where and when each task began."""
    return {t.label: (t.node, t.attempts[0].start_s) for t in rows.tasks.values()}


def shared_put(tasks: int, size_bytes: int = 100 * MB) -> Tape:
    """One large value, and tasks of a second each that take it."""
    tape = Tape(num_cpus=1)
    grid = tape.put(size_bytes=size_bytes)
    large(tape, grid, size_bytes)
    users = [tape.submit("f", grid) for _ in range(tasks)]
    for place, task in enumerate(users):
        tape.run_task(task, float(place), place + 1.0)
    return tape


def test_without_large_inputs_two_nodes_are_as_good_as_one_with_their_cpus() -> None:
    tape = Tape(num_cpus=1)
    for place, task in enumerate([tape.submit("f") for _ in range(8)]):
        tape.run_task(task, place / 4, place / 4 + 0.25)
    rows = rows_of(tape)
    assert [on(rows, *cpus).makespan_s for cpus in [(1,), (1, 1), (2, 2), (3, 1)]] == [
        *(2.0, 1.0, 0.5, 0.5)
    ]
    found = on(rows, 2, 2).recording.rows
    assert {node.id: node.num_cpus for node in found.nodes.values()} == {"A": 2, "B": 2}
    assert {task.node for task in found.tasks.values()} == {"A", "B"}


def test_a_large_input_is_copied_once_to_a_node_and_takes_its_time() -> None:
    rows = rows_of(shared_put(3))
    found = on(rows, 1, 2, rate=100e6)
    assert starts(found.recording.rows) == {
        "f-1": ("A", 0.0),
        "f-2": ("B", 1.0),
        "f-3": ("B", 1.0),
    }
    assert copies_of(found.recording.rows) == [("put-1", "A", "B", 0.0, 1.0)]
    assert measures.copies(found.recording.rows)["put-1"] == 2
    assert (found.makespan_s, on(rows, 1, 2).makespan_s) == (2.0, 1.0)


def test_small_inputs_travel_with_messages() -> None:
    tape = Tape(num_cpus=1)
    put = tape.put(size_bytes=100)
    for place, task in enumerate([tape.submit("f", put) for _ in range(2)]):
        tape.run_task(task, float(place), place + 1.0)
    found = on(rows_of(tape), 1, 1, rate=1.0)
    assert (found.makespan_s, copies_of(found.recording.rows)) == (1.0, [])


def test_one_copy_after_the_other_goes_over_a_link() -> None:
    tape = Tape(num_cpus=1)
    puts = [tape.put() for _ in range(2)]
    for put in puts:
        large(tape, put, 100 * MB)
    tasks = [placed(tape, tape.submit("f", p), "it asks for node B") for p in puts]
    for place, task in enumerate(tasks):
        tape.run_task(task, float(place), place + 1.0)
    found = on(rows_of(tape), 2, 2, rate=100e6).recording.rows
    assert copies_of(found) == [
        ("put-1", "A", "B", 0.0, 1.0),
        ("put-2", "A", "B", 1.0, 2.0),
    ]
    assert starts(found) == {"f-1": ("B", 1.0), "f-2": ("B", 2.0)}
    again = on(found, 2, 2, rate=100e6).recording.rows
    assert starts(again) == starts(found)


def test_a_task_goes_where_its_large_input_lies() -> None:
    tape = Tape(num_cpus=1)
    made = placed(tape, tape.submit("f"), "it asks for node B")
    tape.run_task(made, 0.0, 0.5)
    large(tape, made, 100 * MB)
    user = tape.submit("g", made)
    tape.run_task(user, 0.5, 1.0)
    found = on(rows_of(tape), 1, 1, rate=1e6).recording.rows
    assert starts(found)["g-1"] == ("B", 0.5)
    assert found.tasks[user].why_there == "100 MB of its inputs lie on B"
    assert copies_of(found) == []
    assert found.objects[f"{made}.0"].copies == [["B", 0.5]]


def test_a_get_brings_a_far_result_to_the_notebook() -> None:
    tape = Tape(num_cpus=1)
    made = placed(tape, tape.submit("f"), "it asks for node B")
    wait = tape.wait(made)
    tape.run_task(made, 0.0, 0.5)
    large(tape, made, 50 * MB)
    tape.returned(wait, 0)
    found = on(rows_of(tape), 1, 1, rate=100e6).recording.rows
    assert copies_of(found) == [("f-1", "B", "A", 0.5, 1.0)]
    assert found.waits[wait].end_s == 1.0


def test_a_get_inside_a_task_lends_its_cpu_while_the_value_comes() -> None:
    tape = Tape(num_cpus=1)
    grid = tape.put()
    large(tape, grid, 100 * MB)
    outer = placed(tape, tape.submit("outer"), "it asks for node B")
    other = placed(tape, tape.submit("f"), "it asks for node B")
    tape.start(outer)
    wait = tape.wait(grid, task=outer)
    tape.returned(wait, 0)
    tape.at(0.5).finish(outer)
    tape.run_task(other, 0.5, 1.0)
    found = on(rows_of(tape), 1, 1, rate=100e6).recording.rows
    assert found.tasks[outer].blocked == [[0.0, 1.0]]
    assert starts(found)["f-1"] == ("B", 0.0)
    assert found.tasks[outer].end_s == 1.5


def test_calls_wait_for_the_inputs_of_those_before_them() -> None:
    tape = Tape(num_cpus=2)
    grid = tape.put()
    large(tape, grid, 100 * MB)
    pot = placed(tape, tape.actor("Pot", num_cpus=0.0), "it asks for node B")
    first, second = tape.call(pot, "add", grid), tape.call(pot, "add")
    tape.run_task(pot, 0.0, 0.25, worker=3)
    tape.append(events.ActorStarted(100.25, pot, 3))
    tape.run_task(first, 0.25, 0.5, worker=3)
    tape.run_task(second, 0.5, 0.75, worker=3)
    found = on(rows_of(tape), 1, 1, rate=100e6).recording.rows
    begun = [found.tasks[one].attempts[0].start_s for one in (pot, first, second)]
    assert begun == [0.0, 1.25, 1.5]


def test_what_copies_took_in_a_run_is_no_cost_of_its_own() -> None:
    tape = Tape(num_cpus=1)
    grid = tape.put()
    large(tape, grid, 100 * MB)
    tape.append(events.NodeAdded(100.0, "B", 1))
    warm, user = tape.submit("f"), tape.submit("f", grid)
    tape.run_task(warm, 0.0, 0.5)
    tape.append(events.ObjectCopied(101.5, (grid, 0), "A", "B", 100 * MB, 100.5, 101.5))
    tape.run_task(user, 1.5, 2.0)
    rows = rows_of(tape)
    assert program_of(rows).costs.next_s == 0.0


def test_a_wish_is_read_from_the_words_that_tell_of_it() -> None:
    assert wish_said("it asks for node B") == Wish("B")
    gone = "node lab, which it asks for, is gone, and A is the first node, and has room"
    assert wish_said(gone) == Wish("lab")
    spread = "tasks are spread, and A had the one before"
    assert wish_said(spread) == Wish(strategy=SPREAD)
    assert wish_said("A is the first node, and has room") == Wish()
    rows = rows_of(spread_tasks())
    assert [t.node for t in on(rows, 4, 4).recording.rows.tasks.values()] == [*"ABAB"]


def spread_tasks() -> Tape:
    tape = Tape(num_cpus=1)
    tasks = [placed(tape, tape.submit("f"), "tasks are spread, and …") for _ in "abcd"]
    for place, task in enumerate(tasks):
        tape.run_task(task, float(place), place + 1.0)
    return tape


def test_the_rate_of_a_run_is_that_of_its_own_copies() -> None:
    rows = rows_of(shared_put(2))
    assert rate_of(rows) == float("inf")
    assert rate_of(on(rows, 1, 1, rate=5e6).recording.rows) == pytest.approx(5e6)


def test_nodes_are_called_as_those_of_a_session() -> None:
    assert list(of_nodes(3, 2, 1.0).nodes.items()) == [("A", 2), ("B", 2), ("C", 2)]
    assert [*of_nodes(28, 1, 1.0).nodes][-2:] == ["N27", "N28"]
    labels = [of_nodes(1, 4, 1.0), of_nodes(2, 4, 1.0), Cluster({"A": 1, "B": 2})]
    assert [one.label for one in labels] == ["4", "2 x 4", "A 1 + B 2"]
    assert [one.words for one in labels] == [
        "4 CPUs",
        "2 nodes of 4 CPUs",
        "node A of 1 CPU and node B of 2 CPUs",
    ]


#: for each task: its inputs (by place), eighths of a second, megabytes it returns
graphs = st.lists(
    st.tuples(
        st.sets(st.integers(0, 9), max_size=3), st.integers(0, 8), st.integers(0, 3)
    ),
    min_size=1,
    max_size=12,
)
Graph = list[tuple[set[int], int, int]]


def one_by_one(graph: Graph) -> Rows:
    tape, numbers, now_s = Tape(num_cpus=1, workers=1), [], 0.0
    for place, (inputs, _, _) in enumerate(graph):
        numbers.append(tape.submit("f", *(numbers[i] for i in inputs if i < place)))
    for number, (_, eighths, size) in zip(numbers, graph, strict=True):
        tape.run_task(number, now_s, now_s + eighths / 8)
        now_s += eighths / 8
        if size:
            large(tape, number, size * MB)
    return rows_of(tape)


clusters = st.lists(st.integers(1, 3), min_size=2, max_size=3)


@given(graphs, clusters, st.sampled_from(POLICIES))
def test_without_a_network_the_bounds_hold_on_several_nodes(
    graph: Graph, cpus: list[int], policy: str
) -> None:
    rows = one_by_one(graph)
    found = on(rows, *cpus, policy=policy)
    work_s, span_s, total = cpu_work(program_of(rows)), strands.span(rows), sum(cpus)
    assert found.makespan_s >= max(span_s, work_s / total) - 1e-9
    assert found.makespan_s <= work_s / total + (1 - 1 / total) * span_s + 1e-9


@given(graphs, clusters, st.sampled_from(POLICIES))
def test_tasks_run_where_their_inputs_are_and_no_node_has_too_many(
    graph: Graph, cpus: list[int], policy: str
) -> None:
    rows = on(one_by_one(graph), *cpus, rate=4e6, policy=policy).recording.rows
    for node in rows.nodes.values():
        here = [task for task in rows.tasks.values() if task.node == node.id]
        moments = sorted(
            moment
            for task in here
            for moment in (
                (task.attempts[0].start_s, 1),
                (task.attempts[0].end_s or 0.0, -1),
            )
        )
        busy = 0
        for _, step in moments:
            busy += step
            assert busy <= node.num_cpus
    for task in rows.tasks.values():
        assert task.end == "done"
        for made in (rows.objects[key] for key in task.inputs):
            if made.shared:
                since = dict(map(tuple, made.copies))
                assert since[task.node] <= task.attempts[0].start_s + 1e-9
