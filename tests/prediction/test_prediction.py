"""Questions, answers and differences, without a notebook."""

from __future__ import annotations

import io
from typing import Any

import pytest

import rayteach
from rayteach.errors import RayteachError
from rayteach.prediction.choices import Number
from rayteach.prediction.schedule import Schedule
from rayteach.trace.tape import Tape

THREE = ["f-1", "f-2", "f-3"]
BARS = {"f-1": 2, "f-2": 1, "f-3": 1}
DRAWN = {"f-1": (1, 0), "f-2": (2, 0), "f-3": (1, 2)}


def pick(**more: Any) -> Any:
    return rayteach.predict("Which two?", pick=THREE, count=2, **more)


def test_where_nobody_can_answer_the_preset_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = pick(preset=["f-3", "f-1"])
    assert made.answer == ["f-1", "f-3"]
    assert capsys.readouterr().out == (
        "Which two? Pick 2 of f-1, f-2, f-3.\nPrediction: f-1, f-3\n"
    )


def test_without_a_preset_there_is_no_answer_and_reveal_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = pick()
    made.reveal(["f-1", "f-2"])
    assert made.answer is None
    assert made.is_right is None
    assert capsys.readouterr().out.endswith(
        "No prediction was made. What happened: f-1, f-2.\n"
    )


@pytest.mark.parametrize(
    ("question", "answer", "truth", "words"),
    [
        (
            {"pick": THREE, "count": 2},
            ["f-1", "f-2"],
            ["f-1", "f-3"],
            (
                "You predicted f-1, f-2. What happened: f-1, f-3; f-3 was missing; "
                "f-2 was not among them."
            ),
        ),
        (
            {"pick": THREE},
            [],
            ["f-1", "f-3"],
            "You predicted none. What happened: f-1, f-3; f-1 and f-3 were missing.",
        ),
        (
            {"order": THREE},
            ["f-3", "f-1", "f-2"],
            THREE,
            (
                "You predicted f-3, f-1, f-2. What happened: f-1, f-2, f-3; "
                "f-2 came before f-3."
            ),
        ),
        (
            {"number": True, "unit": "s"},
            3,
            4.5,
            "You predicted 3 s. What happened: 4.5 s; 1.5 s more.",
        ),
        (
            {"schedule": BARS},
            DRAWN,
            {**DRAWN, "f-3": (2, 1)},
            (
                "You predicted f-1 0-2, f-2 0-1, f-3 2-3. What happened: f-1 0-2, "
                "f-2 0-1, f-3 1-2; f-3 began at 1, not at 2; "
                "all was over at 2, not at 3."
            ),
        ),
    ],
)
def test_the_difference_is_told_in_words(
    question: dict[str, Any], answer: Any, truth: Any, words: str
) -> None:
    made = rayteach.predict("What?", **question)
    made.answer = answer
    made.reveal(truth)
    assert made.difference == words
    assert made.is_right is False


@pytest.mark.parametrize(
    ("question", "answer", "truth"),
    [
        ({"pick": THREE}, ["f-2", "f-1"], ["f-1", "f-2"]),
        ({"order": THREE}, THREE, tuple(THREE)),
        ({"number": True, "within": 0.5}, 2, 2.5),
        ({"schedule": BARS}, DRAWN, {"f-1": (2, 0), "f-2": (1, 0), "f-3": (2, 2)}),
    ],
)
def test_a_right_answer_is_right_however_it_is_written(
    question: dict[str, Any], answer: Any, truth: Any
) -> None:
    made = rayteach.predict("What?", **question)
    made.answer = answer
    made.reveal(truth)
    assert made.is_right
    assert made.difference.endswith(": right.")


def test_an_answer_is_fixed_once_it_is_revealed() -> None:
    made = pick(preset=THREE[:2])
    made.reveal(THREE[1:])
    with pytest.raises(RayteachError, match="run the cell of predict"):
        made.answer = THREE[1:]
    assert made.answer == ["f-1", "f-2"]


