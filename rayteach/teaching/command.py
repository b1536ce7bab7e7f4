"""``rayteach course``: the teacher's commands.

What they need is imported when one runs: ``rayteach lab`` starts without.
"""

from __future__ import annotations

import argparse
import sys
import webbrowser
from pathlib import Path
from typing import Any

from rayteach.notebook.course import Course, CourseError
from rayteach.teaching.limits import MB, Limits


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add ``course`` and what may follow it."""
    course = commands.add_parser(
        "course",
        allow_abbrev=False,
        help="for teachers: make, build, check and grade a course",
        description="Make, build, check and grade a course. See docs/teaching.md.",
    )
    parts = course.add_subparsers(dest="part", metavar="COMMAND", required=True)
    _add_new(parts)
    _add_build(parts)
    _add_check(parts)
    _add_grade(parts)


def _part(parts: Any, name: str, text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parts.add_parser(
        name, allow_abbrev=False, help=text, description=text[0].upper() + text[1:]
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="the course")
    parser.set_defaults(run=run)
    return parser


def _add_new(parts: Any) -> None:
    parser = _part(parts, "new", "add an exercise made from a template", _new)
    parser.add_argument("lesson", metavar="LESSON", help="e.g. 03_pipelines")
    parser.add_argument("exercise", metavar="EXERCISE", help="e.g. build-a-pipeline")


def _add_build(parts: Any) -> None:
    parser = _part(parts, "build", "make the exercises from the solutions", _build)
    parser.add_argument(
        "--for-students",
        type=Path,
        metavar="OUT",
        help="then copy the course to OUT, without solutions and wrong answers",
    )


def _add_check(parts: Any) -> None:
    parser = _part(
        parts,
        "check",
        "try each exercise unsolved, with each wrong answer, and solved",
        _check,
    )
    parser.add_argument(
        "--num-cpus",
        type=_positive,
        default=0,
        metavar="N",
        help="on N CPUs, whatever the lessons ask for",
    )
    _add_lesson(parser)
    _add_limits(parser)


def _add_grade(parts: Any) -> None:
    parser = _part(
        parts, "grade", "grade submissions with this course's checks", _grade
    )
    parser.add_argument(
        "submissions",
        type=Path,
        metavar="SUBMISSIONS",
        help="a folder with a notebook, or a folder, for each learner",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("grades"),
        metavar="OUT",
        help="where grades.csv and the pages go (default: %(default)s)",
    )
    parser.add_argument("--open", action="store_true", help="show the pages")
    _add_lesson(parser)
    _add_limits(parser)


def _add_lesson(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lesson",
        action="append",
        default=[],
        metavar="LESSON",
        help="only this lesson; may be given again",
    )


def _add_limits(parser: argparse.ArgumentParser) -> None:
    start = Limits()
    parser.add_argument(
        "--cell-time",
        type=_positive,
        default=start.cell_s,
        metavar="S",
        help="seconds for one cell (default: %(default)g)",
    )
    parser.add_argument(
        "--time",
        type=_positive,
        default=start.notebook_s,
        metavar="S",
        help="seconds for one notebook (default: %(default)g)",
    )
    parser.add_argument(
        "--memory",
        type=_positive,
        default=start.memory_bytes / MB,
        metavar="MB",
        help="memory of all processes of a notebook (default: %(default)g)",
    )


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return number


def _limits(options: argparse.Namespace) -> Limits:
    memory = int(options.memory * MB)
    return Limits(options.cell_time, options.time, memory)


def _new(options: argparse.Namespace) -> int:
    from rayteach.teaching import new  # noqa: PLC0415 (see above)

    folder = options.folder
    for path in new.new(folder, options.lesson, options.exercise):
        print(path)
    print(f"Write in these; then: rayteach course build {folder}, and check {folder}")
    return 0


def _build(options: argparse.Namespace) -> int:
    from rayteach.teaching import build  # noqa: PLC0415 (see above)

    course = Course.load(options.folder)
    if course.is_for_students:
        message = f"{options.folder} is a copy for students; build what it is made from"
        raise CourseError(message)
    changed = build.build(course)
    for path in changed:
        print(f"made {path}")
    if not changed:
        print("Nothing to make: all is as the solutions have it.")
    if options.for_students:
        build.for_students(course, options.for_students)
        print(f"For students: {options.for_students}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from rayteach.teaching import check  # noqa: PLC0415 (see above)

    course = Course.load(options.folder)
    if course.is_for_students:
        message = f"{options.folder} is a copy for students: it has no solutions to try"
        raise CourseError(message)
    lessons = options.lesson or list(course.lessons)
    unknown = sorted(set(lessons) - set(course.lessons))
    if unknown:
        message = f"{options.folder} has no lesson {unknown[0]!r}"
        raise CourseError(message)
    bad = 0
    for lesson in lessons:
        found = list(
            check.complaints(course, lesson, _limits(options), options.num_cpus)
        )
        print(f"{lesson}: {'not as it must be' if found else 'ok'}", flush=True)
        for text in found:
            print("  " + text.replace("\n", "\n    "))
        bad += bool(found)
    return int(bad > 0)


def _not_written(output: Path) -> str:
    return f"cannot write {output}; name another folder with -o"


def _grade(options: argparse.Namespace) -> int:
    from rayteach.teaching import grade, report  # noqa: PLC0415 (see above)

    course = Course.load(options.folder)
    try:  # before all the work: it may take an hour
        options.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(_not_written(options.output)) from error
    graded = grade.grade_all(
        course,
        options.submissions,
        _limits(options),
        lessons=options.lesson,
        say=lambda text: print(text, flush=True),
    )
    try:
        files = report.write(graded, options.output)
    except OSError as error:
        raise CourseError(_not_written(options.output)) from error
    print(f"{files[0]}, and {files[1]} with a page for each learner")
    if options.open:
        webbrowser.open(files[1].absolute().as_uri())
    else:
        print("Grading is no sandbox: see docs/teaching.md.", file=sys.stderr)
    return 0
