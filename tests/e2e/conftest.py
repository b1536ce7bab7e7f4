"""JupyterLab, started by our own command, in a headless Chromium.

Nothing here waits for time to pass: the server is ready when it prints its
address, the page is ready when JupyterLab says so, and tests wait for what a
learner would wait for: a word on the page.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from rayteach.core import events
from rayteach.trace.tape import Tape
from rayteach.trace.views.rows import Rows

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "test-results"
TOKEN = "tests"  # noqa: S105 (of a server that lives for one test run)
FLAGS = [
    "--no-sandbox",  # root in a container has no user namespace to give
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: the start of a server or a browser on a busy machine; nothing is judged by it
PATIENCE_MS = 30_000

#: JupyterLab's own kernel connection says this when a kernel closes a comm that was
#: opened before this page connected (a reload, a restart); nothing of ours
LATE_CLOSE = "Comm not found for comm id "

#: JupyterLab asks the network for news and updates, and the learner whether it may
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}


@pytest.fixture(scope="module", autouse=True)
def nothing_outlives_its_module() -> None:
    """The server and the browser live for the whole run: :func:`lab` looks later."""


@dataclass
class Lab:
    """A running JupyterLab."""

    url: str
    root: Path
    process: psutil.Process
    #: where JupyterLab keeps the theme that was chosen
    theme_setting: Path

    def rest(self, method: str, path: str) -> Any:
        """Ask the server's REST interface."""
        request = urllib.request.Request(  # noqa: S310 (our own server)
            f"{self.url}/api/{path}",
            method=method,
            headers={"Authorization": f"token {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            body = answer.read()
        return json.loads(body) if body else None

    def end_sessions(self) -> None:
        """End every kernel, so that each test meets a fresh one."""
        for session in self.rest("GET", "sessions"):
            self.rest("DELETE", f"sessions/{session['id']}")

    def kernels(self) -> list[psutil.Process]:
        """Return the kernels that live now, with all they started."""
        return self.process.children(recursive=True)


@pytest.fixture(scope="session")
def lab(
    tmp_path_factory: pytest.TempPathFactory, still_alive: Callable[..., Any]
) -> Iterator[Lab]:
    home = tmp_path_factory.mktemp("jupyter")
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "notebooks", root, dirs_exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("rayteach")),
        *("lab", "--no-browser", "--port", str(port), "--root-dir", str(root)),
        "--expose-app-in-browser",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        f"--IdentityProvider.token={TOKEN}",
        f"--LabApp.user_settings_dir={home / 'settings'}",
        f"--LabApp.workspaces_dir={home / 'workspaces'}",
    ]
    news = home / "settings/@jupyterlab/apputils-extension"
    news.mkdir(parents=True)
    text = json.dumps(NO_NEWS)
    (news / "notification.jupyterlab-settings").write_text(text, encoding="utf-8")
    env = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "RAYTEACH_NUM_CPUS": "2",
    }
    with subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as server:
        family = psutil.Process(server.pid)
        try:
            RESULTS.mkdir(exist_ok=True)
            wait_for_address(server, RESULTS / "jupyterlab.log")
            theme = news / "themes.jupyterlab-settings"
            yield Lab(f"http://127.0.0.1:{port}", root, family, theme)
        finally:
            started = family.children(recursive=True)
            server.terminate()
            # JupyterLab can hang at its very end, waiting for an idle thread pool;
            # what counts is that nothing of ours does.
            still_alive([family], 10)
            server.kill()
        assert still_alive(started) == []


def wait_for_address(server: subprocess.Popen[str], log: Path) -> None:
    """Return when the server has printed its address; keep its log flowing."""
    assert server.stderr is not None
    file = log.open("w", encoding="utf-8")
    for line in server.stderr:
        file.write(line)
        if "?token=" in line:
            break
    else:
        file.close()
        pytest.fail(f"JupyterLab ended early:\n{log.read_text(encoding='utf-8')}")

    def drain() -> None:
        with file:
            file.writelines(server.stderr or ())

    threading.Thread(target=drain, daemon=True).start()


SOURCE = """\
data = ray.put(words)
parts = [parse.remote(data) for _ in range(4)]
counter = Counter.remote()
ready, rest = ray.wait(parts, num_returns=2, timeout=800)"""


