"""Lesson 1: what its checks say to right and wrong answers, on real workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from rayteach.checks import CheckFailedError
from rayteach.notebook import course as courses
from rayteach.notebook.course import Course

FOLDER = Path(__file__).parents[2] / "notebooks"
COURSE = Course.load(FOLDER)

SQUARE = """%%check slow-loop
@ray.remote
def slow_square(n):
    return n * n

squares = []
"""


@pytest.fixture(autouse=True)
def in_the_course(monkeypatch) -> None:
    monkeypatch.chdir(FOLDER / "tutorial")


def solved(name: str) -> str:
    return COURSE.solved(COURSE.exercises[name])


def problem(ip, cell: str):
    error = ip.run_cell(cell, store_history=True).error_in_exec
    assert isinstance(error, CheckFailedError), error
    return error.problem


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("slow-loop", "slow_square was called directly"),
        ("in-order", "a get inside the loop: 4 times"),
    ],
)
def test_the_unsolved_exercise_fails_by_the_name_of_its_mistake(
    ip, name, mistake
) -> None:
    assert mistake in problem(ip, courses.unsolved(solved(name))).found


def test_a_get_in_the_loop_is_told_with_its_line(ip) -> None:
    loop = "for n in range(4):\n    squares.append(ray.get(slow_square.remote(n)))"
    found = problem(ip, SQUARE + loop)
    assert found.found.startswith("a get inside the loop: 4 times line 8")
    assert found.source.strip().startswith("squares.append(ray.get(")


def test_gets_one_after_another_without_a_loop_are_told(ip) -> None:
    lines = [f"squares.append(ray.get(slow_square.remote({n})))" for n in range(4)]
    found = problem(ip, SQUARE + "\n".join(lines))
    assert found.found.startswith("at most 1 could run at the same time: line 7")


def test_calling_the_function_directly_is_told_with_its_line(ip) -> None:
    found = problem(ip, SQUARE + "squares = [slow_square(n) for n in range(4)]")
    assert "called directly" in found.found
    assert found.line == 7


def test_going_around_the_remote_function_is_told(ip) -> None:
    found = problem(ip, SQUARE + "squares = [0, 1, 4, 9]")
    assert found.found == "started no task"


def test_ids_that_were_never_got_are_told(ip) -> None:
    found = problem(ip, SQUARE + "squares = [slow_square.remote(n) for n in range(4)]")
    assert found.found.startswith("squares holds object IDs")


def test_another_order_is_told(ip) -> None:
    ids = "ids = [slow_square.remote(n) for n in (3, 2, 1, 0)]"
    found = problem(ip, f"{SQUARE}{ids}\nsquares = ray.get(ids)")
    assert found.found == "the right values in another order: [9, 4, 1, 0]"


def test_getting_in_a_second_loop_is_right(ip) -> None:
    ids = "ids = [slow_square.remote(n) for n in range(4)]"
    second = "for one in ids:\n    squares.append(ray.get(one))"
    assert ip.run_cell(f"{SQUARE}{ids}\n{second}", store_history=True).success
