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
