"""Check a course: complete, made from its solutions, and each answer as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rayteach.notebook import course as courses
from rayteach.notebook import trials, wrong
from rayteach.notebook.course import Course, CourseError, Exercise
from rayteach.notebook.progress import SWITCH
from rayteach.notebook.trials import Outcome
from rayteach.teaching.build import files_of
from rayteach.teaching.kernel import Kernel
from rayteach.teaching.limits import Limits

_NOT_YET = "CheckFailedError: "
HINTS = 3


class _KernelEndedError(Exception):
    """A cell ended the kernel; the text says how."""


def complaints(
    course: Course, lesson: str, limits: Limits, num_cpus: float = 0
) -> Iterator[str]:
    """Yield what is wrong with a lesson, one sentence each.

    Args:
        course: with solutions.
        lesson: name of one of its lessons.
        limits: what its cells may use.
        num_cpus: give every session so many CPUs; 0 leaves it to the lesson.
    """
    before = list(static(course, lesson))
    yield from before
    if not before and any(one.lesson == lesson for one in course.exercises.values()):
        yield from tried(course, lesson, limits, num_cpus)


def static(course: Course, lesson: str) -> Iterator[str]:
    """Yield what is wrong with a lesson's files; nothing runs."""
    if not (course.folder / "tutorial" / f"{lesson}.ipynb").is_file():
        yield f"{lesson}: tutorial/{lesson}.ipynb is missing"
        return
    try:
        yield from _made(course, lesson)
        known = wrong.load(course, lesson)
    except (CourseError, OSError, ValueError) as error:
        yield str(error)
        return
    for one in course.exercises.values():
        if one.lesson == lesson:
            yield from _exercise(course, one, known)


def _made(course: Course, lesson: str) -> Iterator[str]:
    """Yield which notebooks are not what the solutions make."""
    named = [one.name for one in course.exercises.values() if one.lesson == lesson]
    for path, text in files_of(course, lesson).items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            shown = path.relative_to(course.folder)
            yield f"{shown} is not what the solutions make; run: rayteach course build"
        elif (found := _names(path)) != named:
            shown = path.relative_to(course.folder)
            yield f"{shown} has the exercises {found}, the manifest {named}"


def _names(path: Path) -> list[str]:
    notebook = courses.read_notebook(path)
    return [name for name, _ in courses.exercise_cells(notebook)]


def _exercise(
    course: Course, exercise: Exercise, known: wrong.WrongAnswers
) -> Iterator[str]:
    name = exercise.name
    if len(exercise.hints) != HINTS or not all(h.strip() for h in exercise.hints):
        yield f"{name}: there must be {HINTS} hints, none of them empty"
    try:
        course.check(exercise)
        solved = course.solved(exercise)
    except (CourseError, KeyError) as error:
        yield f"{name}: its check or its solution is missing: {error}"
        return
    if courses.unsolved(solved) == courses.solution(solved):
        yield f"{name}: its solution has no marked region"
    answers = known.of(name)
    if len(answers) < trials.KNOWN_MISTAKES:
        count = trials.KNOWN_MISTAKES
        yield f"{name}: there must be {count} wrong answers, there are {len(answers)}"
    if len({one.name for one in answers}) < len(answers):
        yield f"{name}: two wrong answers have one name"


def tried(
    course: Course, lesson: str, limits: Limits, num_cpus: float = 0
) -> Iterator[str]:
    """Run all answers of a lesson in a fresh kernel; yield which are not as known."""
    env = {
        "RAYTEACH_VIEW": "text",
        SWITCH: "off",
        courses.VARIABLE: str(course.folder.absolute()),
    }
    kernel = Kernel(course.folder / "solutions", limits, env)

    def run(source: str, _cell_id: str) -> Outcome:
        end = kernel.run(source, limits.cell_s)
        if end.fatal:
            first = source.strip().splitlines()[0]
            message = f"{lesson}: the cell {first!r} ended the kernel: {end.fatal}"
            raise _KernelEndedError(message)
        if end.error.startswith(_NOT_YET):
            return Outcome("not yet", end.error.removeprefix(_NOT_YET))
        return Outcome("error", end.error) if end.error else Outcome("done")

    try:
        if num_cpus:
            code = "import rayteach.teaching.inside as _inside; _inside.force_cpus"
            kernel.run(f"{code}({num_cpus})", limits.cell_s, silent=True)
        yield from trials.complaints(course, lesson, run, any_cpus=bool(num_cpus))
    except _KernelEndedError as error:
        yield str(error)
    finally:
        left = kernel.close()
    yield from (f"{lesson}: it left a process running: {words}" for _, words in left)
