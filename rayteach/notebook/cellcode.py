"""The source of a cell magic's body, under the lines and the name of its cell.

IPython hands a cell magic the body without its first line and runs it under no
name of its own. Compiled from here, a traceback, ``inspect.getsource`` and a
syntax error all speak of the lines that the learner sees in the cell.
"""

# IPython is typed in part.
# mypy: allow-untyped-calls

from __future__ import annotations

import ast
import linecache
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from types import FrameType

    from IPython.core.interactiveshell import InteractiveShell


def cell_number(shell: InteractiveShell, filename: str) -> str:
    """Return the number of the cell that ``filename`` stands for, "" if none.

    Cell code is compiled under a made-up file name; the shell's compiler knows
    which execution each belongs to.
    """
    label = shell.compile.format_code_name(filename)
    if label is None:
        return ""
    return "".join(c for c in label[1] if c.isdigit())


def running_cell(shell: InteractiveShell) -> str:
    """Return the file name of the cell that runs in this thread, "" if none."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 (the documented way up)
    found = ""
    while frame is not None:
        name = frame.f_code.co_filename
        if frame.f_globals is shell.user_ns and cell_number(shell, name):
            found = name  # the outermost wins: a cell run by a cell is part of it
        frame = frame.f_back
    return found


def _count_blank_lines_at_start(text: str) -> int:
    lines = text.splitlines()
    return next((i for i, line in enumerate(lines) if line.strip()), len(lines))


@dataclass(frozen=True, slots=True)
class CellCode:
    """The body of a cell magic, ready to be parsed and run."""

    shell: InteractiveShell
    #: file name under which the cell is compiled
    filename: str
    #: the body, as IPython handed it over
    body: str
    #: lines of the cell above the body
    offset: int

    @classmethod
    def of(cls, shell: InteractiveShell, body: str, raw_cell: str) -> CellCode:
        """Return the body with its place in ``raw_cell`` ("" if unknown)."""
        at = raw_cell.rfind(body.rstrip("\n")) if body.strip() else -1
        if at < 0:
            raw_cell, at = f"\n{body}", 1
        filename = running_cell(shell)
        if not filename:
            number = shell.execution_count
            filename = shell.compile.cache(raw_cell, number, raw_code=raw_cell)
        # The shell stored one long `run_cell_magic(...)` line under this name.
        lines = [f"{line}\n" for line in raw_cell.splitlines()]
        linecache.cache[filename] = (len(raw_cell), None, lines, filename)
        return cls(shell, filename, body, raw_cell[:at].count("\n"))

    def parse(self) -> ast.Module:
        """Return the syntax tree, with the line numbers of the cell.

        Raises:
            SyntaxError: pointing at the cell's line.
        """
        blank = _count_blank_lines_at_start(self.body)
        text = "\n".join(self.body.splitlines()[blank:])
        source = "\n" * (self.offset + blank) + self.shell.transform_cell(text)
        # The shell's compiler, so that the notebook's __future__ imports count.
        return cast("ast.Module", self.shell.compile.ast_parse(source, self.filename))

    def run(self, node: ast.stmt, *, show: bool = False) -> None:
        """Run one statement in the notebook; ``show`` an expression's value."""
        tree: Any = ast.Module([node], [])
        mode = "exec"
        if show and isinstance(node, ast.Expr):
            tree, mode = ast.Interactive([node]), "single"
        code = self.shell.compile(tree, self.filename, mode)
        exec(code, self.shell.user_ns)  # noqa: S102 (the learner's own cell)

    def refuse(self, node: Any, reason: str) -> SyntaxError:
        """Return an error that points at ``node`` and says why."""
        line: int = node.lineno
        text = linecache.getline(self.filename, line)
        place = (self.filename, line, node.col_offset + 1, text)
        return SyntaxError(reason, place)


def label_number(shell: InteractiveShell, *, store_history: bool) -> int:
    """Return the execution count of a cell that is about to run.

    IPython 9.16 counts up before ``pre_run_cell``, earlier ones after the run;
    the history is longer by one only once the cell is stored in it.
    """
    count: int = shell.execution_count
    history: Any = shell.history_manager
    if not store_history or history is None:
        return count
    number = len(history.input_hist_raw)
    return number if number in (count, count - 1) else count
