"""Grade submissions with the teacher's own checks: each in a kernel of its own.

    for each notebook of each learner
      a fresh kernel runs its cells in order, like "Run All" that goes on after errors
        the cell of an exercise   its check is the teacher's; the verdict comes back
        a limit is passed         the kernel and all below it are ended; a fresh one
                                  runs the notebook again without that cell
      the kernel ends; processes that stay are a failure of the cell they began in

No cell can take the grader down: it only reads messages and files, and whatever
goes wrong with a submission becomes a line of its grades. It is no sandbox.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rayteach.notebook.course import VARIABLE, CourseError
from rayteach.notebook.progress import SWITCH
from rayteach.teaching import submissions
from rayteach.teaching.kernel import CellEnd, Kernel, KernelError, starts_here
from rayteach.teaching.limits import Limits
from rayteach.teaching.processes import adopting
from rayteach.teaching.submissions import Cell, Submission

if TYPE_CHECKING:
    from rayteach.notebook.course import Course

SOLVED, NOT_YET, FAILED = "solved", "not yet", "failed"
NOT_BEGUN, NO_ANSWER = "not begun", "no answer"
#: the best first: of several notebooks with one exercise the best result counts
ORDER = (SOLVED, NOT_YET, FAILED, NOT_BEGUN, NO_ANSWER)
#: in the place of an exercise: trouble in a cell that answers none
ELSEWHERE = "(notebook)"
#: how long a verdict, and a picture, may take, seconds
_REPORT_S = 30.0

#: how long a cell may take to hear that it is interrupted, seconds
_INTERRUPT_S = 5.0

_LOAD = "%load_ext rayteach"
_INSIDE = "import rayteach.teaching.inside as _rayteach_inside; _rayteach_inside."


@dataclass(slots=True)
class Grade:
    """What came of one exercise in one notebook."""

    learner: str
    lesson: str
    exercise: str
    #: one of ORDER
    result: str
    #: why it is not solved, in one sentence
    reason: str = ""
    #: the check's own words, one line each
    message: str = ""
    #: the learner's cell
    code: str = ""
    #: the run as a page, "" if there is none
    page: str = ""
    #: file name of the notebook
    notebook: str = ""


@dataclass(slots=True)
class _Notebook:
    """One notebook on its way through kernels."""

    course: Course
    submission: Submission
    path: Path
    cells: list[Cell]
    limits: Limits
    folder: Path
    scratch: Path
    #: number of a cell -> its grade
    grades: dict[int, Grade] = field(default_factory=dict)
    #: numbers of cells that ended a kernel, by why
    fatal: dict[int, str] = field(default_factory=dict)
    began_s: float = field(default_factory=time.monotonic)

    def grade(self) -> list[Grade]:
        """Run it to its end, anew after each cell that ends a kernel."""
        while self._run_once():
            if not any(c.exercise and c.number not in self.grades for c in self.cells):
                break
        return [self.grades[number] for number in sorted(self.grades)]

    def _run_once(self) -> bool:
        """Run all cells that ended no kernel; True if one more did."""
        env = {
            "RAYTEACH_VIEW": "text",
            SWITCH: "off",
            VARIABLE: str(self.course.folder.absolute()),
        }
        kernel = Kernel(self.folder, self.limits, env)
        ends: dict[int, CellEnd] = {}
        try:
            _ask(kernel, _LOAD)
            for cell in self.cells:
                if cell.number in self.fatal or not cell.source.strip():
                    continue
                end = ends[cell.number] = self._run_cell(kernel, cell)
                if end.fatal:
                    self._end_here(cell, end.fatal)
                    if cell.exercise:
                        shown = self._last_picture(kernel, cell)
                        self.grades[cell.number].page = shown
                    kernel.kill()
                    return not self._is_late
        except BaseException:
            kernel.kill()
            raise
        self._blame(kernel.close(), ends)
        return False

    def _last_picture(self, kernel: Kernel, cell: Cell) -> str:
        """Return the run of a cell that had to be stopped, "" if it is lost."""
        page = self.scratch / "page.html"
        page.unlink(missing_ok=True)
        if kernel.interrupt(_INTERRUPT_S):
            title = f"{self.submission.learner}: {cell.exercise}"
            _ask(kernel, f"{_INSIDE}picture({str(page)!r}, {title!r})")
        return _text(page)

    @property
    def _left_s(self) -> float:
        return self.limits.notebook_s - (time.monotonic() - self.began_s)

    @property
    def _is_late(self) -> bool:
        return self._left_s <= 0

    def _run_cell(self, kernel: Kernel, cell: Cell) -> CellEnd:
        """Run a cell; that of an exercise is judged too."""
        if self._is_late:
            return CellEnd(f"the notebook took more than {self.limits.notebook_s:g} s")
        if cell.exercise:
            forgotten = _ask(kernel, f"{_INSIDE}forget()")
            if forgotten.fatal:
                return forgotten
        end = kernel.run(cell.source, min(self.limits.cell_s, max(self._left_s, 0.1)))
        if cell.exercise and not end.fatal:
            late = self._judge(kernel, cell, end)
            end.fatal = late.fatal
        return end

    def _judge(self, kernel: Kernel, cell: Cell, end: CellEnd) -> CellEnd:
        """Fetch the verdict on a cell; return how that ended."""
        verdict, page = self.scratch / "verdict.json", self.scratch / "page.html"
        for one in (verdict, page):
            one.unlink(missing_ok=True)
        asked = _ask(kernel, f"{_INSIDE}report({str(verdict)!r})")
        if asked.fatal:
            return asked
        grade = self._new_grade(cell, FAILED, end.error or end.stderr.strip())
        self.grades[cell.number] = grade
        found = _read_verdict(verdict)
        if found is None or found.get("exercise") != cell.exercise:
            grade.reason = grade.reason or "its check did not run"
            return asked
        grade.reason, grade.message = found["says"], found["problem"] or ""
        grade.result = NOT_YET if found["problem"] else FAILED
        if not found["says"]:
            grade.result = SOLVED
            return asked
        title = f"{self.submission.learner}: {cell.exercise}"
        drawn = _ask(kernel, f"{_INSIDE}picture({str(page)!r}, {title!r})")
        if not drawn.error and not drawn.fatal:
            grade.page = _text(page)
        return drawn

    def _new_grade(self, cell: Cell, result: str, reason: str) -> Grade:
        exercise = self.course.exercises.get(cell.exercise)
        return Grade(
            self.submission.learner,
            exercise.lesson if exercise else "",
            cell.exercise or ELSEWHERE,
            result,
            reason,
            code=cell.source,
            notebook=self.path.name,
        )

    def _end_here(self, cell: Cell, reason: str) -> None:
        """Note a cell that ended its kernel; past the time, all others too."""
        self.fatal[cell.number] = reason
        where = "" if cell.exercise else f"cell {cell.number}: "
        self.grades[cell.number] = self._new_grade(cell, FAILED, f"{where}{reason}")
        if self._is_late:
            for one in self.cells:
                if one.exercise and one.number not in self.grades:
                    self.grades[one.number] = self._new_grade(one, FAILED, reason)

    def _blame(self, left: list[tuple[int, str]], ends: dict[int, CellEnd]) -> None:
        """Fail the cells whose processes outlived the kernel."""
        by_number = {cell.number: cell for cell in self.cells}
        for run, command in left:
            began = [number for number, end in ends.items() if end.number >= run]
            cell = by_number[min(began, default=max(ends, default=1))]
            where = "" if cell.exercise else f"cell {cell.number}: "
            reason = f"{where}it left a process running: {command}"
            page = self.grades[cell.number].page if cell.number in self.grades else ""
            self.grades[cell.number] = self._new_grade(cell, FAILED, reason)
            self.grades[cell.number].page = page


def _ask(kernel: Kernel, code: str) -> CellEnd:
    """Run a line of ours in the kernel."""
    return kernel.run(code, _REPORT_S, silent=True)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _read_verdict(path: Path) -> dict[str, str] | None:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        return {key: read[key] for key in ("exercise", "says", "problem")}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def grade_one(
    course: Course, submission: Submission, limits: Limits, lessons: Iterable[str] = ()
) -> list[Grade]:
    """Grade what one learner handed in.

    Args:
        course: the teacher's, whose checks count.
        submission: notebooks of the learner.
        limits: what each notebook may use.
        lessons: only exercises of these; all without any.

    Returns:
        One grade for each exercise that some notebook answers, the best of each
        by ``ORDER``, and one for each trouble in another cell.
    """
    wanted = set(lessons) or set(course.lessons)
    grades: list[Grade] = []
    for path in submission.notebooks():
        try:
            grades += _grade_notebook(course, submission, path, limits, wanted)
        except CourseError as error:
            name = path.name
            grade = Grade(submission.learner, "", ELSEWHERE, FAILED, str(error))
            grade.notebook = name
            grades.append(grade)
    return _best(grades)


def _grade_notebook(
    course: Course,
    submission: Submission,
    path: Path,
    limits: Limits,
    wanted: set[str],
) -> list[Grade]:
    cells = submissions.read(path, course)
    asked = [
        cell
        for cell in cells
        if cell.exercise and course.exercises[cell.exercise].lesson in wanted
    ]
    begun = [cell for cell in asked if not _is_given(course, cell)]
    if not begun:
        return [_not_begun(course, submission, path, cell) for cell in asked]
    with tempfile.TemporaryDirectory(prefix="rayteach-room-") as name:
        room, scratch = Path(name, "room"), Path(name, "scratch")
        scratch.mkdir()
        folder = submissions.lay_out(course, submission, path, room)
        runner = _Notebook(course, submission, path, cells, limits, folder, scratch)
        grades = runner.grade()
    for grade in grades:
        if grade.result != SOLVED and any(
            grade.exercise == cell.exercise for cell in asked if cell not in begun
        ):
            grade.result, grade.reason, grade.page = NOT_BEGUN, "", ""
    names = {cell.exercise for cell in asked} | {ELSEWHERE}
    return [grade for grade in grades if grade.exercise in names]


def _is_given(course: Course, cell: Cell) -> bool:
    """Tell whether a cell is as the learner got it."""
    try:
        given = course.given(course.exercises[cell.exercise])
    except CourseError:
        return False  # nobody knows: then it runs
    return given.split() == cell.source.split()


def _not_begun(course: Course, submission: Submission, path: Path, cell: Cell) -> Grade:
    lesson = course.exercises[cell.exercise].lesson
    learner = submission.learner
    return Grade(learner, lesson, cell.exercise, NOT_BEGUN, notebook=path.name)


def _best(grades: list[Grade]) -> list[Grade]:
    """Return the best grade of each exercise, and all troubles elsewhere."""
    best: dict[str, Grade] = {}
    for grade in grades:
        if grade.exercise == ELSEWHERE:
            continue
        other = best.get(grade.exercise)
        if other is None or ORDER.index(grade.result) < ORDER.index(other.result):
            best[grade.exercise] = grade
    return [*best.values(), *(g for g in grades if g.exercise == ELSEWHERE)]


def grade_all(
    course: Course,
    folder: Path,
    limits: Limits,
    *,
    lessons: Iterable[str] = (),
    say: Callable[[str], None] = lambda _text: None,
) -> dict[str, list[Grade]]:
    """Grade all submissions in a folder.

    Args:
        course: the teacher's.
        folder: see :mod:`rayteach.teaching.submissions`.
        limits: what each notebook may use.
        lessons: only exercises of these; by default those of every lesson that
            anybody answered something of.
        say: told each learner's name and count when done.

    Returns:
        Learner -> grades, one for each exercise of these lessons in the course's
        order, then troubles elsewhere.

    Raises:
        CourseError: there is nothing to grade, or the course has no such lesson.
        KernelError: no kernel starts here.
    """
    asked = list(lessons)
    for lesson in asked:
        if lesson not in course.lessons:
            message = f"{course.folder} has no lesson {lesson!r}"
            raise CourseError(message)
    graded: dict[str, list[Grade]] = {}
    with adopting():
        for submission in submissions.find(folder):
            grades = _safely(course, submission, limits, asked)
            graded.setdefault(submission.learner, []).extend(grades)
            solved = sum(grade.result == SOLVED for grade in grades)
            say(f"{submission.learner}: {solved} of {len(grades)} solved")
    answered = {grade.lesson for grades in graded.values() for grade in grades}
    shown = [name for name in course.lessons if name in (asked or answered)]
    return {name: _full(course, name, g, shown) for name, g in graded.items()}


def _safely(
    course: Course, submission: Submission, limits: Limits, lessons: list[str]
) -> list[Grade]:
    """Grade one learner; what nobody thought of becomes a grade too."""
    try:
        return grade_one(course, submission, limits, lessons)
    except CourseError:
        raise
    except KernelError as error:
        if not starts_here(limits):
            raise
        reason = f"it keeps its own kernel from starting: {error}"
        return [Grade(submission.learner, "", ELSEWHERE, FAILED, reason)]
    except Exception as error:  # noqa: BLE001 (one submission must not end them all)
        reason = f"it cannot be graded: {type(error).__name__}: {error}"
        return [Grade(submission.learner, "", ELSEWHERE, FAILED, reason)]


def _full(
    course: Course, learner: str, grades: list[Grade], lessons: list[str]
) -> list[Grade]:
    """Return a grade for each exercise, also where there is no answer."""
    by_name = {g.exercise: g for g in _best(grades) if g.exercise != ELSEWHERE}
    full = [
        by_name.get(one.name, Grade(learner, one.lesson, one.name, NO_ANSWER))
        for one in course.exercises.values()
        if one.lesson in lessons
    ]
    return [*full, *(g for g in grades if g.exercise == ELSEWHERE)]
