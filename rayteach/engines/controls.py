"""What views may ask of the local engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rayteach.engines.local import LocalEngine


class LocalControls:
    """The one command so far: ``cancel`` of a task, ``{"task": number}``."""

    def __init__(self, engine: LocalEngine) -> None:
        """Command ``engine``."""
        self._engine = engine

    def names(self) -> tuple[str, ...]:
        """Return the commands."""
        return ("cancel",)

    def command(self, name: str, args: dict[str, Any]) -> None:
        """Carry out a command.

        Raises:
            ValueError: there is no such command or task, or the task is over.
        """
        if name not in self.names():
            msg = f"this engine has no command {name!r}; it has cancel"
            raise ValueError(msg)
        number = args.get("task")
        if isinstance(number, bool) or not isinstance(number, int):
            msg = "cancel needs the number of a task: {'task': number}"
            raise ValueError(msg)  # noqa: TRY004 (what the protocol of controls says)
        if not self._engine.cancel_task(number):
            msg = "nothing to cancel: the task is over"
            raise ValueError(msg)
