"""The stop button, during "Run all": what it ends, what it leaves, what it says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(240)]

OPEN = """\
%load_ext rayteach
import rayteach as ray
ray.init(num_cpus=3, ignore_reinit_error=True)

@ray.remote
def child(path):
    return open(path).read()

@ray.remote
def parent(path):
    return ray.get(child.remote(path))"""
OTHER = "other = child.remote({other!r})"
STOPPED = "mine = parent.remote({never!r})\nray.get(mine)"
AFTER = "went_on = True"
NEXT = "ray.get(other), 'went_on' in globals()"


def task(notebook: Any, label: str, state: str) -> Locator:
    """Return the mark of a task in one of the graphs, once it is in this state."""
    graph = notebook.page.get_by_role("group", name="Graph of tasks")
    mark = graph.get_by_role("button", name=f"{label}, {state}", exact=True)
    mark.wait_for(state="attached")
    return mark


def test_the_stop_button_ends_what_its_cell_started_and_run_all(
    notebook: Any, write_notebook: Callable[..., str], tmp_path: Path
) -> None:
    paths = {name: str(tmp_path / name) for name in ("other", "never")}
    for path in paths.values():
        os.mkfifo(path)
    cells = (OTHER.format(**paths), STOPPED.format(**paths), AFTER)
    notebook.open(write_notebook("stop.ipynb", OPEN, *cells))
    notebook.start_all()
    task(notebook, "parent-1/child-1", "running")
    page = notebook.page
    page.get_by_role("button", name="Interrupt the kernel").click()
    page.get_by_text("2 tasks and calls of this cell were cancelled").wait_for()
    task(notebook, "parent-1", "cancelled")
    task(notebook, "parent-1/child-1", "cancelled")
    task(notebook, "child-1", "running")
    page.locator(".jp-OutputArea-output", has_text="KeyboardInterrupt").wait_for()
    notebook.wait_idle()
    notebook.picture("stopped")
    Path(paths["other"]).write_text("done", encoding="utf-8")
    assert notebook.evaluate(NEXT) == "('done', False)"
