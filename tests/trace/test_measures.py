"""Every question about a run: exact on known graphs, and against brute force."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayteach.api.run import Run
from rayteach.core import events
from rayteach.trace import idle
from rayteach.trace.recording import Recording
from rayteach.trace.tape import Tape


def asked(tape: Tape) -> Run:
    return Run(Recording(tape.events(), tape.origin_s))


def labels(tasks: list) -> list[str]:
    return [task.label for task in tasks]


def chain() -> Run:
    """f takes 0.1 s, g needs it and takes 0.2 s, h needs that and takes 0.3 s."""
    tape = Tape(num_cpus=2)
    f = tape.submit("f")
    g = tape.submit("g", f)
    h = tape.submit("h", g)
    for task, start_s, end_s in ((f, 0.0, 0.125), (g, 0.125, 0.375), (h, 0.375, 0.75)):
        tape.run_task(task, start_s, end_s)
    return asked(tape)


def fan() -> Run:
    """Four tasks of 0.25 s on two workers, and a get of all."""
    tape = Tape(num_cpus=2)
    tasks = [tape.submit("f") for _ in range(4)]
    wait = tape.wait(*tasks, line=3)
    for place, task in enumerate(tasks):
        start_s = place // 2 * 0.25
        tape.run_task(task, start_s, start_s + 0.25, worker=1 + place % 2)
    tape.at(0.5).returned(wait, 0, 1, 2, 3)
    return asked(tape)


def tree() -> Run:
    """Four leaves, two joins, one root: each 0.25 s, on four CPUs."""
    tape = Tape(num_cpus=4, workers=4)
    leaves = [tape.submit("leaf") for _ in range(4)]
    joins = [tape.submit("join", *leaves[i : i + 2]) for i in (0, 2)]
    root = tape.submit("join", *joins)
    for level, tasks in enumerate((leaves, joins, [root])):
        for worker, task in enumerate(tasks, 1):
            tape.run_task(task, level * 0.25, level * 0.25 + 0.25, worker)
    return asked(tape)


def diamond() -> Run:
    """A task, two that need it (0.25 s and 0.5 s), one that needs both."""
    tape = Tape(num_cpus=2)
    top = tape.submit("top")
    left, right = tape.submit("left", top), tape.submit("right", top)
    bottom = tape.submit("bottom", left, right)
    tape.run_task(top, 0.0, 0.25)
    tape.run_task(left, 0.25, 0.5, worker=1)
    tape.run_task(right, 0.25, 0.75, worker=2)
    tape.run_task(bottom, 0.75, 1.0)
    return asked(tape)


def two_actors() -> Run:
    """Each made in 0.25 s, then two calls of 0.25 s at each."""
    tape = Tape(num_cpus=2)
    actors = [tape.actor("Pot"), tape.actor("Pot")]
    for actor, worker in zip(actors, (3, 4), strict=True):
        tape.run_task(actor, 0.0, 0.25, worker)
        tape.append(events.ActorStarted(100.25, actor, worker))
    tape.at(0.0)
    calls = [tape.call(actor, "add") for actor in actors for _ in range(2)]
    for place, call in enumerate(calls):
        start_s = 0.25 + place % 2 * 0.25
        tape.run_task(call, start_s, start_s + 0.25, worker=3 + place // 2)
    return asked(tape)


def straggler() -> Run:
    """Five tasks of 0.25 s and one of a whole second, on two workers."""
    tape = Tape(num_cpus=2)
    tasks = [tape.submit("f") for _ in range(6)]
    wait = tape.wait(*tasks)
    for place, task in enumerate(tasks[:5]):
        tape.run_task(task, place * 0.25, place * 0.25 + 0.25, worker=1)
    tape.run_task(tasks[5], 0.25, 1.25, worker=2)
    tape.at(1.25).returned(wait, *range(6))
    return asked(tape)


@pytest.mark.parametrize(
    ("run", "expected"),
    # work, span, makespan, depth, width, most and mean in parallel, use of CPUs
    [
        (chain(), (0.75, 0.75, 0.75, 3, 1, 1, 1.0, 0.5)),
        (fan(), (1.0, 0.25, 0.5, 1, 4, 2, 4.0, 1.0)),
        (tree(), (1.75, 0.75, 0.75, 3, 4, 4, 7 / 3, 7 / 12)),
        (diamond(), (1.25, 1.0, 1.0, 3, 2, 2, 1.25, 0.625)),
        (two_actors(), (1.5, 0.75, 0.75, 1, 2, 2, 2.0, 1.0)),
        (straggler(), (2.25, 1.0, 1.25, 1, 6, 2, 2.25, 0.9)),
        (asked(Tape()), (0.0, 0.0, 0.0, 0, 0, 0, 0.0, 0.0)),
    ],
    ids=["chain", "fan", "tree", "diamond", "two actors", "straggler", "nothing"],
)
def test_known_graphs_have_known_numbers(run: Run, expected: tuple) -> None:
    found = (
        *(run.work, run.span, run.makespan, run.depth, run.width),
        *(run.max_parallelism, run.mean_parallelism, run.cpu_use),
    )
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("run", "path"),
    [
        (chain(), ["f-1", "g-1", "h-1"]),
        (tree(), ["leaf-1", "join-1", "join-3"]),
        (diamond(), ["top-1", "right-1", "bottom-1"]),
        (two_actors(), ["Pot-1", "Pot-1.add-1", "Pot-1.add-2"]),
        (straggler(), ["f-6"]),
    ],
)
def test_known_graphs_have_known_critical_paths(run: Run, path: list[str]) -> None:
    assert labels(run.critical_path) == path


def test_idle_times_have_causes() -> None:
    def told(run: Run) -> list[tuple[float, float, float, str]]:
        return [(i.start_s, i.end_s, i.cpus, i.cause) for i in run.idle_intervals]

    assert told(chain()) == [
        (0.0, 0.375, 1.0, idle.NEEDS_INPUT),
        (0.375, 0.75, 1.0, idle.AFTER),
    ]
    assert told(fan()) == []
    assert told(tree()) == [
        (0.25, 0.5, 2.0, idle.NEEDS_INPUT),
        (0.5, 0.75, 3.0, idle.AFTER),
    ]
    assert told(straggler()) == [(0.0, 0.25, 1.0, idle.HANDING_OVER)]


def test_a_get_after_each_task_leaves_cpus_idle() -> None:
    tape = Tape(num_cpus=2)
    for turn in range(2):
        task = tape.at(turn).submit("f")
        tape.start(task)
        wait = tape.wait(task)
        tape.at(turn + 0.5).finish(task)
        tape.returned(wait, 0)
    assert [
        (i.start_s, i.end_s, i.cpus, i.cause) for i in asked(tape).idle_intervals
    ] == [
        (0.0, 0.5, 1.0, idle.IN_GET),
        (0.5, 1.0, 2.0, idle.OWN_CODE),
        (1.0, 1.5, 1.0, idle.AFTER),
    ]


def test_cpus_wait_for_a_task_that_needs_more_of_them() -> None:
    tape = Tape(num_cpus=2)
    small, large = tape.submit("f"), tape.submit("g", num_cpus=2)
    tape.run_task(small, 0.0, 0.5)
    tape.run_task(large, 0.5, 1.0)
    (interval,) = asked(tape).idle_intervals
    assert (interval.cause, interval.end_s) == (idle.TOO_LARGE, 0.5)


def test_cpus_wait_while_the_only_task_is_blocked() -> None:
    tape = Tape(num_cpus=1)
    outer = tape.submit("outer")
    tape.start(outer)
    tape.at(0.25).block(outer)
    tape.at(0.5).resume(outer)
    tape.at(0.75).finish(outer)
    (interval,) = asked(tape).idle_intervals
    assert (interval.start_s, interval.end_s) == (0.25, 0.5)
    assert interval.cause == idle.BLOCKED


def test_parallelism_and_queue_length_at_a_moment() -> None:
    run = two_actors()
    assert [run.parallelism_at(t) for t in (0.0, 0.25, 0.4, 0.75)] == [0, 2, 2, 0]
    assert [run.queue_length("Pot-1", t) for t in (0.0, 0.25, 0.5)] == [2, 1, 0]
    assert run.queue_length(run.actors[1].id, 0.1) == 2
    with pytest.raises(ValueError, match="no actor 'Pan'.*: Pot-1, Pot-2"):
        run.queue_length("Pan", 0.0)


def test_a_straggler_is_named_and_equal_tasks_are_none() -> None:
    assert labels(straggler().stragglers) == ["f-6"]
    assert fan().stragglers == []


def test_waits_say_what_was_ready_held_and_pending() -> None:
    tape = Tape()
    tasks = [tape.submit("f") for _ in range(3)]
    wait = tape.wait(*tasks, kind="wait", num_returns=1, line=4)
    for task in tasks[:2]:
        tape.run_task(task, 0.0, 0.25)
    tape.at(0.5).returned(wait, 0)
    (seen,) = asked(tape).waits
    assert (seen.ready, seen.held, seen.pending) == (("f-1",), ("f-2",), ("f-3",))
    assert (seen.kind, seen.line, seen.caller) == ("wait", 4, "")


def test_gets_inside_a_loop_are_listed() -> None:
    tape = Tape()
    for turn in range(3):
        tape.at(turn).get(tape.submit("f"), line=2, until_s=turn + 0.5)
    assert [wait.line for wait in asked(tape).gets_inside_loop()] == [2, 2]


def test_copies_and_transfers_tell_where_objects_lie() -> None:
    tape = Tape()
    made = tape.put(size_bytes=10)
    tape.append(events.NodeAdded(100.0, "B", 2.0))
    key = (made, 0)
    tape.append(events.ObjectCopied(100.5, key, "A", "B", 10, 100.25, 100.5))
    tape.append(events.ObjectSpilled(100.6, key, 10))
    run = asked(tape)
    assert run.copies == {"put-1": 2}
    (one,) = run.transfers
    assert (one.source, one.target, one.size_bytes) == ("A", "B", 10)
    assert (one.start_s, one.end_s) == (0.25, 0.5)


#: for each task: its inputs (by place) and how many eighths of a second it takes
graphs = st.lists(
    st.tuples(st.sets(st.integers(0, 9), max_size=3), st.integers(0, 8)), max_size=10
)
Graph = list[tuple[set[int], int]]


def recorded(graph: Graph, cpus: int) -> tuple[Run, list[tuple[float, float]]]:
    """Return a run of the graph by a list scheduler, and when each task ran."""
    tape = Tape(num_cpus=cpus, workers=cpus)
    numbers: list[int] = []
    times: list[tuple[float, float]] = []
    free = [0.0] * cpus
    for place, (inputs, eighths) in enumerate(graph):
        known = [i for i in inputs if i < place]
        numbers.append(tape.at(0.0).submit("f", *(numbers[i] for i in known)))
        ready_s = max((times[i][1] for i in known), default=0.0)
        worker = free.index(min(free))
        start_s = max(ready_s, free[worker])
        free[worker] = start_s + eighths / 8
        times.append((start_s, free[worker]))
        tape.run_task(numbers[-1], start_s, free[worker], worker + 1)
    return asked(tape), times


@given(graphs, st.integers(1, 4))
def test_work_span_and_parallelism_equal_brute_force(graph: Graph, cpus: int) -> None:
    run, times = recorded(graph, cpus)
    assert run.work == sum(eighths for _, eighths in graph) / 8
    done: list[float] = []
    for place, (inputs, eighths) in enumerate(graph):
        done.append(
            max([done[i] for i in inputs if i < place], default=0) + eighths / 8
        )
    assert run.span == max(done, default=0.0)
    path = [task.id - 1 for task in run.critical_path]
    assert sum(graph[place][1] for place in path) / 8 == run.span
    assert all(one in graph[other][0] for one, other in pairwise(path))
    moments = sorted({time for pair in times for time in pair})
    seen = [sum(a <= t < b for a, b in times) for t in moments]
    assert run.max_parallelism == max(seen, default=0)
    assert [run.parallelism_at(t) for t in moments] == seen
    assert max(run.span, run.work / cpus) <= run.makespan


@given(graphs, st.integers(1, 4))
def test_idle_and_used_time_are_all_the_time_there_is(graph: Graph, cpus: int) -> None:
    run, _ = recorded(graph, cpus)
    away = sum(i.cpus * (i.end_s - i.start_s) for i in run.idle_intervals)
    assert away + run.work == pytest.approx(cpus * run.makespan)
    for one, other in pairwise(run.idle_intervals):
        assert one.end_s <= other.start_s
