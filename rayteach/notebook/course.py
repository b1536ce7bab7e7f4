"""The course on disk: its manifest, its solutions, and what is made from them.

    course.toml            lessons, their exercises, three hints for each
    tutorial/LESSON.ipynb  the lesson; holds its exercises as cells
    solutions/LESSON.ipynb the same exercises solved: the source of all others
    exercises/LESSON.ipynb made from the solutions
    checks/LESSON.py       CHECKS: name of the exercise -> check
    wrong/LESSON.toml      wrong answers that the checks know, see ``wrong``

An exercise is a cell that begins with ``%%check NAME``. In a solution

    ### BEGIN SOLUTION
    results = ray.get(ids)
    ### INSTEAD OF
    # results = ...
    ### END SOLUTION

the second part, without its comment signs, is what the learner starts from.
``python -m rayteach.notebook.course FOLDER`` makes exercises and the cells of
the lessons anew.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rayteach.errors import RayteachError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.checks import Check

MANIFEST = "course.toml"
#: where the wheel keeps the course
INSTALLED = Path(__file__).resolve().parent.parent / "course"
#: names the course to use, whatever lies around the notebook: a grader's own
VARIABLE = "RAYTEACH_COURSE"
#: the exercises as they are given, in a course without solutions
GIVEN = "given.json"
BEGIN, INSTEAD, END = "### BEGIN SOLUTION", "### INSTEAD OF", "### END SOLUTION"

#: an unsolved exercise raises; what it says is tested by other means
_UNSOLVED = ["raises-exception", "nbval-ignore-output"]

#: cells that only the solutions have
_SOLVED = "solution"

_CHECK = re.compile(r"\s*%%check\s+(\S+)")


class CourseError(RayteachError):
    """The course on disk is not as it must be; the text says where."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise, as the manifest has it."""

    name: str
    #: file name of its lesson, without ending
    lesson: str
    #: what to reach, in one sentence
    goal: str
    #: three, each more open than the one before
    hints: tuple[str, ...]
    #: its check holds on any number of CPUs
    any_cpus: bool = True


@dataclass(frozen=True, slots=True)
class Course:
    """A folder with a manifest."""

    folder: Path
    #: file names of the lessons, without ending, in order
    lessons: tuple[str, ...]
    exercises: dict[str, Exercise]
    #: lesson -> its title
    titles: dict[str, str] = field(default_factory=dict)
    #: lesson -> minutes that it takes
    minutes: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Course:
        """Read the manifest of ``folder``.

        Raises:
            CourseError: it is not a manifest.
        """
        path = folder / MANIFEST
        try:
            lessons = tomllib.loads(path.read_text(encoding="utf-8"))["lesson"]
            exercises = [
                _exercise(lesson["name"], one)
                for lesson in lessons
                for one in lesson.get("exercise", ())
            ]
            titles = {one["name"]: one.get("title", one["name"]) for one in lessons}
            minutes = {one["name"]: int(one.get("minutes", 30)) for one in lessons}
        except (KeyError, TypeError, ValueError) as error:
            message = f"{path} is no manifest of a course: {error}"
            raise CourseError(message) from error
        except OSError as error:
            message = f"{folder} is no course: it has no {MANIFEST}"
            raise CourseError(message) from error
        by_name = {one.name: one for one in exercises}
        return cls(folder, tuple(titles), by_name, titles, minutes)

    @classmethod
    def find(cls, start: Path) -> Course:
        """Return the course around ``start``, else the installed one.

        Raises:
            CourseError: there is none.
        """
        named = os.environ.get(VARIABLE)
        if named:
            return cls.load(Path(named))
        for folder in (start, *start.parents):
            for candidate in (folder, folder / "notebooks"):
                if (candidate / MANIFEST).is_file():
                    return cls.load(candidate)
        for candidate in (INSTALLED, INSTALLED.parent.parent / "notebooks"):
            if (candidate / MANIFEST).is_file():
                return cls.load(candidate)
        message = f"no {MANIFEST} in {start} or above it, and no course is installed"
        raise CourseError(message)

    def check(self, exercise: Exercise) -> Check:
        """Return the check of an exercise, from the lesson's Python file."""
        path = self.folder / "checks" / f"{exercise.lesson}.py"
        spec = importlib.util.spec_from_file_location(f"checks_{exercise.lesson}", path)
        if spec is None or spec.loader is None or not path.is_file():
            message = f"{path} is missing: it holds the check of {exercise.name!r}"
            raise CourseError(message)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        check: Check = module.CHECKS[exercise.name]
        return check

    @property
    def is_for_students(self) -> bool:
        """Whether its solutions were left out."""
        return (self.folder / GIVEN).is_file()

    def given(self, exercise: Exercise) -> str:
        """Return the cell that the learner starts from.

        Raises:
            CourseError: neither the solutions nor ``given.json`` have it.
        """
        path = self.folder / GIVEN
        if not path.is_file():
            return unsolved(self.solved(exercise))
        cells: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        if exercise.name not in cells:
            message = f"{path} has no exercise {exercise.name!r}"
            raise CourseError(message)
        return cells[exercise.name]

    def solved(self, exercise: Exercise) -> str:
        """Return the cell of the solution, with its marks.

        Raises:
            CourseError: the course has no solutions, or not this one.
        """
        path = self.folder / "solutions" / f"{exercise.lesson}.ipynb"
        if self.is_for_students or not path.is_file():
            message = "this course comes without solutions; your teacher has them"
            raise CourseError(message)
        for name, cell in exercise_cells(read_notebook(path)):
            if name == exercise.name:
                return source_of(cell)
        message = f"{path} has no cell that begins with %%check {exercise.name}"
        raise CourseError(message)


