"""The side panel of JupyterLab: the whole session, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

OPEN = """\
%load_ext rayteach
import rayteach as ray
ray.init(num_cpus=2, ignore_reinit_error=True);"""
SQUARES = """\
@ray.remote
def square(n):
    return n * n

squares = [square.remote(n) for n in range(4)]
ray.get(squares)"""
FAILING = """\
@ray.remote
def half(n):
    return 1 / n

halves = [half.remote(n) for n in range(3)]
ray.wait(halves, num_returns=3);"""


def panel(notebook: Any) -> Locator:
    """Bring the panel to the front."""
    notebook.command("rayteach:open-panel")
    found: Locator = notebook.page.locator("#rayteach-panel")
    found.wait_for()
    return found


def cell_line(side: Locator, words: str) -> Locator:
    """Return the line of a cell in the panel once it says these words."""
    line = side.get_by_role("button", name=words, exact=True)
    line.wait_for()
    return line


def in_front(page: Page, path: str, words: str) -> None:
    """Return when a notebook is in front and the panel says these words.

    It is brought there again and again: JupyterLab, still restoring a page, may
    bring back the one that was in front before.
    """
    page.wait_for_function(
        """([path, words]) => {
          const { shell } = window.jupyterapp;
          const wanted = [...shell.widgets('main')].find(
            (one) => one.context?.path === path);
          if (wanted === undefined) return false;
          if (shell.currentWidget !== wanted) shell.activateById(wanted.id);
          const panel = document.querySelector('#rayteach-panel');
          return shell.currentWidget === wanted && panel.textContent.includes(words);
        }""",
        arg=[path, words],
    )


@pytest.fixture
def two_cells(notebook: Any, write_notebook: Callable[..., str]) -> Any:
    """A notebook of which two cells have started tasks."""
    notebook.open(write_notebook("panel.ipynb", OPEN, SQUARES, FAILING))
    notebook.run_all()
    return notebook


def test_the_panel_shows_all_cells_and_leads_to_their_lines(two_cells: Any) -> None:
    side = panel(two_cells)
    cell_line(side, "cell [3]: 2 done, 1 failed")
    line = cell_line(side, "cell [2]: 4 done")
    graph = side.get_by_role("group", name="Graph of tasks")
    mark = graph.get_by_role("button", name="[3] half-2, done")
    mark.focus()
    mark.press("Enter")
    side.get_by_role("button", name="cell [3], line 5").click()
    active = "window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    two_cells.page.wait_for_function(f"() => {active} === 2")
    where = (
        "window.jupyterapp.shell.currentWidget.content.activeCell"
        ".editor.getCursorPosition().line"
    )
    two_cells.page.wait_for_function(f"() => {where} === 4")
    line.click()
    two_cells.page.wait_for_function(f"() => {active} === 1")
    name = "[2] square-1, done"
    graph.get_by_role("button", name=name, exact=True, pressed=True).wait_for()
    two_cells.picture("panel")
    found = Axe().run(two_cells.page, context="#rayteach-panel")
    assert found.violations_count == 0, found.generate_report()


def test_badges_count_beside_the_cells_and_lead_to_the_panel(two_cells: Any) -> None:
    badge = two_cells.page.locator(".jp-Cell .rt-badge").nth(1)
    badge.and_(two_cells.page.locator('[title^="2 done, 1 failed"]')).wait_for()
    badge.click()
    two_cells.page.locator("#rayteach-panel").get_by_text("half-1").first.wait_for()
    two_cells.picture("badges")


def test_the_panel_survives_a_restart_a_reload_and_a_second_notebook(
    two_cells: Any, write_notebook: Callable[..., str]
) -> None:
    side = panel(two_cells)
    cell_line(side, "cell [2]: 4 done")
    page: Page = two_cells.page
    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext"
        ".session.kernel.restart()"
    )
    side.get_by_text("This kernel has not loaded rayteach.").wait_for()
    two_cells.picture("panel-absent")
    two_cells.run_all()
    cell_line(side, "cell [2]: 4 done")
    two_cells.command("docmanager:save")
    page.goto(page.url.split("?")[0] + "?token=tests")
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context")
    page.evaluate("() => window.jupyterapp.restored")
    cell_line(panel(two_cells), "cell [2]: 4 done")
    other = write_notebook("other.ipynb", "1 + 1")
    two_cells.command("docmanager:open", path=other)
    in_front(page, other, "has not loaded rayteach")
    page.get_by_role("button", name="Load rayteach in this kernel").click()
    page.locator("#rayteach-panel").get_by_text("no session is open yet").wait_for()
    in_front(page, "panel.ipynb", "This session")
    cell_line(page.locator("#rayteach-panel"), "cell [2]: 4 done")
