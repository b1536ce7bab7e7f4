"""The learner's copy of the course, and the contents that the course home shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rayteach.notebook.course import Course, CourseError
from rayteach.teaching import home

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture
def installed(tmp_path) -> Path:
    folder = tmp_path / "installed"
    (folder / "tutorial").mkdir(parents=True)
    (folder / "tutorial" / "a.ipynb").write_text("first a")
    (folder / "b.txt").write_text("first b")
    return folder


@pytest.fixture
def mine(tmp_path, installed) -> Path:
    folder = tmp_path / "some" / "where"
    assert home.copy(installed, folder) == []
    return folder


def test_all_files_are_copied(mine) -> None:
    assert (mine / "tutorial" / "a.ipynb").read_text() == "first a"
    assert (mine / "b.txt").read_text() == "first b"


def test_untouched_files_are_updated_and_touched_ones_stay(installed, mine) -> None:
    (mine / "b.txt").write_text("my b")
    (installed / "tutorial" / "a.ipynb").write_text("second a")
    (installed / "b.txt").write_text("second b")
    (installed / "c.txt").write_text("first c")
    assert home.copy(installed, mine) == ["b.txt"]
    assert (mine / "tutorial" / "a.ipynb").read_text() == "second a"
    assert (mine / "b.txt").read_text() == "my b"
    assert (mine / "c.txt").read_text() == "first c"
    assert home.copy(installed, mine) == []  # told once


def test_what_python_compiled_is_no_part_of_the_copy(installed, tmp_path) -> None:
    (installed / "checks" / "__pycache__").mkdir(parents=True)
    (installed / "checks" / "__pycache__" / "a.cpython-313.pyc").write_text("x")
    assert home.copy(installed, tmp_path / "here") == []
    assert not (tmp_path / "here" / "checks").exists()


def test_work_stays_when_there_is_nothing_newer(installed, mine) -> None:
    (mine / "b.txt").write_text("my b")
    assert home.copy(installed, mine) == []
    assert (mine / "b.txt").read_text() == "my b"


def test_a_file_of_the_learners_under_a_new_name_of_the_course_stays(
    installed, mine
) -> None:
    (mine / "c.txt").write_text("my c")
    (installed / "c.txt").write_text("first c")
    assert home.copy(installed, mine) == ["c.txt"]
    assert (mine / "c.txt").read_text() == "my c"


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_without_its_record_every_other_file_counts_as_work(
    installed, mine, text
) -> None:
    (mine / home.COPIED).write_text(text)
    (installed / "b.txt").write_text("second b")
    assert home.copy(installed, mine) == ["b.txt"]
    assert (mine / "b.txt").read_text() == "first b"


def test_a_folder_in_the_place_of_a_file_stays(installed, mine) -> None:
    (mine / "b.txt").unlink()
    (mine / "b.txt").mkdir()
    assert home.copy(installed, mine) == []
    assert (mine / "b.txt").is_dir()


def test_the_contents_are_the_manifest_and_the_notebooks_that_are_there() -> None:
    course = Course.load(NOTEBOOKS)
    lessons = home.contents(course)["lessons"]
    assert [one["name"] for one in lessons][:2] == ["00_tour", course.lessons[0]]
    for one in lessons:
        assert (NOTEBOOKS / one["path"]).is_file()
        assert one["minutes"] > 0
    names = [exercise["name"] for one in lessons for exercise in one["exercises"]]
    assert names == list(course.exercises)


def test_contents_are_written_where_a_course_is(course, tmp_path) -> None:
    home.describe(tmp_path)
    assert list(tmp_path.iterdir()) == []
    home.describe(course.folder)
    written = json.loads((course.folder / home.CONTENTS).read_text())
    (course.folder / home.CONTENTS).unlink()
    assert [one["path"] for one in written["lessons"]] == ["tutorial/01_intro.ipynb"]


def test_a_broken_manifest_is_named(tmp_path) -> None:
    (tmp_path / "course.toml").write_text("x")
    with pytest.raises(CourseError, match="is no manifest"):
        home.describe(tmp_path)
