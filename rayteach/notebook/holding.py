"""``%rayteach pause``, ``step``, ``speed``, ``resume``: do it, say what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.error import UsageError

from rayteach.api import pausing, session
from rayteach.errors import RayteachError

if TYPE_CHECKING:
    from collections.abc import Callable

_FLOWS = "Everything starts as usual."


def pause() -> None:
    """Hold all starts."""
    _do(pausing.pause)


def step(count: int) -> None:
    """Let the next starts through."""
    _do(lambda: pausing.step(count))


def speed(per_second: float) -> None:
    """Space starts out."""
    _do(lambda: pausing.speed(per_second))


def resume() -> None:
    """Let everything start."""
    _do(pausing.resume)


def lines() -> list[str]:
    """Return what holds the session up and what comes next, [] if nothing does."""
    found = session.current()
    return found.engine.gating.in_words() if found is not None else []


def _do(action: Callable[[], None]) -> None:
    try:
        action()
    except (ValueError, RayteachError) as error:
        raise UsageError(str(error)) from None
    print("\n".join(lines() or [_FLOWS]))  # noqa: T201 (what the magic is for)
