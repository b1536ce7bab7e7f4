"""The table of lessons in docs/teaching.md is the one that the command makes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from rayteach.notebook.course import Course

ROOT = Path(__file__).parents[2]
COURSE = Course.load(ROOT / "notebooks")


@pytest.fixture(scope="module")
def lessons():
    path = ROOT / "tools" / "lessons.py"
    spec = importlib.util.spec_from_file_location("lessons", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_in_the_docs_is_up_to_date(lessons) -> None:
    page = lessons.PAGE.read_text(encoding="utf-8")
    made = lessons.written(page, lessons.table(COURSE))
    assert made == page, "run: python tools/lessons.py --write"


def test_every_lesson_leaves_time_for_its_exercises(lessons) -> None:
    rows = [line.split("|")[1:-1] for line in lessons.table(COURSE).splitlines()[2:]]
    assert len(rows) == len(COURSE.lessons)
    short = [title for title, *_, read, whole in rows if int(read) >= int(whole)]
    assert short == []
    lessons_alone = [int(row[-1]) for row in rows if "Capstone" not in row[0]]
    assert all(20 <= minutes <= 40 for minutes in lessons_alone)


def test_a_page_without_marks_is_named(lessons) -> None:
    with pytest.raises(ValueError, match="needs the lines"):
        lessons.written("no marks", "table")
