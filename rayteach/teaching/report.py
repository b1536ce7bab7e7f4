"""Grades as files: ``grades.csv``, a page per learner, and an index of them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from rayteach.teaching.grade import ELSEWHERE, ORDER, SOLVED, Grade

COLUMNS = ("learner", "lesson", "exercise", "result", "reason", "notebook")
#: a spreadsheet takes a cell that begins so for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0 auto; max-width: 1040px; padding: 20px 24px 48px; line-height: 1.45;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue",
  Arial, sans-serif; }}
h1 {{ font-size: 22px; }}
h2 {{ font-size: 17px; margin: 36px 0 8px; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: 5px 12px 5px 0; vertical-align: top;
  border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }}
td.number {{ font-variant-numeric: tabular-nums; }}
pre {{ overflow-x: auto; font-size: 13px; padding: 10px 12px; border-radius: 6px;
  background: color-mix(in srgb, currentColor 6%, transparent); }}
iframe {{ width: 100%; height: 620px; border-radius: 6px;
  border: 1px solid color-mix(in srgb, currentColor 18%, transparent); }}
.solved::before {{ content: "\\2713\\00a0"; }}
.failed::before, .not-yet::before {{ content: "\\2717\\00a0"; }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


def write(graded: dict[str, list[Grade]], folder: Path) -> list[Path]:
    """Write everything into ``folder``, made if need be.

    Args:
        graded: learner -> grades.
        folder: where to; files of an earlier grading are replaced.

    Returns:
        The files, ``grades.csv`` first.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    grades = [grade for one in graded.values() for grade in one]
    files = {folder / "grades.csv": as_csv(grades)}
    names = file_names(graded)
    files[folder / "index.html"] = index(graded, names)
    for learner, own in graded.items():
        files[folder / names[learner]] = page(learner, own)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return list(files)


def file_names(learners: Iterable[str]) -> dict[str, str]:
    """Return a file name for each learner: plain characters, no two alike."""
    names: dict[str, str] = {}
    taken = {"index.html"}
    for learner in learners:
        plain = re.sub(r"[^\w.-]+", "_", learner).strip("._") or "learner"
        name, number = f"{plain}.html", 1
        while name.lower() in taken:
            number += 1
            name = f"{plain}-{number}.html"
        taken.add(name.lower())
        names[learner] = name
    return names


def as_csv(grades: Iterable[Grade]) -> str:
    """Return one line for each grade under a line of ``COLUMNS``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for grade in grades:
        writer.writerow(_plain(getattr(grade, name)) for name in COLUMNS)
    return text.getvalue()


def _plain(text: str) -> str:
    """Return one line that no spreadsheet takes for a formula."""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(_FORMULA) else line


def index(graded: dict[str, list[Grade]], names: dict[str, str]) -> str:
    """Return the page of all learners: how many exercises each has solved."""
    rows = [_index_row(one, names[one], grades) for one, grades in graded.items()]
    head = "<tr><th>Learner</th><th>Solved</th><th>Trouble</th></tr>"
    body = f"<table>{head}{''.join(rows)}</table>"
    return _PAGE.format(title="Grades", body=body)


def _index_row(learner: str, file: str, grades: list[Grade]) -> str:
    link = f"<a href='{escape(file)}'>{escape(learner)}</a>"
    share = f"<td class='number'>{_share(grades)}</td>"
    return f"<tr><td>{link}</td>{share}<td>{_troubles(grades)}</td></tr>"


def _share(grades: list[Grade]) -> str:
    asked = [grade for grade in grades if grade.exercise != ELSEWHERE]
    solved = sum(grade.result == SOLVED for grade in asked)
    return f"{solved} of {len(asked)}"


def _troubles(grades: list[Grade]) -> str:
    texts = [escape(g.reason) for g in grades if g.exercise == ELSEWHERE]
    return "<br>".join(texts)


def page(learner: str, grades: list[Grade]) -> str:
    """Return a learner's page: a table, then each exercise that is not solved.

    It holds all it shows, the views of failing runs as well, and needs no net.
    """
    rows = [
        f"<tr><td>{_link(grade)}</td>"
        f"<td class='{_css(grade.result)}'>{escape(grade.result)}</td>"
        f"<td>{escape(grade.reason)}</td></tr>"
        for grade in grades
    ]
    head = "<tr><th>Exercise</th><th>Result</th><th>Why</th></tr>"
    counts = [
        f"{sum(grade.result == name for grade in grades)} {name}" for name in ORDER
    ]
    body = [f"<p>{_share(grades)} solved ({', '.join(counts)}).</p>"]
    body.append(f"<table>{head}{''.join(rows)}</table>")
    body += [_section(grade) for grade in grades if _has_section(grade)]
    return _PAGE.format(title=escape(learner), body="\n".join(body))


def _has_section(grade: Grade) -> bool:
    return grade.result != SOLVED and bool(grade.code)


def _link(grade: Grade) -> str:
    name = escape(grade.exercise)
    if _has_section(grade) and grade.exercise != ELSEWHERE:
        return f"<a href='#{name}'>{name}</a>"
    return name


def _css(result: str) -> str:
    return result.replace(" ", "-")


def _section(grade: Grade) -> str:
    """Return what went wrong in one exercise, with the cell and the run."""
    parts = [f"<h2 id='{escape(grade.exercise)}'>{escape(grade.exercise)}</h2>"]
    text = grade.message or f"  {grade.result}: {grade.reason}"
    parts.append(f"<pre>{escape(text)}</pre>")
    parts.append(f"<p>In {escape(grade.notebook)}:</p>")
    parts.append(f"<pre><code>{escape(grade.code)}</code></pre>")
    if grade.page:
        title = f"The run of {escape(grade.exercise)}"
        # Apart from this page, with no rights but to run its own script.
        source = escape(grade.page, quote=True)
        parts.append(
            f"<iframe title='{title}' sandbox='allow-scripts' loading='lazy'"
            f' srcdoc="{source}"></iframe>'
        )
    return "\n".join(parts)
