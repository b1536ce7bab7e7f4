"""Which names the statements of a ``%%remote`` cell read, assign and change.

A walk in the order of execution. ``sure`` holds what is assigned on every path
so far: a name that is read while it is not sure is an input, if the notebook
has it. So ``y = 1; print(y)`` reads nothing, and ``x += 1`` reads the old ``x``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TypeAlias

_Functions: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda"
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CHANGING = frozenset(
    {
        "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop",
        "popitem", "popleft", "remove", "reverse", "setdefault", "sort", "update",
    }
)  # fmt: skip
"""Methods that change what they belong to, in all built-in containers."""


class Names(ast.NodeVisitor):
    """The names of a body; lines are those of the cell."""

    def __init__(self, body: Iterable[ast.stmt]) -> None:
        """Walk through ``body``."""
        #: read before they are assigned for sure, with the first such line
        self.reads: dict[str, int] = {}
        #: assigned, with the first such line: not by for, with, import, def …
        self.assigned: dict[str, int] = {}
        #: bound in any way
        self.bound: set[str] = set()
        #: changed in place while it is not assigned: line of the first change
        self.changed: dict[str, int] = {}
        self._deleted: set[str] = set()
        self._sure: set[str] = set()
        self._later: dict[str, int] = {}
        self._walk(body)
        for name, line in self._later.items():
            if name not in self.bound:
                self.reads.setdefault(name, line)

    @property
    def outputs(self) -> dict[str, int]:
        """The names to send back, with the line that assigns each."""
        return {
            name: line
            for name, line in self.assigned.items()
            if not name.startswith("_") and name not in self._deleted
        }

    # Statements.

    def _walk(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            self.visit(node)

    def _branches(self, *bodies: Iterable[ast.stmt]) -> None:
        """Walk each from here; sure is afterwards what every one assigned."""
        before = self._sure
        after: list[set[str]] = []
        for body in bodies:
            self._sure = set(before)
            self._walk(body)
            after.append(self._sure)
        self._sure = set.intersection(*after)

    def visit_If(self, node: ast.If) -> None:
        """One of two ways."""
        self.visit(node.test)
        self._branches(node.body, node.orelse)

    def visit_While(self, node: ast.While) -> None:
        """Its body may run never."""
        self.visit(node.test)
        self._branches(node.body, [])
        self._branches(node.orelse, [])

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        """As ``while``; its variable is no output."""
        self.visit(node.iter)
        before = set(self._sure)
        self._bind(node.target, assigned=False)
        self._walk(node.body)
        self._sure = before
        self._branches(node.orelse, [])

    visit_AsyncFor = visit_For  # noqa: N815 (the name that ast asks for)

    def visit_Try(self, node: ast.Try) -> None:
        """What the body assigned may be missing in a handler."""
        before = set(self._sure)
        self._walk([*node.body, *node.orelse])
        after = [self._sure]
        for handler in node.handlers:
            self._sure = set(before)
            if handler.type is not None:
                self.visit(handler.type)
            if handler.name:
                self.bound.add(handler.name)
                self._sure.add(handler.name)
            self._walk(handler.body)
            after.append(self._sure)
        self._sure = set.intersection(*after)
        self._walk(node.finalbody)

    visit_TryStar = visit_Try  # noqa: N815 (as above)

    def visit_Match(self, node: ast.Match) -> None:
        """Each case is a way, and none of them is one."""
        self.visit(node.subject)
        bodies: list[list[ast.stmt]] = [[]]
        for case in node.cases:
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self.bound.add(name)
                    self._sure.add(name)
                elif isinstance(part, ast.MatchValue):
                    self.visit(part.value)
            if case.guard is not None:
                self.visit(case.guard)
            bodies.append(case.body)
        self._branches(*bodies)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        """What stands after ``as`` is no output."""
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, assigned=False)
        self._walk(node.body)

    visit_AsyncWith = visit_With  # noqa: N815 (as above)

    def visit_Assign(self, node: ast.Assign) -> None:
        """The value first."""
        self.visit(node.value)
        for target in node.targets:
            self._bind(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Reads the old value."""
        if isinstance(node.target, ast.Name):
            self._read(node.target.id, node.lineno)
        self.visit(node.value)
        self._bind(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Without a value it assigns nothing."""
        if node.value is not None:
            self.visit(node.value)
            self._bind(node.target)

    def visit_Delete(self, node: ast.Delete) -> None:
        """What is deleted is not sent back."""
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._read(target.id, node.lineno)
                self._deleted.add(target.id)
                self.bound.add(target.id)
                self._sure.discard(target.id)
            else:
                self._bind(target)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        """A module is no output."""
        for one in node.names:
            name = one.asname or one.name.split(".")[0]
            if name != "*":
                self.bound.add(name)
                self._sure.add(name)

    visit_ImportFrom = visit_Import  # noqa: N815 (as above)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Its body runs later."""
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._function(node)
        self.bound.add(node.name)
        self._sure.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 (as above)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Its body runs now, but its names are its own."""
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        inner = Names(node.body)
        for name, line in inner.reads.items():
            self._read(name, line)
        self.bound.add(node.name)
        self._sure.add(node.name)

    # Expressions.

    def visit_Name(self, node: ast.Name) -> None:
        """A name in an expression."""
        if isinstance(node.ctx, ast.Load):
            self._read(node.id, node.lineno)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """``(x := 1)`` assigns."""
        self.visit(node.value)
        self._bind(node.target)

    def visit_Call(self, node: ast.Call) -> None:
        """``rows.append(1)`` changes ``rows``."""
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in _CHANGING:
            self._change(function.value)
        self.generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Its body runs later."""
        self._function(node)

    def generic_visit(self, node: ast.AST) -> None:
        """Look into a comprehension as into a scope of its own."""
        if not isinstance(node, _COMPREHENSIONS):
            super().generic_visit(node)
            return
        for name, line in _free(node).items():
            self._read(name, line)
        for part in ast.walk(node):
            if isinstance(part, ast.NamedExpr):
                self._bind(part.target)

    def _function(self, node: _Functions) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        for name, line in _free(node).items():
            self._later.setdefault(name, line)

    # Names.

    def _read(self, name: str, line: int) -> None:
        if name not in self._sure:
            self.reads.setdefault(name, line)

    def _bind(self, target: ast.expr, *, assigned: bool = True) -> None:
        if isinstance(target, ast.Name):
            self.bound.add(target.id)
            self._sure.add(target.id)
            if assigned:
                self.assigned.setdefault(target.id, target.lineno)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for one in target.elts:
                self._bind(one, assigned=assigned)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, assigned=assigned)
        else:
            self._change(target)
            self.visit(target)

    def _change(self, target: ast.expr) -> None:
        """Note that something inside a name's value is changed."""
        line = target.lineno
        while isinstance(target, (ast.Subscript, ast.Attribute)):
            target = target.value
        if isinstance(target, ast.Name) and target.id not in self._sure:
            self.changed.setdefault(target.id, line)


