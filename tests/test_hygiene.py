"""Habits that hold for every file in git: no waiting, no machine, no giants."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: put together here, so that this file does not hold what it looks for
MACHINES = tuple(
    "".join(parts)
    for parts in (
        ("/wo", "rk/"),
        ("/ro", "ot/"),
        ("/op", "t/pypi"),
        ("/home", "/runner"),
        ("py", "pi.org"),
        ("pythonho", "sted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("yarn", "pkg.com"),
        ("deb.de", "bian.org"),
    )
)
#: a task whose work is to take time says so on the line; a test never waits so
WORK = "# the task's work"
SLEEP = re.compile(r"\b(?:time|asyncio)\.sleep\((\d*)")
#: a task that sleeps longer than any test may last is there to be stopped
FOR_EVER_S = 60
LONGEST = {".py": 400, ".ts": 200}
LONGEST_FUNCTION = 50


def tracked() -> list[Path]:
    """Return the files that are in git, or would be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    paths = (ROOT / name for name in names.decode().split("\0") if name)
    return sorted(path for path in paths if path.is_file())


FILES = tracked()


def text(path: Path) -> str:
    """Return the text of a file; pictures and the like have none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def name(path: Path) -> str:
    """Return a file's name for a message."""
    return path.relative_to(ROOT).as_posix()


def cells(path: Path) -> list[dict[str, Any]]:
    """Return the code cells of a notebook."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == "code"]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{name(path)}: {machine}"
        for path in FILES
        for machine in MACHINES
        if machine in text(path)
    ]
    assert found == []


def waits(line: str) -> bool:
    """Return whether a line of a test lets time pass."""
    match = SLEEP.search(line)
    if match is None or WORK in line:
        return False
    return int(match[1] or 0) < FOR_EVER_S


def test_no_test_waits_for_time_to_pass() -> None:
    found = [
        f"{name(path)}:{number}"
        for path in FILES
        if path.is_relative_to(ROOT / "tests") and path.suffix == ".py"
        for number, line in enumerate(text(path).splitlines(), 1)
        if waits(line)
    ]
    assert found == []


def test_no_lesson_waits_outside_of_a_function() -> None:
    found = [
        f"{name(path)}: {line}"
        for path in FILES
        if path.suffix == ".ipynb"
        for cell in cells(path)
        for line in "".join(cell["source"]).splitlines()
        if SLEEP.match(line)
    ]
    assert found == []


@pytest.mark.parametrize("suffix", LONGEST)
def test_no_file_is_too_long(suffix: str) -> None:
    lengths = {name(p): len(text(p).splitlines()) for p in FILES if p.suffix == suffix}
    assert {k: v for k, v in lengths.items() if v > LONGEST[suffix]} == {}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body, its docstring left out."""
    body = function.body[ast.get_docstring(function) is not None :]
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_function_is_too_long() -> None:
    found = [
        f"{name(path)}: {node.name}"
        for path in FILES
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and length(node) > LONGEST_FUNCTION
    ]
    assert found == []


def test_notebooks_in_git_keep_text_outputs_only() -> None:
    found = [
        f"{name(path)}: {kind}"
        for path in FILES
        if path.suffix == ".ipynb"
        for cell in cells(path)
        for output in cell["outputs"]
        for kind in output.get("data", {})
        if kind != "text/plain"
    ]
    assert found == []


def test_nothing_built_is_in_git() -> None:
    built = re.compile(r"^(rayteach/static|labextension/(dist|node_modules)|dist)/")
    assert [name(path) for path in FILES if built.match(name(path))] == []
