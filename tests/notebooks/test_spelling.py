"""What learners read is spelt right, and its links have the form of links."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from spellchecker import SpellChecker

from rayteach.notebook import course as courses
from rayteach.notebook.course import Course

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
COURSE = Course.load(FOLDER)
NOTEBOOKS = sorted(FOLDER.glob("*/*.ipynb"))
PAGES = [ROOT / "README.md", *sorted(FOLDER.rglob("*.md")), ROOT / "docs/teaching.md"]
OWN_WORDS = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split()

#: code, which no dictionary knows
CODE = re.compile(
    r"```.*?```|`[^`]*`|https?://\S+|[\w*-]+[./_][\w*./-]+|\b[A-Z]?[a-z]+[A-Z]\w+",
    re.DOTALL,
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]*)[^)]*\)|(https?://[^\s)>\"']+)")
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][a-z]+)?")


@pytest.fixture(scope="module")
def unknown():
    """Return which words of a text neither the dictionary nor our list knows."""
    known = SpellChecker(distance=1)
    known.word_frequency.load_words(OWN_WORDS)

    def unknown(text: str) -> set[str]:
        found = WORD.findall(CODE.sub(" ", text))
        return known.unknown(re.sub(r"['\u2019]s$", "", word).lower() for word in found)

    return unknown


def prose(notebook: Path) -> Iterator[str]:
    """Yield the text of a notebook and the comments of its code."""
    for cell in courses.read_notebook(notebook)["cells"]:
        source = courses.source_of(cell)
        if cell["cell_type"] == "markdown":
            yield re.sub(r"(?<=\])\([^)]*\)", " ", source)
        else:
            yield from comments(source)


def comments(source: str) -> Iterator[str]:
    """Yield the comments of a cell that has no magic."""
    code = re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE)
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT and "remote" not in token.string:
            yield token.string if re.search(r"# [^=(\[]*$", token.string) else ""


def name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_a_notebook_is_spelt_right(unknown, notebook) -> None:
    assert unknown("\n".join(prose(notebook))) == set()


def test_goals_and_hints_are_spelt_right(unknown) -> None:
    exercises = COURSE.exercises.values()
    assert unknown("\n".join(one.goal for one in exercises)) == set()
    # Hints hold code without marks: words of letters alone, away from signs.
    signs = re.compile(r"\S*[()\[\]=_.+{}\"*/]+\S*[\w)]\S*|@\S+")
    hints = "\n".join(hint for one in exercises for hint in one.hints)
    assert unknown(signs.sub(" ", hints)) == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_is_spelt_right(unknown, page) -> None:
    text = page.read_text(encoding="utf-8")
    assert unknown(re.sub(r"(?<=\])\([^)]*\)", " ", text)) == set()


def test_a_slip_is_found(unknown) -> None:
    assert unknown("The machnie's results") == {"machnie"}


def links(text: str) -> set[str]:
    return {one or other for one, other in LINK.findall(text)}


def is_well_formed(link: str, beside: Path) -> bool:
    """Return whether a link has the form of one, or names a file that is there."""
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme == "https" and "." in parts.netloc and " " not in link
    return not parts.path or (beside / parts.path).exists()


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=name)
def test_links_have_the_form_of_links(path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = courses.read_notebook(path)["cells"]
        kept = [courses.source_of(c) for c in cells if c["cell_type"] == "markdown"]
        text = "\n".join(kept)
    wrong = [one for one in links(text) if not is_well_formed(one, path.parent)]
    assert wrong == []


def test_broken_links_are_found(tmp_path) -> None:
    found = links("[a](b.md) [c](http://x.org) <https://localhost> [d](#there)")
    wrong = {one for one in found if not is_well_formed(one, tmp_path)}
    assert wrong == {"b.md", "http://x.org", "https://localhost"}


LESSONS = [one for one in COURSE.lessons if one[:2].isdigit() and one[:2] != "00"]


@pytest.mark.parametrize(("lesson", "after"), [*pairwise(LESSONS)], ids=LESSONS[:-1])
def test_a_lesson_names_the_one_that_follows(lesson, after) -> None:
    cells = courses.read_notebook(FOLDER / "tutorial" / f"{lesson}.ipynb")["cells"]
    found = re.search(r"Next: \*\*(.*?)\*\*", courses.source_of(cells[-1]))
    assert found is not None
    assert found[1].lower() == COURSE.titles[after].lower()
