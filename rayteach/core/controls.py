"""What a view may ask of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Controls(Protocol):
    """Handed to views, so that they never see the engine itself."""

    def names(self) -> tuple[str, ...]:
        """Return the commands this engine takes; a view shows no others."""

    def absent(self) -> dict[str, str]:
        """Return the commands that other engines take, with why this one cannot."""

    def command(self, name: str, args: dict[str, Any]) -> None:
        """Carry out a command; raises ``ValueError`` with what to do instead."""

    def watched_by(
        self, ask: Callable[[], None], has_answered: Callable[[float], bool]
    ) -> None:
        """Say how to find out whether a view could lead on from a pause.

        ``ask`` makes all views answer soon; ``has_answered(since_s)`` tells whether
        one has since then, in monotonic seconds. Neither may block.
        """
