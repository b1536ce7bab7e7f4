"""``rayteach course new``, ``build`` and ``check``."""

from __future__ import annotations

import json
import shutil

import pytest

from rayteach import cli
from rayteach.notebook.course import Course, CourseError
from rayteach.teaching import build, check, new
from rayteach.teaching.limits import Limits

LESSON, EXERCISE = "01_intro", "first-steps"
PATIENT = Limits(cell_s=300, notebook_s=900)


@pytest.fixture
def own(course, tmp_path) -> Course:
    """A copy to change."""
    shutil.copytree(course.folder, tmp_path / "own")
    return Course.load(tmp_path / "own")


def run(capsys, *words: object) -> tuple[int, str]:
    code = cli.main(["course", *map(str, words)])
    shown = capsys.readouterr()
    return code, shown.out + shown.err


@pytest.mark.timeout(120)
def test_an_exercise_from_the_template_is_as_it_must_be(course, capsys) -> None:
    words = ("--num-cpus", "1", "--cell-time", "300")
    assert run(capsys, "check", course.folder, *words) == (0, "01_intro: ok\n")


@pytest.mark.timeout(120)
def test_a_wrong_answer_that_passes_is_found(own) -> None:
    path = own.folder / "wrong" / f"{LESSON}.toml"
    text = path.read_text().replace("results = [1, 2, 3]", "import os; os._exit(1)")
    path.write_text(text.replace("[work.remote(n)", "[ray.get(work.remote(n))"))
    first, last = check.tried(own, LESSON, PATIENT)
    assert "'ids-for-values': the message must say" in first
    assert "ended the kernel: it ended its own kernel" in last


def test_new_exercises_follow_those_of_their_lesson(own) -> None:
    for lesson, name in (("02_more", "third"), (LESSON, "second"), (LESSON, "more")):
        new.new(own.folder, lesson, name)
    again = Course.load(own.folder)
    assert again.lessons == (LESSON, "02_more")
    assert list(again.exercises) == [EXERCISE, "second", "more", "third"]
    assert [list(check.static(again, one)) for one in again.lessons] == [[], []]


@pytest.mark.parametrize(
    ("lesson", "name", "says"),
    [
        ("a/b", "x", "is no name of a lesson"),
        (LESSON, "Two Words", "is no name of an exercise"),
        (LESSON, EXERCISE, "already"),
    ],
)
def test_names_that_cannot_be_are_refused(own, lesson, name, says) -> None:
    before = (own.folder / "course.toml").read_text()
    with pytest.raises(CourseError, match=says):
        new.new(own.folder, lesson, name)
    assert (own.folder / "course.toml").read_text() == before


def test_students_get_no_solutions_no_wrong_answers_and_no_progress(
    own, tmp_path, capsys
) -> None:
    (own.folder / "progress.json").write_text("{}")
    target = tmp_path / "students"
    code, shown = run(capsys, "build", own.folder, "--for-students", target)
    assert code == 0
    assert f"For students: {target}" in shown
    assert sorted(one.name for one in target.iterdir()) == [
        "checks",
        "course.json",
        "course.toml",
        "exercises",
        "given.json",
        "tutorial",
    ]
    given = Course.load(target).given(Course.load(target).exercises[EXERCISE])
    assert given.startswith(f"%%check {EXERCISE}")
    everything = [p.read_text() for p in target.rglob("*") if p.is_file()]
    assert not any("ids = [work.remote(n)" in text for text in everything)
    assert run(capsys, "build", own.folder, "--for-students", target)[0] == 0


