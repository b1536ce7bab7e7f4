"""What a task changes in its process, and how it is put right behind it.

Tasks leave no state on their worker, so the next one finds the directory, the
signal handlers and mask, the timers and the standard descriptors as they were.
Wrapped functions leave a mark; a task that calls none of them costs one test of
``touched``. Actors keep what they set: their process is their own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_STANDARD = 3
_TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
_close = os.close


class Traces:
    """Watches this process's functions that change it."""

    def __init__(self, reopen: Callable[[], None], *, watch: bool) -> None:
        """Watch from now on; ``reopen`` opens the standard descriptors again."""
        #: True if the task has called one of them
        self.touched = False
        self._reopen = reopen
        #: where the task began
        self._home = ""
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        self._main = threading.get_ident()
        self._has_moved = self._has_closed = self._has_timer = False
        #: the handlers before the task's own
        self._handlers: dict[int, Any] = {}
        self._chdir = os.chdir
        self._signal = signal.signal
        self._sigmask = signal.pthread_sigmask
        self._setitimer = signal.setitimer
        if watch:
            self._wrap()

    def undo(self) -> None:
        """Put right what the task has changed. In the main thread."""
        self.touched = False
        if self._has_moved:
            self._has_moved = False
            with contextlib.suppress(OSError):  # somebody removed it
                self._chdir(self._home)
        if self._has_timer:  # before its handler goes
            self._has_timer = False
            for timer in _TIMERS:
                self._setitimer(timer, 0)
        while self._handlers:
            number, handler = self._handlers.popitem()
            if handler is not None:
                self._signal(number, handler)
        self._sigmask(signal.SIG_SETMASK, self._mask)
        if self._has_closed:
            self._has_closed = False
            self._reopen()

    def _wrap(self) -> None:
        moved, timer, closed = self._mark_moved, self._mark_timer, self._mark_closed
        os.chdir = _marking(os.chdir, moved)
        os.fchdir = _marking(os.fchdir, moved)
        os.close = _marking(os.close, closed)
        os.closerange = _marking(os.closerange, closed)
        signal.signal = _marking(signal.signal, self._mark_handler)
        signal.pthread_sigmask = _marking(signal.pthread_sigmask, self._mark)
        signal.setitimer = _marking(signal.setitimer, timer)
        signal.alarm = _marking(signal.alarm, timer)

    def _mark(self, *_: Any) -> None:
        self.touched = True

    def _mark_moved(self, *_: Any) -> None:
        if not self._has_moved:
            with contextlib.suppress(OSError):  # somebody removed it
                self._home = os.getcwd()  # noqa: PTH109 (a plain path)
        self.touched = self._has_moved = True

    def _mark_timer(self, *_: Any) -> None:
        self.touched = self._has_timer = True

    def _mark_closed(self, fd: int, *_: Any) -> None:
        if fd < _STANDARD:
            self.touched = self._has_closed = True

    def _mark_handler(self, number: int, *_: Any) -> None:
        if threading.get_ident() == self._main:  # elsewhere it is an error
            self.touched = True
            self._handlers.setdefault(number, signal.getsignal(number))


def _marking(function: Callable[..., Any], mark: Callable[..., None]) -> Any:
    """Return ``function``, which leaves a mark first."""

    def marked(*args: Any, **kwargs: Any) -> Any:
        mark(*args, **kwargs)
        return function(*args, **kwargs)

    marked.__name__, marked.__doc__ = function.__name__, function.__doc__
    return marked
