"""What views may ask of the local engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.engines import fault_controls
from rayteach.engines.gating import checked_count, checked_speed

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.engines.local import LocalEngine


class LocalControls:
    """``cancel {"task": n}``, ``pause``, ``step {"count": n}``, ``resume``, ``speed``.

    The last one takes ``{"per_second": x}``. The faults are in ``fault_controls``.
    """

    def __init__(self, engine: LocalEngine) -> None:
        """Command ``engine``."""
        self._engine = engine

    def names(self) -> tuple[str, ...]:
        """Return the commands."""
        return ("cancel", "pause", "step", "resume", "speed", *fault_controls.NAMES)

    def absent(self) -> dict[str, str]:
        """Return what is not available, with the reason: nothing."""
        return {}

    def command(self, name: str, args: dict[str, Any]) -> None:
        """Carry out a command.

        Raises:
            ValueError: there is no such command or task, the task is over, or an
                argument is not what the command takes.
        """
        if name not in self.names():
            names = ", ".join(self.names())
            msg = f"this engine has no command {name!r}; it has {names}"
            raise ValueError(msg)
        gating = self._engine.gating
        if name == "pause":
            gating.pause()
        elif name == "resume":
            gating.resume()
        elif name == "step":
            gating.step(checked_count(args.get("count", 1)))
        elif name == "speed":
            gating.speed(checked_speed(args.get("per_second")))
        elif name in fault_controls.NAMES:
            fault_controls.break_(self._engine.cluster, name, args)
        else:
            self._cancel(args)

    def watched_by(
        self, ask: Callable[[], None], has_answered: Callable[[float], bool]
    ) -> None:
        """A wait behind a pause asks views, and goes on if none answers."""
        self._engine.gating.ask_views = ask
        self._engine.gating.is_watched = has_answered

    def _cancel(self, args: dict[str, Any]) -> None:
        number = args.get("task")
        if isinstance(number, bool) or not isinstance(number, int):
            msg = "cancel needs the number of a task: {'task': number}"
            raise ValueError(msg)  # noqa: TRY004 (what the protocol of controls says)
        if not self._engine.cancel_task(number):
            msg = "nothing to cancel: the task is over"
            raise ValueError(msg)
