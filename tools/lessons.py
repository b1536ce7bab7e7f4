"""Count what a lesson asks of a learner, as a Markdown table.

``python tools/lessons.py`` prints it; ``--write`` puts it into docs/teaching.md,
between the two marks. Words are those of the text, not of the code. Reading takes
a minute for 150 words and ten seconds for a line of code; what is left of the
minutes that the manifest names is for the exercises.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from rayteach.notebook import course as courses
from rayteach.notebook.course import Course

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "teaching.md"
BEGIN = "<!-- lessons: made by python tools/lessons.py --write -->\n"
END = "<!-- end of lessons -->\n"
WORDS_PER_MINUTE = 150
LINES_PER_MINUTE = 6
HEAD = "| lesson | words | lines of code | exercises | minutes to read | minutes |"


def table(course: Course) -> str:
    """Return the table, one row for each notebook of the tutorial."""
    rows = [HEAD, "|---|--:|--:|--:|--:|--:|", *_rows(course)]
    return "\n".join(rows) + "\n"


def _rows(course: Course) -> Iterator[str]:
    for lesson in course.lessons:
        path = course.folder / "tutorial" / f"{lesson}.ipynb"
        words, lines = _size(path)
        exercises = sum(one.lesson == lesson for one in course.exercises.values())
        reading = round(words / WORDS_PER_MINUTE + lines / LINES_PER_MINUTE)
        yield (
            f"| {course.titles[lesson]} | {words} | {lines} | {exercises} "
            f"| {reading} | {course.minutes[lesson]} |"
        )


def _size(path: Path) -> tuple[int, int]:
    """Return the words of a notebook's text and the lines of its code."""
    words = lines = 0
    for cell in courses.read_notebook(path)["cells"]:
        source = courses.source_of(cell)
        if cell["cell_type"] == "markdown":
            words += len(source.split())
        elif courses.exercise_of(source) is None:
            lines += sum(bool(line.strip()) for line in source.splitlines())
    return words, lines


def written(page: str, made: str) -> str:
    """Return the page with the table between its marks.

    Raises:
        ValueError: a mark is missing.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"{PAGE.name} needs the lines {BEGIN.strip()!r} and {END.strip()!r}"
        raise ValueError(message)
    return f"{before}{begin}{made}{end}{after}"


def main() -> None:
    """Print the table, or write it."""
    made = table(Course.load(ROOT / "notebooks"))
    if sys.argv[1:] == ["--write"]:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(written(page, made), encoding="utf-8")
    else:
        print(made, end="")


if __name__ == "__main__":
    main()
