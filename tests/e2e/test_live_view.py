"""The main job, as a learner has it: run a cell and see its tasks, live.

The tasks of :data:`GATED` each open a named pipe and so run until the test opens
the other end: what the picture shows meanwhile depends on no clock.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

# The server's and the browser's start are part of the first test.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

#: what our views have as their outermost element
ROOT = ".rt"
LESSON = "tutorial/01_first_remote_function.ipynb"

OPEN = """\
%load_ext rayteach
import rayteach as ray
ray.init(num_cpus=2, ignore_reinit_error=True);"""
TASKS = """\
@ray.remote
def gate(path):
    with open(path) as pipe:
        return pipe.read()

@ray.remote
def join(left, right):
    return left + right"""
GATED = "ray.get(join.remote(gate.remote({0!r}), gate.remote({1!r})))"
SHORT = """\
@ray.remote
def square(n):
    return n * n

ray.get([square.remote(n) for n in range(4)])"""
MODELS = "len(__import__('ipywidgets').widgets.widget._instances)"


@pytest.fixture
def gates(tmp_path: Path) -> list[str]:
    """Two named pipes."""
    paths = [str(tmp_path / name) for name in ("first", "second")]
    for path in paths:
        os.mkfifo(path)
    return paths


def release(gate: str, word: str) -> None:
    """Let the task behind a gate go on with ``word``."""
    with open(gate, "w") as pipe:  # noqa: PTH123 (as the task opens the other end)
        pipe.write(word)


def task(notebook: Any, label: str, state: str) -> Locator:
    """Return the mark of a task in the graph, once it is in this state."""
    graph = notebook.page.get_by_role("group", name="Graph of tasks")
    mark = graph.get_by_role("button", name=f"{label}, {state}", exact=True)
    mark.wait_for(state="attached")
    return mark


@pytest.fixture
def gated(notebook: Any, write_notebook: Callable[..., str], gates: list[str]) -> Any:
    """A notebook whose last cell runs until both gates are released."""
    name = write_notebook("gated.ipynb", OPEN, TASKS, GATED.format(*gates))
    notebook.open(name)
    notebook.start_all()
    task(notebook, "gate-1", "running")
    return notebook


def test_tasks_change_state_while_their_cell_runs(gated: Any, gates: list[str]) -> None:
    task(gated, "gate-2", "running")
    task(gated, "join-1", "needs input")
    gated.picture("running-light")
    release(gates[0], "a")
    task(gated, "gate-1", "done")
    task(gated, "gate-2", "running")
    assert gated.running_cells() == 1
    release(gates[1], "b")
    gated.wait_idle()
    task(gated, "join-1", "done")
    gated.page.locator(".jp-OutputArea-output", has_text="'ab'").wait_for()


def test_the_status_bar_counts_the_cpus_in_use(gated: Any, gates: list[str]) -> None:
    status = gated.page.locator("#jp-main-statusbar")
    status.get_by_text("CPUs 2/2").wait_for()
    release(gates[0], "a")
    release(gates[1], "b")
    gated.wait_idle()
    status.get_by_text("CPUs 0/2").wait_for()


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_a_cell_run_again_has_one_view_and_leaks_no_model(
    notebook: Any, write_notebook: Callable[..., str], place: str
) -> None:
    notebook.open(write_notebook("again.ipynb", OPEN, SHORT), place)
    if place == "notebooks":
        notebook.errors.clear()  # Notebook 7's own: they come without us too
    models = []
    for _ in range(3):
        notebook.run_all()
        task(notebook, "square-4", "done")
        models.append(notebook.evaluate(MODELS))
    views = notebook.page.locator(f".jp-OutputArea {ROOT}:not(.rt-still-note)")
    expect(views).to_have_count(1)
    assert len(set(models)) == 1
    notebook.picture(f"again-{place.replace('/', '-')}")


def test_the_end_of_a_kernel_ends_every_process_and_file(
    notebook: Any,
    lab: Any,
    write_notebook: Callable[..., str],
    still_alive: Callable[..., Any],
) -> None:
    notebook.open(write_notebook("end.ipynb", OPEN, SHORT))
    notebook.run_all()
    task(notebook, "square-4", "done")
    kernel = int(notebook.evaluate("__import__('os').getpid()"))
    family = [psutil.Process(kernel), *psutil.Process(kernel).children(recursive=True)]
    assert len(family) > 1
    lab.end_sessions()
    assert still_alive(family) == []
    assert list(Path("/dev/shm").glob(f"rayteach-{os.getuid()}-{kernel}-*")) == []  # noqa: S108 (the documented place)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_lesson_runs_and_its_views_are_accessible(
    notebook: Any, theme: str
) -> None:
    notebook.open(LESSON)
    notebook.theme(theme)
    notebook.run_all()
    notebook.page.locator(ROOT).first.wait_for()
    notebook.page.locator(ROOT).first.scroll_into_view_if_needed()
    notebook.picture(f"lesson-{theme.rsplit(maxsplit=1)[-1].lower()}")
    found = Axe().run(notebook.page, context=ROOT)
    assert found.violations_count == 0, found.generate_report()


def test_lab_opens_the_course_home_which_leads_to_the_first_lesson(
    notebook: Any,
) -> None:
    page = notebook.page
    page.goto(f"{notebook.lab.url}/lab?token=tests&reset")
    go = page.locator(".rth-go")
    go.wait_for()
    notebook.picture("course-home")
    found = Axe().run(page, context=".rth")
    assert found.violations_count == 0, found.generate_report()
    go.click()
    page.wait_for_function(
        "path => window.jupyterapp.shell.currentWidget?.context?.path === path",
        arg=LESSON,
    )


def test_the_launcher_card_opens_the_course_home(notebook: Any) -> None:
    page = notebook.page
    page.goto(f"{notebook.lab.url}/lab?token=tests&reset")
    page.locator(".rth-go").wait_for()
    page.locator(
        '.lm-TabBar-tab[data-id="rayteach-home"] .lm-TabBar-tabCloseIcon'
    ).click()
    notebook.command("launcher:create")
    card = page.locator(".jp-LauncherCard:visible", has_text="rayteach course")
    card.first.wait_for()
    notebook.picture("launcher")
    card.first.click()
    page.locator(".rth-go").wait_for()
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.id === 'rayteach-home'"
    )
