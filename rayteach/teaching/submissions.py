"""What learners handed in: a folder with a notebook or a folder for each.

submissions/
  ada.ipynb              the learner "ada"
  grace/                 the learner "grace"
    01_first_….ipynb     any notebooks, at any depth
    helper.py            what they need stays beside them
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rayteach.notebook import course as courses
from rayteach.notebook.course import Course, CourseError

#: larger notebooks are not read
_MOST_BYTES = 50_000_000
#: folders of the course that a learner has no need of
_TEACHERS = ("solutions", "wrong", "checks", "__pycache__", ".ipynb_checkpoints")
#: where a notebook runs: its file may stand in folders of these names
_PLACES = ("tutorial", "exercises", "capstones")


@dataclass(frozen=True, slots=True)
class Submission:
    """What one learner handed in."""

    learner: str
    #: the notebook, or the folder
    path: Path

    def notebooks(self) -> list[Path]:
        """Return its notebooks, checkpoints and hidden folders left out."""
        if self.path.is_file():
            return [self.path]
        found = sorted(self.path.rglob("*.ipynb"))
        return [one for one in found if one.is_file() and not _is_hidden(one, self)]


def _is_hidden(path: Path, submission: Submission) -> bool:
    parts = path.relative_to(submission.path).parts
    return any(part.startswith(".") for part in parts)


def find(folder: Path) -> list[Submission]:
    """Return all submissions in a folder, by name.

    Raises:
        CourseError: there is none.
    """
    if not folder.is_dir():
        message = f"{folder} is no directory of submissions"
        raise CourseError(message)
    found = [
        Submission(one.stem if one.is_file() else one.name, one)
        for one in sorted(folder.iterdir())
        if not one.name.startswith(".") and (one.is_dir() or one.suffix == ".ipynb")
    ]
    if not found:
        message = f"{folder} holds no notebook and no folder of a learner"
        raise CourseError(message)
    return found


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell of a submission."""

    #: from 1, code cells only
    number: int
    source: str
    #: the exercise it answers; "" for any other cell
    exercise: str = ""


def read(path: Path, course: Course) -> list[Cell]:
    """Return the code cells of a notebook.

    Raises:
        CourseError: it cannot be read as a notebook.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it is too large")  # noqa: TRY301 (one answer to all)
        cells = courses.read_notebook(path)["cells"]
        sources = [
            courses.source_of(one) for one in cells if one["cell_type"] == "code"
        ]
        return [_cell(number, text, course) for number, text in enumerate(sources, 1)]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"{path.name} is no notebook: {type(error).__name__}: {error}"
        raise CourseError(message) from error


def _cell(number: int, source: Any, course: Course) -> Cell:
    if not isinstance(source, str):
        raise TypeError("a cell's source is no text")
    name = courses.exercise_of(source) or ""
    return Cell(number, source, name if name in course.exercises else "")


def lay_out(course: Course, submission: Submission, notebook: Path, room: Path) -> Path:
    """Make the folder that a notebook runs in, and return it.

    The course's own files are there (data, not what is the teacher's), and above
    them all that was handed in; links are left out.
    """
    shutil.copytree(course.folder, room, dirs_exist_ok=True, ignore=_ignore(*_TEACHERS))
    if submission.path.is_dir():
        ignored = _ignore(*_TEACHERS, courses.MANIFEST, courses.GIVEN)
        shutil.copytree(submission.path, room, dirs_exist_ok=True, ignore=ignored)
        parent = room / notebook.parent.relative_to(submission.path)
        if parent != room:
            return parent
    place = room / next((one for one in _PLACES if (room / one).is_dir()), ".")
    if submission.path.is_dir():  # what lay beside the notebook lies beside it again
        for one in submission.path.iterdir():
            if one.is_file() and not one.is_symlink():
                shutil.copyfile(one, place / one.name)
    return place


def _ignore(*names: str) -> Any:
    """Return what tells ``copytree`` to leave out names, links and special files."""

    def ignored(folder: str, entries: list[str]) -> set[str]:
        paths = [Path(folder, entry) for entry in entries]
        return {
            one.name
            for one in paths
            if one.name in names
            or one.is_symlink()
            or not (one.is_dir() or one.is_file())
        }

    return ignored
