"""What a learner has done, and where it is kept."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest

from rayteach.notebook import progress
from rayteach.notebook.course import GIVEN, Course
from rayteach.notebook.progress import ProgressFile, Record

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
WRONG = "%%check slow-loop\nsquares = [0, 1, 4, 9]"


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """A copy of the course, with the learner in one of its folders."""
    folder = tmp_path / "course"
    shutil.copytree(NOTEBOOKS, folder, ignore=shutil.ignore_patterns("progress.*"))
    monkeypatch.chdir(folder / "tutorial")
    monkeypatch.setenv(progress.SWITCH, "on")
    return folder


def kept(course: Path) -> dict[str, dict[str, object]]:
    return json.loads((course / progress.FILE).read_text())["exercises"]


def test_attempts_and_hints_are_kept_in_the_course_folder(shell, course) -> None:
    shell.load()
    shell.run("%hint slow-loop")
    shell.run("%hint slow-loop")
    shell.run(WRONG)
    assert kept(course) == {
        "slow-loop": {
            "attempts": 1,
            "hints": 2,
            "says": "started no task",
            "solution": False,
            "solved": "",
        }
    }


def test_a_solved_exercise_stays_solved(live, course) -> None:
    one = Course.load(course)
    shown = one.solved(one.exercises["slow-loop"])
    live.do(progress_cell := shown.replace("###", "#"))
    live.run(WRONG)
    record = kept(course)["slow-loop"]
    assert record["solved"]
    assert record["attempts"] == 2
    assert "BEGIN" in progress_cell


def test_a_solution_that_was_shown_is_marked(shell, course, monkeypatch) -> None:
    shell.load()
    monkeypatch.setattr("builtins.input", lambda _text: "n")
    shell.run("%solution slow-loop")
    assert not (course / progress.FILE).exists()
    shell.run("%solution slow-loop --yes")
    assert kept(course)["slow-loop"]["solution"] is True


def test_progress_is_a_page_with_what_comes_next(shell, course, capsys) -> None:
    shell.load()
    shell.run(WRONG)
    capsys.readouterr()
    shell.run("%progress")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == " 1  Your first remote function: 0 of 2 solved"
    assert lines[1] == "      [ ] slow-loop: 1 attempt, last: started no task"
    assert lines[2] == "      [ ] in-order: not begun"
    assert lines[-1].endswith("Next: slow-loop, in 01_first_remote_function.")


def test_switched_off_nothing_is_kept(shell, course, monkeypatch) -> None:
    monkeypatch.setenv(progress.SWITCH, "off")
    shell.load()
    shell.run(WRONG)
    assert not (course / progress.FILE).exists()


def test_a_reset_gives_the_exercise_anew_and_forgets_its_record(shell, course) -> None:
    shell.load()
    shell.run("%hint slow-loop")
    shell.run("%rayteach reset exercise slow-loop")
    given = shell.ip.rl_next_input
    assert given.startswith("%%check slow-loop\n")
    assert "BEGIN" not in given
    assert "ray.get" not in given
    assert kept(course) == {}


def test_a_reset_needs_the_name_of_an_exercise(shell, course, capsys) -> None:
    shell.load()
    shell.run("%rayteach reset exercise slow-lop")
    assert "did you mean slow-loop?" in capsys.readouterr().err
    shell.run("%rayteach reset slow-loop")
    assert "%rayteach help reset" in capsys.readouterr().err


def test_a_course_for_students_gives_no_solution_but_resets(
    shell, course, capsys
) -> None:
    shutil.rmtree(course / "solutions")
    (course / GIVEN).write_text(json.dumps({"slow-loop": "%%check slow-loop\n1"}))
    shell.load()
    shell.run("%solution slow-loop --yes")
    assert "your teacher has them" in capsys.readouterr().err
    shell.run("%rayteach reset exercise slow-loop")
    assert shell.ip.rl_next_input == "%%check slow-loop\n1"
    shell.run("%rayteach reset exercise in-order")
    assert "has no exercise 'in-order'" in capsys.readouterr().err


def test_notebooks_that_write_at_once_lose_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(progress.SWITCH, "on")

    def count(record: Record) -> None:
        record.attempts += 1

    def write() -> None:
        for _ in range(20):
            ProgressFile(tmp_path).change("x", count)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ProgressFile(tmp_path).read().of("x").attempts == 80


@pytest.mark.parametrize(
    "text", ["", "[]", '{"exercises": 3}', '{"exercises": {"x": 1}}']
)
def test_a_broken_file_is_kept_aside(tmp_path, monkeypatch, text) -> None:
    monkeypatch.setenv(progress.SWITCH, "on")
    (tmp_path / progress.FILE).write_text(text)
    assert ProgressFile(tmp_path).read().exercises == {}
    assert (tmp_path / f"{progress.FILE}.broken").read_text() == text


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(progress.SWITCH, "on")
    ProgressFile(tmp_path / "nowhere").change("x", lambda _record: None)
    ProgressFile(tmp_path / "nowhere").forget("x")
    assert ProgressFile(tmp_path / "nowhere").read().exercises == {}


def test_what_comes_next_is_after_the_latest_and_then_before(course) -> None:
    one = Course.load(course)
    first, second = list(one.exercises)[:2]
    done = progress.Progress({second: Record(solved="now")}, latest=second)
    for name in list(one.exercises)[2:]:
        done.of(name).solved = "now"
    assert progress.next_exercise(one, done).name == first
    done.of(first).solved = "now"
    assert progress.next_exercise(one, done) is None


def test_a_graders_course_goes_before_the_one_around(course, monkeypatch) -> None:
    monkeypatch.setenv("RAYTEACH_COURSE", str(NOTEBOOKS))
    assert Course.find(course / "tutorial").folder == NOTEBOOKS
