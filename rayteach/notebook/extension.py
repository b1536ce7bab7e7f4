"""``%load_ext rayteach``: put the parts together, and take them away again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol

from rayteach.api import session as _sessions
from rayteach.notebook.asking import Asking
from rayteach.notebook.cards import Cards
from rayteach.notebook.cellnames import CellNames
from rayteach.notebook.cells import CellOwner
from rayteach.notebook.contracts import Session, Sessions
from rayteach.notebook.panel import Panel
from rayteach.notebook.registry import MagicsPart
from rayteach.notebook.replies import Replies
from rayteach.notebook.runviews import RunViews
from rayteach.notebook.session_view import SessionViews
from rayteach.notebook.tracebacks import Tracebacks

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_log = logging.getLogger(__name__)

#: the extension of this process's shell; there is never more than one
_active: Extension | None = None


class _Part(Protocol):
    def attach(self) -> None: ...
    def detach(self) -> None: ...


class Extension:
    """Everything that loading adds to one shell."""

    def __init__(self, shell: InteractiveShell, sessions: Sessions) -> None:
        """Make the parts; nothing is hooked up before :meth:`attach`."""
        self.shell = shell
        self.sessions = sessions
        self.panel = Panel(shell, sessions)
        self.views = RunViews(self.panel)
        self.whole = SessionViews(shell, sessions, self.views)
        self.cells = CellOwner(shell, sessions, self.views, self.whole.cell_began)
        self.asking = Asking(self.cells, self.views)
        self.cards = Cards(self)
        self.tracebacks = Tracebacks(shell, self.cells.flush_output)
        self.magics = MagicsPart(self)
        self._parts: tuple[_Part, ...] = (
            Replies(shell),
            CellNames(shell),
            self.tracebacks,
            self.magics,
            self.panel,
            self.asking,
            self.cards,
            self.views,
            self.whole,
            self.cells,
        )

    def attach(self) -> None:
        """Hook every part up."""
        for part in self._parts:
            part.attach()

    def detach(self) -> None:
        """Take every part away; one that fails does not keep the others."""
        for part in reversed(self._parts):
            try:
                part.detach()
            except Exception:  # noqa: BLE001 (unloading must get to its end)
                _log.exception("unloading %s", type(part).__name__)

    def session_opened(self, session: Session) -> None:
        """Tell the parts that a session opened."""
        self.whole.session_opened()
        self.cells.session_opened(session)
        session.cell_runs.opened()
        self.panel.wake()

    def session_closed(self, session: Session) -> None:
        """Tell the parts that a session closed."""
        self.views.session_closed(session)
        self.panel.wake()

    def first_task(self, session: Session, run: int) -> None:
        """Tell the parts that a run has something to show."""
        self.cells.first_task(session, run)
        self.panel.wake()


# Functions of the module, so that loading again registers the same ones.
def _on_open(session: Any) -> None:
    if _active is not None:
        _active.session_opened(session)


def _on_close(session: Any) -> None:
    if _active is not None:
        _active.session_closed(session)


def _on_first_task(session: Any, run: int) -> None:
    if _active is not None:
        _active.first_task(session, run)


def active() -> Extension | None:
    """Return the loaded extension, if any."""
    return _active


def load_ipython_extension(
    shell: InteractiveShell, sessions: Sessions = _sessions
) -> None:
    """Load magics, views, panel and tracebacks into ``shell``.

    Loading again first takes away what is there, so nothing ever doubles.
    """
    global _active  # noqa: PLW0603 (one shell per process)
    if _active is not None:
        _active.detach()
    _active = extension = Extension(shell, sessions)
    sessions.on_open(_on_open)
    sessions.on_close(_on_close)
    sessions.on_first_task(_on_first_task)
    extension.attach()


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take everything away that loading added; a session stays open."""
    global _active
    if _active is not None and _active.shell is shell:
        extension, _active = _active, None
        extension.sessions.remove_hooks(_on_open, _on_close, _on_first_task)
        extension.detach()
