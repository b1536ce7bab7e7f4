"""What a learner has done: ``progress.json`` in the course folder.

    {"format_version": 1,
     "latest": "slow-loop",
     "next": "slow-loop",
     "exercises": {"slow-loop": {"attempts": 3, "hints": 1, "solution": false,
                                 "solved": "2026-11-23T20:40:12+00:00",
                                 "says": "started no task"}}}

A teacher reads the file as it is; a learner says ``%progress``. Several
notebooks may write it at once: each change reads the file anew under a lock and
replaces it as a whole.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rayteach.notebook.course import Course, Exercise

FILE = "progress.json"
#: "off": nothing is kept, for batch runs and graders
SWITCH = "RAYTEACH_PROGRESS"
VERSION = 1


@dataclass(slots=True)
class Record:
    """What a learner has done with one exercise."""

    #: how often its cell ran
    attempts: int = 0
    #: how many of the hints were seen
    hints: int = 0
    #: the solution was shown before it was solved
    solution: bool = False
    #: when it was first solved, ISO 8601 in UTC; "" if it is not
    solved: str = ""
    #: what the check found wrong last; "" if nothing
    says: str = ""


@dataclass(slots=True)
class Progress:
    """All records of a course folder."""

    exercises: dict[str, Record] = field(default_factory=dict)
    #: the exercise that was touched last
    latest: str = ""

    def of(self, name: str) -> Record:
        """Return the record of an exercise, made if need be."""
        return self.exercises.setdefault(name, Record())

    def solved(self, name: str) -> bool:
        """Tell whether an exercise is solved."""
        return bool(name in self.exercises and self.exercises[name].solved)


class ProgressFile:
    """The file of one course folder."""

    def __init__(self, folder: Path, course: Course | None = None) -> None:
        """Name the folder; nothing is read yet.

        Args:
            folder: where the file is.
            course: says which exercise comes next, for the course home.
        """
        self._path = folder / FILE
        self._course = course

    def read(self) -> Progress:
        """Return what is kept; nothing at all if there is no file, or a broken one.

        A broken file is kept aside as ``progress.json.broken``.
        """
        try:
            return _from_json(self._path.read_text(encoding="utf-8"))
        except OSError:
            return Progress()
        except (ValueError, TypeError, AttributeError):
            with suppress(OSError):
                self._path.replace(f"{self._path}.broken")
            return Progress()

    def change(self, name: str, change: Callable[[Record], None]) -> None:
        """Change the record of one exercise, if the folder can be written."""
        if os.environ.get(SWITCH) == "off":
            return
        with suppress(OSError), self._locked():  # work goes on without a record
            progress = self.read()
            change(progress.of(name))
            progress.latest = name
            self._write(progress)

    def forget(self, name: str) -> None:
        """Take an exercise out."""
        with suppress(OSError), self._locked():
            progress = self.read()
            if progress.exercises.pop(name, None) is not None:
                self._write(progress)

    def _write(self, progress: Progress) -> None:
        draft = self._path.with_suffix(".json.new")
        following = next_exercise(self._course, progress) if self._course else None
        name = following.name if following else ""
        kept = {"format_version": VERSION, "next": name, **asdict(progress)}
        text = json.dumps(kept, indent=1, sort_keys=True)
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(self._path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # The folder itself is locked: the file is another one after each change.
        descriptor = os.open(self._path.parent, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _from_json(text: str) -> Progress:
    known = {one.name for one in fields(Record)}
    read = json.loads(text)
    records = {
        str(name): Record(**{key: row[key] for key in known & set(row)})
        for name, row in read["exercises"].items()
    }
    return Progress(records, str(read.get("latest", "")))


def now() -> str:
    """Return the time as it stands in the file."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def page(course: Course, progress: Progress) -> str:
    """Return the answer to ``%progress``."""
    lines = []
    for number, lesson in enumerate(course.lessons, 1):
        exercises = [e for e in course.exercises.values() if e.lesson == lesson]
        done = sum(progress.solved(one.name) for one in exercises)
        title = course.titles.get(lesson, lesson)
        lines.append(f"{number:>2}  {title}: {_share(done, len(exercises))}")
        lines += [f"      {_line(one, progress)}" for one in exercises]
    total = sum(progress.solved(name) for name in course.exercises)
    lines += ["", f"{_share(total, len(course.exercises))} in all."]
    following = next_exercise(course, progress)
    if following is not None:
        lines[-1] += f" Next: {following.name}, in {following.lesson}."
    return "\n".join(lines)


def next_exercise(course: Course, progress: Progress) -> Exercise | None:
    """Return where to go on: from the latest exercise, the first that is not solved.

    Before the latest one only if all after it are solved; None if all are.
    """
    names = list(course.exercises)
    start = names.index(progress.latest) if progress.latest in names else 0
    for name in [*names[start:], *names[:start]]:
        if not progress.solved(name):
            return course.exercises[name]
    return None


def _share(done: int, total: int) -> str:
    return f"{done} of {total} solved" if total else "no exercise"


def _line(exercise: Exercise, progress: Progress) -> str:
    record = progress.exercises.get(exercise.name)
    if record is None:
        return f"[ ] {exercise.name}: not begun"
    mark = "x" if record.solved else " "
    parts = [f"{record.attempts} attempt{'' if record.attempts == 1 else 's'}"]
    if record.hints:
        parts.append(f"{record.hints} hint{'' if record.hints == 1 else 's'}")
    if record.solution:
        parts.append("solution shown")
    if record.says and not record.solved:
        parts.append(f"last: {record.says}")
    return f"[{mark}] {exercise.name}: {', '.join(parts)}"
