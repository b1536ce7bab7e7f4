"""What each check accepts, and what it says when it does not."""

from __future__ import annotations

import pickle

import pytest

from rayteach import checks as check
from rayteach.checks import CheckFailedError, Evidence
from rayteach.trace.views.rows import ActorRow


def problem(asked, program, **evidence):
    return asked.judge(Evidence(program.rows, **evidence))


def test_four_tasks_before_one_get_are_parallel(fan) -> None:
    assert problem(check.parallel(at_least=4), fan) is None


def test_a_get_in_every_turn_is_not_parallel(loop) -> None:
    found = problem(check.parallel(at_least=4), loop)
    assert found.found == (
        "at most 1 could run at the same time: "
        "line 3 waits before the next task is started"
    )
    assert found.line == 3


def test_too_few_tasks_blame_no_line(program) -> None:
    program.get(2, program.submit(1))
    assert problem(check.parallel(at_least=2), program).line == 0


def test_a_get_after_the_loop_is_none_inside(fan) -> None:
    assert problem(check.no_get_in_loop(), fan) is None


def test_a_get_in_the_loop_is_named_with_its_line(loop) -> None:
    found = problem(check.no_get_in_loop(), loop)
    assert found.found.startswith("a get inside the loop: 4 times; line 3")
    assert found.source.strip() == "out.append(ray.get(f.remote(n)))"
    assert "after the loop" in found.advice


def test_no_task_at_all_is_said(program) -> None:
    found = problem(check.started("f", at_least=4), program)
    assert found.found == "started no task"
    assert found.expected == "at least 4 calls of f.remote(...)"


def test_tasks_of_another_function_do_not_count(fan) -> None:
    assert problem(check.started("g"), fan).found == "started no task"
    assert problem(check.started("f", at_least=5), fan).found == "started 4 tasks of f"


def test_a_direct_call_is_recognised(program) -> None:
    error = TypeError("g-1 raised TypeError: f is a remote function: call f.remote()")
    found = problem(
        check.started("g"),
        program,
        error=error,
        error_line=7,
        error_source="x = f(1)\n",
    )
    assert "f was called directly" in found.found
    assert found.line == 7


def test_a_tasks_own_type_error_is_no_direct_call(program) -> None:
    class TaskTypeError(TypeError):
        """As a task's error arrives: of both types, with the lines of the code."""

    error = TaskTypeError("f-1 failed\n  x = g.remote(1)")
    assert problem(check.started(), program, error=error) is None


def test_a_missing_argument_is_no_direct_call(program) -> None:
    error = TypeError("f.remote(): missing a required argument: 'x'")
    assert problem(check.started("f"), program, error=error) is None


def test_another_error_is_left_to_itself(program) -> None:
    asked = check.all_of(
        check.started(), check.parallel(at_least=2), check.result("x", 1)
    )
    assert problem(asked, program, error=ZeroDivisionError()) is None


class ObjectID:
    """Named like the real one, which a check knows by its name."""


@pytest.mark.parametrize(
    ("names", "part"),
    [
        ({}, "there is no variable x"),
        ({"x": [2, 1]}, "the right values in another order"),
        ({"x": [1, 3]}, "x is [1, 3]"),
        ({"x": [ObjectID(), ObjectID()]}, "x holds object IDs"),
    ],
)
def test_a_wrong_result_is_described(program, names, part) -> None:
    assert part in problem(check.result("x", [1, 2]), program, names=names).found


def test_a_right_result_is_accepted(program) -> None:
    assert problem(check.result("x", [1, 2]), program, names={"x": [1, 2]}) is None


def test_an_own_question_can_be_asked(fan) -> None:
    few = check.that(
        lambda evidence: len(evidence.rows.tasks) < 3, expected="fewer than 3 tasks"
    )
    assert problem(few, fan).expected == "fewer than 3 tasks"


def test_checks_combine_and_the_first_problem_counts(loop) -> None:
    both = check.no_get_in_loop() & check.parallel(at_least=4)
    assert problem(both, loop).expected == check.no_get_in_loop().expected


