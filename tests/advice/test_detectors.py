"""Each pattern: a bad run in which it is found, a good one in which nothing is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rayteach.advice import Advice, advise
from rayteach.core import events
from rayteach.trace.recording import Recording
from rayteach.trace.tape import Tape

SOURCE = "\n".join(f"line {number}" for number in range(1, 20))


def advised(tape: Tape) -> list[Advice]:
    recording = Recording(tape.events(), tape.origin_s)
    return advise(recording.rows, recording.events())


def tape(cpus: int = 2, source: str = SOURCE) -> Tape:
    return Tape(num_cpus=cpus, workers=cpus, cell="[3]", source=source)


def get_in_loop() -> Tape:
    made = tape()
    for turn in range(4):
        task = made.at(turn / 4).submit("f", line=4)
        wait = made.wait(task, line=5)
        made.run_task(task, turn / 4, turn / 4 + 0.25)
        made.returned(wait, 0)
    return made


def get_after_loop() -> Tape:
    made = tape()
    tasks = [made.submit("f", line=4) for _ in range(4)]
    wait = made.wait(*tasks, line=5)
    for place, task in enumerate(tasks):
        start_s = place // 2 / 4
        made.run_task(task, start_s, start_s + 0.25, worker=1 + place % 2)
    made.at(0.5).returned(wait, 0, 1, 2, 3)
    return made


def rounds_of_two() -> Tape:
    """Each round starts as many tasks as there are CPUs and needs their results."""
    made = tape()
    for turn in range(4):
        tasks = [made.at(turn / 4).submit("f", line=4) for _ in range(2)]
        wait = made.wait(*tasks, line=5)
        for worker, task in enumerate(tasks, 1):
            made.run_task(task, turn / 4, turn / 4 + 0.25, worker)
        made.returned(wait, 0, 1)
    return made


def get_too_early() -> Tape:
    made = tape()
    first = made.submit("load", line=2)
    wait = made.wait(first, line=3)
    made.run_task(first, 0.0, 0.5)
    made.returned(wait, 0)
    second = made.submit("other", line=4)
    wait = made.wait(second, line=5)
    made.run_task(second, 0.5, 1.0)
    made.returned(wait, 0)
    return made


def get_at_the_end() -> Tape:
    made = tape()
    first, second = made.submit("load", line=2), made.submit("other", line=3)
    wait = made.wait(first, second, line=4)
    made.run_task(first, 0.0, 0.5, worker=1)
    made.run_task(second, 0.0, 0.5, worker=2)
    made.returned(wait, 0, 1)
    return made


def order_of_results() -> Tape:
    """The first of three takes a second; each result is worked on for 0.25 s."""
    made = tape(3)
    tasks = [made.submit("f", line=2) for _ in range(3)]
    wait = made.wait(tasks[0], line=4)
    for worker, (task, end_s) in enumerate(zip(tasks, (1.0, 0.1, 0.1), strict=True), 1):
        made.at(0.0).start(task, worker)
        made.at(end_s).finish(task)
    made.at(1.0).returned(wait, 0)
    for place in (1, 2):
        wait = made.at(1.0 + place / 4).wait(tasks[place], line=4)
        made.returned(wait, 0)
    return made


def order_of_completion() -> Tape:
    made = tape(3)
    left = [made.submit("f", line=2) for _ in range(3)]
    wait = made.wait(*left, kind="wait", num_returns=1, line=4)
    ends = {left[0]: 1.0, left[1]: 0.1, left[2]: 0.35}
    for worker, task in enumerate(list(left), 1):
        made.at(0.0).start(task, worker)
        made.at(ends[task]).finish(task)
    for task in sorted(left, key=ends.__getitem__):
        made.at(ends[task]).returned(wait, left.index(task))
        get = made.wait(task, line=5)
        made.returned(get, 0)
        left.remove(task)
        if left:
            made.at(ends[task] + 0.2)
            wait = made.wait(*left, kind="wait", num_returns=1, line=4)
    return made


def returned_ids() -> Tape:
    made = tape()
    outer = made.submit("outer", line=2)
    wait = made.wait(outer, line=3)
    made.start(outer)
    inner = made.submit("f", parent=outer)
    made.at(0.1).finish(outer)
    made.returned(wait, 0)
    wait = made.wait(inner, line=3)
    made.run_task(inner, 0.1, 0.2)
    made.returned(wait, 0)
    return made


def returned_values() -> Tape:
    made = tape()
    outer = made.submit("outer", line=2)
    wait = made.wait(outer, line=3)
    made.start(outer)
    inner = [made.submit("f", parent=outer) for _ in range(2)]
    inside = made.wait(*inner, task=outer)
    made.block(outer)
    for task, worker in zip(inner, (2, 3), strict=True):
        made.run_task(task, 0.0, 0.5, worker)
    made.returned(inside, 0, 1)
    made.resume(outer)
    made.at(0.6).finish(outer)
    made.returned(wait, 0)
    return made


def tiny(count: int = 200, took_s: float = 0.0001) -> Tape:
    """Tasks whose hand-over takes a millisecond each."""
    made = tape(1)
    tasks = [made.submit("f", line=2) for _ in range(count)]
    wait = made.wait(*tasks, line=3)
    step_s = took_s + 0.001
    for place, task in enumerate(tasks):
        made.run_task(task, place * step_s, place * step_s + took_s)
    made.returned(wait, *range(count))
    return made


def batches() -> Tape:
    return tiny(4, 0.05)


def in_flight(count: int = 5000) -> Tape:
    made = tape()
    for _ in range(count):
        made.submit("f", line=2)
    return made


def puts_for_one() -> Tape:
    made = tape()
    for _ in range(4):
        put = made.put(line=2)
        made.run_task(made.submit("f", put, line=2), 0.0, 0.1)
    return made


def put_for_all() -> Tape:
    made = tape()
    put = made.put(line=2, size_bytes=10**6)
    for _ in range(4):
        made.run_task(made.submit("f", put, line=3), 0.0, 0.1)
    return made


def idle_parent() -> Tape:
    made = tape()
    outer = made.submit("outer", line=2)
    made.start(outer)
    inner = made.submit("f", parent=outer)
    wait = made.wait(inner, task=outer)
    made.block(outer)
    made.run_task(inner, 0.0, 0.5, worker=2)
    made.returned(wait, 0)
    made.resume(outer)
    made.at(0.51).finish(outer)
    return made


def one_counter(callers: int = 10) -> Tape:
    """Tasks of 10 ms that each spend 50 ms in the same actor."""
    made = tape(4)
    pot = made.actor("Pot", line=2, num_cpus=0)
    made.run_task(pot, 0.0, 0.01, worker=9)
    made.append(events.ActorStarted(100.01, pot, 9))
    tasks = [made.at(0.01).submit("f", line=3) for _ in range(callers)]
    calls = [made.call(pot, "add", task, line=4) for task in tasks]
    for place, task in enumerate(tasks):
        start_s = 0.01 + place // 4 * 0.01
        made.run_task(task, start_s, start_s + 0.01, worker=1 + place % 4)
    for place, call in enumerate(calls):
        made.run_task(call, 0.02 + place * 0.05, 0.07 + place * 0.05, worker=9)
    return made


def light_counter() -> Tape:
    """The tasks take long, the actor's calls do not."""
    made = tape(2)
    pot = made.actor("Pot", line=2, num_cpus=0)
    made.run_task(pot, 0.0, 0.01, worker=9)
    tasks = [made.at(0.01).submit("f", line=3) for _ in range(10)]
    calls = [made.call(pot, "add", task, line=4) for task in tasks]
    for place, (task, call) in enumerate(zip(tasks, calls, strict=True)):
        start_s = 0.01 + place // 2 * 0.1
        made.run_task(task, start_s, start_s + 0.1, worker=1 + place % 2)
        late_s = start_s + 0.1 + place % 2 / 500
        made.run_task(call, late_s, late_s + 0.002, worker=9)
    return made