def test_a_folder_with_other_things_is_never_written_over(
    own, tmp_path, capsys
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    for target in (tmp_path / "mine", own.folder / "students", own.folder):
        words = ("build", own.folder, "--for-students", target)
        code, shown = run(capsys, *words)
        assert code == 2
        assert "name a new folder" in shown
    assert [one.name for one in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_copy_for_students_is_named_as_one(own, tmp_path, capsys) -> None:
    build.for_students(own, tmp_path / "students")
    for words in (("build",), ("check",), ("new",)):
        more = (LESSON, "x") if words == ("new",) else ()
        code, shown = run(capsys, *words, tmp_path / "students", *more)
        assert code == 2
        assert "is a copy for students" in shown


@pytest.mark.parametrize("words", [("check",), ("build",), ("grade",)])
def test_what_is_no_course_is_one_line(tmp_path, capsys, words) -> None:
    more = (tmp_path,) if words == ("grade",) else ()
    code, shown = run(capsys, *words, tmp_path, *more)
    assert code == 2
    assert shown.count("\n") == 1
    assert "is no course: it has no course.toml" in shown


def test_build_makes_what_was_changed_and_says_so(own, capsys) -> None:
    path = own.folder / "exercises" / f"{LESSON}.ipynb"
    text = path.read_text()
    path.write_text("{}")
    assert run(capsys, "build", own.folder) == (0, f"made {path}\n")
    assert path.read_text() == text
    assert "Nothing to make" in run(capsys, "build", own.folder)[1]


def spoil(own, place: str, old: str, to: str) -> list[str]:
    path = own.folder / place
    path.write_text(path.read_text().replace(old, to))
    return list(check.static(Course.load(own.folder), LESSON))


@pytest.mark.parametrize(
    ("place", "old", "to", "says"),
    [
        ("course.toml", '  "A pointer', '#  "A', "there must be 3 hints"),
        ("checks/01_intro.py", EXERCISE, "other", "its check or its solution"),
        (
            "wrong/01_intro.toml",
            'name = "no-task',
            'name = "ids-for-values"#',
            "one name",
        ),
        ("wrong/01_intro.toml", "[[wrong]]", "[wrong]", "is no TOML"),
        (
            "tutorial/01_intro.ipynb",
            "range(3)",
            "range(4)",
            "is not what the solutions",
        ),
        (
            "solutions/01_intro.ipynb",
            EXERCISE,
            "other",
            "the solutions have no exercise",
        ),
    ],
)
def test_what_is_missing_is_named(own, place, old, to, says) -> None:
    found = spoil(own, place, old, to)
    assert says in found[0]


def test_a_lesson_without_its_notebook_is_named(own) -> None:
    (own.folder / "tutorial" / f"{LESSON}.ipynb").unlink()
    assert "tutorial/01_intro.ipynb is missing" in next(check.static(own, LESSON))


def test_grade_writes_the_table_and_the_pages(
    course, hand_in, tmp_path, capsys
) -> None:
    path = hand_in("ada.ipynb", course.given(course.exercises[EXERCISE]))
    out = tmp_path / "out"
    code, shown = run(capsys, "grade", course.folder, path.parent, "-o", out)
    assert code == 0
    assert "Grading is no sandbox" in shown
    assert "not begun" in (out / "grades.csv").read_text()
    assert (out / "ada.html").exists()


def test_grade_asks_for_its_output_before_it_works(
    course, hand_in, tmp_path, capsys
) -> None:
    (tmp_path / "file").write_text("years")
    folder = hand_in("ada.ipynb", "%%check first-steps\nimport os; os._exit(1)").parent
    words = ("grade", course.folder, folder, "-o", tmp_path / "file")
    code, shown = run(capsys, *words)
    assert (code, shown.count("\n")) == (2, 1)
    assert "name another folder with -o" in shown


def test_numbers_that_cannot_be_are_refused(course, capsys) -> None:
    with pytest.raises(SystemExit):
        cli.main(["course", "check", str(course.folder), "--memory", "0"])
    assert "'0' is no number above 0" in capsys.readouterr().err


def test_given_cells_are_those_of_the_solutions(own) -> None:
    exercise = own.exercises[EXERCISE]
    given = own.given(exercise)
    (own.folder / "given.json").write_text(json.dumps({EXERCISE: "x"}))
    assert own.given(exercise) == "x" != given
