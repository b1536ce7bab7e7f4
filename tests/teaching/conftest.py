"""A course of one exercise, made by our own template, and what is handed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rayteach.notebook.course import Course
from rayteach.teaching import new

LESSON, EXERCISE = "01_intro", "first-steps"
CHECK = f"%%check {EXERCISE}\n"


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("teacher") / "course"
    new.new(folder, LESSON, EXERCISE)
    return Course.load(folder)


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a notebook of these code cells."""

    def write(name: str, *sources: str) -> Path:
        cells = [
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}
            for source in sources
        ]
        path = tmp_path / "submissions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
        return path

    return write
