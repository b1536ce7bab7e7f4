"""Patterns that stand in the code of a cell: global state, a task made in a loop."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from rayteach.advice.model import Advice, Case
from rayteach.core.events import CellRunStarted

if TYPE_CHECKING:
    from collections.abc import Iterator

_Def = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def global_state(case: Case) -> Iterator[Advice]:
    """A remote function changes a global variable: of its worker, not of the driver."""
    for cell, source, tree in _cells(case):
        for function in _remote_functions(tree):
            for name, line in _changed_globals(function):
                yield Advice(
                    "global state",
                    f"{function.name} changes the global {name}, but each worker has "
                    "a copy of its own, and the driver never sees the change",
                    "return the value, or keep state in an actor",
                    cell,
                    line,
                    _line(source, line),
                )


def redefined(case: Case) -> Iterator[Advice]:
    """A remote function is defined in a loop: each one is sent anew."""
    for cell, source, tree in _cells(case):
        for loop in ast.walk(tree):
            if not isinstance(loop, ast.For | ast.While):
                continue
            for function in _remote_functions(loop):
                yield Advice(
                    "remote function defined in a loop",
                    f"{function.name} is defined again in each turn, and each one is "
                    "pickled and sent to the workers anew",
                    "define it once before the loop, and pass what changes as an "
                    "argument",
                    cell,
                    function.lineno,
                    _line(source, function.lineno),
                )


def _cells(case: Case) -> Iterator[tuple[str, str, ast.Module]]:
    """Yield label, source and tree of each cell that can be read as Python."""
    for event in case.events:
        if isinstance(event, CellRunStarted) and event.source:
            source = _without_magics(event.source)
            try:
                yield event.cell_label, source, ast.parse(source)
            except SyntaxError:
                continue


def _without_magics(source: str) -> str:
    """Return the source with magics and shell lines made comments; lines stay."""
    lines = source.split("\n")
    return "\n".join(
        f"# {line}" if line.lstrip().startswith(("%", "!")) else line for line in lines
    )


def _remote_functions(tree: ast.AST) -> Iterator[_Def]:
    for node in ast.walk(tree):
        if isinstance(node, _Def) and any(map(_is_remote, node.decorator_list)):
            yield node


def _is_remote(decorator: ast.expr) -> bool:
    if isinstance(decorator, ast.Call):
        decorator = decorator.func
    if isinstance(decorator, ast.Attribute):
        return decorator.attr == "remote"
    return isinstance(decorator, ast.Name) and decorator.id == "remote"


def _changed_globals(function: _Def) -> Iterator[tuple[str, int]]:
    if isinstance(function, ast.ClassDef):
        return  # an actor's process is its own: there it is state, if a poor one
    nodes = list(ast.walk(function))
    names = {n for node in nodes if isinstance(node, ast.Global) for n in node.names}
    for node in nodes:
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Store | ast.Del)
            and node.id in names
        ):
            names.discard(node.id)
            yield node.id, node.lineno


def _line(source: str, line: int) -> str:
    return source.split("\n")[line - 1].strip()
