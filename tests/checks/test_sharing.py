"""What the checks on order and on shared values accept and say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import rayteach as ray
from rayteach import checks as check
from rayteach.checks import Evidence, Problem
from rayteach.trace.tape import Tape

SOURCE = """\
a = load.remote()
b = clean.remote(a)
c = clean.remote(7)
"""


def asked(one: check.Check, tape: Tape, **evidence) -> Problem | None:
    return one.judge(Evidence(tape.rows(), **evidence))


def steps() -> Tape:
    tape = Tape(source=SOURCE)
    first = tape.submit("load", line=1)
    tape.submit("clean", first, line=2)
    return tape


def test_an_order_that_inputs_bind_is_one() -> None:
    assert asked(check.order("load", "clean"), steps()) is None
    assert asked(check.order("load-1", "clean-1"), steps()) is None


def test_a_task_that_waits_for_nobody_is_named_with_its_line() -> None:
    tape = steps()
    tape.submit("clean", line=3)
    found = asked(check.order("load", "clean"), tape)
    assert found is not None
    assert found.lines() == [
        "  expected  load before clean",
        "  your run  nothing makes clean-2 wait for load-1: it may run first",
        "  line 3    c = clean.remote(7)",
        "  try       give clean.remote(...) the ID that load.remote(...) returned",
    ]


def test_one_of_the_step_before_is_enough_unless_strictly() -> None:
    tape = Tape()
    loads = [tape.submit("load") for _ in range(2)]
    for load in loads:
        tape.submit("clean", load)
    assert asked(check.order("load", "clean"), tape) is None
    found = asked(check.order("load", "clean", strictly=True), tape)
    assert found is not None
    assert found.expected == "load before clean, each step whole before the next"
    assert found.found == "nothing makes clean-1 wait for load-2: it may run first"


def test_a_step_without_tasks_is_said() -> None:
    found = asked(check.order("load", "clean", "save"), steps())
    assert found is not None
    assert found.found == "started no task of save"


def test_an_actors_line_is_an_order() -> None:
    tape = Tape()
    pot, other = tape.actor("Pot"), tape.actor("Pot")
    tape.call(pot, "add")
    tape.call(pot, "read")
    assert asked(check.order("Pot.add", "Pot.read"), tape) is None
    tape.call(other, "read")
    assert asked(check.order("Pot.add", "Pot.read"), tape) is not None


def test_an_order_needs_two() -> None:
    with pytest.raises(ValueError, match=r"order\('load',\): name two or more"):
        check.order("load")


def test_an_answer_that_failed_is_not_asked_for_more() -> None:
    error = ValueError("no")
    assert asked(check.order("a", "b"), Tape(), error=error) is None
    assert asked(check.one_copy_of("grid"), Tape(), error=error) is None


@pytest.fixture(scope="module")
def session() -> Iterator[None]:
    ray.init(num_cpus=2)
    yield
    ray.shutdown()


@ray.remote
def use(grid, number):
    return len(grid) + number


@ray.remote
def use_hidden(boxed):
    return len(ray.get(boxed[0]))


def said(one: check.Check, run: ray.Run, **names) -> list[str]:
    found = one.judge(Evidence(run.rows, names))
    return [] if found is None else [found.found, found.advice]


@pytest.mark.usefixtures("session")
def test_one_put_whose_id_all_tasks_take_is_one_copy() -> None:
    with ray.observe() as run:
        grid = ray.put([1, 2])
        ray.get([use.remote(grid, n) for n in range(3)])
        ray.get(use_hidden.remote([grid]))
    assert said(check.one_copy_of("grid", at_least=4), run, grid=grid) == []
    assert said(check.one_copy_of(grid, function="use"), run) == []
    assert said(check.one_copy_of(grid, function="use_hidden", at_least=1), run) == []
    found = said(check.one_copy_of("grid", at_least=5), run, grid=grid)
    assert found[0] == "4 tasks took the ID"


@pytest.mark.usefixtures("session")
def test_a_result_that_tasks_take_is_one_copy_too() -> None:
    with ray.observe() as run:
        first = use.remote([1], 1)
        ray.get([use_hidden.remote([ray.put([1])]), *[pair(first) for _ in range(2)]])
    assert said(check.one_copy_of("first"), run, first=first) == []


def pair(first):
    @ray.remote
    def add(number):
        return number

    return add.remote(first)


@pytest.mark.usefixtures("session")
def test_a_value_in_place_of_an_id_is_called_so() -> None:
    with ray.observe() as run:
        grid = [1, 2]
        ray.get([use.remote(grid, n) for n in range(3)])
    assert said(check.one_copy_of("grid"), run, grid=grid) == [
        (
            "grid is a value (list), not an ID: each task that is given it gets a "
            "copy of its own"
        ),
        "grid = ray.put(...) once, and give grid to the tasks",
    ]
    assert said(check.one_copy_of("grid"), run) == [
        "there is no variable grid",
        "set grid",
    ]


@pytest.mark.usefixtures("session")
def test_tasks_that_were_given_the_value_after_all_are_counted() -> None:
    with ray.observe() as run:
        grid = ray.put([1, 2])
        ray.get([use.remote(grid, 0), use.remote([1, 2], 1)])
    found = said(check.one_copy_of("grid", function="use"), run, grid=grid)
    assert found == [
        f"1 task of use took the ID, {run.tasks[1].label} did not",
        "give grid itself as an argument, not its value: f.remote(grid, ...)",
    ]


@pytest.mark.usefixtures("session")
def test_a_put_for_each_task_is_many_copies() -> None:
    with ray.observe() as run:
        for number in range(3):
            grid = ray.put([1, 2])
            ray.get(use.remote(grid, number))
    found = said(check.one_copy_of("grid", at_least=1), run, grid=grid)
    assert found[0].endswith("puts a value 3 times: that makes 3 copies")
    assert found[1] == "call ray.put once, before the loop"


def test_only_a_name_or_an_id_can_be_asked_about() -> None:
    with pytest.raises(TypeError, match=r"one_copy_of\(list\): give the ID"):
        check.one_copy_of([1, 2])  # type: ignore[arg-type]
