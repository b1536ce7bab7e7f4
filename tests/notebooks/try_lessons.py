"""Try every answer of the lessons whose names come in, one a line.

For each lesson one line goes out: the complaints, as JSON. A lesson spends most
of its time waiting for its own tasks, so a test runs several of these at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import rayteach
from rayteach.checks import CheckFailedError
from rayteach.notebook import extension, trials
from rayteach.notebook.course import Course
from rayteach.notebook.trials import Outcome

FOLDER = Path(__file__).parents[2] / "notebooks"


@contextmanager
def notebook() -> Iterator[InteractiveShell]:
    """A fresh shell with no session."""
    with TemporaryDirectory() as folder:
        InteractiveShell.clear_instance()
        shell = InteractiveShell.instance(ipython_dir=folder)
        yield shell
        rayteach.shutdown()
        extension.unload_ipython_extension(shell)
        shell.history_manager.end_session()
        InteractiveShell.clear_instance()


def runner(shell: InteractiveShell, right: list[rayteach.Run]) -> trials.Run:
    """Return what runs a cell; the runs of those that pass go into ``right``."""

    def run(source: str, cell_id: str) -> Outcome:
        with capture_output():
            result = shell.run_cell(source, store_history=True, cell_id=cell_id)
        error = result.error_before_exec or result.error_in_exec
        if error is None:
            if ".remote(" in source:
                right.append(rayteach.last_run())
            return Outcome("done")
        if isinstance(error, CheckFailedError):
            return Outcome("not yet", str(error))
        return Outcome("error", f"{type(error).__name__}: {error}")

    return run


def complaints(course: Course, lesson: str) -> Iterator[str]:
    """Yield what is not as it must be; nothing that is right is advised against."""
    right: list[rayteach.Run] = []
    with notebook() as shell:
        yield from trials.complaints(course, lesson, runner(shell, right))
        if not right:
            yield f"{lesson}: no cell passed that starts tasks"
        yield from (f"advised against: {one}" for run in right for one in run.advice())


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what cells print goes the way of errors
    os.environ["RAYTEACH_VIEW"] = "text"
    os.chdir(FOLDER / "solutions")
    course = Course.load(FOLDER)
    for line in sys.stdin:
        found = list(complaints(course, line.strip()))
        print(json.dumps(found), file=answers, flush=True)


if __name__ == "__main__":
    main()