@pytest.mark.parametrize(
    ("question", "answer", "message"),
    [
        ({"pick": THREE, "count": 2}, ["f-1"], "pick 2, not 1"),
        ({"pick": THREE}, ["f-4x"], "there is no f-4x here"),
        ({"pick": THREE}, ["f-1", "f-1"], "once"),
        ({"pick": THREE}, "f-1", "list of names"),
        ({"order": THREE}, ["f-1", "f-2"], "f-3 was left out"),
        ({"number": True}, "3", "a number"),
        ({"number": True}, float("nan"), "finite"),
        ({"number": True}, True, "a number"),
        ({"schedule": BARS}, {**DRAWN, "f-2": (1, 1)}, "f-1 and f-2 are on CPU 1"),
        ({"schedule": BARS}, {**DRAWN, "f-2": (3, 1)}, "from 1 to 2"),
        ({"schedule": BARS}, {"f-1": (1, 0)}, "f-2, f-3 left out"),
        ({"schedule": BARS}, {**DRAWN, "f-2": 1}, "a place is"),
        ({"schedule": BARS}, [1], "the answer is"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_reason(
    question: dict[str, Any], answer: Any, message: str
) -> None:
    made = rayteach.predict("What?", **question)
    with pytest.raises((ValueError, TypeError), match=message):
        made.answer = answer
    with pytest.raises((ValueError, TypeError), match=message):
        rayteach.predict("What?", preset=answer, **question)
    assert made.answer is None


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({}, "one of pick"),
        ({"pick": THREE, "number": True}, "one of pick"),
        ({"pick": ["a", "a"]}, "each once"),
        ({"pick": "abc"}, "list of names"),
        ({"pick": THREE, "count": 4}, "from 1 to 3"),
        ({"schedule": {"f-1": 0}}, "1 step"),
        ({"schedule": THREE}, "names with lengths"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    question: dict[str, Any], message: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        rayteach.predict("What?", **question)


def test_a_person_at_a_terminal_types_until_it_is_an_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("f-1\nf-1, f-3\n"))
    monkeypatch.setattr("rayteach.prediction.hosts.has_terminal", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    made = pick(preset=["f-1", "f-2"])
    assert made.answer == ["f-1", "f-3"]
    assert "pick 2, not 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("question", "line", "answer"),
    [
        ({"order": THREE}, "f-2 f-1, f-3", ["f-2", "f-1", "f-3"]),
        ({"number": True, "unit": "s"}, " 2,5 s ", 2.5),
        (
            {"schedule": BARS},
            "f-1=1:0, f-2=2:0, f-3=2",
            {"f-1": (1, 0), "f-2": (2, 0), "f-3": (1, 2)},
        ),
    ],
)
def test_typed_lines_are_read(question: dict[str, Any], line: str, answer: Any) -> None:
    made = rayteach.predict("What?", **question)
    assert made.question.read(line) == answer


def test_a_schedule_is_read_from_the_run_in_its_own_steps() -> None:
    tape = Tape(cell="[7]")
    tasks = [tape.submit("f") for _ in range(3)]
    tape.run_task(tasks[0], 10.0, 10.41, worker=1)
    tape.run_task(tasks[1], 10.02, 10.22, worker=2)
    tape.run_task(tasks[2], 10.23, 10.43, worker=2)
    seen = Schedule(BARS).seen(tape.rows())
    assert seen == {"f-1": (1, 0), "f-2": (2, 0), "f-3": (2, 1)}


def test_a_schedule_of_what_did_not_run_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="f-1, f-2, f-3 did not run"):
        Schedule(BARS).seen(Tape(cell="[7]").rows())


def test_the_truth_may_be_a_function_of_the_run() -> None:
    class Run:
        rows = Tape(cell="[7]").rows()

    made = rayteach.predict("How many tasks?", number=True, preset=1)
    made.reveal(lambda run: len(run.rows.tasks), run=Run())
    assert made.truth == 0


def test_to_reveal_nothing_is_refused() -> None:
    with pytest.raises(TypeError, match="say what happened"):
        pick().reveal()


def test_the_repr_has_no_address_and_says_where_it_stands() -> None:
    made = pick()
    assert repr(made) == "<prediction 'Which two?': no answer yet>"
    made.answer = ["f-1", "f-2"]
    assert repr(made) == "<prediction 'Which two?': predicted f-1, f-2>"


@pytest.mark.parametrize(
    ("unit", "one", "two"),
    [
        ("tasks", "1 task", "2 tasks"),
        ("copies", "1 copy", "2 copies"),
        ("s", "1 s", "2 s"),
        ("ms", "1 ms", "2 ms"),
        ("km/s", "1 km/s", "2 km/s"),
        ("", "1", "2"),
    ],
)
def test_one_is_said_in_the_singular(unit: str, one: str, two: str) -> None:
    question = Number(unit)
    assert (question.shown(1), question.shown(2)) == (one, two)
    assert (question.read(one), question.read(two)) == (1, 2)
