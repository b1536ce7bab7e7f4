"""The log of a session on Ray: who reads it gets what has been told by then."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from rayteach.trace.log import EventLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.events import Event


class RayLog(EventLog):
    """Catches up with the workers' reports before the main thread reads."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        #: waits until what is known to have ended has been told of
        self.catch_up: Callable[[], None] = lambda: None

    def __len__(self) -> int:
        """Return the number of events."""
        self._catch_up()
        return super().__len__()

    def events(self, start: int = 0) -> list[Event]:
        """Return the events from sequence number ``start`` on, decoded."""
        self._catch_up()
        return super().events(start)

    def _catch_up(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self.catch_up()
