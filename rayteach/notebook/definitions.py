"""``%%remote``: a cell of definitions becomes remote functions and actor classes."""

from __future__ import annotations

import ast
import inspect
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rayteach.notebook.cellcode import CellCode

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

_KINDS: tuple[tuple[tuple[type[ast.stmt], ...], str], ...] = (
    ((ast.Assign, ast.AugAssign, ast.AnnAssign), "an assignment"),
    ((ast.For, ast.AsyncFor, ast.While), "a loop"),
    ((ast.If, ast.Match), "a condition"),
    ((ast.With, ast.AsyncWith), "a with block"),
    ((ast.Try,), "a try block"),
    ((ast.Delete,), "a del"),
    ((ast.Assert,), "an assert"),
    ((ast.Return,), "a return outside a function"),
)


def check(code: CellCode) -> list[ast.stmt]:
    """Return the statements of a ``%%remote`` cell, once all are allowed.

    Raises:
        SyntaxError: for the first statement that is neither a definition nor an
            import; nothing of the cell has run by then.
    """
    statements = code.parse().body
    for node in statements:
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
            raise code.refuse(
                node,
                "This is an async def: a task is a plain function. Write def, or put "
                "the async methods in a class, which becomes an actor. "
                "Nothing of this cell has run.",
            )
        if not _is_allowed(node):
            raise code.refuse(
                node,
                "%%remote takes definitions (def, class) and imports. "
                f"This is {_kind(node)}: move it to a cell without %%remote. "
                "Nothing of this cell has run.",
            )
    return statements


def _is_allowed(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):  # a docstring, or text between definitions
        return isinstance(node.value, ast.Constant) and isinstance(
            node.value.value, str
        )
    return isinstance(node, (*_DEFINITIONS, ast.Import, ast.ImportFrom))


def _kind(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr):
        return "a call" if isinstance(node.value, ast.Call) else "an expression"
    return next((word for types_, word in _KINDS if isinstance(node, types_)), "code")


def define(
    code: CellCode,
    statements: list[ast.stmt],
    remote: Callable[..., Any],
    options: Mapping[str, Any],
) -> list[str]:
    """Run the statements in order and make each definition remote.

    A name with a leading underscore stays a plain helper. A definition that is
    remote already, by its own decorator, is left as it is.

    Returns:
        the names that became remote.
    """
    namespace = code.shell.user_ns
    names = []
    for node in statements:
        code.run(node)
        if isinstance(node, _DEFINITIONS) and not node.name.startswith("_"):
            value = namespace[node.name]
            if isinstance(value, types.FunctionType) or inspect.isclass(value):
                namespace[node.name] = _made_remote(value, remote, options)
                names.append(node.name)
    return names


def _made_remote(
    value: Any,
    remote: Callable[..., Any],
    options: Mapping[str, Any],
) -> Any:
    if inspect.isclass(value):
        options = {k: v for k, v in options.items() if k != "num_returns"}
    return remote(**options)(value) if options else remote(value)