def test_verify_raises_with_every_part_of_the_message(loop) -> None:
    with pytest.raises(CheckFailedError) as caught:
        check.verify(loop, check.no_get_in_loop(), title="slow-loop")
    lines = str(caught.value).splitlines()
    assert lines[0] == "slow-loop: not yet."
    assert [line[:12].strip() for line in lines[1:]] == [
        "expected",
        "your run",
        "line 3",
        "try",
    ]
    assert lines[3].endswith("    out.append(ray.get(f.remote(n)))")


def test_verify_takes_a_run_or_its_rows(fan) -> None:
    check.verify(fan, check.parallel(at_least=4))
    check.verify(fan.rows, check.parallel(at_least=4))


def test_a_failed_check_is_an_assertion_and_pickles(loop) -> None:
    with pytest.raises(AssertionError) as caught:
        check.verify(loop, check.no_get_in_loop())
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_mistake_is_named_in_its_own_words(loop) -> None:
    known = check.mistake(
        lambda evidence: len(evidence.rows.waits) > 3, "four gets", advice="one get"
    )
    found = problem(known & check.parallel(at_least=4), loop)
    assert found.lines() == ["  your run  four gets", "  try       one get"]


def test_a_mistake_can_point_at_the_row_that_shows_it(loop) -> None:
    known = check.mistake(lambda evidence: evidence.rows.waits[2], "a get too many")
    assert problem(known, loop).line == 3


def test_a_mistake_that_was_not_made_says_nothing(fan) -> None:
    assert problem(check.mistake(lambda _: False, "never"), fan) is None
    assert problem(check.mistake(lambda _: None, "never"), fan) is None
    both = check.mistake(lambda _: False, "never") & check.gets(at_most=1)
    assert both.expected == "at most 1 get in the cell"


def test_a_mistake_is_known_by_its_error(program) -> None:
    known = check.raised(ValueError, "the array is read-only", saying="read-only")
    error = ValueError("assignment destination is read-only")
    found = problem(known, program, error=error, error_line=5, error_source="a[0] = 1")
    assert (found.found, found.line) == ("the array is read-only", 5)
    assert problem(known, program, error=ValueError("no")) is None
    assert problem(known, program, error=KeyError("read-only")) is None
    assert problem(known, program) is None


def test_chains_have_a_depth(program) -> None:
    first, second = program.submit(1), program.submit(2)
    program.rows.tasks[second].inputs = [f"{first}.0"]
    assert problem(check.depth(at_least=2, at_most=2), program) is None
    found = problem(check.depth(at_most=1), program)
    assert found.found == "the longest chain has 2 tasks"
    assert "side by side" in found.advice
    assert "the IDs" in problem(check.depth(at_least=3), program).advice
    assert check.depth(at_least=2, at_most=2).expected.endswith(": exactly 2")


def test_gets_of_the_cell_are_counted(loop) -> None:
    found = problem(check.gets(at_most=1), loop)
    assert found.found == "4 gets, the first in line 3"
    assert problem(check.gets(at_most=4), loop) is None


def test_ids_must_be_given_themselves(program) -> None:
    first = program.submit(1)
    program.submit(2, "g")
    found = problem(check.takes_ids("g"), program)
    assert found.found == (
        "0 tasks of g got an ID, 1 got values or IDs hidden in a list"
    )
    assert found.line == 2
    program.rows.tasks[2].inputs = [f"{first}.0"]
    assert problem(check.takes_ids("g"), program) is None


def test_actors_and_waits_are_counted(program) -> None:
    assert problem(check.actors("A", at_least=1, at_most=2), program).found == (
        "made 0 actors"
    )
    program.rows.actors[1] = ActorRow(1, "A-1", "A", "[1]", 1, 0.0)
    assert problem(check.actors("A"), program) is None
    assert problem(check.actors("B"), program).expected == "actors of B: at least 1"
    assert problem(check.waits(), program).found == "0 calls of it"
    program.get(3, program.submit(2))
    program.rows.waits[1].kind = "wait"
    assert problem(check.waits(), program) is None
