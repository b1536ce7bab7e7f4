"""Run callbacks of learners in threads that may wait.

A callback of ``id.future()`` may call ``get``: so it must not run in the thread
that reads answers. One thread runs them in order while they are quick; another
stands by and takes over when one has been at it for a moment. Both end when
there is nothing to do.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 0.01
"""A job that takes longer than this holds up no other."""


class Completions:
    """Jobs for threads that come and go."""

    def __init__(self) -> None:
        """Start no thread yet."""
        self._lock = threading.Lock()
        self._jobs: deque[Callable[[], None]] = deque()
        self._runners = 0
        self._done = 0
        self._stands_by = False

    def put(self, job: Callable[[], None]) -> None:
        """Let ``job`` run soon, in another thread; it must not raise."""
        with self._lock:
            self._jobs.append(job)
            if not self._runners:
                self._runners += 1
                target = self._run
            elif self._stands_by:
                return
            else:
                self._stands_by = True
                target = self._stand_by
        threading.Thread(target=target, name="rayteach-callbacks", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._runners -= 1
                    return
                job = self._jobs.popleft()
            job()
            with self._lock:
                self._done += 1

    def _stand_by(self) -> None:
        seen = -1
        while True:
            with self._lock:
                if not self._jobs:
                    self._stands_by = False
                    return
                if self._done == seen:  # whoever runs jobs is held up
                    self._runners += 1
                    break
                seen = self._done
            time.sleep(PATIENCE_S)
        # Who stands by for this one comes with the next job, or is needed now.
        with self._lock:
            self._stands_by = len(self._jobs) > 1
            again = self._stands_by
        if again:
            threading.Thread(
                target=self._stand_by, name="rayteach-callbacks", daemon=True
            ).start()
        self._run()