def free_names(node: ast.AST) -> dict[str, int]:
    """Return what a function or class reads from around it, with the lines."""
    if isinstance(node, ast.ClassDef):
        return Names(node.body).reads
    return _free(node)


def _free(node: ast.AST) -> dict[str, int]:
    """Return names that a function or comprehension reads and does not bind."""
    scope = _Scope(is_function=not isinstance(node, _COMPREHENSIONS))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        for part in (node.args, *node.body):
            scope.visit(part)
    else:
        for part in ast.iter_child_nodes(node):
            scope.visit(part)
    return {name: at for name, at in scope.loads.items() if name not in scope.bound}


class _Scope(ast.NodeVisitor):
    """Gathers the names of one scope; inner ones give what they do not bind."""

    def __init__(self, *, is_function: bool) -> None:
        self.loads: dict[str, int] = {}
        self.bound: set[str] = set()
        self._is_function = is_function

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.loads.setdefault(node.id, node.lineno)
        else:
            self.bound.add(node.id)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        if self._is_function:  # a comprehension binds it around itself
            self.visit(node.target)

    def visit_arg(self, node: ast.arg) -> None:
        self.bound.add(node.arg)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.bound.add(node.name)
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.bound |= {(one.asname or one.name).split(".")[0] for one in node.names}

    visit_ImportFrom = visit_Import  # noqa: N815 (the name that ast asks for)

    def generic_visit(self, node: ast.AST) -> None:
        inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        if not isinstance(node, (*inner, *_COMPREHENSIONS)):
            super().generic_visit(node)
            return
        name = getattr(node, "name", None)
        if name:
            self.bound.add(name)
        for one, at in free_names(node).items():
            self.loads.setdefault(one, at)
