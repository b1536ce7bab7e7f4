"""Try every answer that a lesson knows: unsolved, wrong ones, the solution.

    solutions/LESSON.ipynb, cell by cell
      an ordinary cell   runs; it must not fail
      an exercise        as given    its check says "not yet"
                         each wrong  gets its own message, and no other's
                         solved      passes

What runs a cell is handed in: a shell in a test, a kernel for ``course check``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rayteach.notebook import course as courses
from rayteach.notebook import wrong

if TYPE_CHECKING:
    from rayteach.notebook.course import Course
    from rayteach.notebook.wrong import WrongAnswer, WrongAnswers

#: how many typical mistakes an exercise should know
KNOWN_MISTAKES = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a cell ended."""

    #: "done", "not yet" (its check failed), or "error"
    kind: str
    #: the message of the check or of the error; "" when done
    text: str = ""


#: (source, cell id) -> how it ended
Run = Callable[[str, str], Outcome]


def complaints(
    course: Course, lesson: str, run: Run, *, any_cpus: bool = False
) -> Iterator[str]:
    """Yield what is not as it must be in a lesson's exercises, one sentence each.

    Args:
        course: the course with solutions and wrong answers.
        lesson: the lesson's name.
        run: runs a cell in a fresh notebook; the same id is the same cell.
        any_cpus: leave out the exercises that need the lesson's number of CPUs.
    """
    path = course.folder / "solutions" / f"{lesson}.ipynb"
    known = wrong.load(course, lesson)
    for number, cell in enumerate(courses.read_notebook(path)["cells"]):
        source = courses.source_of(cell)
        if cell["cell_type"] != "code" or not source.strip():
            continue
        name = courses.exercise_of(source)
        if name is not None and any_cpus and not course.exercises[name].any_cpus:
            continue
        if name is not None:
            yield from _exercise(name, source, known, run)
            continue
        outcome = run(source, f"cell-{number}")
        if outcome.kind != "done":
            first = source.strip().splitlines()[0]
            yield f"{lesson}: the cell {first!r} failed: {outcome.text}"


def _exercise(name: str, solved: str, known: WrongAnswers, run: Run) -> Iterator[str]:
    """Try an exercise in every way."""
    outcome = run(courses.unsolved(solved), name)
    says = (known.unsolved or {}).get(name, "")
    if outcome.kind != "not yet":
        yield f"{name}: unsolved it must fail at its check, but: {_words(outcome)}"
    elif _plain(says) not in _plain(outcome.text):
        yield f"{name}: unsolved it must say {says!r}, but: {outcome.text}"
    for answer in known.of(name):
        wanted = run(wrong.answered(solved, answer), name)
        yield from _wrong(answer, known, wanted)
    outcome = run(courses.solution(solved), name)
    if outcome.kind != "done":
        yield f"{name}: the solution must pass, but: {_words(outcome)}"


def _wrong(answer: WrongAnswer, known: WrongAnswers, outcome: Outcome) -> Iterator[str]:
    """Say where a wrong answer does not get its own message alone."""
    title = f"{answer.exercise}, wrong answer {answer.name!r}"
    if outcome.kind != "not yet":
        yield f"{title}: its check must name the mistake, but: {_words(outcome)}"
        return
    if _plain(answer.says) not in _plain(outcome.text):
        yield f"{title}: the message must say {answer.says!r}, but: {outcome.text}"
    for other in known.of(answer.exercise):
        if other is not answer and _plain(other.says) in _plain(outcome.text):
            yield f"{title}: it gets the message of {other.name!r}: {outcome.text}"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _words(outcome: Outcome) -> str:
    if outcome.kind == "done":
        return "it passed"
    return outcome.text if outcome.kind == "not yet" else f"it raised {outcome.text}"
