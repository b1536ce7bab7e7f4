"""What a worker tells the driver: gathered, and sent in batches.

A report is ``(name of a method of the book, its arguments)``. That a task has begun
is told apart only if it still runs when the batch goes.
"""

from __future__ import annotations

import logging
import pickle
import threading
import time
from typing import Any

import ray

_log = logging.getLogger(__name__)
GATHER_S = 0.01
"""A batch goes this long after its first report."""
MANY, BUSY_S = 8, 0.09
"""…or so much later, if there are more than so many by then."""
SOON_S = 5.0
"""Who ends waits this long for the last batch to go."""


class Reports:
    """Gathers and sends; one per process."""

    def __init__(self, recorder: Any, worker: int) -> None:
        """Send to ``recorder``."""
        self._recorder = recorder
        self._worker = worker
        self._lock = threading.Lock()
        self._gathered: list[tuple[str, Any]] = []
        #: where "begun" of running tasks stands in the batch
        self._begun: dict[int, int] = {}
        self._wake = threading.Event()
        thread = threading.Thread(target=self._run, name="rayteach-reports")
        thread.daemon = True
        thread.start()

    def add(self, name: str, *arguments: Any) -> None:
        """Tell ``book.name(*arguments)``."""
        with self._lock:
            self._gathered.append((name, arguments))
        self._wake.set()

    def begun(self, number: int, time_s: float) -> None:
        """Tell that an attempt runs."""
        with self._lock:
            self._begun[number] = len(self._gathered)
            self._gathered.append(("begun", (time_s, number, self._worker)))
        self._wake.set()

    def over(self, number: int, name: str, *arguments: Any) -> None:
        """Tell that an attempt has ended: its beginning, if not sent, is part of it."""
        with self._lock:
            at = self._begun.pop(number, None)
            if at is not None:
                self._gathered[at] = ("", ())
            self._gathered.append((name, arguments))
        self._wake.set()

    def flush(self) -> Any:
        """Send what was gathered; return what is ready when it has arrived."""
        with self._lock:
            batch, self._gathered = self._gathered, []
            self._begun.clear()
        batch = [one for one in batch if one[0]]
        if not batch:
            return None
        return self._recorder.tell.remote(self._worker, pickle.dumps(batch, 5))

    def flush_now(self) -> None:
        """Send, and wait until it has arrived: this process ends."""
        try:
            sent = self.flush()
            if sent is not None:
                ray.wait([sent], timeout=SOON_S)
        except Exception:  # noqa: BLE001 (the driver is gone: nobody listens)
            _log.debug("the last batch was not sent", exc_info=True)

    def _run(self) -> None:
        while True:
            self._wake.wait()
            time.sleep(GATHER_S)
            if len(self._gathered) > MANY:  # each batch costs three processes time
                time.sleep(BUSY_S)
            self._wake.clear()
            try:
                self.flush()
            except Exception:  # noqa: BLE001 (the driver is gone: nobody listens)
                _log.debug("a batch was not sent", exc_info=True)
                return
