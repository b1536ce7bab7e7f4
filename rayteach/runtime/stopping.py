"""How a worker hears that its task, or a call in its inbox, is cancelled.

The driver writes the task's number to the board, then sends SIGINT to the worker.
Python runs the handler in the main thread, between two instructions or in the
middle of a sleep:

* a task is interrupted (``KeyboardInterrupt``) only while its own function runs
  and only if it is the named one; a signal that comes late finds another name;
* in an actor nothing is interrupted: the handler reads the line, where a CANCEL
  frame takes its call out of the inbox.

While the main thread is inside the line's own code, the shield holds the signal.
What is raised inside a finalizer or a weak reference's callback, Python drops: the
task's number goes back on the board then, and the driver signals once more.
"""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

    from rayteach.runtime.board import Board
    from rayteach.runtime.line import Line


class Stopper:
    """Serves SIGINT in a worker."""

    def __init__(self, board: Board, worker: int, line: Line, *, actor: bool) -> None:
        """Take over the signal; ``line`` asks back while it waits."""
        self._board = board
        self._worker = worker
        self._line = line
        self._actor = actor
        self._main = threading.main_thread().ident
        #: the task whose function runs now, 0 if none does
        self._task = 0
        #: a CANCEL frame may lie unread in the line
        self._unread = False
        #: the handler is at work: another signal only leaves its mark
        self._reading = False
        line.stops = self.take
        self._report = sys.unraisablehook
        sys.unraisablehook = self._on_unraisable
        signal.signal(signal.SIGINT, self._on_signal)

    def open(self, task: int) -> None:
        """From here to ``close``, ``task`` can be interrupted."""
        self._task = task
        if self.take():
            raise KeyboardInterrupt

    def close(self) -> None:
        """The function is over: a signal finds nothing to interrupt."""
        self._task = 0

    def take(self) -> bool:
        """Tell the main thread, once per request, that its task is to stop."""
        task = self._task
        if not task or self._actor or threading.get_ident() != self._main:
            return False
        if self._board.task_to_stop(self._worker) != task:
            return False
        self._board.ask_to_stop(self._worker, 0)
        return True

    def catch_up(self) -> None:
        """Read the CANCEL frames that were announced, before a call is begun."""
        if self._unread:
            self._unread = False
            self._line.catch_up()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._actor:
            self._unread = True
            # Outside of a call the main loop reads anyway, or is about to.
            while self._unread and self._task and not self._reading:
                self._reading = True
                try:
                    self.catch_up()
                finally:
                    self._reading = False
        elif self.take():
            raise KeyboardInterrupt

    def _on_unraisable(self, dropped: Any) -> None:
        is_ours = issubclass(dropped.exc_type, KeyboardInterrupt) and self._task
        if is_ours and not self._actor and threading.get_ident() == self._main:
            self._board.ask_to_stop(self._worker, self._task)
        else:
            self._report(dropped)
