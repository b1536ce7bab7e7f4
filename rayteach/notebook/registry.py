"""Registering magics so that they can be taken away again."""

# IPython is typed in part.
# mypy: allow-untyped-calls

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rayteach.notebook.commands import completions
from rayteach.notebook.exercises import ExerciseMagics
from rayteach.notebook.magics import RayteachMagics
from rayteach.notebook.remote_magics import OPTIONS, RemoteMagics, nodes_known
from rayteach.notebook.run_commands import unfinished_names

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from rayteach.notebook.extension import Extension

_COMPLETION = "complete_command"
_KEY = "%rayteach"
_REMOTE_KEYS = ("%%remote", "%%rt_remote", "%remote", "%rt_remote")


class MagicsPart:
    """All magics of one shell."""

    def __init__(self, extension: Extension) -> None:
        """Make the magics; none is registered before :meth:`attach`."""
        self._shell: InteractiveShell = extension.shell
        self.exercises = ExerciseMagics(extension)
        self._magics = [
            RemoteMagics(extension),
            RayteachMagics(extension),
            self.exercises,
        ]

    def attach(self) -> None:
        """Register every magic whose name is free; say which is not."""
        tables = self._shell.magics_manager.magics
        before = {kind: dict(names) for kind, names in tables.items()}
        self._shell.register_magics(*self._magics)
        for kind, names in before.items():
            for name in set(names) & self._names(kind):
                tables[kind][name] = names[name]
                self._report(kind, name, names[name])
        self._shell.set_hook(_COMPLETION, _complete, str_key=_KEY)
        for key in _REMOTE_KEYS:
            self._shell.set_hook(_COMPLETION, _complete_remote, str_key=key)

    def detach(self) -> None:
        """Take away the magics that are ours, and the completion."""
        for names in self._shell.magics_manager.magics.values():
            for name in [n for n, magic in names.items() if self._is_ours(magic)]:
                del names[name]
        for magics in self._magics:
            self._shell.magics_manager.registry.pop(type(magics).__name__, None)
        dispatcher = self._shell.strdispatchers.get(_COMPLETION)
        if dispatcher is not None:
            for key in (_KEY, *_REMOTE_KEYS):
                dispatcher.strs.pop(key, None)

    def _names(self, kind: str) -> set[str]:
        return {name for magics in self._magics for name in magics.magics[kind]}

    def _is_ours(self, magic: Any) -> bool:
        return any(getattr(magic, "__self__", None) is one for one in self._magics)

    def _report(self, kind: str, name: str, other: Any) -> None:
        mark = "%%" if kind == "cell" else "%"
        owner = getattr(other, "__module__", None) or "another extension"
        other_name = (
            f"; use {mark}rt_remote, which does the same" if name == "remote" else ""
        )
        print(  # noqa: T201 (shown in the cell that loads the extension)
            f"rayteach: {mark}{name} stays with {owner}{other_name}.", file=sys.stderr
        )


def _complete(_shell: InteractiveShell, event: Any) -> list[str]:
    """Complete the words of ``%rayteach``; called by IPython's completer."""
    return completions(event.line, unfinished_names)


def _complete_remote(shell: InteractiveShell, event: Any) -> list[str]:
    """Complete options, the notebook's names, and what stands behind a dot."""
    symbol: str = event.symbol
    if event.line.removesuffix(symbol).endswith("--node "):
        return nodes_known()
    if symbol.startswith("-"):
        return list(OPTIONS)
    base, dot, _ = symbol.rpartition(".")
    if not dot:
        return [name for name in shell.user_ns if not name.startswith("_")]
    return [f"{base}.{name}" for name in dir(shell.user_ns.get(base))]
