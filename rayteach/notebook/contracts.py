"""What the notebook asks of a session; the seam that tests fill with fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rayteach.core.controls import Controls
    from rayteach.engines.outputs import Printed
    from rayteach.trace.log import EventLog


class Session(Protocol):
    """One open session, as seen by the notebook."""

    @property
    def log(self) -> EventLog:
        """Every event so far."""

    @property
    def start_s(self) -> float:
        """Monotonic origin of all row times, seconds."""

    @property
    def controls(self) -> Controls:
        """What views may ask of the engine."""

    @property
    def closed(self) -> bool:
        """True once the session has been shut down."""

    def begin_cell_run(self, key: str, label: str, source: str) -> int:
        """Open a cell run; what is submitted from now on belongs to it."""

    def end_cell_run(self, outcome: str) -> None:
        """Close the cell run as "done", "failed" or "interrupted"."""

    def sample(self) -> None:
        """Log the start of tasks that are seen running now."""

    def flush_output(self) -> None:
        """Show what tasks have printed and is still queued."""

    def show_output(self, show: Callable[[Sequence[Printed]], None] | None) -> None:
        """Call ``show`` with what tasks print, ``sys.stdout`` for None."""

    def status(self) -> dict[str, Any]:
        """Return the panel's status message (docs/protocol.md)."""


class Sessions(Protocol):
    """The module ``rayteach.api.session``, as seen by the notebook."""

    def current(self) -> Session | None:
        """Return the open session, or None."""

    def on_open(self, callback: Callable[[Any], None]) -> None:
        """Call ``callback(session)`` whenever a session opens."""

    def on_close(self, callback: Callable[[Any], None]) -> None:
        """Call ``callback(session)`` whenever a session closes."""

    def on_first_task(self, callback: Callable[[Any, int], None]) -> None:
        """Call ``callback(session, run)`` at the first submission of each run.

        It is called in the submitting thread, and only if that is the main one.
        """

    def remove_hooks(self, *callbacks: Any) -> None:
        """Forget callbacks of any of the three kinds."""


def open_session(sessions: Sessions) -> Session | None:
    """Return the session if there is one that is still open."""
    session = sessions.current()
    return None if session is None or session.closed else session