@pytest.fixture(scope="session")
def program() -> Rows:
    """Four tasks and an actor with callers in line, and a wait that holds one ID."""
    tape = Tape(cell="[7]", source=SOURCE)
    data = tape.put(line=1, size_bytes=24_000_000)
    large = events.ObjectCreated(tape.origin_s, (data, 0), 24_000_000, True, "A")
    tape.append(large)
    parts = [tape.submit("parse", data, line=2) for _ in range(4)]
    counter = tape.actor("Counter", line=3)
    tape.append(events.WorkerRequested(tape.origin_s, 9, "A", "actor", counter))
    tape.append(events.WorkerStarted(tape.origin_s + 0.1, 9, 4009))
    tape.run_task(counter, 0.1, 0.2, worker=9)
    tape.append(events.ActorStarted(tape.origin_s + 0.2, counter, 9))
    tape.at(0.2).start(parts[0], 1)
    tape.at(0.2).start(parts[1], 2)
    calls = [tape.at(0.3).call(counter, "add", parent=task) for task in parts[:2]]
    calls.append(tape.at(0.31).call(counter, "add", parent=parts[0]))
    wait = tape.at(0.4).wait(*parts, kind="wait", num_returns=2, line=4, timeout_s=0.8)
    tape.run_task(calls[0], 0.45, 0.9, worker=9)
    for part in parts[:2]:
        tape.at(1.0).finish(part)
    tape.run_task(parts[2], 1.0, 1.0)
    tape.at(1.05).returned(wait, 0, 1)
    for call in calls[1:]:
        tape.run_task(call, tape.now_s, tape.now_s + 0.2, worker=9)
    tape.run_task(parts[3], 1.5, 2.0)
    tape.end_cell()
    return tape.rows()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    command = ["sh", str(ROOT / "tools" / "browser.sh")]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.fail(found.stderr)
    path = found.stdout.strip()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Notebook:
    """A notebook open in JupyterLab, as a learner has it before them."""

    page: Page
    lab: Lab
    #: what the console called an error
    errors: list[str] = field(default_factory=list)

    def open(self, path: str, place: str = "lab/tree") -> None:
        """Open ``path`` ("notebooks": in Notebook 7) until its kernel is idle."""
        self.page.goto(f"{self.lab.url}/{place}/{path}?token={TOKEN}&reset")
        self.page.wait_for_function(
            "path => window.jupyterapp?.shell.currentWidget?.context?.path === path",
            arg=path,
        )
        self.page.evaluate(
            """async () => {
                 const app = window.jupyterapp;
                 await app.restored;
                 const { context, sessionContext } = app.shell.currentWidget;
                 await context.ready;
                 await sessionContext.ready;
                 await sessionContext.session.kernel.info;
               }"""
        )
        self.wait_idle()

    def command(self, name: str, **options: Any) -> None:
        """Run a command of JupyterLab to its end."""
        self.page.evaluate(
            "([name, options]) => window.jupyterapp.commands.execute(name, options)",
            [name, options],
        )

    def run_all(self) -> None:
        """Run all cells to their end."""
        self.command("notebook:run-all-cells")

    def start_all(self) -> None:
        """Start all cells and return at once."""
        self.page.evaluate(
            "() => void window.jupyterapp.commands.execute('notebook:run-all-cells')"
        )

    def wait_idle(self) -> None:
        """Return when the kernel has nothing to do and no cell waits."""
        self.page.wait_for_function(
            """() => {
                 const panel = window.jupyterapp.shell.currentWidget;
                 const busy = document.querySelectorAll('.jp-InputPrompt');
                 const kernel = panel.sessionContext.session?.kernel;
                 return kernel?.status === 'idle' &&
                   ![...busy].some(prompt => prompt.textContent.includes('*'));
               }"""
        )

    def running_cells(self) -> int:
        """Return how many cells show ``[*]``."""
        return self.page.locator(".jp-InputPrompt", has_text="*").count()

    def evaluate(self, expression: str) -> str:
        """Return the ``repr`` of a Python expression in the notebook's kernel."""
        result = self.page.evaluate(
            """async expression => {
                 const { sessionContext } = window.jupyterapp.shell.currentWidget;
                 const reply = await sessionContext.session.kernel.requestExecute({
                   code: '', silent: true, user_expressions: { it: expression },
                 }).done;
                 return reply.content.user_expressions.it;
               }""",
            expression,
        )
        assert result["status"] == "ok", result
        return str(result["data"]["text/plain"])

    def theme(self, name: str) -> None:
        """Change JupyterLab's theme and return when it is on."""
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_function(
            """name => document.body.dataset.jpThemeName === name &&
                 !document.querySelector('#jupyterlab-splash')""",
            arg=name,
        )

    def picture(self, name: str) -> None:
        """Keep a screenshot in ``test-results/`` for human eyes."""
        self.page.screenshot(path=RESULTS / f"{name}.png")


@pytest.fixture
def notebook(lab: Lab, browser: Browser) -> Iterator[Notebook]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    lab.theme_setting.unlink(missing_ok=True)  # an earlier test's
    opened = Notebook(context.new_page(), lab)
    watch_console(opened)
    yield opened
    context.close()
    lab.end_sessions()
    assert opened.errors == []


def watch_console(notebook: Notebook) -> None:
    """Collect errors of the page for the end of the test."""

    def on_message(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(LATE_CLOSE):
            notebook.errors.append(message.text)

    notebook.page.on("console", on_message)
    notebook.page.on("pageerror", lambda error: notebook.errors.append(str(error)))


@pytest.fixture
def write_notebook(lab: Lab) -> Callable[..., str]:
    """Return a function that puts a notebook with these cells before the server."""

    def write(name: str, *cells: str) -> str:
        notebook = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell-{number}",
                    "metadata": {},
                    "execution_count": None,
                    "outputs": [],
                    "source": source,
                }
                for number, source in enumerate(cells, 1)
            ],
        }
        (lab.root / name).write_text(json.dumps(notebook), encoding="utf-8")
        return name

    return write
