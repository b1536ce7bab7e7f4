"""What a ``%%remote`` cell cannot hold, found before a line of it runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.notebook.cellcode import CellCode

NOTHING = "Nothing of this cell has run."
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SHELL = {"system", "getoutput", "run_line_magic", "run_cell_magic"}


def inside(body: list[ast.stmt]) -> Iterator[tuple[ast.AST, bool]]:
    """Yield every node below ``body``, and whether it is inside a function."""
    line: list[tuple[ast.AST, bool]] = [(node, False) for node in body]
    while line:
        node, deep = line.pop(0)
        yield node, deep
        below = deep or isinstance(node, (*_FUNCTIONS, ast.ClassDef))
        line += [(child, below) for child in ast.iter_child_nodes(node)]


def check_magics(code: CellCode, body: list[ast.stmt]) -> None:
    """Refuse ``%`` magics, ``!`` lines and ``get_ipython()``.

    Raises:
        SyntaxError: points at the line.
    """
    for node, _ in inside(body):
        if _is_shell(node):
            raise code.refuse(
                node,
                "% magics, ! lines and ? help speak to the notebook, and this cell "
                f"runs in another process: put this line in a cell of its own. "
                f"{NOTHING}",
            )


def check_body(code: CellCode, body: list[ast.stmt]) -> None:
    """Refuse statements that make no sense in a task.

    Raises:
        SyntaxError: points at the first of them and says what to write.
    """
    for node, deep in inside(body):
        reason = _reason(node, deep=deep)
        if reason:
            raise code.refuse(node, f"{reason} {NOTHING}")


def has_await(body: list[ast.stmt]) -> bool:
    """Tell whether the body itself awaits something."""
    kinds = (ast.Await, ast.AsyncFor, ast.AsyncWith)
    return any(
        not deep
        and (isinstance(node, kinds) or getattr(node, "is_async", 0))
        and not isinstance(node, ast.AsyncFunctionDef)
        for node, deep in inside(body)
    )


def _reason(node: ast.AST, *, deep: bool) -> str:
    if isinstance(node, ast.Global):
        names = ", ".join(node.names)
        return (
            f"`global {names}` has no effect here: the task runs in another process "
            "with variables of its own. Assign the name without global: it comes back."
        )
    if deep:
        return ""
    if isinstance(node, ast.Nonlocal):
        return "There is no function around a cell, so nothing can be nonlocal."
    if isinstance(node, (ast.Yield, ast.YieldFrom)):
        return (
            "A cell cannot yield. Put it in a def: a generator function becomes a "
            "task whose items come one by one."
        )
    if isinstance(node, ast.Return):
        return "A cell does not return: its last line, an expression, is its value."
    return ""


def _is_shell(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in _SHELL:
        function = getattr(function.value, "func", function)
    return isinstance(function, ast.Name) and function.id == "get_ipython"