def _exercise(lesson: str, row: dict[str, Any]) -> Exercise:
    hints = tuple(row["hints"])
    return Exercise(row["name"], lesson, row["goal"], hints, row.get("any_cpus", True))


def read_notebook(path: Path) -> dict[str, Any]:
    """Return a notebook file as it is."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def notebook_text(notebook: dict[str, Any]) -> str:
    """Return a notebook as the text of its file."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def source_of(cell: dict[str, Any]) -> str:
    """Return the text of a cell."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def exercise_cells(notebook: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the cell of each exercise in a notebook."""
    for cell in notebook["cells"]:
        name = exercise_of(source_of(cell))
        if cell["cell_type"] == "code" and name is not None:
            yield name, cell


def exercise_of(source: str) -> str | None:
    """Return which exercise a cell answers; None for an ordinary cell."""
    found = _CHECK.match(source)
    return found[1] if found else None


def unsolved(source: str) -> str:
    """Return the learner's version of a solved cell."""
    return _pick(source, solution=False)


def solution(source: str) -> str:
    """Return a solved cell without its marks."""
    return _pick(source, solution=True)


def _pick(source: str, *, solution: bool) -> str:
    """Keep one side of each marked region, and all lines outside."""
    kept: list[str] = []
    side = ""
    for line in source.splitlines():
        mark = line.strip()
        if mark in (BEGIN, INSTEAD, END):
            side = {BEGIN: BEGIN, INSTEAD: INSTEAD, END: ""}[mark]
        elif not side or (side == BEGIN and solution):
            kept.append(line)
        elif side == INSTEAD and not solution:
            kept.append(re.sub(r"^(\s*)# ?", r"\1", line))
    return "\n".join(kept)


def generated(course: Course, lesson: str) -> dict[Path, str]:
    """Return the files made from a lesson's solutions: path to text."""
    solved = read_notebook(course.folder / "solutions" / f"{lesson}.ipynb")
    cells = {name: unsolved(source_of(cell)) for name, cell in exercise_cells(solved)}
    in_lesson = course.folder / "tutorial" / f"{lesson}.ipynb"
    made = {
        course.folder / "exercises" / f"{lesson}.ipynb": _emptied(solved),
        in_lesson: read_notebook(in_lesson),
    }
    for notebook in made.values():
        for name, cell in exercise_cells(notebook):
            _put(cell, cells[name])
    return {path: notebook_text(notebook) for path, notebook in made.items()}


def _emptied(solved: dict[str, Any]) -> dict[str, Any]:
    """Return the solutions without what only they have, and without outputs."""
    kept = [c for c in solved["cells"] if _SOLVED not in c["metadata"].get("tags", ())]
    empty: dict[str, Any] = {"execution_count": None, "outputs": []}
    cells = [c if c["cell_type"] == "markdown" else {**c, **empty} for c in kept]
    return {**solved, "cells": cells}


def _put(cell: dict[str, Any], source: str) -> None:
    """Make ``cell`` an unsolved exercise: it raises until it is solved."""
    cell["source"] = source.splitlines(keepends=True)
    cell["outputs"], cell["execution_count"] = [], None
    cell["metadata"] = {**cell["metadata"], "tags": _UNSOLVED}


def main(folder: str) -> None:
    """Write every file that is made from the solutions of a course."""
    course = Course.load(Path(folder))
    for lesson in course.lessons:
        if (course.folder / "solutions" / f"{lesson}.ipynb").is_file():
            for path, text in generated(course, lesson).items():
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
