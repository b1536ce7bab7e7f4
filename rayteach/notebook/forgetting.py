"""What the shell itself remembers does not count as a name of the learner's.

Before a cell runs again, entries of ``Out``, ``_``, ``_7``, ``sys.last_value`` and
the shell's last result that reach IDs of its earlier run become a short text.
"""

# IPython is typed in part.
# mypy: allow-untyped-calls

from __future__ import annotations

import gc
import sys
import types
from typing import TYPE_CHECKING, Any

from rayteach.object_id import ObjectID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from IPython.core.interactiveshell import InteractiveShell

_LATEST = ("_", "__", "___")
_LAST = ("last_value", "last_exc")
_SHOWN = 3
_MOST = 20_000
"""So many objects are looked at per entry: what hides deeper is not found."""
_CLOSED = (types.ModuleType, type, str, bytes, int, float, types.CodeType)


class Forgetting:
    """Clears what the shell remembers of superseded runs."""

    def __init__(self, shell: InteractiveShell) -> None:
        """Work on this shell."""
        self._shell = shell

    def forget(self, is_old: Callable[[ObjectID], bool]) -> None:
        """Replace every entry that reaches an ID for which ``is_old`` holds."""
        out: dict[int, Any] = self._shell.history_manager.output_hist  # type: ignore[union-attr]
        for number, value in list(out.items()):
            text = self._text(value, is_old)
            if text:
                out[number] = text
                self._replace(f"_{number}", value, text)
        for name in _LATEST:
            value = self._shell.user_ns.get(name)
            text = self._text(value, is_old)
            if text:
                self._replace(name, value, text)
                setattr(self._shell.displayhook, name, text)
        self._forget_errors(is_old)

    def _replace(self, name: str, value: Any, text: str) -> None:
        """The shell has such names twice: for people, and to tell which are its own."""
        for names in (self._shell.user_ns, self._shell.user_ns_hidden):
            if names.get(name) is value:
                names[name] = text

    def _forget_errors(self, is_old: Callable[[ObjectID], bool]) -> None:
        shell: Any = self._shell
        for name in _LAST:
            text = self._text(getattr(sys, name, None), is_old)
            if text:
                setattr(sys, name, text)
                sys.last_traceback = None
                shell.InteractiveTB.tb = None
        result = shell.last_execution_result
        if result is not None and self._text(result, is_old):
            shell.last_execution_result = None

    def _text(self, value: Any, is_old: Callable[[ObjectID], bool]) -> str:
        """Return what stands for the value, "" if it reaches nothing old."""
        if value is None or isinstance(value, _CLOSED):
            return ""
        old = [one for one in self._ids_in(value) if is_old(one)]
        labels = [one.label for one in sorted(old, key=lambda one: one.task)]
        if not labels:
            return ""
        more = ", …" if len(labels) > _SHOWN else ""
        return f"<{', '.join(labels[:_SHOWN])}{more}, superseded>"

    def _ids_in(self, value: Any) -> list[ObjectID]:
        found: list[ObjectID] = []
        seen = {id(self._shell.user_ns), id(sys.modules), id(self._shell)}
        line = [value]
        while line and len(seen) < _MOST:
            one = line.pop(0)
            if id(one) in seen or isinstance(one, _CLOSED):
                continue
            seen.add(id(one))
            if isinstance(one, ObjectID):
                found.append(one)
            else:
                line += self._below(one)
        return found

    def _below(self, one: Any) -> Iterable[Any]:
        if isinstance(one, types.FunctionType):  # not the notebook around it
            return [*(one.__closure__ or ()), one.__defaults__, one.__kwdefaults__]
        if isinstance(one, types.TracebackType):
            return [one.tb_frame, one.tb_next]
        if isinstance(one, types.FrameType):
            local = one.f_locals
            is_global = local is one.f_globals
            return [] if is_global else [local]
        return gc.get_referents(one)
