"""What Ray cannot give, and why: asked for, it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from rayteach.errors import RayteachError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.engines.ray.driver import RayEngine

_HELD = "Ray's own schedulers start tasks, and nothing can hold them"
_FAULTS = "Ray gives no way to break one worker, value or node of its own"
ABSENT = {
    "pause": _HELD,
    "step": _HELD,
    "speed": _HELD,
    "resume": "nothing can be paused here",
    "kill_worker": _FAULTS,
    "lose_object": _FAULTS,
    "slow_node": _FAULTS,
}
"""Controls of the local engine that are not available, with the reason."""


def refusal(name: str) -> str:
    """Return what to say of a control that is absent."""
    return (
        f"{name}() is not available on the engine 'ray': {ABSENT[name]}. "
        "rayteach.shutdown() and init() without engine= give the local engine, "
        "which has it"
    )


class NoGating:
    """In the place of ``engines.gating.Gating``."""

    mode = "flowing"

    def pause(self) -> NoReturn:
        """Refuse."""
        raise RayteachError(refusal("pause"))

    def step(self, _: int) -> NoReturn:
        """Refuse."""
        raise RayteachError(refusal("step"))

    def speed(self, _: float) -> NoReturn:
        """Refuse."""
        raise RayteachError(refusal("speed"))

    def resume(self) -> NoReturn:
        """Refuse."""
        raise RayteachError(refusal("resume"))

    def in_words(self) -> list[str]:
        """Nothing holds anything up."""
        return []


class NoFaults:
    """In the place of ``engines.faults.Faults``."""

    def kill_worker(self, _: int) -> NoReturn:
        """Refuse."""
        raise RayteachError(refusal("kill_worker"))

    def kill_worker_of(self, _: object) -> NoReturn:
        """Refuse."""
        raise RayteachError(refusal("kill_worker"))

    def lose(self, _: object) -> NoReturn:
        """Refuse."""
        raise RayteachError(refusal("lose_object"))

    def slow_down(self, _: str, _factor: float) -> NoReturn:
        """Refuse."""
        raise RayteachError(refusal("slow_node"))


class NoDirecting:
    """In the place of ``engines.directing.Directing``."""

    def begin(self, _: object) -> NoReturn:
        """Refuse."""
        msg = "repeat(), seeded() and explore() are not available on the engine 'ray'"
        raise RayteachError(f"{msg}: {_HELD}")


class NoWatch:
    """In the place of ``engines.surroundings``: Ray's workers keep what they have."""

    def look(self) -> None:
        """See nothing."""


class RayControls:
    """What views may ask: ``cancel {"task": n}``."""

    def __init__(self, engine: RayEngine) -> None:
        """Command ``engine``."""
        self._engine = engine

    def names(self) -> tuple[str, ...]:
        """Return the commands."""
        return ("cancel",)

    def absent(self) -> dict[str, str]:
        """Return the controls that other engines have, with why not here."""
        return dict(ABSENT)

    def command(self, name: str, args: dict[str, Any]) -> None:
        """Carry out a command.

        Raises:
            ValueError: it is not available here, or the task is over.
        """
        if name in ABSENT:
            raise ValueError(refusal(name))
        if name != "cancel":
            msg = f"this engine has no command {name!r}; it has cancel"
            raise ValueError(msg)
        number = args.get("task")
        if isinstance(number, bool) or not isinstance(number, int):
            msg = "cancel needs the number of a task: {'task': number}"
            raise ValueError(msg)  # noqa: TRY004 (what the protocol of controls says)
        if not self._engine.cancel_task(number):
            msg = "nothing to cancel: the task is over"
            raise ValueError(msg)

    def watched_by(
        self, ask: Callable[[], None], has_answered: Callable[[float], bool]
    ) -> None:
        """Nothing waits behind a pause here."""
