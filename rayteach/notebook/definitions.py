"""``%%remote``: a cell of definitions becomes remote functions and actor classes."""

from __future__ import annotations

import ast
import inspect
import types
from typing import TYPE_CHECKING, Any

from rayteach.notebook.refusals import NOTHING, check_magics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rayteach.notebook.cellcode import CellCode

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def split(code: CellCode) -> tuple[list[ast.stmt], bool]:
    """Return the statements of a ``%%remote`` cell, and whether all define things.

    Raises:
        SyntaxError: for what no such cell can hold; nothing of it has run by then.
    """
    statements = code.parse().body
    check_magics(code, statements)
    for node in statements:
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
            raise code.refuse(
                node,
                "This is an async def: a task is a plain function. Write def, or put "
                "the async methods in a class, which becomes an actor. "
                f"{NOTHING}",
            )
    return statements, all(map(_defines, statements))


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):  # a docstring, or text between definitions
        return isinstance(node.value, ast.Constant) and isinstance(
            node.value.value, str
        )
    return isinstance(node, (*_DEFINITIONS, ast.Import, ast.ImportFrom))


def define(
    code: CellCode,
    statements: list[ast.stmt],
    remote: Callable[..., Any],
    options: Mapping[str, Any],
) -> list[str]:
    """Run the statements in order, then make each definition remote.

    Inside a task, functions of one cell call each other as plain functions. A name
    with a leading underscore stays a plain helper. A definition that is remote
    already, by its own decorator, is left as it is.

    Returns:
        the names that became remote.
    """
    namespace = code.shell.user_ns
    names = []
    for node in statements:
        code.run(node)
        if isinstance(node, _DEFINITIONS) and not node.name.startswith("_"):
            names.append(node.name)
    made = []
    for name in dict.fromkeys(names):  # now: a class may be the base of another
        value = namespace[name]
        if isinstance(value, types.FunctionType) or inspect.isclass(value):
            namespace[name] = remote_one = _made_remote(value, remote, options)
            if not inspect.isclass(value):
                remote_one.is_of_cell = True
            made.append(name)
    return made


def _made_remote(
    value: Any,
    remote: Callable[..., Any],
    options: Mapping[str, Any],
) -> Any:
    if inspect.isclass(value):
        options = {k: v for k, v in options.items() if k != "num_returns"}
    return remote(**options)(value) if options else remote(value)
