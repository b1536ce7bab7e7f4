"""The rules of ownership in every host: the same cells, the same outputs.

A step is a cell that runs (again). Hosts differ in what they say about it: an id as
JupyterLab and Notebook 7 give it, the URI of VS Code, or none at all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from kernels import Kernel, ThisPython, of_type
from nbclient import NotebookClient

pytestmark = pytest.mark.timeout(120)

ROOT = Path(__file__).parents[2]

TOOLS = """\
import ipywidgets, os, time, warnings
from rayteach.api import session as sessions
from rayteach.core import events

never = os.environ["RAYTEACH_TEST_NEVER"]

@ray.remote
def stay():
    open(never).read()

def log(kind):
    return [e for e in sessions.current().log.events() if isinstance(e, kind)]

def unfinished(expected):
    # Ends are noticed by a thread: look until they are, or for half a minute. To wait
    # for an older ID makes no run of this cell; a put would, with a view of its own.
    engine, ends = sessions.current().engine, time.monotonic() + 30
    while len(engine._state.scheduler.tasks) != expected and time.monotonic() < ends:
        ray.wait(refs[:1], timeout=100)
    return len(engine._state.scheduler.tasks)

def views():
    models = ipywidgets.widget._instances.values()
    return sum(type(one).__name__ == "RunWidget" for one in models)"""

INIT = "session = ray.init(num_cpus=2)\nsession"
REFS = "refs = [stay.remote() for _ in range(2)]"
BOX = """\
@ray.remote
class Box:
    def __init__(self): self.n = 0
    def add(self):
        self.n += 1
        return self.n
box = Box.options(name="box").remote()
ray.get(box.add.remote())"""
READS = "@ray.remote\ndef reads(): return base\nray.get(reads.remote())"
WARNED = """\
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    got = ray.get(reads.remote())
[got, len(told), "`base`" in str(told[0].message)]"""

#: source of the cell, and what it puts out; the same source is the same cell
STEPS = (
    ("%load_ext rayteach\nimport rayteach as ray", ""),
    (INIT, "<rayteach session: 2 CPUs>"),
    (TOOLS, ""),
    # An unfinished task ends when its cell runs again; its view is replaced.
    (REFS, ""),
    ("unfinished(2)", "2"),
    (REFS, ""),
    ("unfinished(2)", "2"),
    ("views() <= 1", "True"),
    ("max(run.execution for run in log(events.CellRunStarted)) > 1", "True"),
    # What has another name goes on.
    ("kept = refs", ""),
    (REFS, ""),
    ("unfinished(4)", "4"),
    ("del kept", ""),
    ("unfinished(2)", "2"),
    ("for one in refs: ray.cancel(one)", ""),
    ("unfinished(0)", "0"),
    # The name of an actor moves; the session stays.
    (BOX, "1"),
    ("old = box", ""),
    (BOX, "1"),
    (
        "ray.get([box.add.remote() for box in (old, old, ray.get_actor('box'))])",
        "[2, 3, 2]",
    ),
    (INIT, "<rayteach session: 2 CPUs>"),
    # An unchanged function is shipped once; a changed global is told.
    ("base = 1", ""),
    (READS, "1"),
    (READS, "1"),
    ("sum(one.name == 'reads' for one in log(events.FunctionDefined))", "1"),
    ("base = 2", ""),
    (WARNED, "[1, 1, True]"),
    (READS, "2"),
    ("ray.shutdown()", ""),
)
CELLS = tuple(dict.fromkeys(source for source, _ in STEPS))


@pytest.fixture(autouse=True)
def never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that nobody ever writes to."""
    os.mkfifo(tmp_path / "never")
    monkeypatch.setenv("RAYTEACH_TEST_NEVER", str(tmp_path / "never"))
    monkeypatch.delenv("RAYTEACH_VIEW", raising=False)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    made = Kernel(tmp_path)
    yield made
    made.run("import rayteach as ray")
    made.stop()


def jupyterlab(number: int) -> str:
    return f"cell-{number}"


def vscode(number: int) -> str:
    return f"vscode-notebook-cell:/home/ann/my%20notes.ipynb#W{number}sZmlsZQ%3D%3D"


@pytest.mark.parametrize("name", [jupyterlab, vscode])
def test_the_rules_hold_where_cells_have_ids(
    kernel: Kernel, name: Callable[[int], str]
) -> None:
    for source, expected in STEPS:
        messages = kernel.run(source, name(CELLS.index(source)))
        assert of_type(messages, "error") == []
        results = of_type(messages, "execute_result")
        assert "".join(one["data"]["text/plain"] for one in results) == expected


def as_notebook(steps: tuple[tuple[str, str], ...]) -> Any:
    made = nbformat.v4.new_notebook()
    for source, expected in steps:
        data = {"text/plain": expected}
        out = nbformat.v4.new_output("execute_result", data, execution_count=1)
        cell = nbformat.v4.new_code_cell(source, execution_count=1)
        cell.outputs = [out] if expected else []
        made.cells.append(cell)
    return made


def test_the_rules_hold_in_nbclient() -> None:
    notebook = as_notebook(STEPS)
    client = NotebookClient(notebook, timeout=60, kernel_name="python3")
    client.km = client.create_kernel_manager()
    client.km.kernel_spec_manager = ThisPython()
    client.execute()
    texts = [
        "".join(
            out["data"]["text/plain"]
            for out in cell.outputs
            if out.output_type == "execute_result"
        )
        for cell in notebook.cells
    ]
    assert texts == [expected for _, expected in STEPS]


def test_the_rules_hold_under_nbval(tmp_path: Path) -> None:
    path = tmp_path / "rules.ipynb"
    nbformat.write(as_notebook(STEPS), path)
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q"]
    # By its module: a checkout that is not installed has no entry point for it.
    plugins = ("no:cacheprovider", "no:rayteach", "rayteach.notebook.pytest_plugin")
    ran = subprocess.run(
        [*command, *(word for name in plugins for word in ("-p", name)), str(path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{len(STEPS)} passed" in ran.stdout, ran.stdout[-3000:]


TERMINAL = """\
import json, sys
from IPython.terminal.interactiveshell import TerminalInteractiveShell
shell = TerminalInteractiveShell.instance()
told = []
for source in json.loads(sys.argv[1]):
    ran = shell.run_cell(source, store_history=True)
    ran.raise_error()
    told.append("" if ran.result is None else repr(ran.result))
print("\\n" + json.dumps(told))"""


def test_the_rules_hold_in_plain_ipython(tmp_path: Path) -> None:
    sources = json.dumps([source for source, _ in STEPS])
    ran = subprocess.run(
        [sys.executable, "-c", TERMINAL, sources],
        env={**os.environ, "IPYTHONDIR": str(tmp_path / "ipython")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:] + ran.stdout[-3000:]
    assert json.loads(ran.stdout.splitlines()[-1]) == [text for _, text in STEPS]
