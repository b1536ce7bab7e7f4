"""What an open view costs its kernel, and how late an event is in the picture.

    python -m benchmarks.watching [--only cost,latency]

Goals (docs/design.md): with a view open, a storm of short tasks keeps 95 % of its
throughput; an event is in the picture within 100 ms (p95) at 1,000 events a second.

*Cost*: a kernel and a client that reads all it sends, as a server would; the same cell
with and without a view, by turns. *Latency*: JupyterLab in Chromium; the page notes in
each frame how many tasks the view says are done, the kernel when it knew of each.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.manager import KernelManager

from benchmarks.views import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

TASKS = 60_000
ROUNDS = 4
#: submits per second, and for how long; two events each, or three
PER_S, SECONDS = 500, 4
TOKEN = "benchmark"  # noqa: S105 (of a server that lives for one measurement)

OPEN = """\
%load_ext rayteach
import json, time
import rayteach as ray
from rayteach.notebook import extension
ray.init(num_cpus=2)

@ray.remote
def same(n):
    return n

ray.get([same.remote(n) for n in range(2000)])"""

#: what the publisher's thread has worked, in CPU seconds
WORKED = """\
import threading
def worked():
    clocks = [time.pthread_getcpuclockid(one.ident) for one in threading.enumerate()
              if one.name == "rayteach-publisher"]
    return sum(time.clock_gettime(one) for one in clocks)"""

STORM = """\
began = time.perf_counter()
ids = [same.remote(0)]
for view in extension.active().views._views.values():
    view.widget.link.receive({{"type": "hello", "version": 1}})
opened, began, before = time.perf_counter() - began, time.perf_counter(), worked()
ids += [same.remote(n) for n in range({tasks})]
ray.get(ids)
took = time.perf_counter() - began
print(json.dumps([{tasks} / took, (worked() - before) / took, 1000 * opened]))
del ids"""

STEADY = """\
ids = []
began = time.monotonic()
for n in range({count}):
    ids.append(same.remote(n))
    time.sleep(max(0, began + (n + 1) / {per_s} - time.monotonic()))
ray.get(ids);"""

#: a cell of its own, so that what it reads is over
ENDS = """\
[(type(e).__name__, e.time_s + time.time() - time.monotonic())
 for e in ray.api.session.current().log.events() if e.time_s >= began]"""

WATCH = """() => {
  window.seen = [];
  const look = () => {
    const counts = [...document.querySelectorAll('.jp-OutputArea .rt-counts')].at(-1);
    const done = /([\\d,]+) done/.exec(counts?.textContent ?? '');
    const count = done === null ? 0 : Number(done[1].replaceAll(',', ''));
    const last = window.seen.at(-1);
    if (last === undefined || last[0] !== count) window.seen.push([count, Date.now() / 1000]);
    requestAnimationFrame(look);
  };
  look();
}"""  # noqa: E501 (JavaScript)

RUN = """async (code) => {
  const panel = window.jupyterapp.shell.currentWidget;
  panel.content.activeCell.model.sharedModel.setSource(code);
  await window.jupyterapp.commands.execute('notebook:run-cell');
}"""

ASK = """async (expression) => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const asked = { code: '', silent: true, user_expressions: { it: expression } };
  const reply = await kernel.requestExecute(asked).done;
  return reply.content.user_expressions.it.data['text/plain'];
}"""


def cost() -> None:
    """Print the throughput of a storm with and without an open view."""
    manager = KernelManager()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    try:
        run(client, OPEN, "open")
        run(client, WORKED, "worked")
        storm(client, "off")
        pairs, shares, opened = [], [], []
        for number in range(ROUNDS):
            first = ("off", "on") if number % 2 else ("on", "off")
            found = {word: storm(client, word) for word in first}
            pairs.append((found["off"][0], found["on"][0]))
            shares.append(found["on"][1])
            opened.append(found["on"][2])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    off, on = (statistics.median(side) for side in zip(*pairs, strict=True))
    lost = sorted(100 * (1 - on / off) for off, on in pairs)
    print(
        f"{TASKS:,} short tasks, {ROUNDS} pairs: {off:,.0f} tasks/s without a view,"
        f" {on:,.0f} with one; {statistics.median(lost):.1f} % less (pairs"
        f" {lost[0]:.0f} to {lost[-1]:.0f} %); the publisher's thread had"
        f" {100 * statistics.median(shares):.1f} % of a CPU; a view opens in"
        f" {statistics.median(opened):.0f} ms",
        flush=True,
    )


def storm(client: Any, auto: str) -> list[float]:
    """Run the storm; return its rate, the publisher's share, ms to open the view."""
    run(client, f"%rayteach auto {auto}", "auto")
    found: list[float] = json.loads(run(client, STORM.format(tasks=TASKS), "storm"))
    return found


