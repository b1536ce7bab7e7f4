"""Show what tasks print, soon after they do."""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rayteach.engines.outputs import Printed

PAUSE_S = 0.05
"""Between two looks of the thread: what comes in a burst is shown in one go."""


class Printer:
    """A thread that sleeps until tasks have printed, and whoever cannot wait for it.

    The thread of the engine that receives never prints: a terminal that stands
    still must not stop the tasks.
    """

    def __init__(self, take: Callable[[], Sequence[Printed]]) -> None:
        """``take`` returns, once, what was printed since the last time."""
        self._take = take
        #: where it goes; a notebook puts its own in this place
        self.show: Callable[[Sequence[Printed]], None] = write
        self._turn = threading.RLock()
        self._wake = threading.Semaphore(0)
        self._end = threading.Event()
        self._rung = False
        self._thread = threading.Thread(
            target=self._run, name="rayteach-printer", daemon=True
        )
        self._thread.start()

    def ring(self) -> None:
        """There is something to show. Takes no lock."""
        if not self._rung:
            self._rung = True
            self._wake.release()

    def flush(self) -> None:
        """Show all that is there now; returns when it is shown."""
        with self._turn:
            printed = self._take()
            if printed:
                self.show(printed)

    def close(self) -> None:
        """End the thread, then show the rest."""
        self._end.set()
        self._wake.release()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        self.flush()

    def _run(self) -> None:
        while not self._end.is_set():
            self._wake.acquire()
            self._rung = False
            if not self._end.is_set():
                with contextlib.suppress(Exception):  # whoever shows it must not end it
                    self.flush()
                self._end.wait(PAUSE_S)


def write(printed: Sequence[Printed]) -> None:
    """Write to ``sys.stdout`` and ``sys.stderr``, each line under its label."""
    for stream, text in joined(printed):
        target = sys.stderr if stream == "stderr" else sys.stdout
        if target is not None:
            with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
                target.write(text)
                target.flush()


def joined(printed: Sequence[Printed]) -> list[tuple[str, str]]:
    """Return (stream, text) with every line under its label, neighbours in one."""
    found: list[tuple[str, list[str]]] = []
    for one in printed:
        if not found or found[-1][0] != one.stream:
            found.append((one.stream, []))
        found[-1][1].append(labelled(one))
    return [(stream, "".join(texts)) for stream, texts in found]


def labelled(one: Printed) -> str:
    """Return the lines of a piece, each with the task's label in front."""
    prefix = f"({one.label}) " if one.label else ""
    lines = one.text.removesuffix("\n").split("\n")
    return "".join(f"{prefix}{line}\n" for line in lines)
