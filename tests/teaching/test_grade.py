"""Grading: right, wrong, and all that must not take the grader down."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import psutil
import pytest

from rayteach.notebook import course as courses
from rayteach.notebook import wrong
from rayteach.notebook.course import CourseError
from rayteach.notebook.wrong import WrongAnswer
from rayteach.teaching import grade, processes, submissions
from rayteach.teaching.kernel import Kernel, KernelError, starts_here
from rayteach.teaching.limits import MB, Limits
from rayteach.teaching.submissions import Submission

LESSON, EXERCISE = "01_intro", "first-steps"
CHECK = f"%%check {EXERCISE}\n"
INIT = "%load_ext rayteach\nimport rayteach as ray\nray.init(num_cpus=2);"
#: for what passes: a busy machine must not end it
PATIENT = Limits(cell_s=300, notebook_s=900)

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(autouse=True)
def adopting():
    with processes.adopting():
        yield


def solved(course) -> str:
    return course.solved(course.exercises[EXERCISE])


def graded(course, path: Path, limits: Limits = PATIENT):
    return grade.grade_one(course, Submission(path.stem, path), limits)


def result(grades) -> tuple[str, str]:
    (one,) = grades
    return one.result, one.reason


def test_a_right_answer_is_solved_by_the_teachers_check(course, hand_in) -> None:
    path = hand_in("ada.ipynb", INIT, courses.solution(solved(course)))
    own = {"checks": "CHECKS = {}", "course.toml": ""}  # of no account
    folder = path.parent / "ada"
    (folder / "tutorial").mkdir(parents=True)
    shutil.move(path, folder / "tutorial")
    (folder / "checks").mkdir()
    (folder / "checks" / f"{LESSON}.py").write_text(own["checks"])
    (folder / "course.toml").write_text(own["course.toml"])
    assert result(graded(course, folder)) == ("solved", "")


def test_a_wrong_answer_gets_the_checks_words_and_the_view_of_its_run(
    course, hand_in
) -> None:
    loop = (
        "results = []\nfor n in range(3):\n    results.append(ray.get(work.remote(n)))"
    )
    answer = WrongAnswer(EXERCISE, "loop", "", f"# mine\n{loop}")
    path = hand_in("bob.ipynb", INIT, wrong.answered(solved(course), answer))
    (one,) = graded(course, path)
    assert one.result == "not yet"
    assert one.reason.startswith("a get inside the loop: 3 times")
    assert "ray.get(that list) once" in one.message
    assert 'id="rayteach-run"' in one.page
    assert "work-3" in one.page


def test_a_module_beside_the_notebook_does_not_stand_in_for_one_of_ours(
    course, hand_in
) -> None:
    path = hand_in("ian/x.ipynb", INIT, courses.solution(solved(course)))
    for name in ("json", "ipykernel", "zmq"):
        (path.parent / f"{name}.py").write_text("raise SystemExit")
    assert result(graded(course, path.parent)) == ("solved", "")


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_kernel_that_does_not_start_is_the_learners_trouble_if_others_do(
    course, hand_in, monkeypatch, elsewhere
) -> None:
    def fail(*_args):
        raise KernelError("it died")

    monkeypatch.setattr(grade, "grade_one", fail)
    monkeypatch.setattr(grade, "starts_here", lambda _limits: elsewhere)
    folder = hand_in("ian.ipynb", INIT).parent
    if elsewhere:
        (*_, last) = grade.grade_all(course, folder, PATIENT)["ian"]
        assert last.reason == "it keeps its own kernel from starting: it died"
    else:
        with pytest.raises(KernelError):
            grade.grade_all(course, folder, PATIENT)


TROUBLES = {
    "hangs": ("while True: pass", Limits(cell_s=1), "it took more than 1 s"),
    "kills its kernel": ("import os; os._exit(3)", PATIENT, "it ended its own kernel"),
    "prints without end": (
        "while True: print('x' * 1000)",
        Limits(cell_s=300, printed=100_000),
        "it printed more than 100,000 characters",
    ),
    "leaks a process": (
        "import subprocess as s; s.Popen(['sleep', '1000'], start_new_session=True)",
        PATIENT,
        "it left a process running: sleep 1000",
    ),
    "takes all memory": (
        "results = bytearray(2 ** 34)",
        Limits(cell_s=300, memory_bytes=1024 * MB),
        "MemoryError",
    ),
    "raises": ("1 / 0", PATIENT, "ZeroDivisionError: division by zero"),
    "is no Python": ("if True", PATIENT, "SyntaxError"),
}


#: what need not be seen at each run of the tests; a kernel is killed further down
RARE = ("raises", "is no Python", "kills its kernel")


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(name, marks=[pytest.mark.soak] if name in RARE else [])
        for name in TROUBLES
    ],
)
def test_a_submission_that(trouble, course, hand_in) -> None:
    code, limits, reason = TROUBLES[trouble]
    before = set(psutil.Process().children(recursive=True))
    how, why = result(graded(course, hand_in("eve.ipynb", CHECK + code), limits))
    assert how == "failed"
    assert why.startswith(reason)
    assert set(psutil.Process().children(recursive=True)) <= before


def test_trouble_in_another_cell_is_told_and_the_exercise_still_judged(
    course, hand_in
) -> None:
    answer = courses.solution(solved(course))
    path = hand_in("kim.ipynb", INIT, "import os; os._exit(0)", answer)
    one, other = graded(course, path)
    assert (one.exercise, one.result) == (EXERCISE, "solved")
    assert (other.exercise, other.result) == (grade.ELSEWHERE, "failed")
    assert other.reason == "cell 2: it ended its own kernel"


def test_an_exercise_as_given_is_not_begun_and_runs_nothing(
    course, hand_in, monkeypatch
) -> None:
    monkeypatch.setattr(grade, "Kernel", None)
    path = hand_in("new.ipynb", INIT, courses.unsolved(solved(course)))
    assert result(graded(course, path)) == ("not begun", "")


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": 3}', '{"cells": [{}]}', "\x00"])
def test_what_is_no_notebook_fails_with_its_name(course, hand_in, text) -> None:
    path = hand_in("odd.ipynb")
    path.write_text(text)
    how, why = result(graded(course, path))
    assert how == "failed"
    assert why.startswith("odd.ipynb is no notebook: ")


def test_a_folder_is_graded_to_its_end_whatever_one_learner_does(
    course, hand_in, monkeypatch
) -> None:
    said = []
    hand_in("ada/deep/01.ipynb", CHECK + "results = 1")
    hand_in("bob.ipynb", CHECK + "results = 2")
    hand_in(".hidden/x.ipynb", CHECK)
    folder = hand_in("zoe.ipynb", "x = 1").parent

    def one(_course, submission, _limits, _lessons):
        if submission.learner == "bob":
            raise ZeroDivisionError("of ours")
        return []

    monkeypatch.setattr(grade, "grade_one", one)
    found = grade.grade_all(course, folder, PATIENT, lessons=[LESSON], say=said.append)
    assert {name: [g.result for g in grades] for name, grades in found.items()} == {
        "ada": ["no answer"],
        "bob": ["no answer", "failed"],
        "zoe": ["no answer"],
    }
    assert found["bob"][1].reason == "it cannot be graded: ZeroDivisionError: of ours"
    assert said == ["ada: 0 of 0 solved", "bob: 0 of 1 solved", "zoe: 0 of 0 solved"]


def test_nothing_to_grade_is_said(course, tmp_path) -> None:
    with pytest.raises(CourseError, match="is no directory of submissions"):
        grade.grade_all(course, tmp_path / "none", PATIENT)
    with pytest.raises(CourseError, match="holds no notebook"):
        grade.grade_all(course, tmp_path, PATIENT)
    with pytest.raises(CourseError, match="has no lesson 'x'"):
        grade.grade_all(course, tmp_path, PATIENT, lessons=["x"])


def test_the_best_of_several_answers_counts() -> None:
    grades = [
        grade.Grade("ada", LESSON, EXERCISE, how)
        for how in ("failed", "solved", "not yet")
    ]
    assert [one.result for one in grade._best(grades)] == ["solved"]


def test_a_notebook_runs_among_the_courses_files_but_not_the_teachers(
    course, hand_in, tmp_path
) -> None:
    notebook = hand_in("ada/mine/x.ipynb")
    folder = notebook.parents[1]
    (folder / "link").symlink_to("/etc")
    (folder / "wrong").mkdir()
    room = tmp_path / "room"
    place = submissions.lay_out(course, Submission("ada", folder), notebook, room)
    assert place == room / "mine"
    assert sorted(one.name for one in room.iterdir()) == [
        "course.toml",
        "exercises",
        "mine",
        "tutorial",
    ]


def test_a_kernel_that_passes_a_limit_says_which(tmp_path) -> None:
    assert starts_here(PATIENT)
    kernel = Kernel(tmp_path, Limits(processes=0), {})
    try:
        assert kernel.trouble() == "it started more than 0 processes"
        assert kernel.run("x = 1", 60).fatal == "it started more than 0 processes"
        assert kernel._family.memory_bytes() > MB
    finally:
        kernel.kill()


@pytest.mark.soak
def test_a_hang_in_a_get_is_shown_with_its_run(course, hand_in) -> None:
    forever = (
        "import time\n@ray.remote\ndef sleeper():\n    time.sleep(100000)\n"
        "results = ray.get(sleeper.remote())"
    )
    path = hand_in("hal.ipynb", INIT, CHECK + forever)
    (one,) = graded(course, path, Limits(cell_s=20))
    assert one.reason == "it took more than 20 s"
    assert "sleeper-1" in one.page


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_fifty_submissions_leave_nothing_behind(course, hand_in) -> None:
    for number in range(50):
        name = list(TROUBLES)[number % len(TROUBLES)]
        code, limits, reason = TROUBLES[name]
        grades = graded(course, hand_in(f"n{number}.ipynb", CHECK + code), limits)
        assert result(grades)[1].startswith(reason)


def test_a_verdict_that_cannot_be_read_is_none(tmp_path) -> None:
    path = tmp_path / "verdict.json"
    assert grade._read_verdict(path) is None
    path.write_text(json.dumps([1]))
    assert grade._read_verdict(path) is None
