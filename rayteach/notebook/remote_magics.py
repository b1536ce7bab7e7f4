"""``%%remote`` and ``%remote``: a cell, or one call, runs in a worker."""

# IPython is typed in part.
# mypy: allow-untyped-calls, allow-untyped-decorators
# mypy: disable-error-code="arg-type"

from __future__ import annotations

import ast
import difflib
import keyword
import sys
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import (
    Magics as IPythonMagics,
)
from IPython.core.magic import (
    cell_magic,
    line_magic,
    magics_class,
    no_var_expand,
)
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from rayteach.api import remote_function, session
from rayteach.api.actor import ActorClass, ActorMethod
from rayteach.api.options import TASK_OPTIONS, task_options
from rayteach.api.remote_function import RemoteFunction
from rayteach.notebook import definitions
from rayteach.notebook.cellcode import CellCode, running_cell
from rayteach.notebook.statements import StatementCell, warn_of_changes

if TYPE_CHECKING:
    from types import FrameType

    from rayteach.notebook.extension import Extension
    from rayteach.notebook.statements import CellTask

OPTIONS = (
    "-o", "--num-cpus", "--num-returns", "--name", "--node", "--keep", "--no-show",
)  # fmt: skip
_FLAGS = ("--keep", "--no-show")
_TARGET = "_rt_target"
_GIVEN = ("num_cpus", "num_returns", "name", "node")


@magics_class
class RemoteMagics(IPythonMagics):
    """``%%remote``, ``%remote`` and their second names."""

    def __init__(self, extension: Extension) -> None:
        """Keep the extension whose cells these magics belong to."""
        super().__init__(shell=extension.shell)
        self._extension = extension

    @no_var_expand
    @cell_magic
    @magic_arguments()
    @argument("-o", dest="output", metavar="NAME", help="name for the last line's ID")
    @argument("--num-cpus", type=float, help="CPUs each task or actor holds")
    @argument("--num-returns", type=int, help="values each function, or the last line")
    @argument("--name", help="name of the task or actor")
    @argument("--node", metavar="NODE", help="node each task or actor runs on, e.g. B")
    @argument("--keep", action="store_true", help="go on when the cell runs again")
    @argument("--no-show", action="store_true", help="no view under this cell")
    def remote(self, line: str, cell: str) -> Any:
        """Run the cell in a worker, or make its definitions remote.

        Definitions: each top-level `def` becomes a remote function, each `class`
        an actor class; `def _name` stays a plain helper. Inside a task, functions
        of one cell call each other as plain functions.

        Anything else becomes one task. The names it reads come from the notebook
        (an ID becomes its value); each name it assigns is an ID afterwards, and so
        is its last line if that is an expression. Imports run on both sides. Loop
        variables and names with a leading underscore stay in the task.

        Example:
            %%remote --num-cpus 1
            def square(x):
                return x * x

            %%remote -o total
            squares = [square(n) for n in range(4)]
            sum(squares)

            (next cell)  ray.get(total)
        """
        return self._run(line, cell)

    @no_var_expand
    @cell_magic
    def rt_remote(self, line: str, cell: str) -> Any:
        """Do the same as `%%remote`, where that name is taken."""
        return self._run(line, cell)

    @no_var_expand
    @line_magic("remote")
    def call(self, line: str) -> Any:
        """Submit one call as a task, an actor or an actor's call.

        Takes the options of `%%remote` in front of the call.

        Example:
            total = %remote sum([1, 2, 3])
            %remote -o later --num-cpus 2 square(7)
        """
        return self._call(line)

    @no_var_expand
    @line_magic("rt_remote")
    def rt_call(self, line: str) -> Any:
        """Do the same as `%remote`, where that name is taken."""
        return self._call(line)

    # The cell magic.

    def _run(self, line: str, cell: str) -> Any:
        arguments = self._parse(line)
        options = _given(arguments)
        code = self._code(cell)
        statements, all_define = definitions.split(code)
        if all_define:
            if arguments.output:
                msg = (
                    "%%remote -o NAME names the value of the last line; a cell of "
                    "definitions has none"
                )
                raise UsageError(msg)
            self._mark(arguments)
            definitions.define(code, statements, remote_function.remote, options)
            return None
        statement_cell = StatementCell(code, statements)
        self._check_value(arguments, has_value=statement_cell.has_value)
        checked = task_options({**options, "num_returns": 1}, TASK_OPTIONS)
        _check_node(arguments.node)
        statement_cell.check_sendable()
        for node in statement_cell.imports:
            code.run(node)
        made: Any = statement_cell.definitions
        definitions.define(code, made, remote_function.remote, {})
        self._mark(arguments)
        name = checked.name or arguments.output or ""
        task = statement_cell.task(name, options.get("num_returns"))
        return self._submit(task, options, arguments.output)

    def _submit(
        self, task: CellTask, options: dict[str, Any], output: str | None
    ) -> Any:
        options = {**options, "num_returns": task.num_returns}
        engine = session.engine()
        ids = engine.submit(
            engine.register(task.function, task.name),
            list(task.arguments.values()),
            {},
            task_options(options, TASK_OPTIONS),
            task.line,
        )
        names = self._extension.shell.user_ns
        names.update(zip(task.outputs, ids, strict=False))
        warn_of_changes(task, task.function.__code__.co_filename)
        values = ids[len(task.outputs) :]
        if not values:
            return None
        value = values[0] if len(values) == 1 else values
        if output:
            names[output] = value
            return None
        return value

    def _check_value(self, arguments: Any, *, has_value: bool) -> None:
        if has_value:
            return
        for flag, given in (
            ("-o NAME", arguments.output),
            ("--num-returns", arguments.num_returns is not None),
        ):
            if given:
                msg = (
                    f"%%remote {flag} is about the value of the last line, but that "
                    "is no expression: write the value alone on it"
                )
                raise UsageError(msg)

    # The line magic.

    def _call(self, line: str) -> Any:
        words, text = _split_options(line)
        arguments = self._parse(words)
        options = _given(arguments)
        call = _parsed_call(text)
        _check_node(arguments.node)
        names = self._extension.shell.user_ns
        called = ast.fix_missing_locations(ast.Expression(call.func))
        target = eval(compile(called, "<%remote>", "eval"), names)  # noqa: S307 (the learner's line)
        if not isinstance(target, (ActorClass, ActorMethod, RemoteFunction)):
            target = remote_function.remote(target)
        if options:
            target = target.options(**_fitting(target, options))
        self._mark(arguments)
        # Called from code under the cell's name: so the task knows its line.
        call.func = ast.Attribute(ast.Name(_TARGET, ast.Load()), "remote", ast.Load())
        line_number = self._line()
        for node in ast.walk(call):
            if isinstance(node, (ast.expr, ast.keyword)):
                node.lineno = node.end_lineno = line_number
        submitting: Any = ast.fix_missing_locations(ast.Expression(call))
        filename = running_cell(self._extension.shell) or "<%remote>"
        value = eval(  # noqa: S307 (as above)
            compile(submitting, filename, "eval"), names, {_TARGET: target}
        )
        if arguments.output:
            self._extension.shell.user_ns[arguments.output] = value
            return None
        return value

    def _line(self) -> int:
        """Return the line of the cell that runs."""
        filename = running_cell(self._extension.shell)
        frame: FrameType | None = sys._getframe()  # noqa: SLF001 (the documented way up)
        while frame is not None:
            if filename and frame.f_code.co_filename == filename:
                return frame.f_lineno
            frame = frame.f_back
        return 1

    # Both.

    def _parse(self, line: str) -> Any:
        try:
            arguments = parse_argstring(self.remote, line)
        except UsageError as error:
            raise UsageError(_with_nearest(str(error))) from None
        name = arguments.output
        if name and (not name.isidentifier() or keyword.iskeyword(name)):
            msg = f"-o {name}: that is no name for a variable"
            raise UsageError(msg)
        return arguments

    def _code(self, cell: str) -> CellCode:
        running = self._extension.cells.current
        source = running.source if running else ""
        return CellCode.of(self._extension.shell, cell, source)

    def _mark(self, arguments: Any) -> None:
        """Tell the cell what its options say about it."""
        running = self._extension.cells.current
        if running is not None:
            running.hidden = running.hidden or arguments.no_show
            running.kept = running.kept or arguments.keep


