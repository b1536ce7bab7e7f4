"""Checks hold on a full machine, on any number of CPUs, again and again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rayteach.notebook.course import Course
from rayteach.teaching import check
from rayteach.teaching.limits import Limits
from rayteach.teaching.processes import adopting

FOLDER = Path(__file__).parents[2] / "notebooks"
COURSE = Course.load(FOLDER)
PATIENT = Limits(cell_s=300, notebook_s=3600)
#: each round asks a check once unsolved, once per wrong answer, once solved: with
#: two wrong answers or more these are fifty times and more
ROUNDS = (0, 0, 0, 0, 1, 1, 2, 2, 2, 8, 8, 8, 8)
#: of a lesson with a check that needs the lesson's own CPUs
OWN_ROUNDS = (0,) * len(ROUNDS)
PASSES = 5

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.fixture
def full_load() -> Iterator[None]:
    """Keep every CPU busy meanwhile."""
    spin = [sys.executable, "-c", "while True: pass"]
    busy = [subprocess.Popen(spin) for _ in range(os.cpu_count() or 1)]
    yield
    for one in busy:
        one.kill()
        one.wait()


@pytest.mark.parametrize("lesson", COURSE.lessons)
def test_checks_hold_under_full_load_on_any_number_of_cpus(full_load, lesson) -> None:
    found = []
    exercises = [one for one in COURSE.exercises.values() if one.lesson == lesson]
    needs_own = not all(one.any_cpus for one in exercises)
    with adopting():
        for number, num_cpus in enumerate(OWN_ROUNDS if needs_own else ROUNDS):
            told = check.tried(COURSE, lesson, PATIENT, num_cpus)
            found += [f"round {number}, {num_cpus} CPUs: {text}" for text in told]
    assert found == []


@pytest.mark.parametrize("number", range(PASSES))
def test_the_whole_course_says_the_same_in_each_of_five_passes(
    number: int, tmp_path: Path
) -> None:
    """Every lesson and every solution, each output compared, by nbval."""
    folders = [str(FOLDER / name) for name in ("tutorial", "solutions")]
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
    command += ["-q", "-p", "no:cacheprovider", *folders]
    own = {"IPYTHONDIR": str(tmp_path), "RAYTEACH_VIEW": "text"}
    done = subprocess.run(
        command,
        env={**os.environ, **own},
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"pass {number}:\n{done.stdout[-6000:]}"
