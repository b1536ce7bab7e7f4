"""A prediction is answered by clicks while a cell runs, then revealed; cards follow."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

ASK = """\
%load_ext rayteach
import rayteach as ray
ray.init(num_cpus=2, ignore_reinit_error=True)
p = ray.predict("Which two are ready first?", pick=["f-1", "f-2", "f-3"], count=2)
bars = ray.predict("When does each run?", schedule={"f-1": 2, "f-2": 1, "f-3": 1})"""
RUN = """\
@ray.remote
def f(n):
    return n

with open({go!r}) as pipe:
    pipe.read()
three = [f.remote(n) for n in range(3)]
ray.get(three)
p.reveal(["f-1", "f-3"])"""


def test_a_prediction_takes_clicks_and_shows_what_happened(
    notebook: Any, write_notebook: Callable[..., str], tmp_path: Path
) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)
    path = write_notebook("predict.ipynb", ASK, RUN.format(go=str(go)), "three[0]")
    notebook.open(path)
    notebook.start_all()
    page = notebook.page
    asked = page.locator(".rt-predict", has_text="Which two").first
    for name in ("f-1", "f-2"):
        asked.get_by_role("button", name=name).click()
    asked.get_by_text("Kept.").wait_for()
    bar = page.locator('[data-bar="f-2"]').first
    bar.focus()
    bar.press("ArrowDown")
    notebook.picture("predict-asked")
    go.write_text("go")
    page.locator(".rt-verdict", has_text="f-3 was missing").first.wait_for()
    assert asked.get_by_role("button", name="✗ f-2").is_visible()
    card = page.locator(".rt-card", has_text="ObjectID(f-1)")
    card.get_by_text("ready", exact=True).wait_for()
    notebook.wait_idle()
    assert notebook.evaluate("p.answer") == "['f-1', 'f-2']"
    assert notebook.evaluate("bars.answer['f-2']") == "(2, 2)"
    card.scroll_into_view_if_needed()
    notebook.picture("predict-revealed")
    for context in (".rt-predict", ".rt-card"):
        found = Axe().run(page, context=context)
        assert found.violations_count == 0, found.generate_report()
