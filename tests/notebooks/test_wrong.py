"""Each exercise: as given it fails, each mistake is named, the solution passes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import pytest

from rayteach.notebook import course as courses
from rayteach.notebook import trials, wrong
from rayteach.notebook.course import Course, CourseError
from rayteach.notebook.trials import Outcome
from rayteach.notebook.wrong import WrongAnswer

FOLDER = Path(__file__).parents[2] / "notebooks"
COURSE = Course.load(FOLDER)


#: lessons that are tried at the same time: their tasks sleep more than they work
AT_ONCE = 3


class Lane:
    """A process that tries one lesson after the other."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("try_lessons.py")
        self.process = subprocess.Popen(
            [sys.executable, script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def serve(self, asked: SimpleQueue[str], answers: dict[str, Future]) -> None:
        """Answer for what is asked until there is no more."""
        while True:
            try:
                lesson = asked.get_nowait()
            except Empty:
                return
            answers[lesson].set_result(self.complaints(lesson))

    def complaints(self, lesson: str) -> list[str]:
        try:
            self.process.stdin.write(f"{lesson}\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())
        except (OSError, ValueError) as error:
            return [f"{lesson}: the process that tried it ended: {error!r}"]

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def answers(request) -> Iterator[dict[str, Future]]:
    """What is wrong in each lesson that is asked for, as soon as it is known."""
    asks = test_each_answer_gets_the_message_that_is_its_own
    found: dict[str, Future] = {
        item.callspec.params["lesson"]: Future()
        for item in request.session.items
        if getattr(item, "function", None) is asks
    }
    asked: SimpleQueue[str] = SimpleQueue()
    for lesson in found:
        asked.put(lesson)
    lanes = [Lane() for _ in range(min(AT_ONCE, len(found)))]
    serve = [Thread(target=lane.serve, args=(asked, found)) for lane in lanes]
    for one in serve:
        one.start()
    yield found
    with suppress(Empty):
        while True:
            asked.get_nowait()
    for lane in lanes:
        lane.close()
    for one in serve:
        one.join()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("lesson", COURSE.lessons)
def test_each_answer_gets_the_message_that_is_its_own(answers, lesson) -> None:
    assert answers[lesson].result() == []


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
