"""Results handled as they come, and tasks in flight: what the checks tell apart."""

from __future__ import annotations

from rayteach import checks as check
from rayteach.checks import Evidence
from rayteach.trace.views.rows import WaitRow


def wait(program, tasks: list[int], ready: list[int], num_returns: int = 1) -> None:
    program.get(7, *tasks)
    row: WaitRow = program.rows.waits[len(program.rows.waits)]
    row.kind, row.num_returns = "wait", num_returns
    row.outcome = ["ready" if task in ready else "pending" for task in tasks]


def found(program, asked: check.Check) -> str:
    problem = asked.judge(Evidence(program.rows))
    return "" if problem is None else problem.found


def test_results_got_after_a_wait_returned_them_come_as_they_come(program) -> None:
    first, second = program.submit(3), program.submit(3)
    wait(program, [first, second], [second])
    program.get(8, second)
    wait(program, [first], [first])
    program.get(8, first)
    assert not found(program, check.as_they_come())


def test_one_get_for_all_is_told(fan) -> None:
    assert "one get waits for all 4" in found(fan, check.as_they_come())


def test_a_loop_over_the_list_is_told(loop) -> None:
    assert "in the order of the list" in found(loop, check.as_they_come())


def test_a_wait_for_all_is_told(program) -> None:
    tasks = [program.submit(3), program.submit(3)]
    wait(program, tasks, tasks, num_returns=2)
    assert "a wait asks for all 2" in found(program, check.as_they_come())


def test_two_in_flight_are_two_in_flight(program) -> None:
    first, second = program.submit(3), program.submit(3)
    wait(program, [first, second], [first])
    third = program.submit(5)
    program.get(9, second, third)
    assert check.most_in_flight(program.rows) == 2
    assert not found(program, check.in_flight(at_most=2))


def test_too_many_in_flight_are_told(fan) -> None:
    assert found(fan, check.in_flight(at_most=2)) == "4 tasks in flight at once"


def test_too_few_in_flight_are_told(loop) -> None:
    assert "never more than 1" in found(loop, check.in_flight(at_most=2))


def test_a_batch_before_the_next_start_is_told_with_its_line(program) -> None:
    for _ in range(2):
        program.get(6, program.submit(3), program.submit(3))
    assert "line 6 waits for a whole batch of 2" in found(
        program, check.in_flight(at_most=2)
    )
