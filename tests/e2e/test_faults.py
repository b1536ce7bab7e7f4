"""Faults by buttons, while the cell whose tasks they hit is running."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from rayteach.trace.views.rows import Rows
from rayteach.widgets import page as saved_page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OPEN = """\
%load_ext rayteach
import numpy as np
import rayteach as ray
ray.init(num_nodes=2, num_cpus=1)"""
BROKEN = """\
@ray.remote
def grid():
    return np.ones(20_000)

@ray.remote(max_restarts=1)
class Counter:
    def add(self):
        return 1

@ray.remote
def wait_for(path):
    with open(path) as pipe:
        return pipe.read()

counter = Counter.options(node="A").remote()
large = grid.options(node="A").remote()
print(ray.get([counter.add.remote(), ray.put(0)]))
ray.wait([large])
got = ray.get([wait_for.options(node=name).remote({go!r} + name) for name in "AB"])
got, float(ray.get(large).sum())"""

LOGGED = """{type(event).__name__ for event in
    __import__("rayteach.api.session").api.session.current().log.events()}"""


def press(notebook: Any, word: str) -> None:
    """Press a fault's button by the keyboard, once it has a target."""
    button = notebook.page.locator(
        f'.rt-faults button[aria-label^="{word}"][aria-disabled=false]'
    )
    button.focus()
    button.press("Enter")


@pytest.mark.soak
def test_each_fault_has_a_button_that_works_while_the_cell_runs(
    notebook: Any, write_notebook: Callable[..., str], tmp_path: Path
) -> None:
    go = str(tmp_path / "go-")
    for name in "AB":
        os.mkfifo(go + name)
    broken = BROKEN.replace("{go!r}", repr(go))
    notebook.open(write_notebook("broken.ipynb", OPEN, broken))
    notebook.start_all()
    page = notebook.page
    running = "wait_for-{}, running"
    graph = page.get_by_role("group", name="Graph of tasks")
    for number in (1, 2):
        mark = graph.get_by_role("button", name=running.format(number), exact=True)
        mark.wait_for(state="attached")
    switch = page.get_by_role("switch", name="break things")
    expect(switch).to_have_attribute("aria-checked", "false")
    assert page.locator(".rt-faults").count() == 0
    switch.focus()
    switch.press("Enter")
    look(notebook, "faults")
    press(notebook, "Kill Counter-1")
    press(notebook, "Lose grid-1")
    press(notebook, "Slow node B")
    page.locator('.rt-faults button[aria-label^="Node B as usual"]').wait_for()
    press(notebook, "Node B as usual")
    page.locator('.rt-faults button[aria-label^="Slow node B"]').wait_for()
    press(notebook, "Kill node A, worker")
    page.locator(".rt-recovery").first.wait_for(state="attached")
    press(notebook, "Kill node B")
    page.locator('.rt-faults button[aria-label^="Kill node:"]').wait_for()
    assert notebook.running_cells() == 1
    for name in "AB":  # both run again on A, one after the other
        writer = threading.Thread(target=Path(go + name).write_text, args=("go",))
        writer.daemon = True
        writer.start()
    notebook.wait_idle()
    page.locator(".jp-OutputArea-output", has_text="20000.0").wait_for()
    look(notebook, "recovered")
    said = notebook.evaluate(LOGGED)
    for kind in ("AttemptLost", "TaskRedone", "NodeLost", "NodeSlowed"):
        assert kind in said


def look(notebook: Any, name: str) -> None:
    """Keep pictures of the view, and let axe judge it in both themes."""
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.theme(theme)
        notebook.page.locator(".rt-foot").first.scroll_into_view_if_needed()
        notebook.picture(f"{name}-{theme.split()[1].lower()}")
        found = Axe().run(notebook.page, context=".rt")
        assert found.violations_count == 0, found.generate_report()


@pytest.fixture
def saved(browser: Browser, program: Rows, tmp_path: Path) -> Iterator[Any]:
    path = tmp_path / "run.html"
    path.write_text(saved_page.html(program, "A run"), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    yield page
    page.close()


def test_a_saved_run_says_why_nothing_can_be_broken(saved: Any) -> None:
    switch = saved.get_by_role("switch", name="break things")
    switch.wait_for()
    expect(switch).to_have_attribute("aria-disabled", "true")
    expect(saved.locator(".rt-off")).to_contain_text("a saved run")
    switch.focus()
    switch.press("Enter")
    assert saved.locator(".rt-faults").count() == 0
    found = Axe().run(saved, context=".rt")
    assert found.violations_count == 0, found.generate_report()
