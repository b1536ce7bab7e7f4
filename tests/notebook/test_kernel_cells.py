"""What people do to cells: re-run, duplicate, move, delete, close, restart, twice.

After each, nothing is doubled or leaked, and nothing is lost that has a name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from kernels import FrontEnd, Kernel, of_type, printed

pytestmark = pytest.mark.timeout(60)  # kernels start slowly on a busy machine

#: all but the library, which holds the code of the views once for all
WIDGETS = """\
import ipywidgets
models = ipywidgets.widget._instances.values()
print(sum(type(one).__name__ != "Library" for one in models))"""
ENGINE = "__import__('rayteach.api.session').api.session.current().engine"
UNFINISHED = f"print(len({ENGINE}._state.scheduler.tasks))"

#: what VS Code sends in place of a cell id: the URI of the cell's document
VSCODE = "vscode-notebook-cell:/home/ann/my%20notes.ipynb#W{0}sZmlsZQ%3D%3D"

BOX = """\
@ray.remote
class Box:
    def get(self): return 7
box = Box.remote()"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path_factory.mktemp("ipython"))
    yield kernel
    kernel.stop()


@pytest.fixture
def kernel(started: Kernel, tmp_path: Path) -> Kernel:
    started.load()
    os.mkfifo(tmp_path / "never")
    started.run(f"never = {str(tmp_path / 'never')!r}")
    started.run("@ray.remote\ndef stay(n):\n    open(never).read()")
    return started


@pytest.fixture
def other(kernel: Kernel) -> Iterator[FrontEnd]:
    """A second notebook on the same kernel."""
    found = kernel.connect()
    yield found
    found.stop()


def number(front: FrontEnd, code: str) -> int:
    return int(front.printed(code))


def settled(front: FrontEnd, tasks: int) -> None:
    """Let the engine go on until so many tasks are unfinished."""
    while number(front, UNFINISHED) != tasks:
        front.run("ray.wait([ray.put(0)], timeout=0)")


@pytest.mark.parametrize("name", ["{0}", VSCODE], ids=["cell ids", "document URIs"])
def test_a_cell_that_runs_again_replaces_its_view_and_its_work(kernel, name) -> None:
    first, second = name.format("1"), name.format("2")
    for _ in range(3):
        kernel.run("a = [stay.remote(n) for n in range(2)]", first)
    kernel.run("b = [stay.remote(n) for n in range(2)]", second)
    settled(kernel, 4)
    assert number(kernel, WIDGETS) == 4  # a view and its layout for each cell
    kernel.run("a = b = None", first)
    kernel.run("pass", second)
    settled(kernel, 0)
    assert number(kernel, WIDGETS) == 0


def test_a_closed_view_is_not_missed_when_the_cell_runs_again(kernel) -> None:
    messages = kernel.run("ray.get(double.remote(4))", "cell-a")
    opened = [c["comm_id"] for c in of_type(messages, "comm_open")]
    for comm in opened:
        list(kernel.output_of(kernel.send("comm_close", {"comm_id": comm}, {})))
    assert kernel.printed("print(ray.get(double.remote(5)))") == "10\n"
    shown = kernel.run("print(ray.get(double.remote(6)))", "cell-a")
    assert printed(shown) == "12\n"
    assert len(of_type(shown, "display_data")) == 1
    assert number(kernel, WIDGETS) == 2


def test_cells_with_the_same_source_are_two_cells(kernel) -> None:
    source = "mine = [stay.remote(n) for n in range(2)]"
    kernel.run(source, "cell-a")
    kernel.run("kept = mine", "cell-k")
    kernel.run(source, "cell-b")
    settled(kernel, 4)
    kernel.run("pass", "cell-b")  # `mine` still names its tasks
    settled(kernel, 4)
    kernel.run("kept = None", "cell-k")
    kernel.run("pass", "cell-a")
    settled(kernel, 2)
    kernel.run("del mine", "cell-k")
    settled(kernel, 0)


def test_a_moved_and_edited_cell_is_the_same_cell(kernel) -> None:
    kernel.run("x = stay.remote(1)", "cell-a")
    kernel.run("y = stay.remote(2)", "cell-b")
    kernel.run("y = double.remote(2)", "cell-b")
    kernel.run("x = double.remote(1)", "cell-a")
    settled(kernel, 0)
    assert kernel.printed("print(ray.get([x, y]))") == "[2, 4]\n"
    assert number(kernel, WIDGETS) == 4


def test_two_notebooks_on_one_kernel_keep_their_work_apart(kernel, other) -> None:
    kernel.run("a = stay.remote(1)", "cell-of-one")
    other.run("b = stay.remote(2)", "cell-of-two")
    settled(kernel, 2)
    sent = other.start("print('now')\nc = stay.remote(3)\nray.get(c)", "cell-c")
    for message in other.output_of(sent):
        if message["content"].get("text", "").startswith("now"):
            kernel.manager.interrupt_kernel()
    settled(kernel, 2)
    other.run("b = double.remote(2)", "cell-of-two")
    settled(kernel, 1)
    kernel.run("a = double.remote(1)", "cell-of-one")
    assert other.printed("print(ray.get([a, b]))") == "[2, 4]\n"
    assert number(kernel, WIDGETS) == 6


def test_run_all_twice_quickly_is_like_once(kernel) -> None:
    cells = {
        "cell-1": "waiting = [stay.remote(1)]",
        "cell-2": BOX,
        "cell-3": "seven = ray.get(box.get.remote())",
        "cell-4": "%%remote --no-show\nsix = 2 * 3",
        "cell-5": "waiting.append(stay.remote(9))",
    }
    sent = [kernel.start(code, key) for _ in range(2) for key, code in cells.items()]
    errors: list[Any] = []
    for one in sent:
        errors += of_type(list(kernel.output_of(one)), "error")
    assert errors == []
    assert kernel.printed("print(seven, ray.get(six), len(waiting))") == "7 6 2\n"
    settled(kernel, 2)
    alive = f"print(sum(a.failure is None for a in {ENGINE}._state.actors.values()))"
    assert number(kernel, alive) == 1
    assert number(kernel, WIDGETS) == 8


def session_dirs(pid: int) -> list[Path]:
    return list(Path("/dev/shm").glob(f"rayteach-*-{pid}-*"))  # noqa: S108


def test_a_restart_leaves_nothing_and_everything_works_again(kernel) -> None:
    kernel.run("big = ray.put(bytearray(5_000_000))\nx = stay.remote(1)", "cell-a")
    pid = number(kernel, "import os\nprint(os.getpid())")
    family = psutil.Process(pid).children(recursive=True)
    assert family
    assert session_dirs(pid)
    kernel.restart()
    gone, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
    assert len(gone) == len(family)
    assert session_dirs(pid) == []
    kernel.load()
    assert kernel.printed("print(ray.get(double.remote(4)))") == "8\n"
    kernel.run("ray.get(double.remote(4))", "cell-a")
    assert number(kernel, WIDGETS) == 2


def test_closing_the_notebook_ends_all_that_it_started(tmp_path) -> None:
    kernel = Kernel(tmp_path / "ipython")
    kernel.load()
    kernel.run("big = ray.put(bytearray(5_000_000))\nray.get(double.remote(4))")
    pid = number(kernel, "import os\nprint(os.getpid())")
    family = psutil.Process(pid).children(recursive=True)
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=False)
    assert psutil.wait_procs(family, timeout=60)[1] == []
    assert session_dirs(pid) == []
