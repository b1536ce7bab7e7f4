"""The sliders of a what-if, moved by mouse and by keys, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(240)]

#: for an answer of a kernel on a busy machine; nothing is judged by it
expect.set_options(timeout=60_000)

RUN = """\
%load_ext rayteach
import time
import rayteach as ray
ray.init(num_cpus=1, ignore_reinit_error=True)

@ray.remote
def load(n):
    time.sleep(0.05)  # the task's work
    return bytes(2_000_000)

@ray.remote
def parse(data):
    time.sleep(0.02)  # the task's work
    return len(data)

ray.get([parse.remote(load.remote(n)) for n in range(6)])
run = ray.last_run()"""
ASK = """\
what = run.what_if(num_cpus=[1, 2], nodes=[1, 2], network_bytes_per_s=1e9)
what.widget()"""


def test_sliders_ask_and_the_prediction_follows(
    notebook: Any, write_notebook: Callable[..., str]
) -> None:
    notebook.open(write_notebook("what-if.ipynb", RUN, ASK, "what"))
    notebook.run_all()
    notebook.wait_idle()
    page = notebook.page
    widget = page.locator(".rt-whatif")
    words = widget.locator("pre")
    expect(words).to_contain_text("On 1 CPU: ")
    widget.scroll_into_view_if_needed()
    notebook.picture("what-if-recorded")

    cpus, network, load = (
        widget.get_by_label(name, exact=False) for name in ("CPUs", "network", "load")
    )
    cpus.click(position={"x": 4, "y": 4})  # JupyterLab makes its cell the active one
    expect(cpus).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(words).to_contain_text("On 2 CPUs: ")
    cpus.press("End")
    expect(words).to_contain_text("On 2 nodes of 2 CPUs with 1 GB a second")
    expect(cpus).to_have_attribute("aria-valuetext", "2 x 2")
    network.press("ArrowRight")
    expect(words).to_contain_text("with 1 MB a second between nodes")
    notebook.picture("what-if-nodes")

    box = load.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 3 / 4, middle, steps=8)
    page.mouse.up()
    expect(words).to_contain_text("with load 0.1")
    assert notebook.evaluate("'load' in _2.shown['times']") == "True"
    picture = widget.locator("img")
    assert picture.evaluate("one => one.naturalWidth > 100 && one.complete")
    notebook.picture("what-if-dragged")

    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.theme(theme)
        widget.scroll_into_view_if_needed()
        notebook.picture("what-if-" + theme.split()[-1].lower())
        found = Axe().run(page, context=".rt-whatif")
        assert found.violations_count == 0, found.generate_report()
