"""What a view may ask of an engine."""

from __future__ import annotations

from typing import Any, Protocol


class Controls(Protocol):
    """Handed to views, so that they never see the engine itself."""

    def names(self) -> tuple[str, ...]:
        """Return the commands this engine takes; a view shows no others."""

    def command(self, name: str, args: dict[str, Any]) -> None:
        """Carry out a command; raises ``ValueError`` with what to do instead."""
