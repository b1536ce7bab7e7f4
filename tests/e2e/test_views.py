"""The views of a saved page, as a reader has them: pointer, keyboard, both themes.

The runs are written by hand, so what stands in the pictures depends on no clock.
One test looks at a live notebook: a ``wait`` is shown while it blocks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from rayteach.trace.views.rows import Rows
from rayteach.widgets import page as saved_page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

RESULTS = Path(__file__).resolve().parents[2] / "test-results"


@pytest.fixture(params=["light", "dark"])
def view(
    request: pytest.FixtureRequest, browser: Browser, tmp_path: Path, program: Rows
) -> Iterator[Page]:
    """The saved page of ``program``; an error of its script fails the test."""
    path = tmp_path / "run.html"
    path.write_text(saved_page.html(program, "A run"), encoding="utf-8")
    errors: list[str] = []
    page = browser.new_page(color_scheme=request.param)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    page.get_by_role("tab", name="Graph").wait_for()
    yield page
    RESULTS.mkdir(exist_ok=True)
    page.screenshot(path=RESULTS / f"{request.node.name}.png", full_page=True)
    found = Axe().run(page, context=".rt")
    page.close()
    assert errors == []
    assert found.violations_count == 0, found.generate_report()


def to_share(page: Page, leaps: int) -> None:
    """Scrub to so many tenths of the run, by keyboard."""
    slider = page.get_by_role("slider", name="Moment of the run")
    slider.focus()
    slider.press("Home")
    for _ in range(leaps):
        slider.press("PageUp")


def test_a_wait_shows_its_columns_and_fills_held_at_the_return(view: Page) -> None:
    view.get_by_role("tab", name="Wait").click()
    wait = view.get_by_role("group", name="Calls of wait")
    wait.get_by_text("ready = [parse-1, parse-2]").wait_for()
    wait.get_by_text("rest = [parse-3, parse-4]").wait_for()
    wait.get_by_role("button", name="place 2: parse-3, held at the return").wait_for()
    to_share(view, 4)
    wait.get_by_text("wait has 0 of 2").wait_for()
    wait.get_by_text("400 ms left").wait_for()
    wait.get_by_role("button", name="place 2: parse-3, pending, queued").wait_for()


def test_an_actor_shows_who_waits_in_which_line(view: Page) -> None:
    view.get_by_role("tab", name="Actors").click()
    to_share(view, 3)
    actors = view.get_by_role("group", name="Actors and their mailboxes").first
    running = "Counter-1.add-1, running for 0.15 s"
    actors.get_by_role("button", name="parse-1/" + running).wait_for()
    line = actors.get_by_role("button", name="parse-2, queued, goes next")
    line.click()
    view.get_by_text("parse-2/Counter-1.add-1, queued").first.wait_for()


def test_objects_show_size_place_and_need(view: Page) -> None:
    view.get_by_role("tab", name="Objects").click()
    to_share(view, 2)
    objects = view.get_by_role("group", name="Objects and where they are")
    name = "put-1, made by put, 24 MB, shared memory, held by 4: parse-1, parse-2"
    objects.get_by_role("button", name=name).wait_for()
    objects.get_by_text("24 MB").first.wait_for()


def test_the_slider_plays_and_follows_the_pointer(view: Page) -> None:
    slider = view.get_by_role("slider", name="Moment of the run")
    box = slider.bounding_box()
    assert box is not None
    view.mouse.click(box["x"] + 0.55 * box["width"], box["y"] + 20)
    view.get_by_text("wait returns 2 IDs as ready and holds parse-3 back").wait_for()
    view.get_by_role("button", name="On to the next event").click()
    view.get_by_text("Counter-1.add-2 starts").wait_for()
    view.get_by_role("button", name="Play the run").click()
    view.get_by_role("button", name="to the end").wait_for(state="detached")


def test_a_range_of_the_timeline_is_zoomed_by_dragging(view: Page) -> None:
    picture = view.locator("[data-time]")
    box = picture.bounding_box()
    assert box is not None
    view.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 8)
    view.mouse.down()
    view.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 30)
    view.mouse.up()
    view.get_by_role("button", name="Show the whole run").click()
    view.get_by_role("button", name="Show the whole run").wait_for(state="detached")
    assert view.evaluate("String(getSelection())") == ""


def test_the_critical_path_and_a_blank_are_explained(view: Page) -> None:
    view.get_by_role("button", name="Show the critical path").click()
    view.get_by_text("however many CPUs there are").wait_for()
    view.locator("[data-tip*='ran nothing']").first.hover()
    view.get_by_role("tooltip").get_by_text("ran nothing for").wait_for()


def test_every_action_has_a_key(view: Page) -> None:
    view.get_by_role("tab", name="Graph").focus()
    view.keyboard.press("ArrowRight")
    view.keyboard.press("ArrowRight")
    assert view.evaluate("document.activeElement.textContent").startswith("Wait")
    seen = set()
    for _ in range(40):
        view.keyboard.press("Tab")
        name = "e => e.getAttribute('aria-label') || e.textContent"
        seen.add(view.evaluate(f"({name})(document.activeElement)"))
    for name in ("Moment of the run", "Show less of the run, larger", "Play the run"):
        assert name in seen
    assert any(name.startswith("place 0: parse-1") for name in seen)


OPEN = """\
%load_ext rayteach
import rayteach as ray
ray.init(num_cpus=2, ignore_reinit_error=True);"""
WAITING = """\
@ray.remote
def gate(path):
    with open(path) as pipe:
        return pipe.read()

ids = [gate.remote({0!r}), gate.remote({1!r})]
done, todo = ray.wait(ids, num_returns=1)
ray.get(todo)"""


def test_a_wait_is_shown_while_it_blocks(
    notebook: Any, write_notebook: Callable[..., str], tmp_path: Path
) -> None:
    gates = [str(tmp_path / name) for name in ("first", "second")]
    for gate in gates:
        os.mkfifo(gate)
    notebook.open(write_notebook("wait.ipynb", OPEN, WAITING.format(*gates)))
    notebook.start_all()
    page: Page = notebook.page
    page.locator(".rt").get_by_role("tab", name="Wait").click()
    wait = page.get_by_role("group", name="Calls of wait")
    wait.get_by_text("wait has 0 of 1").wait_for()
    wait.get_by_role("button", name="place 1: gate-2, pending, running").wait_for()
    assert notebook.running_cells() == 1
    notebook.picture("wait-blocks")
    for turn, gate in enumerate(reversed(gates)):
        with open(gate, "w") as pipe:  # noqa: PTH123 (as the task opens the other end)
            pipe.write("x")
        if turn == 0:
            wait.get_by_text("done = [gate-2]").wait_for()
            wait.get_by_text("todo = [gate-1]").wait_for()
    notebook.wait_idle()
