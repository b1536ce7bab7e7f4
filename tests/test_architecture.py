"""The floors: who may import whom, and who may touch what. Read with ``ast``.

The table is the one of docs/architecture.md. A module imports its own package
and lower floors, nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "rayteach"

FLOORS = {
    "__init__": 9,
    "__main__": 9,
    "cli": 8,
    "teaching": 7,
    "demo": 6,
    "notebook": 6,
    "compat": 6,
    "api": 5,
    "util": 5,
    "checks": 5,
    "engines": 4,
    "advice": 4,
    "prediction": 4,
    "runtime": 3,
    "simulate": 3,
    "widgets": 3,
    "trace": 2,
    "core": 1,
    "errors": 0,
    "ids": 0,
    "object_id": 0,
    "record": 0,
    "object_generator": 0,
    "_version": 0,
}

GROUND = 0

#: library -> the only places that import it
OWNERS = {
    "ray": ("engines/ray/",),
    "ipywidgets": ("widgets/",),
    "anywidget": ("widgets/",),
    "IPython": ("notebook/",),
    "subprocess": ("runtime/",),
    "multiprocessing": ("runtime/",),
    "pty": ("runtime/",),
    "jupyter_client": ("demo.py", "teaching/"),
}

#: calls that start a process -> the only places that make them
STARTERS = {
    "os.fork": ("runtime/",),
    "os.forkpty": ("runtime/",),
    "os.posix_spawn": ("runtime/",),
    "os.posix_spawnp": ("runtime/",),
    "os.system": (),
    "os.popen": (),
    "os.execv": ("runtime/", "cli.py"),
    "os.execve": ("runtime/",),
    "os.execvp": ("runtime/",),
    "os.execvpe": ("runtime/",),
    "asyncio.create_subprocess_exec": (),
    "asyncio.create_subprocess_shell": (),
}

#: core is pure rules: no process, thread, clock, file or chance
IMPURE = {
    "asyncio",
    "io",
    "multiprocessing",
    "os",
    "pathlib",
    "psutil",
    "queue",
    "random",
    "secrets",
    "selectors",
    "signal",
    "socket",
    "subprocess",
    "tempfile",
    "threading",
    "time",
}

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "course" not in path.parts)


def top(module: str) -> str:
    """Return the part of ``rayteach.part.rest``; ``__init__`` for the package."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def module_name(path: Path) -> str:
    """Return the dotted name of a file of the package."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts)


def exists(module: str) -> bool:
    """Return whether ``module`` is a file or folder of the package."""
    path = PACKAGE.parent.joinpath(*module.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def imports(source: str, module: str) -> Iterator[str]:
    """Yield the dotted name of each module that ``source`` imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".")[: -node.level]
                base = ".".join([*package, *filter(None, [base])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if base.startswith("rayteach") and exists(full) else base


def breaches(source: str, module: str) -> list[str]:
    """Return the imports of ``source`` that the floors forbid."""
    own = top(module)
    found = []
    for target in imports(source, module):
        if target.split(".")[0] != "rayteach" or top(target) == own:
            continue
        if FLOORS.get(own) == FLOORS.get(top(target)) == GROUND:
            continue  # the ground floor is one package
        if own not in FLOORS:
            found.append(f"{module}: {own} has no floor; add it to the table")
        elif FLOORS.get(top(target), 99) >= FLOORS[own]:
            found.append(f"{module} (floor {FLOORS[own]}) imports {target}")
    return found


def names_called(source: str) -> Iterator[str]:
    """Yield ``module.name`` for every attribute that ``source`` reads of a name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def strangers(path: Path) -> list[str]:
    """Return the libraries and calls in ``path`` that belong to another place."""
    source = path.read_text(encoding="utf-8")
    place = path.relative_to(PACKAGE).as_posix()
    used = {name.split(".")[0]: OWNERS for name in imports(source, module_name(path))}
    used |= dict.fromkeys(names_called(source), STARTERS)
    return [
        f"{place} uses {name}"
        for name, table in used.items()
        if name in table and not place.startswith(table[name])
    ]


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_module_imports_only_its_own_package_and_lower_floors(path: Path) -> None:
    assert breaches(path.read_text(encoding="utf-8"), module_name(path)) == []


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_each_foreign_library_has_one_home(path: Path) -> None:
    assert strangers(path) == []


def test_core_is_pure() -> None:
    impure = [
        f"{module_name(path)} imports {name}"
        for path in sorted((PACKAGE / "core").rglob("*.py"))
        for name in imports(path.read_text(encoding="utf-8"), module_name(path))
        if name.split(".")[0] in IMPURE
    ]
    assert impure == []


def test_every_part_of_the_package_has_a_floor() -> None:
    parts = {top(module_name(path)) for path in MODULES}
    assert parts - set(FLOORS) == set()


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("from rayteach.api import session", "rayteach.trace.log"),
        ("import rayteach", "rayteach.core.scheduler"),
        ("from rayteach import get", "rayteach.notebook.cells"),
        ("from rayteach.widgets import text", "rayteach.runtime.worker"),
        ("from ..engines import local", "rayteach.widgets.link"),
        ("def f():\n    from rayteach.api import run", "rayteach.checks.rules"),
    ],
)
def test_a_breach_is_seen_however_it_is_written(source: str, module: str) -> None:
    assert len(breaches(source, module)) == 1


def test_lower_floors_and_the_own_package_are_allowed() -> None:
    source = "from rayteach import errors\nfrom . import cells\nimport rayteach.core"
    assert breaches(source, "rayteach.notebook.magics") == []
