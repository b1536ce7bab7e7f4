"""Nothing that the course shows as right is advised against.

The solutions are in ``test_wrong.py``, which runs them all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import rayteach as ray

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

#: patterns that a lesson shows on purpose, to make them better afterwards
ON_PURPOSE = {
    ("01_first_remote_function", "get in a loop"),
    ("03_tasks_that_need_tasks", "get too early"),
}


def cells(notebook: Path) -> list[str]:
    read = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in read if cell["cell_type"] == "code"]
    return [source for source in sources if "load_ext" not in source]


@contextmanager
def own_session(sources: list[str]) -> Iterator[None]:
    """Give a lesson with several nodes a session of its own, and end it."""
    several = any("num_nodes" in source for source in sources)
    if several:
        ray.shutdown()
    yield
    if several:
        ray.shutdown()


def test_the_tour_gets_no_advice(ip: InteractiveShell) -> None:
    ip.run_cell("import time")
    seen = []
    for source in cells(NOTEBOOKS / "tutorial" / "00_tour.ipynb"):
        with capture_output():
            assert ip.run_cell(source).success
        if ".remote(" in source:
            seen.append(ray.last_run())
    assert seen
    assert [str(one) for run in seen for one in run.advice()] == []


def test_the_lessons_slow_loop_is_advised_against(ip: InteractiveShell) -> None:
    lesson = cells(NOTEBOOKS / "tutorial" / "01_first_remote_function.ipynb")
    remote = next(one for one in lesson if one.startswith("@ray.remote\ndef measure"))
    loop = next(one for one in lesson if "append(ray.get(measure.remote" in one)
    with capture_output():
        ip.run_cell("import time")
        ip.run_cell(remote)
        ip.run_cell(loop, store_history=True)
    (found,) = ray.last_run().advice()
    assert (found.pattern, found.line) == ("get in a loop", 3)
    assert found.source == "readings.append(ray.get(measure.remote(station)))"
    assert found.cell == f"[{ip.execution_count - 1}]"


@pytest.mark.soak
@pytest.mark.parametrize(
    "notebook", sorted(NOTEBOOKS.glob("tutorial/*.ipynb")), ids=lambda path: path.stem
)
def test_lessons_get_no_advice_but_where_they_want_it(
    ip: InteractiveShell, notebook: Path
) -> None:
    ip.run_cell("import time\nimport rayteach as ray")
    sources, found = cells(notebook), set()
    with own_session(sources):
        for source in sources:
            if source.startswith("%%check"):
                continue  # the exercises are there to be done
            with capture_output():
                ip.run_cell(source, store_history=True)
            if ".remote(" in source and ray.is_initialized():
                advice = ray.last_run().advice()
                found |= {(notebook.stem, one.pattern) for one in advice}
    assert found <= ON_PURPOSE


FENCE = re.compile(r"^```python (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def patterns() -> list[tuple[str, str, str, str]]:
    """Return (name, cell to run first, bad cell, good cell) of each pattern."""
    text = (Path(__file__).parent / "patterns.md").read_text(encoding="utf-8")
    head, *sections = text.split("\n## ")
    first = dict(FENCE.findall(head))["first"]
    found = []
    for section in sections:
        blocks = dict(FENCE.findall(section))
        name = section.partition("\n")[0]
        found.append((name, first, blocks["bad"], blocks["good"]))
    return found


@pytest.mark.parametrize(
    ("name", "first", "bad", "good"), patterns(), ids=[one[0] for one in patterns()]
)
def test_a_pattern_is_found_in_the_bad_cell_alone(
    ip: InteractiveShell, name: str, first: str, bad: str, good: str
) -> None:
    seen = []
    for cell in (first, bad, good):
        with capture_output():
            assert ip.run_cell(cell, store_history=True).success
        seen.append(None if cell is first else ray.last_run().advice())
    assert sorted(one.pattern for one in seen[1]) == name.split(", ")
    assert seen[1][0].line > 0
    assert [str(one) for one in seen[2]] == []
