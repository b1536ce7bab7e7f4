"""Generator tasks: their items, one ID each, read from Ray's generator."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import ray

from rayteach.engines.base import ItemGone
from rayteach.engines.ray import failing
from rayteach.engines.ray.ids import RayID, RayStream
from rayteach.runtime.streaming import NotAGenerator

if TYPE_CHECKING:
    from rayteach.engines.ray.client import RayClient
    from rayteach.object_id import ObjectID


class RayItems:
    """Reads streams; see ``engines.base.Items``."""

    def __init__(self, client: RayClient) -> None:
        """Wait as ``get`` and ``wait`` of ``client`` do."""
        self._client = client
        #: Ray's own waits end with an interrupt: nothing is held
        self.shield: Any = nullcontext()

    def item(self, stream: Any, number: int, line: int) -> ObjectID | None:
        """Wait for an item and hand it out; None if the stream ends before it."""
        client = self._client
        client.check((stream,))
        named = RayID(stream.task, number, stream.label_source, None)
        wait = client._begin("wait", [named], 1, None, "s", line)  # noqa: SLF001 (ours)
        reason, ready = "interrupted", []
        try:
            with stream.lock:
                one = self._pull(stream, number)
            reason = "ended" if one is None else "enough ready"
            ready = [] if one is None else [0]
        finally:
            client._end(wait, [named], ready, reason)  # noqa: SLF001 (ours)
        return self._given(stream, one) if one is not None else None

    def _given(self, stream: RayStream, one: RayID) -> RayID:
        """Hand it out.

        Raises:
            ValueError: the task's function gave no generator (a ``TaskError`` too).
        """
        if one.index == 1:
            error = failing.error_of(one.ref)
            cause = getattr(error, "cause", None)
            remote = getattr(cause, "remote", None)
            if remote is not None and remote.type_name == NotAGenerator.__name__:
                raise self._client.made(one, error)  # type: ignore[arg-type]
        stream.kept.pop(one.index, None)
        return one

    def _pull(self, stream: RayStream, number: int) -> RayID | None:
        """Take items out of Ray's generator up to one; None past the end."""
        one = stream.kept.get(number)
        if one is None and number <= stream.pulled:
            raise ItemGone
        while one is None and not stream.ended:
            try:
                ref = next(stream.source)
            except StopIteration:
                stream.ended = True
                break
            stream.pulled += 1
            one = RayID(stream.task, stream.pulled, stream.label_source, ref)
            stream.kept[stream.pulled] = one
            if stream.pulled < number:
                one = None
        return one

    def peek(self, stream: Any, number: int) -> tuple[str, ObjectID | None]:
        """Say what ``item`` would find: "item", "wait" or "end"."""
        self._client.check((stream,))
        with stream.lock:
            while number > stream.pulled and not stream.ended:
                if not stream.source.next_ready() and not stream.source.is_finished():
                    label = stream.label_source
                    return "wait", RayID(stream.task, number, label, stream.source)
                self._pull(stream, stream.pulled + 1)
            if number > stream.pulled:
                return "end", None
            if number not in stream.kept:
                raise ItemGone
            return "item", stream.kept[number]

    def ready(self, stream: Any, number: int) -> Future[None]:
        """Return a future that is done when ``item`` no longer waits."""
        future: Future[None] = Future()
        future.set_running_or_notify_cancel()
        what, named = self.peek(stream, number)
        if what != "wait" or named is None:
            future.set_result(None)
            return future

        def look() -> None:
            try:
                ray.wait([stream.source], fetch_local=False)
            except Exception as error:  # noqa: BLE001 (the future carries it)
                future.set_exception(error)
            else:
                future.set_result(None)

        threading.Thread(target=look, daemon=True).start()
        return future
