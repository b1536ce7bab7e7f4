"""The course on disk: complete, and made from its solutions."""

from __future__ import annotations

from pathlib import Path

import pytest

from rayteach.notebook import course as courses
from rayteach.notebook.course import Course, CourseError

FOLDER = Path(__file__).parents[2] / "notebooks"
COURSE = Course.load(FOLDER)
EXERCISES = list(COURSE.exercises.values())

MARKED = """%%check x
a = 1
for b in range(2):
    ### BEGIN SOLUTION
    a += b  # solved
    ### INSTEAD OF
    # a = ...
    #     deeper
    ### END SOLUTION
a"""


def test_the_learner_starts_from_the_second_part() -> None:
    assert courses.unsolved(MARKED).splitlines()[2:] == [
        "for b in range(2):",
        "    a = ...",
        "        deeper",
        "a",
    ]


def test_the_solution_is_the_first_part_without_marks() -> None:
    assert courses.solution(MARKED).splitlines()[2:] == [
        "for b in range(2):",
        "    a += b  # solved",
        "a",
    ]


@pytest.mark.parametrize("lesson", COURSE.lessons)
def test_what_is_committed_is_what_the_solutions_make(lesson) -> None:
    for path, text in courses.generated(COURSE, lesson).items():
        committed = courses.read_notebook(path)
        assert courses.notebook_text(committed) == text, f"make {path.name} anew"


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_every_exercise_is_complete(exercise) -> None:
    assert len(exercise.hints) == 3
    assert all(hint.strip() for hint in exercise.hints)
    assert COURSE.check(exercise).expected
    solved = COURSE.solved(exercise)
    assert courses.unsolved(solved) != courses.solution(solved)


@pytest.mark.parametrize("lesson", COURSE.lessons)
def test_every_exercise_of_the_manifest_stands_in_its_lesson(lesson) -> None:
    in_manifest = [one.name for one in EXERCISES if one.lesson == lesson]
    for folder in ("tutorial", "exercises", "solutions"):
        notebook = courses.read_notebook(FOLDER / folder / f"{lesson}.ipynb")
        assert [name for name, _ in courses.exercise_cells(notebook)] == in_manifest


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.ipynb")), ids=lambda p: p.name)
def test_outputs_in_notebooks_are_text(path) -> None:
    for cell in courses.read_notebook(path)["cells"]:
        for output in cell.get("outputs", ()):
            assert set(output.get("data", {})) <= {"text/plain"}


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.ipynb")), ids=lambda p: p.name)
def test_lessons_begin_by_loading_and_talk_to_the_learner(path) -> None:
    cells = courses.read_notebook(path)["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    prose = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    assert code[0].startswith("%load_ext rayteach\nimport rayteach as ray")
    assert not {"simply", "just"} & set(prose.lower().split())


def test_a_course_is_found_from_a_folder_inside_it() -> None:
    assert Course.find(FOLDER / "tutorial").folder == FOLDER


def test_outside_a_course_the_installed_one_is_found(tmp_path) -> None:
    assert "slow-loop" in Course.find(tmp_path).exercises


def test_a_broken_manifest_is_named(tmp_path) -> None:
    (tmp_path / "course.toml").write_text("[[lesson]]\n")
    with pytest.raises(CourseError, match=r"course\.toml is no manifest"):
        Course.find(tmp_path)


def test_writing_the_course_makes_its_files(tmp_path) -> None:
    for path in FOLDER.rglob("*.*"):
        copy = tmp_path / path.relative_to(FOLDER)
        copy.parent.mkdir(exist_ok=True, parents=True)
        copy.write_bytes(path.read_bytes())
    exercise = tmp_path / "exercises" / f"{COURSE.lessons[0]}.ipynb"
    exercise.unlink()
    courses.main(str(tmp_path))
    original = FOLDER / "exercises" / exercise.name
    assert exercise.read_text() == original.read_text()
