"""Each view beside the picture of it that was looked at, in both themes and two widths.

The pictures stand in ``pictures/``; with ``RAYTEACH_PICTURES=new`` they are written
anew, to be looked at one by one. Fonts differ from machine to machine, so both are
made small and compared as patches of grey: what moves, appears or goes shows, the
edge of a letter does not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from rayteach.core import events
from rayteach.trace.tape import Tape
from rayteach.trace.views.rows import Rows
from rayteach.widgets import page as saved_page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PICTURES = Path(__file__).parent / "pictures"
RESULTS = Path(__file__).resolve().parents[2] / "test-results"
#: pixels of a patch; a row of text is about three of them high
PATCH = 6
#: how much darker or lighter a patch may come out, of 255
TOLERANCE = 40
#: share of patches that may differ by more
STRAY = 0.03

VIEWS = ("Graph", "Actors", "Wait", "Objects")
SIZES = {"wide": 1000, "narrow": 480}

#: Both pictures as grey patches; the share of patches that differ, 1 for other sizes.
COMPARE = """async ([one, two, patch, tolerance]) => {
  const patches = async (data) => {
    const image = await createImageBitmap(await (await fetch(data)).blob());
    const [w, h] = [Math.ceil(image.width / patch), Math.ceil(image.height / patch)];
    const canvas = new OffscreenCanvas(w, h);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, w, h);
    const { data: pixels } = context.getImageData(0, 0, w, h);
    const grey = [];
    for (let i = 0; i < pixels.length; i += 4) {
      grey.push(0.3 * pixels[i] + 0.6 * pixels[i + 1] + 0.1 * pixels[i + 2]);
    }
    return { w, h, grey };
  };
  const [a, b] = [await patches(one), await patches(two)];
  if (a.w !== b.w || Math.abs(a.h - b.h) > 8) return 1;
  const count = Math.min(a.grey.length, b.grey.length);
  let off = 0;
  for (let i = 0; i < count; i += 1) {
    if (Math.abs(a.grey[i] - b.grey[i]) > tolerance) off += 1;
  }
  return off / count;
}"""


@pytest.fixture(scope="module")
def run_page(tmp_path_factory: pytest.TempPathFactory, program: Rows) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "run.html"
    path.write_text(saved_page.html(program, "A run"), encoding="utf-8")
    return path


@pytest.fixture
def two_cells() -> Rows:
    """Two cells on two nodes: a copy, a retry, tasks in a task, an actor's restart."""
    tape = Tape(cell="[1]")
    start_s = tape.origin_s
    for event in (
        events.NodeAdded(start_s, "B", 2),
        events.WorkerRequested(start_s, 5, "B", "pool"),
        events.WorkerStarted(start_s + 0.1, 5, 1005),
    ):
        tape.append(event)
    data = tape.put(size_bytes=24_000_000)
    key = (data, 0)
    tape.append(events.ObjectCreated(start_s, key, 24_000_000, True, "A"))
    parts = [tape.submit("parse", data, line=2) for _ in range(3)]
    copied = (key, "A", "B", 24_000_000, start_s + 0.1, start_s + 0.3)
    tape.append(events.ObjectCopied(start_s + 0.3, *copied))
    tape.run_task(parts[0], 0.1, 0.5)
    tape.run_task(parts[1], 0.32, 0.7, worker=5)
    tape.at(0.1).start(parts[2], 2)
    tape.at(0.3).lose(parts[2])
    tape.at(0.4).start(parts[2], 2, attempt=1)
    tape.at(0.8).finish(parts[2])
    tape.end_cell()
    tape.cell("[2]")
    outer = tape.at(0.9).submit("sort", parts[0])
    tape.at(0.95).start(outer, 1)
    inner = [tape.at(1.0).submit("sort", parent=outer) for _ in range(2)]
    for worker, task in ((2, inner[0]), (5, inner[1])):
        tape.run_task(task, 1.05, 1.3, worker=worker)
    tape.at(1.4).finish(outer)
    counter = tape.at(1.4).actor("Counter")
    for number, from_s, died_s in ((6, 1.4, 1.8), (7, 1.8, None)):
        asked = events.WorkerRequested(start_s + from_s, number, "A", "actor", counter)
        tape.append(asked)
        tape.append(events.WorkerStarted(start_s + from_s + 0.1, number, 1000 + number))
        if died_s is None:
            tape.append(events.ActorStarted(start_s + 1.9, counter, number))
            continue
        tape.run_task(counter, 1.5, 1.52, worker=number)
        tape.append(events.ActorStarted(start_s + 1.52, counter, number))
        tape.run_task(tape.call(counter, "add"), 1.55, 1.7, worker=number)
        died = events.ActorRestarting(start_s + died_s, counter, "was killed", 1)
        tape.append(died)
        exited = events.WorkerExited(start_s + died_s, number, "killed by signal 9")
        tape.append(exited)
    tape.run_task(tape.at(1.9).call(counter, "add"), 1.95, 2.1, worker=7)
    tape.end_cell()
    return tape.rows(None)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opened(browser: Browser, run_page: Path, theme: str, size: str) -> Iterator[Page]:
    viewport = {"width": SIZES[size], "height": 900}
    page = browser.new_page(
        color_scheme=theme,  # type: ignore[arg-type]  # one of its words
        viewport=viewport,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page.goto(run_page.as_uri())
    page.get_by_role("slider", name="Moment of the run").wait_for()
    yield page
    page.close()


def as_address(data: bytes) -> str:
    from base64 import b64encode  # noqa: PLC0415 (only here)

    return f"data:image/png;base64,{b64encode(data).decode()}"


def test_each_view_looks_as_it_did(opened: Page, theme: str, size: str) -> None:
    slider = opened.get_by_role("slider", name="Moment of the run")
    slider.focus()
    slider.press("Home")
    for _ in range(4):
        slider.press("PageUp")
    found = {view: differs(opened, view, theme, size) for view in VIEWS}
    assert all(share <= STRAY for share in found.values()), found


def test_a_session_on_two_nodes_looks_as_it_did(
    browser: Browser, tmp_path: Path, two_cells: Rows
) -> None:
    path = tmp_path / "session.html"
    path.write_text(saved_page.html(two_cells, "A session"), encoding="utf-8")
    opened = browser.new_page(
        viewport={"width": 1000, "height": 900}, reduced_motion="reduce"
    )
    opened.goto(path.as_uri())
    opened.get_by_role("slider", name="Moment of the run").wait_for()
    views = ("Graph", "Actors", "Objects")
    found = {view: differs(opened, view, "session", "wide") for view in views}
    opened.close()
    assert all(share <= STRAY for share in found.values()), found


def differs(opened: Page, view: str, theme: str, size: str) -> float:
    """Return which share of a view's patches differs; keep a picture that fails."""
    opened.get_by_role("tab", name=view).click()
    opened.mouse.move(0, 0)
    picture = opened.locator(".rt").screenshot(animations="disabled")
    path = PICTURES / f"{view.lower()}-{theme}-{size}.png"
    if os.environ.get("RAYTEACH_PICTURES") == "new":
        PICTURES.mkdir(exist_ok=True)
        path.write_bytes(picture)
    both = [as_address(path.read_bytes()), as_address(picture)]
    share: float = opened.evaluate(COMPARE, [*both, PATCH, TOLERANCE])
    if share > STRAY:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / path.name).write_bytes(picture)
    return share
