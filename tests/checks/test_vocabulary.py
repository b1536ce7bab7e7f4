"""What each check accepts, and what it says when it does not."""

from __future__ import annotations

import pickle

import pytest

from rayteach import checks as check
from rayteach.checks import CheckFailedError, Evidence


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
    assert found.found.startswith("a get inside the loop: 4 times line 3")
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
    error = TypeError("f is a remote function; write f.remote(...)")
    found = problem(
        check.started("f"),
        program,
        error=error,
        error_line=7,
        error_source="x = f(1)\n",
    )
    assert "f was called directly" in found.found
    assert found.line == 7


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
