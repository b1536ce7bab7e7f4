"""The file names of cells, the same each time the same text runs.

In plain IPython the name of a cell holds its number, ``<ipython-input-7-ab12>``, so
the same function is another one when its cell runs again. A kernel names cells by
their text alone; here plain IPython learns it. ``In[7]`` in tracebacks comes from a
table that knows the latest number of each name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.compilerop import CachingCompiler, code_name

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_METHOD = "get_code_name"


class CellNames:
    """The part of the extension that names cells by their text."""

    def __init__(self, shell: InteractiveShell) -> None:
        """Look at the compiler of ``shell``."""
        self._compiler: Any = shell.compile

    def attach(self) -> None:
        """Name cells by their text, where the host does not."""
        if type(self._compiler).get_code_name is CachingCompiler.get_code_name:
            setattr(self._compiler, _METHOD, _name)

    def detach(self) -> None:
        """Name them as the host does."""
        if vars(self._compiler).get(_METHOD) is _name:
            delattr(self._compiler, _METHOD)


def _name(_raw_code: str, transformed_code: str, _number: int) -> str:
    return str(code_name(transformed_code))
