"""Keep ipykernel 7.0 to 7.3 from losing what the front end asks.

Those send a reply on the shell's socket behind the back of the stream that reads
from it. A request that comes in that moment lies there until another one comes: a
cell that shows ``[*]`` for ever, a click that does nothing (ipython/ipykernel#1554).
7.4 sends its replies through the stream, which looks again after each; here the
older ones learn to. 6 never did otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class Replies:
    """The part of the extension that lends the kernel the way that 7.4 goes."""

    def __init__(self, shell: InteractiveShell) -> None:
        """Look at the kernel of ``shell``, if it has one."""
        self._kernel = getattr(shell, "kernel", None)
        self._undo: tuple[Any, Any] | None = None

    def attach(self) -> None:
        """Send replies through the stream from now on."""
        thread = getattr(self._kernel, "shell_channel_thread", None)
        manager = getattr(thread, "manager", None)
        socket = getattr(manager, "_shell_socket", None)
        stream = getattr(self._kernel, "shell_stream", None)
        if manager and socket and getattr(stream, "socket", None) is socket:
            self._undo = (manager, socket)
            # The manager uses it to send replies and for nothing else, in the
            # thread that the stream belongs to.
            manager._shell_socket = stream  # noqa: SLF001 (7.4 has no such name)

    def detach(self) -> None:
        """Give the kernel its own way back."""
        if self._undo is not None:
            manager, socket = self._undo
            manager._shell_socket = socket  # noqa: SLF001 (as above)
            self._undo = None
