"""Grades as files."""

from __future__ import annotations

import csv
import io

from rayteach.teaching import report
from rayteach.teaching.grade import ELSEWHERE, Grade

GRADES = {
    "ada": [Grade("ada", "01", "x", "solved", code="x = 1", notebook="a.ipynb")],
    "b/ob": [
        Grade(
            "b/ob",
            "01",
            "x",
            "not yet",
            "=cmd|' /C calc'!A0",
            "  expected  <less>",
            "if a < b:",
            '<p>"the" run</p>',
            "b.ipynb",
        ),
        Grade("b/ob", "", ELSEWHERE, "failed", "cell 2: two\nlines"),
    ],
}


def test_the_table_has_a_line_for_each_grade_and_no_formula() -> None:
    text = report.as_csv(grade for grades in GRADES.values() for grade in grades)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["result"] for row in rows] == ["solved", "not yet", "failed"]
    assert rows[1]["reason"].startswith("'=cmd")
    assert rows[2]["reason"] == "cell 2: two lines"
    assert tuple(rows[0]) == report.COLUMNS


def test_a_page_shows_what_failed_with_its_run_and_nothing_from_outside() -> None:
    page = report.page("b/ob", GRADES["b/ob"])
    assert "0 of 1 solved" in page
    assert "expected  &lt;less&gt;" in page
    assert "if a &lt; b:" in page
    assert 'srcdoc="&lt;p&gt;&quot;the&quot; run&lt;/p&gt;"' in page
    assert "sandbox='allow-scripts'" in page
    assert "http" not in page


def test_what_is_solved_has_no_section() -> None:
    assert "<h2" not in report.page("ada", GRADES["ada"])


def test_all_files_are_written_and_linked(tmp_path) -> None:
    files = report.write(GRADES, tmp_path / "out")
    names = [one.name for one in files]
    assert names == ["grades.csv", "index.html", "ada.html", "b_ob.html"]
    index = files[1].read_text()
    assert "href='b_ob.html'>b/ob</a>" in index
    assert "cell 2: two" in index


def test_two_learners_never_share_a_file() -> None:
    names = report.file_names(["a b", "a_b", "A_B", "index", "..."])
    assert len({name.lower() for name in names.values()} | {"index.html"}) == 6
