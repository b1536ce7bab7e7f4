"""What `rayteach lab` opens: the learner's copy of the course, and its contents.

    course.json              the contents, for the front end (it reads no TOML)
    progress.json            see :mod:`rayteach.notebook.progress`
    .rayteach-copied.json    path -> SHA-256 of what was copied there

A file of the copy that still is what was copied is replaced by a newer one; any
other is the learner's work and stays.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from rayteach.notebook.course import MANIFEST, Course

CONTENTS = "course.json"
COPIED = ".rayteach-copied.json"
#: in front of a path: the newer version that the learner was told of
_TOLD = "newer:"
_TOUR = ("00_tour", "A tour of the pictures", 5)


def copy(source: Path, target: Path) -> list[str]:
    """Copy a course, or bring an earlier copy up to date.

    Args:
        source: the installed course.
        target: the learner's folder, made if need be.

    Returns:
        Paths, below ``target``, of files that the learner has changed and of which
        there is a newer version now; they stay as they are.

    Raises:
        OSError: ``target`` cannot be written.
    """
    target.mkdir(parents=True, exist_ok=True)
    record = target / COPIED
    copied = _read(record)
    kept = []
    for path in sorted(source.rglob("*")):
        if not path.is_file() or path.parent.name == "__pycache__":
            continue  # pip compiles the checks where it installs them
        name, place = (
            path.relative_to(source).as_posix(),
            target / path.relative_to(source),
        )
        data = path.read_bytes()
        now = hashlib.sha256(data).hexdigest()
        there = _hash(place)
        if there not in (None, now, copied.get(name)):
            if now not in (copied.get(name), copied.get(_TOLD + name)):
                kept.append(name)
                copied[_TOLD + name] = now  # once is enough
            continue
        if there != now:
            _put(place, data)
        copied[name] = now
    _put(record, (json.dumps(copied, indent=1) + "\n").encode())
    return kept


def _read(path: Path) -> dict[str, str]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # then every file that differs counts as the learner's
    return read if isinstance(read, dict) else {}


def _hash(path: Path) -> str | None:
    """Return the hash of a file; None if nothing is there."""
    if not path.is_file():
        return "" if path.exists() or path.is_symlink() else None
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _put(path: Path, data: bytes) -> None:
    """Write a file as a whole: an interrupted copy leaves no half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(data)
    draft.replace(path)


def contents(course: Course) -> dict[str, Any]:
    """Return what the course home shows: lessons in order, with their exercises.

    ``path`` is that of the notebook below the course; lessons that are not there
    are left out.
    """
    name, title, minutes = _TOUR
    tour = {"name": name, "title": title, "minutes": minutes, "exercises": []}
    lessons = [tour] + [
        {
            "name": lesson,
            "title": course.titles[lesson],
            "minutes": course.minutes[lesson],
            "exercises": [
                {"name": one.name, "goal": one.goal}
                for one in course.exercises.values()
                if one.lesson == lesson
            ],
        }
        for lesson in course.lessons
    ]
    found = []
    for lesson in lessons:
        path = _notebook(course, str(lesson["name"]))
        if path:
            found.append({**lesson, "path": path})
    return {"format_version": 1, "lessons": found}


def _notebook(course: Course, lesson: str) -> str:
    for place in ("tutorial", "capstones"):
        if (course.folder / place / f"{lesson}.ipynb").is_file():
            return f"{place}/{lesson}.ipynb"
    return ""


def describe(folder: Path) -> None:
    """Write the contents of the course in ``folder``, if one is there.

    Raises:
        CourseError: its manifest is broken.
        OSError: it cannot be written.
    """
    if not (folder / MANIFEST).is_file():
        return
    text = json.dumps(contents(Course.load(folder)), indent=1, ensure_ascii=False)
    data = (text + "\n").encode()
    path = folder / CONTENTS
    if not path.is_file() or path.read_bytes() != data:
        _put(path, data)
