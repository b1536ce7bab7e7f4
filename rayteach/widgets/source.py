"""What the widgets need of a session: handed in, never imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rayteach.trace.fold import Log


class Session(Protocol):
    """An open session, as far as views are concerned."""

    @property
    def log(self) -> Log:
        """The events."""
        ...

    @property
    def start_s(self) -> float:
        """Monotonic origin of all row times."""
        ...

    @property
    def closed(self) -> bool:
        """Whether the session has been shut down."""
        ...

    def sample(self) -> None:
        """Make the engine report the tasks that run now."""
        ...
