"""Ctrl-C that never tears the engine's state.

While the main thread is inside the engine, SIGINT only leaves a mark and wakes
whoever sleeps; the engine raises ``KeyboardInterrupt`` itself at a safe point.
Outside, the handler that was there before is called as always.

ipykernel sets its handler anew for every cell, so entering compares and takes
the place again (0.1 µs with ``_signal``; ``signal`` itself converts to enums
and costs 2 µs).
"""

from __future__ import annotations

import _signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_SIGINT = _signal.SIGINT


class InterruptShield:
    """A re-entrant context; does something in the main thread only."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` (from the signal handler) when an interrupt is held."""
        self._wake = wake
        self._main = threading.main_thread().ident
        self._depth = 0
        self._held = False
        self._previous: Any = None
        self._handler = self._on_signal

    def __enter__(self) -> None:
        """Hold interrupts from here on."""
        if threading.get_ident() != self._main:
            return
        if not self._depth and _signal.getsignal(_SIGINT) is not self._handler:
            self._previous = _signal.getsignal(_SIGINT)
            _signal.signal(_SIGINT, self._handler)
        self._depth += 1  # last: an interrupt before it leaves nothing half done

    def __exit__(self, *_: object) -> None:
        """Let a held interrupt through."""
        if threading.get_ident() != self._main:
            return
        self._depth -= 1
        if self._held and self._depth == 0:
            self._deliver()

    @property
    def is_held(self) -> bool:
        """True if an interrupt waits for a safe point of the main thread."""
        return self._held and threading.get_ident() == self._main

    def remove(self) -> None:
        """Put the previous handler back."""
        ours = _signal.getsignal(_SIGINT) is self._handler
        if threading.get_ident() == self._main and ours:
            _signal.signal(_SIGINT, self._previous)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._depth:
            self._held = True
            self._wake()
        else:
            self._held = False
            self._pass_on(number, frame)

    def _deliver(self) -> None:
        self._held = False
        self._pass_on(_SIGINT, None)

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        if callable(self._previous):
            self._previous(number, frame)
        elif self._previous == _signal.SIG_DFL:
            raise KeyboardInterrupt
