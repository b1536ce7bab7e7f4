"""A notebook that was saved and is opened another day: pictures in place of views."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
OPEN = """\
%load_ext rayteach
import rayteach as ray
ray.init(num_cpus=2, ignore_reinit_error=True);"""
SQUARES = """\
@ray.remote
def square(n):
    return n * n

@ray.remote
def total(*parts):
    return sum(parts)

ray.get(total.remote(*[square.remote(n) for n in range(4)]))"""
NO_MODEL = "Error displaying widget"


@pytest.fixture
def saved(notebook: Any, write_notebook: Callable[..., str]) -> str:
    """A notebook that ran, was saved, and whose kernel is gone."""
    name = write_notebook("saved.ipynb", OPEN, SQUARES)
    notebook.open(name)
    notebook.run_all()
    graph = notebook.page.get_by_role("group", name="Graph of tasks")
    graph.get_by_role("button", name="total-1, done", exact=True).wait_for()
    notebook.wait_idle()
    notebook.command("docmanager:save")
    notebook.page.goto("about:blank")
    notebook.lab.end_sessions()
    return name


def test_a_saved_notebook_shows_its_pictures_without_its_kernel(
    notebook: Any, saved: str
) -> None:
    notebook.open(saved)
    output = notebook.page.locator(".rt-output")
    picture = output.get_by_role("img", name=re.compile(r"Run of cell \[2\]: 5 done"))
    picture.wait_for()
    assert picture.evaluate("image => image.naturalWidth") >= 900
    output.get_by_text("Run the cell again to explore it").wait_for()
    # ipywidgets has looked for the model, and says so where nobody sees it.
    output.get_by_text(NO_MODEL).wait_for(state="attached")
    assert not output.get_by_text(NO_MODEL).is_visible()
    notebook.errors[:] = [e for e in notebook.errors if "widget model" not in e]
    picture.scroll_into_view_if_needed()
    notebook.picture("kept")
    found = Axe().run(notebook.page, context=".rt-output")
    assert found.violations_count == 0, found.generate_report()
    # The view comes back with the run.
    notebook.run_all()
    graph = notebook.page.get_by_role("group", name="Graph of tasks")
    graph.get_by_role("button", name="total-1, done", exact=True).wait_for()
    assert not notebook.page.locator(".rt-still").is_visible()


def test_the_picture_needs_neither_trust_nor_any_kernel(
    notebook: Any, saved: str
) -> None:
    file = notebook.lab.root / saved
    told = json.loads(file.read_text(encoding="utf-8"))
    told["metadata"] = {}  # no kernel to start, and not the notebook that was signed
    file.write_text(json.dumps(told), encoding="utf-8")
    page = notebook.page
    page.goto(f"{notebook.lab.url}/lab/tree/{saved}?token=tests&reset")
    page.locator(".jp-Dialog select").select_option(label="No Kernel")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    picture = page.get_by_role("img", name=re.compile(r"Run of cell \[2\]: 5 done"))
    picture.wait_for()
    assert page.locator(".rt-output").count() == 0  # JupyterLab shows the safe type
    page.evaluate("() => void window.jupyterapp.commands.execute('notebook:trust')")
    page.locator(".jp-Dialog .jp-mod-warn, .jp-Dialog .jp-mod-accept").click()
    page.locator(".rt-output").get_by_role("img").wait_for()
    picture.wait_for()
    notebook.picture("kept-without-kernel")
    assert not page.get_by_text(NO_MODEL).is_visible()


def test_nbconvert_shows_picture_and_text_without_any_network(
    notebook: Any, saved: str, browser: Browser, tmp_path: Path
) -> None:
    from nbconvert import HTMLExporter  # noqa: PLC0415 (slow to import)

    source = (notebook.lab.root / saved).read_text(encoding="utf-8")
    assert "application/vnd.jupyter.widget-state+json" not in source
    html, _ = HTMLExporter().from_filename(notebook.lab.root / saved)
    path = tmp_path / "saved.html"
    path.write_text(html, encoding="utf-8")
    page = offline(browser, path)
    picture = page.get_by_role("img", name=re.compile(r"Run of cell \[2\]: 5 done"))
    assert picture.evaluate("image => image.naturalWidth") >= 900
    page.get_by_text("The run as text").click()
    twin = page.locator("figure pre")
    assert (
        "total-1 \N{LEFTWARDS ARROW} square-1 \N{HORIZONTAL ELLIPSIS} square-4"
        in twin.inner_text()
    )
    page.screenshot(path=RESULTS / "nbconvert.png", full_page=True)
    plain = kept_outputs(source)["text/plain"]
    assert "".join(plain) == twin.text_content()
    page.close()


def offline(browser: Browser, path: Path) -> Page:
    """Open a file in a page that reaches nothing but files."""
    page = browser.new_page()
    page.route(re.compile("^(?!file:|data:|blob:)"), lambda route: route.abort())
    page.goto(path.as_uri())
    return page


def kept_outputs(source: str) -> dict[str, Any]:
    """Return the data of the output that holds a view."""
    outputs = [o for cell in json.loads(source)["cells"] for o in cell["outputs"]]
    [data] = [o["data"] for o in outputs if "text/html" in o.get("data", {})]
    return dict(data)
