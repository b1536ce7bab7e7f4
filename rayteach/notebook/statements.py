"""``%%remote`` for statements: the cell becomes one task.

names it reads, from the notebook ──► arguments (IDs are resolved)
statements ──► the body of a function, under the lines of the cell
names it assigns ──► one ID each, back in the notebook
final expression ──► an ID too: ``Out``, or the name after ``-o``
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import types
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from rayteach.api.actor import ActorClass
from rayteach.api.remote_function import RemoteFunction
from rayteach.notebook.names import Names, free_names
from rayteach.notebook.refusals import NOTHING, check_body, has_await
from rayteach.runtime import serialization
from rayteach.runtime.cell_task import VALUE, Results

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.notebook.cellcode import CellCode

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_CODE = (
    types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type,
    RemoteFunction, ActorClass,
)  # fmt: skip
_END, _RUN = "_rt_end", "_rt_run"


@dataclass(slots=True)
class CellTask:
    """One task made of statements, ready to be submitted."""

    function: Any
    #: what people see in labels
    name: str
    #: the notebook's values, by name
    arguments: dict[str, Any]
    #: the names that get an ID, in order
    outputs: list[str]
    #: how many IDs the final expression has
    values: int
    #: line of the first statement
    line: int
    #: names that the body changes in place, with the line
    changed: dict[str, int] = field(default_factory=dict)

    @property
    def num_returns(self) -> int:
        """How many IDs the task has; one at least, to wait for."""
        return max(1, len(self.outputs) + self.values)


class StatementCell:
    """The statements of a cell, checked; nothing has run."""

    def __init__(self, code: CellCode, statements: list[ast.stmt]) -> None:
        """Split definitions, which stay in the notebook, from the task's body.

        Raises:
            SyntaxError: for what a task cannot hold.
        """
        self._code = code
        self.definitions = [n for n in statements if isinstance(n, _DEFINITIONS)]
        self.imports = [
            node
            for node in statements
            if isinstance(node, (ast.Import, ast.ImportFrom))
        ]
        self._body = [
            node
            for node in statements
            if not isinstance(node, _DEFINITIONS) and not _is_notebooks(node)
        ]
        check_body(code, self._body)
        self._names = Names(self._body)
        last = self._body[-1]
        self.has_value = isinstance(last, ast.Expr)
        self._check_definitions()
        self._check_missing()

    def _check_definitions(self) -> None:
        """A function of the cell lives in the notebook: it sees no task's names."""
        for node in self.definitions:
            for name, line in free_names(node).items():
                if name in self._names.assigned and name != node.name:
                    raise self._code.refuse(
                        node,
                        f"{node.name} reads `{name}` in line {line}, which the task "
                        "of this cell assigns, so only the task knows it: pass it as "
                        f"an argument. {NOTHING}",
                    )

    def _check_missing(self) -> None:
        known = self._code.shell.user_ns
        here = {node.name for node in self.definitions}
        for one in self.imports:
            here |= {(a.asname or a.name).split(".")[0] for a in one.names}
        if "*" in here:
            return
        for name, line in self._names.reads.items():
            if name in known or name in here or name in self._names.bound:
                continue
            if not hasattr(builtins, name):
                node = ast.Pass(lineno=line, col_offset=0)
                raise self._code.refuse(
                    node,
                    f"This line reads `{name}`, which the notebook does not have. "
                    f"{NOTHING}",
                )

    def task(self, name: str, values: int | None) -> CellTask:
        """Make the task with the notebook's values as they are now.

        Args:
            name: its name in labels; "" takes that of its first output.
            values: how many IDs the final expression has, None for one.

        """
        names = self._names
        outputs = names.outputs
        count = (1 if values is None else values) if self.has_value else 0
        label = name or next(iter(outputs), "") or "cell"
        arguments = self._arguments()
        function = self._compile(label, list(arguments), Results(outputs, count))
        changed = {n: at for n, at in names.changed.items() if n in arguments}
        for one in names.assigned:
            changed.pop(one, None)
        line = self._body[0].lineno
        return CellTask(function, label, arguments, list(outputs), count, line, changed)

    def _arguments(self) -> dict[str, Any]:
        """Return the values that travel with the task; code goes with its function."""
        known, names = self._code.shell.user_ns, self._names
        return {
            one: known[one]
            for one in names.reads
            if one in known and not (_is_code(known[one]) and one not in names.bound)
        }

    def check_sendable(self) -> None:
        """Check that what the cell reads can travel.

        Raises:
            TypeError: names the value and the line that reads it.
        """
        arguments = self._arguments()
        try:
            serialization.pack(arguments)
        except Exception:  # noqa: BLE001 (the one that is to blame is named below)
            for name, value in arguments.items():
                try:
                    serialization.pack(value)
                except Exception as error:  # noqa: BLE001 (told to the learner)
                    line = self._names.reads[name]
                    msg = (
                        f"line {line} reads `{name}` ({type(value).__name__}), which "
                        f"cannot be sent to a worker: {error}. Make it inside of this "
                        f"cell. {NOTHING}"
                    )
                    raise TypeError(msg) from None

    def _compile(
        self, label: str, arguments: list[str], results: Results
    ) -> Callable[..., Any]:
        """Return the body as a function of its inputs."""
        body = list(self._body)
        last = body[-1]
        if isinstance(last, ast.Expr):
            target = ast.Name(VALUE, ast.Store())
            body[-1] = ast.copy_location(ast.Assign([target], last.value), last)
        end = ast.Call(_name(_END), [ast.Call(_name("locals"), [], [])], [])
        body.append(ast.copy_location(ast.Return(end), last))
        name = label if label.isidentifier() else "cell"
        inner = [_END]
        if has_await(self._body):
            called = ast.Call(_name(name), [_name(one) for one in arguments], [])
            run = ast.Return(ast.Call(_name(_RUN), [called], []))
            body = [
                _function(ast.AsyncFunctionDef, name, arguments, [], body),
                ast.copy_location(run, self._body[0]),
            ]
            inner = [_END, _RUN]
        made = _function(ast.FunctionDef, name, arguments, inner, body)
        tree: Any = ast.fix_missing_locations(ast.Module([made], []))
        code = self._code
        namespace: dict[str, Any] = {}
        compiled = code.shell.compile(tree, code.filename, "exec")
        exec(compiled, code.shell.user_ns, namespace)  # noqa: S102 (the learner's cell)
        function: Any = namespace[name]
        given = {_END: results, _RUN: asyncio.run}
        function.__kwdefaults__ = {one: given[one] for one in inner}
        return cast("Callable[..., Any]", function)


