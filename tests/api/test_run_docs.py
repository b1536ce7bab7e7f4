"""Every answer of a run is documented with unit and source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rayteach.api.run import Run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "run.md"
ROW = re.compile(r"^\| (`.+`) \|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)
ANSWERS = sorted(name for name in vars(Run) if not name.startswith("_"))


def documented() -> dict[str, tuple[str, ...]]:
    """Return unit, definition and source by the name of the answer."""
    text = PAGE.read_text(encoding="utf-8")
    found = {}
    for names, *rest in ROW.findall(text):
        for name in re.findall(r"`(\w+)`", names):
            found[name] = tuple(one.strip() for one in rest)
    return found


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_has_a_definition_and_a_source(name: str) -> None:
    _, definition, source = documented()[name]
    assert definition
    assert source


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_has_a_docstring(name: str) -> None:
    assert (getattr(Run, name).__doc__ or "").strip()


def test_the_page_names_nothing_that_is_not_there() -> None:
    assert set(documented()) <= set(ANSWERS)


def test_each_source_that_is_named_is_listed() -> None:
    text = PAGE.read_text(encoding="utf-8")
    table, _, listed = text.partition("\nSources: ")
    for name in re.findall(r"([A-Z]\w+)(?: and \w+)? (?:19|20)\d\d", table):
        assert name in listed
