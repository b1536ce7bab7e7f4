"""Wrong answers that an exercise knows: ``wrong/LESSON.toml`` of a course.

[[wrong]]
exercise = "slow-loop"
name = "get-in-the-loop"
says = "a fragment of the message that this answer, and no other, gets"
code = '''
what stands in place of the marked region of the solution's cell
'''

[[unsolved]]
exercise = "slow-loop"
says = "a fragment of the message that the exercise as given gets"
"""

from __future__ import annotations

import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rayteach.notebook.course import BEGIN, END, CourseError, solution

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]

if TYPE_CHECKING:
    from pathlib import Path

    from rayteach.notebook.course import Course

_KEYS = {
    "wrong": ("exercise", "name", "says", "code"),
    "unsolved": ("exercise", "says"),
}


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """One typical mistake in an exercise."""

    exercise: str
    #: unique in its exercise
    name: str
    #: a fragment of the message that this answer gets, and no other
    says: str
    #: Python, in place of the marked region
    code: str


@dataclass(frozen=True, slots=True)
class WrongAnswers:
    """All that is known to be wrong in a lesson."""

    answers: tuple[WrongAnswer, ...] = ()
    #: exercise -> fragment of the message of the unsolved exercise
    unsolved: dict[str, str] | None = None

    def of(self, exercise: str) -> list[WrongAnswer]:
        """Return those of one exercise, in the file's order."""
        return [one for one in self.answers if one.exercise == exercise]


def path_of(course: Course, lesson: str) -> Path:
    """Return where a lesson's wrong answers are."""
    return course.folder / "wrong" / f"{lesson}.toml"


def load(course: Course, lesson: str) -> WrongAnswers:
    """Return the wrong answers of a lesson; none if it has no file of them.

    Raises:
        CourseError: the file is not as above, or names no exercise of the lesson.
    """
    path = path_of(course, lesson)
    if not path.is_file():
        return WrongAnswers()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path} is no TOML: {error}") from error
    for kind, rows in tables.items():
        _check_rows(course, lesson, path, kind, rows)
    answers = tuple(WrongAnswer(**row) for row in tables.get("wrong", ()))
    unsolved = {row["exercise"]: row["says"] for row in tables.get("unsolved", ())}
    return WrongAnswers(answers, unsolved)


def _check_rows(
    course: Course, lesson: str, path: Path, kind: str, rows: list[dict[str, Any]]
) -> None:
    """Raise if a table of the file is not what it must be."""
    if kind not in _KEYS:
        raise CourseError(f"{path}: there is no [[{kind}]]; only {', '.join(_KEYS)}")
    for number, row in enumerate(rows, 1):
        place = f"{path}: [[{kind}]] number {number}"
        if set(row) != set(_KEYS[kind]) or not all(row.values()):
            raise CourseError(f"{place} must have {', '.join(_KEYS[kind])}, no more")
        known = course.exercises.get(row["exercise"])
        if known is None or known.lesson != lesson:
            raise CourseError(
                f"{place}: {row['exercise']!r} is no exercise of {lesson}"
            )


def answered(solved: str, answer: WrongAnswer) -> str:
    """Return the exercise's cell with the wrong answer in place of the right one.

    Args:
        solved: the cell of the solution, with its marks. All from the first
            ``BEGIN`` to the last ``END`` is replaced, at the indentation of the
            first.
        answer: what stands there instead.

    Raises:
        CourseError: the cell has no marked region.
    """
    lines = solved.splitlines()
    begins = [i for i, line in enumerate(lines) if line.strip() == BEGIN]
    ends = [i for i, line in enumerate(lines) if line.strip() == END]
    if not begins or not ends:
        raise CourseError(f"the solution of {answer.exercise!r} has no marked region")
    first = lines[begins[0]]
    indent = first[: len(first) - len(first.lstrip())]
    code = textwrap.indent(textwrap.dedent(answer.code).strip("\n"), indent)
    return solution("\n".join([*lines[: begins[0]], code, *lines[ends[-1] + 1 :]]))