def with_code(source: str) -> Tape:
    made = tape(source=source)
    made.run_task(made.submit("f", line=1), 0.0, 0.1)
    return made


def global_state() -> Tape:
    return with_code(
        "%load_ext rayteach\ncount = 0\n\n@ray.remote\ndef f():\n    global count\n"
        "    count += 1\n    return count\n\nray.get(f.remote())"
    )


def state_in_an_actor() -> Tape:
    return with_code(
        "LIMIT = 3\n@ray.remote(num_cpus=0)\nclass C:\n    def f(self):\n"
        "        global LIMIT\n        LIMIT = 4\n        self.n = LIMIT\n"
        "def plain():\n    global LIMIT\n    LIMIT = 5\n@ray.remote\ndef f():\n"
        "    return LIMIT"
    )


def defined_in_loop() -> Tape:
    return with_code(
        "for n in range(3):\n    @ray.remote\n    def f():\n        return n\n"
        "    ray.get(f.remote())"
    )


def defined_before() -> Tape:
    return with_code(
        "@ray.remote\ndef f(n):\n    for _ in range(3):\n        def g():\n"
        "            return n\n    return g()\nfor n in range(3):\n    f.remote(n)\n"
        "this is no (Python"
    )


PAIRS: list[tuple[str, int, Callable[[], Tape], Callable[[], Tape]]] = [
    ("get in a loop", 5, get_in_loop, get_after_loop),
    ("get in a loop", 5, get_in_loop, rounds_of_two),
    ("get too early", 3, get_too_early, get_at_the_end),
    ("order of results", 4, order_of_results, order_of_completion),
    ("returned IDs", 3, returned_ids, returned_values),
    ("tiny tasks", 2, tiny, batches),
    ("many tasks in flight", 2, in_flight, lambda: in_flight(100)),
    ("unneeded put", 2, puts_for_one, put_for_all),
    ("get of one nested task", 1, idle_parent, returned_values),
    ("actor as bottleneck", 4, one_counter, light_counter),
    ("global state", 7, global_state, state_in_an_actor),
    ("remote function defined in a loop", 3, defined_in_loop, defined_before),
]


