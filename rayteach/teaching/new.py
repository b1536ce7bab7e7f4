"""Make a new exercise from a template that works: right, wrong, and checked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rayteach.notebook import course as courses
from rayteach.notebook.course import GIVEN, MANIFEST, Course, CourseError
from rayteach.teaching.build import build

_LESSON_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_EXERCISE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_HEAD = """\
# The course: its lessons in order, their exercises, and three hints for each.
# The checks are in checks/LESSON.py, the solutions in solutions/LESSON.ipynb.
format_version = 1
"""

_LESSON = """
[[lesson]]
name = "{lesson}"
title = "{title}"
minutes = 30
"""

_EXERCISE = """
[[lesson.exercise]]
name = "{name}"
goal = "Three results, from tasks that can run at the same time."
hints = [
  "A question: which call makes each turn of the loop wait?",
  "A pointer: start all tasks first, and keep their IDs in a list.",
  "Nearly there: one ray.get(ids) after the loop.",
]
"""

_CELL = """\
%%check {name}
@ray.remote
def work(n):
    return n + 1


### BEGIN SOLUTION
ids = [work.remote(n) for n in range(3)]
results = ray.get(ids)
### INSTEAD OF
# results = []
# for n in range(3):
#     results.append(ray.get(work.remote(n)))
### END SOLUTION
results"""

_GOAL = """\
### Exercise: {name}

Say what to reach, and what holds then: `results` has three values.
`%hint {name}` helps."""

_CHECKS = '''\
"""The checks of {lesson}. A check reports the first problem it finds."""

from rayteach import checks as check

CHECKS = {{}}
'''

_CHECK = """
CHECKS["{name}"] = check.all_of(
    check.started("work", at_least=3),
    check.no_get_in_loop(),
    check.parallel(at_least=3),
    check.result("results", [1, 2, 3]),
)
"""

_WRONG = """
[[unsolved]]
exercise = "{name}"
says = "a get inside the loop: 3 times"

[[wrong]]
exercise = "{name}"
name = "ids-for-values"
says = "results holds object IDs"
code = '''
results = [work.remote(n) for n in range(3)]
'''

[[wrong]]
exercise = "{name}"
name = "no-task-at-all"
says = "started no task"
code = '''
results = [1, 2, 3]
'''
"""


def new(folder: Path, lesson: str, name: str) -> list[Path]:
    """Add an exercise to a lesson; course and lesson are made if need be.

    Args:
        folder: the course.
        lesson: file name of the lesson, without ending, e.g. "03_pipelines".
        name: of the exercise, unique in the course, e.g. "build-a-pipeline".

    Returns:
        The files to go on in.

    Raises:
        CourseError: a name cannot be used, or the course has no solutions.
    """
    if not _LESSON_NAME.fullmatch(lesson):
        message = f"{lesson!r} is no name of a lesson; take one like 03_pipelines"
        raise CourseError(message)
    if not _EXERCISE_NAME.fullmatch(name):
        message = f"{name!r} is no name of an exercise; take one like build-a-pipeline"
        raise CourseError(message)
    if (folder / GIVEN).exists():
        message = f"{folder} is a copy for students; add to the course it is made from"
        raise CourseError(message)
    manifest = folder / MANIFEST
    if manifest.exists() and name in Course.load(folder).exercises:
        message = f"{folder} has an exercise {name!r} already"
        raise CourseError(message)
    _add_to_manifest(manifest, lesson, name)
    notebooks = [folder / place / f"{lesson}.ipynb" for place in _PLACES]
    for path in notebooks:
        _add_to_notebook(path, lesson, name)
    check = folder / "checks" / f"{lesson}.py"
    wrong = folder / "wrong" / f"{lesson}.toml"
    _append(check, _CHECKS.format(lesson=lesson), _CHECK.format(name=name))
    _append(wrong, f"# Typical wrong answers of {lesson}.\n", _WRONG.format(name=name))
    build(Course.load(folder))
    return [manifest, *notebooks, check, wrong]


_PLACES = ("solutions", "tutorial")


def _append(path: Path, head: str, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else head
    path.write_text(before + text, encoding="utf-8")


def _add_to_manifest(path: Path, lesson: str, name: str) -> None:
    """Put the exercise after the last one of its lesson."""
    text = path.read_text(encoding="utf-8") if path.exists() else _HEAD
    blocks = re.split(r"(?m)^(?=\[\[lesson\]\])", text)
    own = re.compile(rf'(?m)^name = "{re.escape(lesson)}"$')
    at = next((i for i, b in enumerate(blocks) if i and own.search(b)), None)
    if at is None:
        title = lesson.lstrip("0123456789_-").replace("_", " ").capitalize()
        blocks[-1] = blocks[-1].rstrip("\n") + "\n"
        blocks.append(_LESSON.format(lesson=lesson, title=title or lesson))
        at = len(blocks) - 1
    tail = "\n" if at < len(blocks) - 1 else ""
    blocks[at] = blocks[at].rstrip("\n") + "\n" + _EXERCISE.format(name=name) + tail
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(blocks), encoding="utf-8")


def _add_to_notebook(path: Path, lesson: str, name: str) -> None:
    """Append the goal and the exercise, solved; ``build`` empties the lesson's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = courses.read_notebook(path) if path.exists() else _notebook(lesson)
    notebook["cells"] += [
        _cell("markdown", f"{name}-goal", _GOAL.format(name=name)),
        _cell("code", name, _CELL.format(name=name)),
    ]
    path.write_text(courses.notebook_text(notebook), encoding="utf-8")


def _notebook(lesson: str) -> dict[str, Any]:
    load = "%load_ext rayteach\nimport rayteach as ray"
    init = "session = ray.init(num_cpus=4, ignore_reinit_error=True)"
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": [
            _cell("markdown", "title", f"# {lesson}"),
            _cell("code", "load", load),
            _cell("code", "init", init),
        ],
        "metadata": {"kernelspec": python, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(kind: str, name: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": name[:64], "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    cell["source"] = source.splitlines(keepends=True)
    return cell
