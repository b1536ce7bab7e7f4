"""``%hint``, ``%solution`` and the frame of ``%%check``."""

from __future__ import annotations

from pathlib import Path

import pytest

from rayteach.checks import CheckFailedError

COURSE = Path(__file__).parents[2] / "notebooks"


@pytest.fixture(autouse=True)
def in_the_course(shell, monkeypatch) -> None:
    monkeypatch.chdir(COURSE / "tutorial")
    shell.load()


def test_hints_come_in_three_steps_and_the_last_stays(shell, capsys) -> None:
    for _ in range(4):
        shell.run("%hint slow-loop")
    heads = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert heads == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]


@pytest.mark.parametrize("magic", ["%hint slow-lop", "%%check slow-lop\nx = 1"])
def test_an_unknown_exercise_names_the_nearest(shell, capsys, magic) -> None:
    shell.run(magic)
    assert "did you mean slow-loop?" in capsys.readouterr().err


def test_a_solution_is_shown_after_a_yes(shell, capsys, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or "y")
    shell.run("%hint slow-loop")
    shell.run("%solution slow-loop")
    assert asked == ["You have had 1 of 3 hints. Show the solution? [y/N] "]
    assert "squares = ray.get(ids)" in capsys.readouterr().out


def test_anything_else_than_yes_keeps_it(shell, capsys, monkeypatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _text: "")
    shell.run("%solution slow-loop")
    assert capsys.readouterr().out == ""


def test_a_solution_carries_no_marks(shell, capsys) -> None:
    shell.run("%solution slow-loop --yes")
    shown = capsys.readouterr().out
    assert "###" not in shown
    assert "for n in range(4):\n    squares" not in shown


def test_an_answer_without_tasks_fails_by_name(shell) -> None:
    result = shell.run("%%check slow-loop\nsquares = [0, 1, 4, 9]")
    assert isinstance(result.error_in_exec, CheckFailedError)
    assert "slow-loop: not yet." in str(result.error_in_exec)
    assert "started no task" in str(result.error_in_exec)


def test_a_failed_check_is_shown_without_a_traceback(shell, capsys) -> None:
    shell.run("%%check slow-loop\nsquares = []")
    assert capsys.readouterr().out.startswith("slow-loop: not yet.\n  expected")


def test_an_error_in_the_answer_is_the_learners_own(shell, capsys) -> None:
    result = shell.run("%%check slow-loop\n\nboom = 1 / 0")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    shown = capsys.readouterr().out
    assert "boom = 1 / 0" in shown
    assert "rayteach" not in shown


def test_a_syntax_error_in_the_answer_points_at_its_line(shell) -> None:
    result = shell.run("%%check slow-loop\n\nif True\n    pass")
    assert result.error_in_exec.lineno == 3


def test_the_last_value_is_shown_as_in_any_cell(shell, capsys) -> None:
    shell.run("%%check slow-loop\nx = 6\nx * 7")
    assert "42" in capsys.readouterr().out


def test_outside_any_course_with_none_installed_it_is_said(
    shell, capsys, monkeypatch, tmp_path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rayteach.notebook.course.INSTALLED", tmp_path / "a" / "b")
    shell.run("%hint slow-loop")
    assert "no course is installed" in capsys.readouterr().err
