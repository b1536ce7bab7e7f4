"""A worker's second thread: keeps short tasks from waiting behind a long one."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from rayteach.runtime.delays import Delays

LONG_S = 0.002
"""A task that has run this long travels alone: its neighbours are let go."""
_LINGER = 10
"""Rounds the thread stays awake after a message, so that bursts cost no wake-ups."""


class Watched(Protocol):
    """What the watchdog needs of the worker."""

    def relieve(self, *, everything: bool = False) -> None:
        """Send what is finished, hand back what has not started."""


class Watchdog:
    """Parked unless a message with several tasks (or pending results) runs."""

    def __init__(self, worker: Watched) -> None:
        """Watch ``worker``; the thread starts with the first message."""
        self._worker = worker
        self._wake = threading.Semaphore(0)
        self._active = False
        self._parked = True
        self._thread: threading.Thread | None = None
        #: what long tasks lost to others on their core
        self.delays = Delays()

    def watch(self) -> None:
        """A message begins whose tasks should not wait for one another."""
        self._active = True
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name="rayteach-watchdog", daemon=True
            )
            self._thread.start()
        if self._parked:
            self._parked = False
            self._wake.release()

    def rest(self) -> None:
        """The message is done."""
        self._active = False

    def _run(self) -> None:
        idle = 0
        while True:
            if idle > _LINGER:
                self._parked = True
                self._wake.acquire()
                idle = 0
            time.sleep(LONG_S)
            if self._active:
                idle = 0
                self._worker.relieve()
            else:
                idle += 1