def run(client: Any, code: str, cell: str) -> str:
    """Run a cell as JupyterLab does and return what it printed."""
    content: dict[str, Any] = {"code": code, "silent": False, "store_history": True}
    content |= {"user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
    message = client.session.msg("execute_request", content, metadata={"cellId": cell})
    client.shell_channel.send(message)
    printed = ""
    while True:
        said = client.get_iopub_msg(timeout=120)
        if said["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        if said["msg_type"] == "error":
            raise RuntimeError("\n".join(said["content"]["traceback"]))
        if said["msg_type"] == "stream" and said["content"]["name"] == "stdout":
            printed += said["content"]["text"]
        if said["content"].get("execution_state") == "idle":
            return printed


@contextmanager
def laboratory(root: Path) -> Iterator[str]:
    """Start JupyterLab in a folder and give its address."""
    words = ["--no-browser", "--allow-root", "--expose-app-in-browser", "--port=0"]
    command = [sys.executable, "-m", "jupyterlab", *words]
    command += [f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}"]
    command += [f"--LabApp.{name}_dir={root / name}" for name in SETTINGS]
    env = {**os.environ, "JUPYTER_RUNTIME_DIR": str(root / "runtime")}
    with subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as server:
        lines = server.stderr or ()
        found = next(line for line in lines if "?token=" in line)
        threading.Thread(target=lambda: list(lines), daemon=True).start()
        yield "http" + found.split("http", 1)[1].split("/lab")[0].split("/tree")[0]
        server.terminate()


SETTINGS = ("user_settings", "workspaces")


def latency() -> None:
    """Print how long after its event a task stands as done in the picture."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        cell: dict[str, Any] = {
            "cell_type": "code",
            "id": "one",
            "metadata": {},
            "outputs": [],
        }
        cell |= {"execution_count": None, "source": ""}
        spec = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        book = {"nbformat": 4, "nbformat_minor": 5, "metadata": spec, "cells": [cell]}
        (root / "a.ipynb").write_text(json.dumps(book), encoding="utf-8")
        with laboratory(root) as address, chromium() as browser:
            opened = browser.new_page(viewport={"width": 1280, "height": 900})
            opened.set_default_timeout(120_000)
            opened.goto(f"{address}/lab/tree/a.ipynb?token={TOKEN}&reset")
            report(watched(opened))
            address_of = f"{address}/api/shutdown?token={TOKEN}"
            opened.request.post(address_of)


def watched(page: Page) -> tuple[list[tuple[str, float]], list[tuple[int, float]]]:
    """Run the steady cell; return its events and what the page showed when."""
    page.wait_for_function(
        "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
    )
    page.evaluate(RUN, OPEN)
    page.evaluate(WATCH)
    page.evaluate(RUN, STEADY.format(count=PER_S * SECONDS, per_s=PER_S))
    last = f"{PER_S * SECONDS:,} done"
    page.locator(".jp-OutputArea .rt-counts", has_text=last).wait_for()
    told = page.evaluate(ASK, f"json.dumps({ENDS})")
    events = json.loads(told[1:-1])
    return [(name, at) for name, at in events], page.evaluate("window.seen")


def report(
    found: tuple[list[tuple[str, float]], list[tuple[int, float]]],
) -> None:
    """Say the distances between the n-th end and the first frame that shows n."""
    events, seen = found
    ends = sorted(at for name, at in events if name == "TaskFinished")
    shown = next(at for count, at in seen if 0 < count < len(ends))  # it had to load
    waits, place = [], 0
    for number, at in enumerate(ends, 1):
        while place < len(seen) and not (
            seen[place][0] >= number and seen[place][1] >= at
        ):
            place += 1
        if place < len(seen) and at > shown:
            waits.append(1000 * (seen[place][1] - at))
    waits.sort()
    spent = max(at for _, at in events) - min(at for _, at in events)
    p50, p95 = waits[len(waits) // 2], waits[int(0.95 * len(waits))]
    print(
        f"{len(events) / spent:,.0f} events/s for {spent:.0f} s: an event is in the"
        f" picture after p50 {p50:.0f} ms, p95 {p95:.0f} ms, worst {waits[-1]:.0f} ms",
        flush=True,
    )


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="cost,latency")
    wanted = parser.parse_args().only.split(",")
    if "cost" in wanted:
        cost()
    if "latency" in wanted:
        latency()
    return 0


if __name__ == "__main__":
    sys.exit(main())
