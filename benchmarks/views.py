"""Frames, opening and latency of the views in Chromium, as printed figures.

    python -m benchmarks.views [--only frames,open,latency]

Goals (docs/design.md): a frame of at most 20 ms (p95) with 10,000 tasks in view and
while 100,000 tasks pass; a saved run of 100,000 tasks opens within 3 s; an event is
in the picture within 100 ms (p95) at 1,000 events a second.
"""

from __future__ import annotations

import argparse
import base64
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rayteach.trace.views.rows import (
    Attempt,
    NodeRow,
    ObjectRow,
    Rows,
    RunRow,
    TaskRow,
    WorkerRow,
)
from rayteach.widgets import library, page, static

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WORKERS = 64


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open the browser that the tests use."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (only here)

    command = ["sh", str(ROOT / "tools" / "browser.sh")]
    path = subprocess.run(command, capture_output=True, text=True, check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path.stdout.strip(), args=FLAGS
        )
        yield browser
        browser.close()


def prepared(browser: Browser) -> Page:
    """Return a page that holds the widget's code and the feeder of views.js."""
    opened = browser.new_page(viewport={"width": 1000, "height": 1400})
    opened.set_default_timeout(120_000)
    loader = base64.b64encode(static.load("widget.js").encode()).decode()
    given = json.dumps({"loader": loader, "parts": library.parts()})
    opened.set_content("<!doctype html><body style='margin:16px'></body>")
    opened.evaluate(f"() => {{ globalThis.given = {given}; }}")
    script = (Path(__file__).parent / "views.js").read_text(encoding="utf-8")
    opened.add_script_tag(content=f"{{{script}}}")
    return opened


def frames(browser: Browser) -> None:
    """Print the length of frames in both cases."""
    for name, call in (
        ("10,000 tasks in view, playing", "bench.inView(10_000)"),
        ("100,000 tasks in view, playing", "bench.inView(100_000)"),
        ("100,000 tasks pass in 10 s", "bench.passing(100_000, 10)"),
    ):
        opened = prepared(browser)
        found: dict[str, Any] = opened.evaluate(call)
        figures = ", ".join(f"{k} {found[k]:.1f} ms" for k in ("p50", "p95", "worst"))
        print(f"{name}: frame {figures} ({found['frames']} frames)", flush=True)
        print(f"    {found['words']}", flush=True)
        opened.close()


def large_run(count: int) -> Rows:
    """Return the rows of a finished run with so many tasks."""
    rows = Rows(RunRow(1, "[1]", 1, 0.0, count / 1e4, "done"), now_s=count / 1e4)
    rows.nodes["A"] = NodeRow("A", WORKERS, 0.0)
    for n in range(1, WORKERS + 1):
        rows.workers[n] = WorkerRow(n, f"worker {n}", "A", "pool", 0.0, None, n, 0.0)
    for i in range(count):
        began = (i // WORKERS) * WORKERS / 1e4
        end = began + 0.8 * WORKERS / 1e4
        rows.tasks[i] = TaskRow(
            i, f"f-{i + 1}", "f", "task", None, None, [], "[1]", 2, "", began, began,
            1.0, 1, [Attempt(began, end, 1 + i % WORKERS, "done")], [], end, "done",
        )  # fmt: skip
        key = f"{i}.0"
        made = ObjectRow(key, f"f-{i + 1}", i, "[1]", 2, end, 28, shared=False)
        rows.objects[key] = made
    return rows


def opening(browser: Browser, count: int = 100_000) -> None:
    """Print how long a saved page takes to its whole picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.html")
        began = time.perf_counter()
        path.write_text(page.html(large_run(count), "A large run"), encoding="utf-8")
        wrote_s = time.perf_counter() - began
        opened = browser.new_page(viewport={"width": 1000, "height": 1400})
        opened.set_default_timeout(120_000)
        began = time.perf_counter()
        opened.goto(path.as_uri(), wait_until="commit")
        opened.locator(".rt-moment").wait_for(state="attached")
        opened.evaluate(
            "() => new Promise((done) => requestAnimationFrame("
            "() => requestAnimationFrame(done)))"
        )
        opened_s = time.perf_counter() - began
        size_mb = path.stat().st_size / 1e6
        opened.close()
    print(
        f"a saved run of {count:,} tasks ({size_mb:.0f} MB) opens in {opened_s:.2f} s;"
        f" written in {wrote_s:.1f} s",
        flush=True,
    )


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="frames,open,latency")
    wanted = parser.parse_args().only.split(",")
    sizes = {
        name: len(static.load(f"views/{name}"))
        for name in json.loads(static.load("parts.json"))
    }
    first = sum(size for name, size in sizes.items() if not name.startswith("more"))
    print(
        f"code: {first:,} bytes for the first picture, {sum(sizes.values()):,} in all;"
        f" {len(static.load('widget.js')):,} in each widget",
        flush=True,
    )
    with chromium() as browser:
        if "frames" in wanted:
            frames(browser)
        if "open" in wanted:
            opening(browser)
    return 0


if __name__ == "__main__":
    sys.exit(main())
