from __future__ import annotations

import json
import re

import pytest

from rayteach.trace.tape import Tape
from rayteach.widgets import page, static, wire


@pytest.mark.usefixtures("built")
def test_the_page_holds_one_snapshot_and_the_front_end(tape: Tape) -> None:
    tape.submit("f")
    html = page.html(tape.rows(), "My run")
    data = re.search(
        r'<script type="application/json" id="rayteach-run">(.*?)</script>', html
    )
    assert data is not None
    expected = wire.snapshot(tape.rows(), 1, live=False)
    assert json.loads(data[1]) == expected
    assert "// page.js" in html
    assert "<title>My run</title>" in html


@pytest.mark.usefixtures("built")
def test_nothing_in_a_run_can_leave_its_script(tape: Tape) -> None:
    tape.submit("</script><!--<b>")
    html = page.html(tape.rows(), "<b>")
    assert html.count("</script>") == 2
    assert "<!--" not in html
    assert "<title>&lt;b&gt;</title>" in html


@pytest.mark.usefixtures("built")
def test_the_page_fetches_nothing_and_reads_without_scripts(tape: Tape) -> None:
    tape.submit("f")
    html = page.html(tape.rows(), "My run")
    assert not re.search(r"(src|href)\s*=", html)
    assert "f-1" in html.partition("<noscript>")[2].partition("</noscript>")[0]


def test_a_front_end_that_was_not_built_is_one_clear_line() -> None:
    static.load.cache_clear()
    with pytest.raises(static.FrontEndMissingError, match="build the front end") as e:
        static.load("no-such-file.js")
    assert "\n" not in str(e.value)