def _given(arguments: Any) -> dict[str, Any]:
    """Return the options that were written, as ``remote`` takes them."""
    found = {name: getattr(arguments, name) for name in _GIVEN}
    return {name: value for name, value in found.items() if value is not None}


def nodes_known() -> list[str]:
    """Return the names of the open session's nodes, gone ones too."""
    if not session.is_initialized():
        return []
    return [str(node["NodeID"]) for node in session.engine().nodes()]


def _check_node(name: str | None) -> None:
    """Raise ``UsageError`` if no node is, or was, called so."""
    if name is None:
        return
    session.engine()  # opens the session, as the task would
    known = nodes_known()
    if name not in known:
        msg = (
            f"--node {name}: there is no such node; there are {', '.join(known)}. "
            "rayteach.add_node() makes another one"
        )
        raise UsageError(msg)


def _parsed_call(text: str) -> ast.Call:
    """Return the one call that ``text`` is.

    Raises:
        UsageError: it is something else.
    """
    try:
        call = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        msg = f"%remote takes one call, e.g. %remote square(7): {error.msg}"
        raise UsageError(msg) from None
    if not isinstance(call, ast.Call):
        msg = (
            "%remote takes one call, e.g. %remote square(7). For statements, put "
            "%%remote on the first line of a cell"
        )
        raise UsageError(msg)
    return call


def _fitting(target: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options, if what is called takes them all.

    Raises:
        UsageError: names the first that it does not take.
    """
    takes = {
        ActorClass: ("num_cpus", "name", "node"),
        ActorMethod: ("num_returns", "name"),
    }
    allowed = takes.get(type(target), _GIVEN)
    for option in options:
        if option not in allowed:
            flag = option.replace("_", "-")
            msg = f"--{flag} has no meaning for {target!r}"
            raise UsageError(msg)
    return options


def _split_options(line: str) -> tuple[str, str]:
    """Split the options in front from the call."""
    rest = line.lstrip()
    words: list[str] = []
    while rest.startswith("-"):
        word, _, rest = rest.partition(" ")
        words.append(word)
        rest = rest.lstrip()
        if word in OPTIONS and word not in _FLAGS:
            value, _, rest = rest.partition(" ")
            words.append(value)
            rest = rest.lstrip()
    return " ".join(words), rest


def _with_nearest(message: str) -> str:
    """Add the option that was probably meant."""
    for word in message.split():
        if word.startswith("-"):
            near = difflib.get_close_matches(word, OPTIONS, n=1, cutoff=0.5)
            if near and near[0] != word:
                return f"{message}; did you mean {near[0]}?"
    return message