def warn_of_changes(task: CellTask, filename: str) -> None:
    """Say once which of the notebook's values the task changes for itself alone."""
    if not task.changed:
        return
    parts = [f"`{name}` in line {line}" for name, line in task.changed.items()]
    first = next(iter(task.changed))
    warnings.warn_explicit(
        f"the task changes {', '.join(parts)} in place: that is its own copy, and the "
        f"notebook's `{first}` stays as it is. To get the new one back, assign it "
        f"(`{first} = …`) in this cell",
        UserWarning,
        filename,
        task.changed[first],
    )


def _is_notebooks(node: ast.stmt) -> bool:
    """Tell whether the import belongs to the notebook alone."""
    if not isinstance(node, ast.ImportFrom):
        return False
    return node.module == "__future__" or any(one.name == "*" for one in node.names)


def _is_code(value: Any) -> bool:
    return isinstance(value, _CODE)


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _function(
    kind: type[ast.FunctionDef | ast.AsyncFunctionDef],
    name: str,
    arguments: list[str],
    keywords: list[str],
    body: list[ast.stmt],
) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Return a ``def`` that begins where its body begins."""
    spec = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(one) for one in arguments],
        kwonlyargs=[ast.arg(one) for one in keywords],
        kw_defaults=[ast.Constant(None) for _ in keywords],
        defaults=[],
    )
    made = kind(name=name, args=spec, body=body, decorator_list=[])
    made.type_params = []  # type: ignore[union-attr, unused-ignore]  # from 3.12 on
    ast.copy_location(made, body[0])
    return made
