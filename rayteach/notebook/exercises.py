"""``%%check``, ``%hint`` and ``%solution``: the exercises of the course."""

# IPython is typed in part.
# mypy: allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import difflib
import linecache
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.magic import (
    Magics,
    cell_magic,
    line_magic,
    magics_class,
    no_var_expand,
)
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from rayteach.checks import Check, CheckFailedError, Evidence, Problem
from rayteach.notebook import progress
from rayteach.notebook.cellcode import CellCode
from rayteach.notebook.contracts import open_session
from rayteach.notebook.course import (
    INSTALLED,
    Course,
    CourseError,
    Exercise,
    solution,
)
from rayteach.notebook.progress import ProgressFile, Record
from rayteach.notebook.status import rows_of
from rayteach.notebook.tracebacks import learners_frames
from rayteach.trace.views.rows import Rows, RunRow

if TYPE_CHECKING:
    from rayteach.notebook.extension import Extension


@magics_class
class ExerciseMagics(Magics):
    """The magics of an exercise."""

    def __init__(self, extension: Extension) -> None:
        """Keep the extension whose cells are judged."""
        super().__init__(shell=extension.shell)
        self._extension = extension
        #: exercise -> hints given so far
        self._given: dict[str, int] = {}
        #: what came of the latest check; None while it runs, and before the first
        self.judged: Judged | None = None

    @no_var_expand
    @cell_magic
    @magic_arguments()
    @argument("name", help="name of the exercise")
    def check(self, line: str, cell: str) -> None:
        """Run this cell as the answer to an exercise, and check what it did.

        The check looks at the structure of the run, never at seconds.
        """
        course, exercise = find(parse_argstring(self.check, line).name)
        judge = _check_of(course, exercise).judge
        self.judged = None
        evidence = self._run(cell)
        problem = judge(evidence)
        self._keep(course, exercise, evidence, problem)
        if problem is not None:
            raise CheckFailedError(problem, exercise.name) from evidence.error
        if evidence.error is not None:
            raise evidence.error
        print(f"{exercise.name}: solved. {exercise.goal}")  # noqa: T201

    def _keep(
        self,
        course: Course,
        exercise: Exercise,
        evidence: Evidence,
        problem: Problem | None,
    ) -> None:
        """Note the attempt, for the learner and for a grader."""
        error = evidence.error
        says = f"{type(error).__name__}: {error}".rstrip(": ") if error else ""
        says = problem.found if problem is not None else says
        self.judged = Judged(exercise.name, says, problem, evidence)

        def change(record: Record) -> None:
            record.attempts += 1
            record.says = says
            if not says and not record.solved:
                record.solved = progress.now()

        file_of(course).change(exercise.name, change)

    def _run(self, cell: str) -> Evidence:
        running = self._extension.cells.current
        code = CellCode.of(
            self._extension.shell, cell, running.source if running else ""
        )
        statements = code.parse().body
        error: Exception | None = None
        try:
            for node in statements:
                code.run(node, show=node is statements[-1])
        except Exception as raised:  # noqa: BLE001 (judged by the check)
            error = raised
        line = _line_of(error, code.filename)
        source = linecache.getline(code.filename, line) if line else ""
        names = self._extension.shell.user_ns
        return Evidence(self._rows(), names, error, line, source, cell)

    def _rows(self) -> Rows:
        session = open_session(self._extension.sessions)
        cell = self._extension.cells.current
        if session is None or cell is None or cell.run is None:
            return Rows(RunRow(-1, "", 1, 0.0))
        return rows_of(session, cell.run)

    @no_var_expand
    @line_magic
    @magic_arguments()
    @argument("name", help="name of the exercise")
    def hint(self, line: str) -> None:
        """Give the next hint for an exercise; the third one nearly tells."""
        course, exercise = find(parse_argstring(self.hint, line).name)
        count = min(self._given.get(exercise.name, 0) + 1, len(exercise.hints))
        self._given[exercise.name] = count
        text = exercise.hints[count - 1]

        def change(record: Record) -> None:
            record.hints = max(record.hints, count)

        file_of(course).change(exercise.name, change)
        print(f"Hint {count} of {len(exercise.hints)}: {text}")  # noqa: T201

    @no_var_expand
    @line_magic
    @magic_arguments()
    @argument("name", help="name of the exercise")
    @argument("--yes", action="store_true", help="show it without asking")
    def solution(self, line: str) -> None:
        """Show the solution of an exercise, after asking."""
        options = parse_argstring(self.solution, line)
        course, exercise = find(options.name)
        try:
            solved = solution(course.solved(exercise))
        except CourseError as error:
            raise UsageError(str(error)) from None
        if options.yes or self._wants_it(exercise):
            file_of(course).change(exercise.name, _mark_solution)
            print(solved)  # noqa: T201

    @no_var_expand
    @line_magic
    def progress(self, _line: str) -> None:
        """Show which exercises of the course you have solved."""
        try:
            course = Course.find(Path.cwd())
        except CourseError as error:
            raise UsageError(str(error)) from None
        print(progress.page(course, file_of(course).read()))  # noqa: T201

    def reset(self, name: str) -> None:
        """Put an exercise as it is given into this cell, and forget its record.

        The answer in its own cell stays as it is.

        Raises:
            UsageError: there is no such exercise.
        """
        course, exercise = find(name)
        try:
            given = course.given(exercise)
        except CourseError as error:
            raise UsageError(str(error)) from None
        self._given.pop(name, None)
        file_of(course).forget(name)
        self._extension.shell.set_next_input(given, replace=True)

    def _wants_it(self, exercise: Exercise) -> bool:
        given, total = self._given.get(exercise.name, 0), len(exercise.hints)
        question = f"You have had {given} of {total} hints. Show the solution? [y/N] "
        try:
            return input(question).strip().lower() in ("y", "yes")
        except StdinNotImplementedError:
            message = f"nobody can be asked here; %solution {exercise.name} --yes"
            raise UsageError(message) from None


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one run of an exercise's cell."""

    exercise: str
    #: what was wrong, in one sentence; "" if it is solved
    says: str
    #: the check's own words; None if it passed, or the cell raised
    problem: Problem | None
    #: what the check looked at
    evidence: Evidence


def file_of(course: Course) -> ProgressFile:
    """Return where progress is kept: the course folder, never the installed one."""
    folder = Path.cwd() if course.folder == INSTALLED else course.folder
    return ProgressFile(folder, course)


def _mark_solution(record: Record) -> None:
    record.solution = record.solution or not record.solved


def _check_of(course: Course, exercise: Exercise) -> Check:
    try:
        return course.check(exercise)
    except CourseError as error:
        raise UsageError(str(error)) from None


def find(name: str) -> tuple[Course, Exercise]:
    """Return the course around the notebook, and the exercise of that name.

    Raises:
        UsageError: there is no course here, or no such exercise; names the nearest.
    """
    try:
        course = Course.find(Path.cwd())
    except CourseError as error:
        raise UsageError(str(error)) from None
    if name in course.exercises:
        return course, course.exercises[name]
    near = difflib.get_close_matches(name, course.exercises, n=1)
    known = f"did you mean {near[0]}?" if near else ", ".join(course.exercises)
    message = f"there is no exercise {name!r}: {known}"
    raise UsageError(message)


def _line_of(error: BaseException | None, filename: str) -> int:
    """Return the last line of the cell that the error went through."""
    line = 0
    entry = learners_frames(error.__traceback__) if error else None
    while entry is not None:
        if entry.tb_frame.f_code.co_filename == filename:
            line = entry.tb_lineno
        entry = entry.tb_next
    return line
