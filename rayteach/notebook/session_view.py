"""The side panel's view: the whole session over the comm target ``rayteach.session``.

The page opens a comm when it shows the panel and a session is open. It talks the
protocol of every view, for the whole session, and two messages of its own: the
kernel tells which cell has which label, the page tells the settings.
When another session opens, the comms of the old one close; the page opens anew.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from rayteach.notebook.contracts import Sessions, open_session
from rayteach.widgets.link import Link, free_clicks

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from rayteach.notebook.panel import Comm
    from rayteach.notebook.runviews import RunViews
    from rayteach.widgets.publisher import Publisher

TARGET = "rayteach.session"

_log = logging.getLogger(__name__)


class SessionViews:
    """All open comms that show the whole session."""

    def __init__(
        self, shell: InteractiveShell, sessions: Sessions, views: RunViews
    ) -> None:
        """Remember the parts; nothing is registered before :meth:`attach`."""
        self._sessions = sessions
        self._views = views
        self._manager = getattr(getattr(shell, "kernel", None), "comm_manager", None)
        self._open: dict[str, tuple[Comm, Link, Publisher]] = {}
        #: label of a cell -> its key, for each cell that ran
        self._cells: dict[str, str] = {}

    def attach(self) -> None:
        """Offer the target; a kernel without comms is left alone."""
        if self._manager is not None:
            self._manager.register_target(TARGET, self._opened)

    def detach(self) -> None:
        """Close every comm and withdraw the target."""
        self._close_all()
        if self._manager is not None and TARGET in self._manager.targets:
            self._manager.unregister_target(TARGET, self._opened)

    def session_opened(self) -> None:
        """Let the page ask for the session that is open now."""
        self._close_all()

    def cell_began(self, label: str, key: str) -> None:
        """Tell the page which cell a label means, newest first to win."""
        self._cells = {one: k for one, k in self._cells.items() if k != key}
        self._cells[label] = key
        for comm, _, _ in tuple(self._open.values()):
            self._tell(comm)

    def _opened(self, comm: Comm, _message: dict[str, Any]) -> None:
        session = open_session(self._sessions)
        if session is None:
            comm.close()
            return
        free_clicks(comm)
        link = Link(comm.send)
        publisher = self._views.publisher_of(session)
        self._open[comm.comm_id] = (comm, link, publisher)
        comm.on_msg(lambda message: self._heard(link, publisher, message))
        comm.on_close(lambda _message: self._closed(comm))
        self._tell(comm)
        publisher.attach(link, None)

    def _heard(self, link: Link, publisher: Publisher, message: dict[str, Any]) -> None:
        data = message["content"]["data"]
        if data.get("type") == "settings":
            self._views.auto = bool(data.get("auto", True))
            publisher.pace(float(data.get("rate", 0.0)))
            return
        link.receive(data)

    def _closed(self, comm: Comm) -> None:
        found = self._open.pop(comm.comm_id, None)
        if found is not None:
            found[2].detach(found[1])

    def _close_all(self) -> None:
        for comm, link, publisher in tuple(self._open.values()):
            publisher.detach(link)
            try:
                comm.close()
            except Exception:  # noqa: BLE001 (a panel never breaks a run)
                _log.debug("panel comm %s is gone", comm.comm_id, exc_info=True)
        self._open.clear()

    def _tell(self, comm: Comm) -> None:
        try:
            comm.send({"type": "cells", "cells": dict(self._cells)})
        except Exception:  # noqa: BLE001 (as above)
            _log.debug("panel comm %s is gone", comm.comm_id, exc_info=True)
            self._closed(comm)
