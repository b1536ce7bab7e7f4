"""A generator function as a task: every item is sent as soon as it is there.

Runs in the worker, in the place of the function. Each item goes up in a YIELD
frame under the next index, from 1; index 0 is the task's own result, which says
that all items are there. A second attempt starts at 1 again: the driver keeps
what it has.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Iterator
from typing import TYPE_CHECKING, Any

from rayteach.object_generator import DynamicObjectIDGenerator
from rayteach.object_id import ObjectID
from rayteach.runtime import protocol, serialization

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.runtime.worker import Worker


class NotAGenerator(ValueError):  # noqa: N818 (it is a ValueError to learners)
    """The function's result has no items to give."""


class Streaming:
    """Stands for the function of one task and sends what its generator yields.

    Also stands for a function with several results: it may be a generator too.
    """

    __slots__ = ("_flags", "_function", "_task", "_worker")

    def __init__(
        self, worker: Worker, task: int, function: Callable[..., Any], flags: int
    ) -> None:
        """Send through ``worker``'s line as items of ``task``."""
        self._worker = worker
        self._task = task
        self._function = function
        self._flags = flags

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run to the end; return the value of the task's own ID."""
        made = self._function(*args, **kwargs)
        if not self._flags & protocol.STREAM:  # as many items as results
            return tuple(made) if isinstance(made, Generator) else made
        if isinstance(made, AsyncGenerator):
            return self.drain(made)  # the event loop goes on with it
        if not isinstance(made, Iterator):
            raise NotAGenerator(self._complaint(made))
        count = 0
        try:
            for value in made:
                count += 1
                self._send(count, value)
        finally:  # interrupted while we sent: its own ``finally`` runs here and now
            close = getattr(made, "close", None)
            if callable(close):
                close()
        if self._flags & protocol.DYNAMIC:
            return self._ids(count)
        return None

    async def drain(self, made: AsyncGenerator[Any, None]) -> Any:
        """Send what an async generator yields; return the value of the task's ID."""
        count = 0
        try:
            async for value in made:
                count += 1
                self._send(count, value)
        finally:
            await made.aclose()
        return self._ids(count) if self._flags & protocol.DYNAMIC else None

    def _send(self, index: int, value: Any) -> None:
        worker = self._worker
        if worker.is_forked:
            return  # a child that the task forked: the answers are its parent's
        payload = serialization.dumps(value)
        with worker.line.shield:
            stored = worker.store(payload)
            worker.report_references()  # what the value holds must be known
            body = (self._task, index, stored)
            worker.line.flush(protocol.frame(protocol.YIELD, body))

    def _ids(self, count: int) -> DynamicObjectIDGenerator:
        name = getattr(self._function, "__name__", "task")
        keys = range(1, count + 1)
        return DynamicObjectIDGenerator(ObjectID(self._task, i, name) for i in keys)

    def _complaint(self, made: Any) -> str:
        name = getattr(self._function, "__name__", "the function")
        option = "dynamic" if self._flags & protocol.DYNAMIC else "streaming"
        return (
            f'num_returns="{option}", but {name} returned {type(made).__name__}, no '
            "generator: yield the items one by one, or leave the option out"
        )
