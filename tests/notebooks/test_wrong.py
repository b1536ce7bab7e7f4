"""Each exercise: as given it fails, each mistake is named, the solution passes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import rayteach
from rayteach.checks import CheckFailedError
from rayteach.notebook import course as courses
from rayteach.notebook import extension, trials, wrong
from rayteach.notebook.course import Course, CourseError
from rayteach.notebook.trials import Outcome
from rayteach.notebook.wrong import WrongAnswer

FOLDER = Path(__file__).parents[2] / "notebooks"
COURSE = Course.load(FOLDER)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch) -> Iterator[InteractiveShell]:
    """A fresh shell in the folder of the solutions, with no session."""
    monkeypatch.setenv("RAYTEACH_VIEW", "text")
    monkeypatch.chdir(FOLDER / "solutions")
    rayteach.shutdown()
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(ipython_dir=str(tmp_path))
    yield shell
    rayteach.shutdown()
    extension.unload_ipython_extension(shell)
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def runner(shell: InteractiveShell, right: list[rayteach.Run]) -> trials.Run:
    """Return what runs a cell; the runs of those that pass go into ``right``."""

    def run(source: str, cell_id: str) -> Outcome:
        with capture_output():
            result = shell.run_cell(source, store_history=True, cell_id=cell_id)
        error = result.error_before_exec or result.error_in_exec
        if error is None:
            if ".remote(" in source:
                right.append(rayteach.last_run())
            return Outcome("done")
        if isinstance(error, CheckFailedError):
            return Outcome("not yet", str(error))
        return Outcome("error", f"{type(error).__name__}: {error}")

    return run


# In a kernel a warning is a line, no error.
@pytest.mark.filterwarnings("default")
@pytest.mark.timeout(120)
@pytest.mark.filterwarnings("ignore:timeout=5000 is 5000 seconds:UserWarning")
@pytest.mark.parametrize("lesson", COURSE.lessons)
def test_each_answer_gets_the_message_that_is_its_own(notebook, lesson) -> None:
    right: list[rayteach.Run] = []
    assert list(trials.complaints(COURSE, lesson, runner(notebook, right))) == []
    assert right
    # And nothing that is right is advised against.
    assert [str(one) for run in right for one in run.advice()] == []


@pytest.mark.parametrize("exercise", COURSE.exercises.values(), ids=lambda e: e.name)
def test_each_exercise_knows_typical_mistakes(exercise) -> None:
    answers = wrong.load(COURSE, exercise.lesson).of(exercise.name)
    assert len(answers) >= trials.KNOWN_MISTAKES
    assert len({one.name for one in answers}) == len(answers)


SOLVED = """%%check x
def f():
    ### BEGIN SOLUTION
    return 1
    ### INSTEAD OF
    # return ...
    ### END SOLUTION
f()"""


def test_a_wrong_answer_stands_in_the_marked_region_as_deep_as_it() -> None:
    answer = WrongAnswer("x", "two", "2", "\nif True:\n    return 2\n")
    assert wrong.answered(SOLVED, answer).splitlines() == [
        "%%check x",
        "def f():",
        "    if True:",
        "        return 2",
        "f()",
    ]


def test_a_solution_without_marks_takes_no_wrong_answer() -> None:
    with pytest.raises(CourseError, match="no marked region"):
        wrong.answered("%%check x\n1", WrongAnswer("x", "two", "2", "2"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[wrong", "is no TOML"),
        ("[[worng]]\nname = 'x'", "there is no [[worng]]"),
        ("[[unsolved]]\nexercise = 'slow-loop'", "must have exercise, says"),
        ("[[unsolved]]\nexercise = 'x'\nsays = 'y'", "'x' is no exercise of"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(tmp_path, text, says) -> None:
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / f"{COURSE.lessons[0]}.toml").write_text(text)
    course = Course(tmp_path, COURSE.lessons, COURSE.exercises)
    with pytest.raises(CourseError) as caught:
        wrong.load(course, COURSE.lessons[0])
    assert says in str(caught.value)


def scripted(**outcomes: Outcome) -> trials.Run:
    """Return a runner that knows each answer by a word in its source."""

    def run(source: str, _cell_id: str) -> Outcome:
        found = [how for word, how in outcomes.items() if word in source]
        return found[0] if found else Outcome("done")

    return run


DIRECT = "slow_square was called directly, like a plain function"
LOOP = "a get inside the loop: 4 times"


def of_slow_loop(**outcomes: Outcome) -> list[str]:
    run = scripted(**outcomes)
    found = trials.complaints(COURSE, COURSE.lessons[0], run)
    return [text for text in found if text.startswith("slow-loop")]


def test_answers_that_pass_or_raise_are_complained_about() -> None:
    found = of_slow_loop(range=Outcome("error", "NameError: x"))
    assert "slow-loop: unsolved it must fail at its check, but: it raised" in found[0]
    assert "'get-in-the-loop': its check must name the mistake" in found[1]
    assert "slow-loop: the solution must pass, but: it raised NameError" in found[-1]
    assert any("but: it passed" in text for text in of_slow_loop())


def test_another_answers_message_is_complained_about() -> None:
    found = of_slow_loop(squares=Outcome("not yet", LOOP))
    assert any("must say 'started no task'" in text for text in found)
    assert any("it gets the message of 'get-in-the-loop'" in text for text in found)
    assert not any("'get-in-the-loop': the message" in text for text in found)


def test_the_cells_of_exercises_are_told_from_others() -> None:
    assert courses.exercise_of("  %%check a-b\nx = 1") == "a-b"
    assert courses.exercise_of("x = 1  # %%check a") is None