@pytest.mark.parametrize(("pattern", "line", "bad", "good"), PAIRS)
def test_the_pattern_is_found_where_it_is_and_nowhere_else(
    pattern: str, line: int, bad: Callable[[], Tape], good: Callable[[], Tape]
) -> None:
    assert [(one.pattern, one.line) for one in advised(bad())] == [(pattern, line)]
    assert advised(good()) == []


def test_the_cost_is_what_the_better_form_saves() -> None:
    (found,) = advised(get_in_loop())
    assert found.cost_s == pytest.approx(0.5)
    (found,) = advised(get_too_early())
    assert found.cost_s == pytest.approx(0.5)
    (found,) = advised(order_of_results())
    assert found.cost_s == pytest.approx(0.5)


def test_advice_says_where_what_it_cost_and_what_to_do() -> None:
    (found,) = advised(get_in_loop())
    assert str(found).splitlines() == [
        (
            "get in a loop (cell [3], line 5): 4 times a task was started and waited "
            "for before the next could start. It cost about 0.50 s."
        ),
        "    line 5",
        f"  Better: {found.better}.",
    ]


def test_the_dearest_advice_comes_first() -> None:
    made = get_in_loop()
    for turn in range(4):
        start_s = 1.0 + turn * 0.3125
        task = made.at(start_s).submit("g", line=7)
        wait = made.wait(task, line=8)
        made.run_task(task, start_s, start_s + 0.3125)
        made.returned(wait, 0)
    assert [one.line for one in advised(made)] == [8, 5]


def test_a_run_of_nothing_and_one_that_goes_on_get_no_advice() -> None:
    assert advised(tape()) == []
    made = tape()
    made.start(made.submit("f"))
    assert advised(made) == []
