"""Pause, step and resume by their buttons, while the cell that is held is running."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OPEN = """\
%load_ext rayteach
import rayteach as ray
ray.init(num_cpus=2, ignore_reinit_error=True)
from rayteach.api import session
session.current().engine.gating.patience_s = 120  # the machine may be busy"""
HELD = """\
@ray.remote
def note(number):
    return number

got = ray.get([note.remote(-1)])
for number in range({rounds}):
    with open({go!r}) as pipe:
        pipe.read()
    got += ray.get([note.remote(2 * number), note.remote(2 * number + 1)])
got == list(range(-1, 2 * {rounds}))"""


def task(notebook: Any, label: str, state: str) -> Locator:
    """Return the mark of a task in the graph, once it is in this state."""
    graph = notebook.page.get_by_role("group", name="Graph of tasks")
    mark = graph.get_by_role("button", name=f"{label}, {state}", exact=True)
    mark.wait_for(state="attached")
    return mark


def press(notebook: Any, word: str) -> None:
    """Press a button by the keyboard, as soon as it does something."""
    button = notebook.page.locator(
        f'button[aria-label^="{word}:"][aria-disabled=false]'
    )
    button.focus()
    button.press("Enter")


LAB, NOTEBOOK_7 = "lab/tree", "notebooks"


@pytest.mark.parametrize(
    ("place", "rounds"),
    [
        (LAB, 2),
        pytest.param(LAB, 20, marks=pytest.mark.soak),
        (NOTEBOOK_7, 1),
        pytest.param(NOTEBOOK_7, 20, marks=pytest.mark.soak),
    ],
)
def test_buttons_work_while_the_cell_is_running_and_none_is_lost(
    notebook: Any,
    write_notebook: Callable[..., str],
    tmp_path: Path,
    place: str,
    rounds: int,
) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)
    held = HELD.format(rounds=rounds, go=str(go))
    notebook.open(write_notebook("held.ipynb", OPEN, held), place)
    if place == NOTEBOOK_7:
        notebook.errors.clear()  # its own: they come without our extension too
    notebook.start_all()
    task(notebook, "note-1", "done")
    paused = notebook.page.locator(".rt-next", has_text="Paused.")
    for number in range(rounds):
        first, second = f"note-{2 * number + 2}", f"note-{2 * number + 3}"
        press(notebook, "Pause")
        paused.wait_for()
        go.write_text("go")
        task(notebook, first, "queued")
        notebook.page.locator(".rt-next", has_text=f"Next: {first} on ").wait_for()
        notebook.page.locator(".rt-losers", has_text=f"{second} stands").wait_for()
        if number == 1:
            look(notebook)
        press(notebook, "Step")
        task(notebook, first, "done")
        task(notebook, second, "queued")
        assert notebook.running_cells() == 1
        press(notebook, "Resume")
        task(notebook, second, "done")
        paused.wait_for(state="detached")
    notebook.wait_idle()
    notebook.page.locator(".jp-OutputArea-output", has_text="True").wait_for()
    count = "[type(e).__name__ for e in session.current().log.events()].count({0!r})"
    for kind in ("Paused", "Stepped", "Resumed"):
        assert notebook.evaluate(count.format(kind)) == str(rounds)
    print(f"{rounds} rounds: {3 * rounds} clicks, none lost")  # noqa: T201


def look(notebook: Any) -> None:
    """Keep pictures of a paused view, and let axe judge it in both themes."""
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.theme(theme)
        notebook.page.locator(".rt-gate").scroll_into_view_if_needed()
        notebook.picture(f"paused-{theme.split()[1].lower()}")
        found = Axe().run(notebook.page, context=".rt")
        assert found.violations_count == 0, found.generate_report()
