"""The tour in a terminal: what it reads, how it fails, how it is coloured."""

from __future__ import annotations

import json
from pathlib import Path

import psutil
import pytest

from rayteach import demo


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.html"


def notebook(folder: Path, *cells: str) -> Path:
    path = folder / "tour.ipynb"
    code = [{"cell_type": "code", "source": [cell]} for cell in cells]
    path.write_text(json.dumps({"cells": code}), encoding="utf-8")
    return path


def test_the_page_and_the_text_are_of_the_tours_own_session(
    tmp_path: Path, page: Path
) -> None:
    tour = notebook(
        tmp_path,
        "%load_ext rayteach\nimport rayteach as ray\nray.init(num_cpus=2);",
        "@ray.remote\ndef visible(n):\n    return n",
        "ray.get([visible.remote(n) for n in range(2)])",
    )
    printed = demo.run(tour, page)
    assert "visible-2" in printed
    assert "visible-2" in page.read_text(encoding="utf-8")


def test_a_failing_cell_is_named_and_no_kernel_stays(
    tmp_path: Path, page: Path
) -> None:
    tour = notebook(tmp_path, "1 / 0")
    with pytest.raises(demo.TourError, match=r"'1 / 0': ZeroDivisionError"):
        demo.run(tour, page)
    assert not page.exists()
    assert psutil.Process().children() == []


def test_a_tour_without_a_session_says_so(tmp_path: Path, page: Path) -> None:
    with pytest.raises(demo.TourError, match="started no session"):
        demo.run(notebook(tmp_path, "x = 1"), page)
