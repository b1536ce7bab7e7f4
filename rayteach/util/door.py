"""The one place where the tools meet the engine of their process."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rayteach.engines.base import ActorOptions, TaskOptions
from rayteach.object_id import ObjectID, get_client

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rayteach.engines.base import Engine

_OURS = str(Path(__file__).parent.parent) + "/"
_CALL = TaskOptions()
_opener: Callable[[], Any] | None = None


def set_opener(opener: Callable[[], Any]) -> None:
    """Open a session with ``opener()`` when a tool is used before ``init``."""
    global _opener  # noqa: PLW0603 (one session per process)
    _opener = opener


def engine() -> Engine:
    """Return this process's engine.

    Raises:
        RuntimeError: no session is open, and nobody said how to open one.
    """
    if get_client() is None and _opener is not None:
        _opener()
    client = get_client()
    if client is None:
        msg = "no session is open; run rayteach.init() first"
        raise RuntimeError(msg)
    return cast("Engine", client)


def caller_line() -> int:
    """Return the line of the nearest frame that is not ours, 0 if there is none."""
    frame = sys._getframe(1)  # noqa: SLF001 (the one cheap way)
    while frame.f_code.co_filename.startswith(_OURS):
        if frame.f_back is None:
            return 0
        frame = frame.f_back
    return frame.f_lineno


def get(ids: Sequence[ObjectID], timeout_s: float | None = None) -> list[Any]:
    """Wait for values; ``GetTimeoutError`` after ``timeout_s``."""
    return engine().get(ids, timeout_s, caller_line())


def wait(
    ids: Sequence[ObjectID], num_returns: int = 1, timeout_s: float | None = None
) -> list[ObjectID]:
    """Return the first ``num_returns`` ready IDs, fewer at the timeout."""
    chosen = engine().wait(ids, num_returns, timeout_s, caller_line())
    return [ids[position] for position in chosen]


def checked_timeout(timeout: float | None) -> float | None:
    """Return a timeout in seconds; ``ValueError`` if it is negative."""
    if timeout is not None and not timeout >= 0:
        msg = f"timeout={timeout!r}: it is in seconds and must not be negative"
        raise ValueError(msg)
    return None if timeout == float("inf") else timeout


class Deadline:
    """A moment some seconds from now, or never."""

    def __init__(self, timeout: float | None) -> None:
        """Start to count; ``ValueError`` if ``timeout`` is negative."""
        timeout_s = checked_timeout(timeout)
        self._at = None if timeout_s is None else time.monotonic() + timeout_s

    def remaining_s(self) -> float | None:
        """Return the seconds left, at least 0; None if it never comes."""
        return None if self._at is None else max(0.0, self._at - time.monotonic())


@dataclass(frozen=True)
class Actor:
    """An actor that a tool owns; it ends with the last ``Actor`` that names it."""

    #: the identity of the actor
    actor_id: ObjectID

    @classmethod
    def create(
        cls, target: type, name: str, *args: Any, options: ActorOptions | None = None
    ) -> Actor:
        """Create an actor of class ``target`` that views show as ``name``."""
        here = engine()
        function = here.register(target, name)
        chosen = options or ActorOptions()
        meta: Any = (name, {})
        ref, _ = here.create_actor(function, args, {}, chosen, caller_line(), meta)
        return cls(ref)

    def call(self, method: str, *args: Any) -> ObjectID:
        """Queue a call; return its ID at once."""
        [one] = engine().call(self.actor_id, method, args, {}, _CALL, caller_line())
        return one

    def ask(self, method: str, *args: Any) -> Any:
        """Call and wait for the answer."""
        [answer] = get([self.call(method, *args)])
        return answer

    def kill(self) -> None:
        """End the actor at once."""
        engine().kill(self.actor_id)
