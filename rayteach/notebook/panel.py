"""The side panel's link: the comm target ``rayteach.panel``.

Both sides may open it: the kernel when the extension loads (a panel that was
there first), the page after a reload. Every open comm gets a status message at
once, on ``hello``, and then on each change, at most five times a second. One
thread sends; it sleeps until something starts when nothing is going on.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Protocol

from rayteach.notebook.contracts import Sessions, open_session
from rayteach.widgets.alarm import Alarm
from rayteach.widgets.link import free_clicks

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

TARGET = "rayteach.panel"
#: shortest time between two status messages, seconds
INTERVAL_S = 0.2
#: how long a session may be quiet before it is looked at again, seconds
QUIET_S = 1.0

NO_SESSION: dict[str, Any] = {
    "type": "status",
    "cpus_in_use": 0.0,
    "num_cpus": 0,
    "tasks_waiting": 0,
    "tasks_running": 0,
    "session": False,
}

_log = logging.getLogger(__name__)


class Comm(Protocol):
    """The part of a comm that is used here."""

    comm_id: str

    def send(self, data: dict[str, Any]) -> None:
        """Send one message to the front end."""

    def close(self) -> None:
        """Close both ends."""

    def on_msg(self, callback: Callable[[dict[str, Any]], None] | None) -> None:
        """Call back for each message from the front end."""

    def on_close(self, callback: Callable[[dict[str, Any]], None] | None) -> None:
        """Call back when the front end closes."""


class Panel:
    """All open panel comms of this kernel, and the thread that tells them."""

    def __init__(self, shell: InteractiveShell, sessions: Sessions) -> None:
        """Remember the parts; nothing is registered before :meth:`attach`."""
        self._sessions = sessions
        self._manager = getattr(getattr(shell, "kernel", None), "comm_manager", None)
        self._comms: dict[str, Comm] = {}
        self._lock = threading.Lock()
        self._alarm = Alarm()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        #: a front end has said something on this link
        self.answered = False

    def attach(self) -> None:
        """Offer the target; a kernel without comms is left alone."""
        if self._manager is None:
            return
        import comm  # noqa: PLC0415 (not needed without a kernel)

        self._manager.register_target(TARGET, self._opened_by_page)
        self._thread = threading.Thread(
            target=self._serve, name="rayteach-panel", daemon=True
        )
        self._thread.start()
        self._adopt(comm.create_comm(TARGET))

    def detach(self) -> None:
        """Close every comm, withdraw the target and end the thread."""
        self._stop.set()
        self._alarm.ring()
        with self._lock:
            comms, self._comms = list(self._comms.values()), {}
        if self._thread is not None:
            self._thread.join()
        for one in comms:
            one.close()
        if self._manager is not None and TARGET in self._manager.targets:
            self._manager.unregister_target(TARGET, self._opened_by_page)

    def wake(self) -> None:
        """Look at the session now: something starts, ends, opens or closes."""
        self._alarm.ring()

    def _opened_by_page(self, comm: Comm, _message: dict[str, Any]) -> None:
        self.answered = True
        self._adopt(comm)

    def _adopt(self, comm: Comm) -> None:
        free_clicks(comm)
        comm.on_msg(lambda message: self._heard(comm, message))
        comm.on_close(lambda _message: self._closed(comm))
        with self._lock:
            self._comms[comm.comm_id] = comm
        self._send(comm, self._status())

    def _heard(self, comm: Comm, message: dict[str, Any]) -> None:
        self.answered = True
        if message["content"]["data"].get("type") == "hello":
            self._send(comm, self._status())

    def _closed(self, comm: Comm) -> None:
        with self._lock:
            self._comms.pop(comm.comm_id, None)

    def _status(self) -> dict[str, Any]:
        session = open_session(self._sessions)
        if session is None:
            return dict(NO_SESSION)
        try:
            now = session.status()
        except Exception:  # noqa: BLE001 (it closes at this very moment)
            _log.debug("no status", exc_info=True)
            return dict(NO_SESSION)
        return {**NO_SESSION, **now, "type": "status", "session": True}

    def _serve(self) -> None:
        last: dict[str, Any] = {}
        while not self._stop.is_set():
            status = self._status()
            if status != last:
                last = status
                with self._lock:
                    comms = list(self._comms.values())
                for comm in comms:
                    self._send(comm, status)
            if not self._stop.wait(INTERVAL_S):
                self._alarm.wait(_rest_s(status))

    def _send(self, comm: Comm, status: dict[str, Any]) -> None:
        try:
            comm.send(status)
        except Exception:  # noqa: BLE001 (a panel never breaks a run)
            _log.debug("panel comm %s is gone", comm.comm_id, exc_info=True)
            self._closed(comm)


def _rest_s(status: dict[str, Any]) -> float | None:
    """Return how long to sleep unless woken, seconds; None is for good."""
    if status["tasks_running"] or status["tasks_waiting"]:
        return 0.0
    return QUIET_S if status["session"] else None
