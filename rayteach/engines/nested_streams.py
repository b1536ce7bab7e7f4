"""Generator tasks of tasks: a worker reads a stream that the driver keeps.

One question per item; if the item is not there yet, a wait in between, which
lends the task's CPU as every wait does.
"""

from __future__ import annotations

import contextvars
import threading
from typing import TYPE_CHECKING, Any

from rayteach.engines.base import ItemGone
from rayteach.errors import RayteachError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from rayteach.object_id import ObjectID
    from rayteach.runtime.interrupts import InterruptShield


class NestedItems:
    """See ``engines.base.Items``."""

    def __init__(
        self,
        ask: Callable[[str, Any], Any],
        made: Callable[[int, int, object], ObjectID],
        wait: Callable[..., list[int]],
        shield: InterruptShield,
    ) -> None:
        """Ask the driver, make IDs that it counts as held, and wait."""
        self._ask = ask
        self._made = made
        self._wait = wait
        self.shield = shield

    def item(self, stream: ObjectID, number: int, line: int) -> ObjectID | None:
        """Wait for an item and hand it out; None if the stream ends before it."""
        one, what, failure = self._first(stream, number, takes=True)
        if what == "wait":
            self._wait([one], 1, None, line)
            key = (stream.task, number)
            what, failure = self._ask("item", (key, False, True))
        if what == "failed":
            raise failure.make()
        return one if what == "item" else None

    def peek(self, stream: ObjectID, number: int) -> tuple[str, ObjectID | None]:
        """Say what ``item`` would find: "item", "wait" or "end"."""
        one, what, _ = self._first(stream, number, takes=False)
        if what == "end":
            return what, None
        return "wait" if what == "wait" else "item", one

    def _first(
        self, stream: ObjectID, number: int, *, takes: bool
    ) -> tuple[ObjectID, str, Any]:
        # Held before the question: an interrupt in between leaves nothing behind.
        one = self._made(stream.task, number, stream.label_source)
        what, failure = self._ask("item", ((stream.task, number), True, takes))
        if what == "gone":
            raise ItemGone
        return one, what, failure

    def ready(self, stream: ObjectID, number: int) -> Future[None]:
        """Return a future that a thread of its own fills."""
        from concurrent.futures import Future  # noqa: PLC0415 (rare in tasks)

        future: Future[None] = Future()
        future.set_running_or_notify_cancel()
        what, one = self.peek(stream, number)

        def fill() -> None:
            try:
                if one is not None and what == "wait":
                    self._wait([one], 1, None, 0)
                future.set_result(None)
            except (RayteachError, OSError) as error:
                future.set_exception(error)

        # In the asker's context: an actor with several calls knows it as that call's.
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(fill,), daemon=True).start()
        return future
