"""What a learner sees of an error: their own lines, and none of ours.

A failed task shows the frames of its body with source lines, then the line of
the notebook that asked for the result. Any other error that went through our
functions is shown as IPython would, without our frames.
"""

from __future__ import annotations

import contextlib
import linecache
import os
import sys
import sysconfig
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rayteach.errors import TaskError
from rayteach.notebook.cellcode import cell_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from IPython.core.interactiveshell import InteractiveShell

_OURS = str(Path(__file__).parent.parent) + os.sep
_LIBRARIES = tuple(
    {sysconfig.get_path(name) + os.sep for name in ("stdlib", "purelib", "platlib")}
)
#: lines shown above the line of an error
_LINES_ABOVE = 2


def is_ours(filename: str) -> bool:
    """Say whether a frame of this file is one of rayteach's own."""
    return filename.startswith(_OURS)


def _each(tb: TracebackType | None) -> Iterator[TracebackType]:
    while tb is not None:
        yield tb
        tb = tb.tb_next


def learners_frames(tb: TracebackType | None) -> TracebackType | None:
    """Return the traceback without our frames and what they called.

    A learner's frame below ours (a body run by ``%%check``) is kept.
    """
    kept: list[TracebackType] = []
    below_ours = False
    for entry in _each(tb):
        name = entry.tb_frame.f_code.co_filename
        library = name.startswith((*_LIBRARIES, "<frozen"))
        below_ours = is_ours(name) or (below_ours and library)
        if not below_ours:
            kept.append(entry)
    rebuilt: TracebackType | None = None
    for entry in reversed(kept):
        rebuilt = TracebackType(
            rebuilt, entry.tb_frame, entry.tb_lasti, entry.tb_lineno
        )
    return rebuilt


@contextlib.contextmanager
def _without_our_frames(error: BaseException) -> Iterator[None]:
    """Hide our frames in ``error`` and in the errors it came from, for a while."""
    chain: list[tuple[BaseException, TracebackType | None]] = []
    link: BaseException | None = error
    while link is not None and all(link is not seen for seen, _ in chain):
        chain.append((link, link.__traceback__))
        link = link.__cause__ or link.__context__
    try:
        for one, tb in chain:
            one.__traceback__ = learners_frames(tb)
        yield
    finally:
        for one, tb in chain:
            one.__traceback__ = tb


class Tracebacks:
    """Wraps the shell's ``showtraceback``; ``full`` puts it out of action."""

    def __init__(
        self, shell: InteractiveShell, before: Callable[[], None] = lambda: None
    ) -> None:
        """Remember the shell; nothing is wrapped before :meth:`attach`.

        Args:
            shell: whose errors are shown.
            before: called before each, so that what tasks printed comes first.
        """
        self._before = before
        # Any: a method of it is replaced, and IPython's are partly untyped
        self._shell: Any = shell
        self._original: Callable[..., None] | None = None
        #: show every frame, ours included
        self.full = False

    def attach(self) -> None:
        """Take over the shell's way of showing an error."""
        self._original = self._shell.showtraceback
        self._shell.showtraceback = self._show

    def detach(self) -> None:
        """Give it back, unless somebody has wrapped it since."""
        self.full = True
        if self._shell.__dict__.get("showtraceback") == self._show:
            del self._shell.__dict__["showtraceback"]
            if self._shell.showtraceback != self._original:
                self._shell.showtraceback = self._original

    def _show(
        self,
        exc_tuple: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Show the error without our frames; stands in for ``showtraceback``."""
        if self._original is None:
            return
        self._before()
        error = exc_tuple[1] if exc_tuple is not None else sys.exc_info()[1]
        if self.full or not isinstance(error, BaseException) or not _concerns(error):
            self._original(exc_tuple, *args, **kwargs)
        elif isinstance(error, TaskError):
            self._show_lines(error, self.render(error))
        elif isinstance(error, SyntaxError):
            self._shell.showsyntaxerror()
        elif hasattr(error, "_render_traceback_"):
            self._show_lines(error, error._render_traceback_())
        else:
            with _without_our_frames(error):
                shown = (type(error), error, error.__traceback__)
                self._original(shown, *args, **kwargs)

    def _show_lines(self, error: BaseException, lines: list[str]) -> None:
        # What IPython itself does with the lines of a custom traceback.
        sys.last_type, sys.last_value = type(error), error
        sys.last_traceback = error.__traceback__
        self._shell._showtraceback(type(error), error, lines)  # noqa: SLF001

    def render(self, error: TaskError) -> list[str]:
        """Return a failed task's traceback: its frames, then the ``get`` line."""
        remote = error.remote
        who = remote.task_label or "a task"
        head = f"{remote.type_name} in {who}"
        if remote.submitted_at:
            head += f", submitted in {remote.submitted_at}"
        lines = [head, ""]
        for frame in remote.frames:
            where = self._where(frame.filename)
            lines.append(f"{where}, line {frame.line}, in {frame.name}")
            lines += self._excerpt(frame.filename, frame.line, frame.source)
        for entry in _each(learners_frames(error.__traceback__)):
            name, line = entry.tb_frame.f_code.co_filename, entry.tb_lineno
            if not name.startswith(_LIBRARIES):
                lines.append(f"asked for in {self._where(name)}, line {line}")
                lines += self._excerpt(name, line, "")
        lines.append(f"{remote.type_name}: {remote.message}")
        return lines

    def _where(self, filename: str) -> str:
        number = cell_number(self._shell, filename)
        return f"cell [{number}]" if number else filename

    def _excerpt(self, filename: str, line: int, source: str) -> list[str]:
        first = max(1, line - _LINES_ABOVE)
        texts = [(n, linecache.getline(filename, n)) for n in range(first, line + 1)]
        if not texts[-1][1].strip():  # not known here: what the worker read
            texts = [(line, source)] if source else []
        marked = [
            f"{'---->' if n == line else '     '} {n:>3} {text.rstrip()}"
            for n, text in texts
        ]
        return [*marked, ""]


def _concerns(error: BaseException) -> bool:
    """Say whether an error is ours, or went through one of our frames."""
    if isinstance(error, TaskError):
        return True
    return any(
        is_ours(entry.tb_frame.f_code.co_filename)
        for entry in _each(error.__traceback__)
    )
