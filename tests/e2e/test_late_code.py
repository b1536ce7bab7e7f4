"""Widgets whose code comes late, as on a busy machine, are heard all the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

OPEN = """\
%load_ext rayteach
import rayteach as ray
ray.init(num_cpus=2, ignore_reinit_error=True)
asked = ray.predict("Which is ready first?", pick=["square-1", "hold-1"], count=1)"""
SQUARE = """\
@ray.remote
def square(n):
    return n * n

ray.get(square.remote(3))"""
HOLD = """\
@ray.remote
def hold():
    open({go!r}).read()

held = hold.remote()
held"""


def test_widgets_whose_code_came_late_are_heard_all_the_same(
    notebook: Any, write_notebook: Callable[..., str], tmp_path: Path
) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)
    page = notebook.page
    # anywidget gives up on a model after two seconds; here at once.
    page.add_init_script(
        "const real = AbortSignal.timeout.bind(AbortSignal);"
        "AbortSignal.timeout = (ms) => real(ms === 2000 ? 0 : ms);"
    )
    notebook.open(write_notebook("late.ipynb", OPEN, SQUARE, HOLD.format(go=str(go))))
    notebook.run_all()
    graph = page.get_by_role("group", name="Graph of tasks")
    graph.get_by_role("button", name="square-1, done", exact=True).wait_for()
    card = page.locator(".rt-card", has_text="ObjectID(hold-1)")
    card.get_by_text("running").first.wait_for()
    go.write_text("go")
    card.get_by_text("ready", exact=True).wait_for()
    notebook.evaluate("asked.reveal(['square-1'])")
    page.locator(".rt-verdict", has_text="square-1").first.wait_for()
    said = [error for error in notebook.errors if "initialize model" in error]
    assert said
    notebook.errors[:] = [error for error in notebook.errors if error not in said]
