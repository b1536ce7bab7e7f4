"""Build a course: exercises from solutions, and a copy for students."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from rayteach.notebook import course as courses
from rayteach.notebook.course import GIVEN, MANIFEST, Course, CourseError
from rayteach.notebook.progress import FILE
from rayteach.teaching import home

#: what students do not get
_LEFT_OUT = ("solutions", "wrong", "__pycache__", FILE, f"{FILE}.*", ".*")


def build(course: Course) -> list[Path]:
    """Write every file that is made from the solutions; return those that changed.

    Raises:
        CourseError: a solution is missing, or a lesson has no such exercise.
    """
    changed = []
    for lesson in course.lessons:
        for path, text in files_of(course, lesson).items():
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
                changed.append(path)
    return changed


def files_of(course: Course, lesson: str) -> dict[Path, str]:
    """Return the files made from a lesson's solutions: path to text.

    Raises:
        CourseError: a notebook is missing or broken; names it.
    """
    if not any(one.lesson == lesson for one in course.exercises.values()):
        return {}
    try:
        return courses.generated(course, lesson)
    except KeyError as error:
        message = f"{lesson}: the solutions have no exercise {error}"
        raise CourseError(message) from error
    except (OSError, ValueError) as error:
        message = f"{lesson}: {error}"
        raise CourseError(message) from error


def for_students(course: Course, target: Path) -> None:
    """Copy a course without solutions, wrong answers and anybody's progress.

    Args:
        course: with its solutions.
        target: a new folder, an empty one, or one that this made before.

    Raises:
        CourseError: the target holds other files, or a solution is missing.
    """
    inside = target.absolute().is_relative_to(course.folder.absolute())
    foreign = target.exists() and any(target.iterdir()) and not _is_ours(target)
    if inside or foreign:
        message = f"{target} is not for this: name a new folder outside of the course"
        raise CourseError(message)
    given = {one.name: course.given(one) for one in course.exercises.values()}
    ignore = shutil.ignore_patterns(*_LEFT_OUT)
    shutil.copytree(course.folder, target, ignore=ignore, dirs_exist_ok=True)
    text = json.dumps(given, indent=1, ensure_ascii=False) + "\n"
    (target / GIVEN).write_text(text, encoding="utf-8")
    home.describe(target)


def _is_ours(target: Path) -> bool:
    return (target / GIVEN).is_file() and (target / MANIFEST).is_file()
