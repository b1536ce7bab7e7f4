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
import _thread
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_SIGINT = _signal.SIGINT
_FINALIZER_DEPTH = 12
"""So many frames up a finalizer is looked for; ours call two or three."""
_FINALIZER_PAUSE_S = 0.001
"""An interrupt in a finalizer comes again after this long; ours take less."""


def _nobody() -> None:
    """Nobody sleeps."""


def _is_in_finalizer(frame: FrameType | None) -> bool:
    for _ in range(_FINALIZER_DEPTH):
        if frame is None:
            return False
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False


def _come_again() -> None:
    """Send the interrupt anew, from a thread that ends with it.

    ``interrupt_main`` would come back at the very next bytecode, which is in
    the same finalizer still.
    """
    main = threading.main_thread().ident
    if main is None:
        return

    def send() -> None:
        time.sleep(_FINALIZER_PAUSE_S)
        _signal.pthread_kill(main, _SIGINT)

    _thread.start_new_thread(send, ())


class _Handler:
    """Ours in the place of ``previous``; who saved it and puts it back means both."""

    __slots__ = ("previous", "shield")

    def __init__(self, shield: InterruptShield, previous: Any) -> None:
        self.shield = shield
        self.previous = previous

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.shield.on_signal(self, number, frame)

    def pass_on(self, number: int, frame: FrameType | None) -> None:
        if _is_in_finalizer(frame):  # Python would drop what is raised there
            _come_again()
        elif callable(self.previous):
            self.previous(number, frame)
        elif self.previous == _signal.SIG_DFL:
            raise KeyboardInterrupt


class InterruptShield:
    """A re-entrant context; does something in the main thread only."""

    def __init__(self, wake: Callable[[], None] = _nobody) -> None:
        """Call ``wake`` (from the signal handler) when an interrupt is held."""
        #: called when an interrupt is held
        self.wake = wake
        self._main = threading.main_thread().ident
        self._depth = 0
        self._held = False
        self._handler = _Handler(self, None)
        #: the previous handler comes back with the last exit
        self._leaves = False

    def __enter__(self) -> None:
        """Hold interrupts from here on."""
        if threading.get_ident() != self._main:
            return
        if not self._depth and _signal.getsignal(_SIGINT) is not self._handler:
            self._take_over(_signal.getsignal(_SIGINT))
        self._depth += 1  # last: an interrupt before it leaves nothing half done

    def __exit__(self, *_: object) -> None:
        """Let a held interrupt through."""
        if threading.get_ident() != self._main:
            return
        if self._leaves and self._depth == 1:
            self._restore()
        self._depth -= 1
        if self._held and self._depth == 0:
            self._deliver()

    @property
    def is_held(self) -> bool:
        """True if an interrupt waits for a safe point of the main thread."""
        return self._held and threading.get_ident() == self._main

    def drop(self) -> bool:
        """Forget an interrupt that is held; tell whether one was."""
        was_held, self._held = self._held, False
        return was_held

    def remove(self) -> None:
        """Put the previous handler back, with the last exit if one is due."""
        self.wake = _nobody
        if self._depth:
            self._leaves = True
        else:
            self._restore()

    def _restore(self) -> None:
        self._leaves = False
        ours = _signal.getsignal(_SIGINT) is self._handler
        if threading.get_ident() == self._main and ours:
            _signal.signal(_SIGINT, self._handler.previous)

    def _take_over(self, found: Any) -> None:
        if isinstance(found, _Handler) and found.shield is self:
            self._handler = found  # somebody saved it, and put it back
            return
        handler = _Handler(self, found)
        self._handler = handler  # first: an interrupt from here on finds it
        _signal.signal(_SIGINT, handler)

    def on_signal(
        self, handler: _Handler, number: int, frame: FrameType | None
    ) -> None:
        """Hold the interrupt, or pass it on to whom ``handler`` replaced."""
        if self._depth:
            self._held = True
            self.wake()
        else:
            self._held = False
            handler.pass_on(number, frame)

    def _deliver(self) -> None:
        self._held = False
        self._handler.pass_on(_SIGINT, sys._getframe())  # noqa: SLF001 (the one way)


class _Driver:
    """The process's one shield: opening, closing and using a session nest."""

    shield = InterruptShield()


def _renew() -> None:
    _Driver.shield = InterruptShield()


os.register_at_fork(after_in_child=_renew)


def driver_shield() -> InterruptShield:
    """Return the shield of this process's session, whichever is open."""
    return _Driver.shield
