"""Every lesson three times over in one kernel, then its cells in another order.

The same text comes out of each cell every time, and no process and no byte of
shared memory is there afterwards that was not there after the first pass.
"""

from __future__ import annotations

import ast
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from kernels import Kernel, of_type

TUTORIAL = Path(__file__).parents[2] / "notebooks" / "tutorial"
LESSONS = sorted(path.stem for path in TUTORIAL.glob("*.ipynb"))
PASSES = 3
#: what IPython says itself the second time
LOADED = """\
The rayteach extension is already loaded. To reload it, use:
  %reload_ext rayteach
"""


#: what a cell reads or changes without a name of its own
SESSION = "the session"
CHANGES_SESSION = re.compile(
    r"\b(init|shutdown|add_node|remove_node|kill_node|reset|seeded|pause|resume)\("
)
#: a cell that starts or awaits tasks
STARTS = re.compile(r"\.remote\(|ray\.(get|wait)\(|%remote")


class Cell:
    """A code cell: its text, and the names that it reads and writes."""

    def __init__(self, cell: dict[str, Any]) -> None:
        self.id: str = cell["id"]
        self.source = "".join(cell["source"])
        tags = cell["metadata"].get("tags", ())
        self.is_compared = "nbval-ignore-output" not in tags
        lines = self.source.splitlines()
        #: it speaks of the cell that ran before it
        self.is_bound = "last_run" in self.source or any(
            line.startswith("%") for line in lines
        )
        text = "\n".join(line for line in lines if not line.startswith(("%", "!")))
        nodes = list(ast.walk(ast.parse(text)))
        names = [n for n in nodes if isinstance(n, ast.Name)]
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        made = {n.name for n in nodes if isinstance(n, kinds)}
        self.reads = {n.id for n in names} - {"ray"}
        self.writes = {n.id for n in names if not isinstance(n.ctx, ast.Load)} | made
        self.writes |= {name for n in nodes if (name := changed(n))} - {"ray"}
        (self.writes if CHANGES_SESSION.search(text) else self.reads).add(SESSION)

    def must_precede(self, later: Cell) -> bool:
        """Whether the order of the two, this one first, makes a difference."""
        touched = self.writes & (later.reads | later.writes)
        return bool(touched or self.reads & later.writes)


def changed(node: ast.AST) -> str:
    """Return the name whose value a call may change: ``counter`` in its calls."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    if node.func.attr == "remote" and isinstance(node.func.value, ast.Name):
        return ""  # a function, or a class: nothing happens to it
    root: ast.expr = node.func
    while isinstance(root, ast.Attribute):
        root = root.value
    return root.id if isinstance(root, ast.Name) else ""


def blocks(cells: list[Cell]) -> list[list[Cell]]:
    """Keep what speaks of a run with the cell of that run; loading stays first."""
    found: list[list[Cell]] = [cells[:2]]
    for cell in cells[2:]:
        block = [cell]
        if cell.is_bound:
            block = found.pop() + block
            while found and not any(STARTS.search(one.source) for one in block):
                block = found.pop() + block
        found.append(block)
    return found


def shuffled(cells: list[Cell], chance: random.Random) -> list[Cell]:
    """Return the cells in a random order in which each finds what it needs."""
    waiting = blocks(cells)
    order = waiting.pop(0)
    while waiting:
        free = [
            at
            for at, block in enumerate(waiting)
            if not any(
                one.must_precede(other)
                for earlier in waiting[:at]
                for one in earlier
                for other in block
            )
        ]
        order = order + waiting.pop(chance.choice(free))
    return order


def spoken(kernel: Kernel, cell: Cell) -> str:
    """Run a cell and return the text that it puts out."""
    messages = kernel.run(cell.source, cell.id)
    streams = [one["text"] for one in of_type(messages, "stream")]
    values = [one["data"]["text/plain"] for one in of_type(messages, "execute_result")]
    text = "".join(streams + values).replace(LOADED, "")
    return text if cell.is_compared else ""


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    made = Kernel(tmp_path)
    made.run("import os\nos.environ['RAYTEACH_VIEW'] = 'text'")
    yield made
    made.run("import rayteach as ray")
    made.stop()


def left(kernel: Kernel, pid: int) -> tuple[int, int]:
    """Count the kernel's processes, and bytes of its values in shared memory."""
    kernel.run("import gc\n_ = gc.collect()\nray.wait([ray.put(0)], timeout=0)")
    sizes = []
    for folder in Path("/dev/shm").glob(f"rayteach-*-{pid}-*"):  # noqa: S108
        for path in folder.glob("d-*"):
            if path.suffix != ".f":  # dropped: free to be used again
                sizes += [path.stat().st_size]
    return len(psutil.Process(pid).children(recursive=True)), sum(sizes)


def play(kernel: Kernel, name: str) -> None:
    content = json.loads((TUTORIAL / f"{name}.ipynb").read_text(encoding="utf-8"))
    cells = [Cell(one) for one in content["cells"] if one["cell_type"] == "code"]
    pid = int(kernel.printed("import os\nprint(os.getpid())"))
    first = {cell.id: spoken(kernel, cell) for cell in cells}
    processes, size = left(kernel, pid)
    orders = [cells] * (PASSES - 1)
    orders.append(shuffled(cells, random.Random(name)))  # noqa: S311 (a seed)
    for order in orders:
        said = {cell.id: spoken(kernel, cell) for cell in order}
        assert said == first, [cell.id for cell in order]
        while True:
            now = left(kernel, pid)
            if now[0] <= processes and now[1] <= size:
                break


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_says_the_same_every_time(kernel: Kernel, name: str) -> None:
    play(kernel, name)


def test_cells_that_need_one_another_keep_their_order() -> None:
    texts = ["%load_ext x", "import a", "b = 1", "c = 2", "print(b)", "%magic", "b = 3"]
    cells = [
        Cell({"id": str(at), "source": [text], "metadata": {}})
        for at, text in enumerate(texts)
    ]
    for seed in range(50):
        order = [cell.id for cell in shuffled(cells, random.Random(seed))]  # noqa: S311
        assert order[:2] == ["0", "1"]
        assert [one for one in order if one in "2456"] == ["2", "4", "5", "6"]
