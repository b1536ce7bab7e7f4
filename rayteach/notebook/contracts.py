"""What the notebook asks of a session; the seam that tests fill with fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rayteach.core.controls import Controls
    from rayteach.engines.outputs import Printed
    from rayteach.object_id import ObjectID
    from rayteach.trace.log import EventLog


class CellRuns(Protocol):
    """The cell runs of a session; see ``api.cell_runs``."""

    def supersede(self, key: str) -> bool | None:
        """The cell runs again; None if it never did, True if work is alive."""

    def is_superseded(self, one: ObjectID) -> bool:
        """Tell whether the cell that made an ID has run again since."""

    def review(self) -> None:
        """End superseded work that nobody can name any more."""

    def interrupt(self, run: int) -> tuple[int, list[str]]:
        """Cancel what a run started; how much, and which actors go on."""

    def keep(self, key: str) -> None:
        """Let the work of the cell's latest run go on when it runs again."""

    def opened(self) -> None:
        """The cell that runs now has opened the session."""


class Session(Protocol):
    """One open session, as seen by the notebook."""

    @property
    def cell_runs(self) -> CellRuns:
        """What belongs to which cell run."""

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
