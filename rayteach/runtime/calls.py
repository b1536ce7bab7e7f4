"""The calls that run in a process, and which of them a piece of code belongs to.

A context variable holds the call: it is right in every thread and coroutine.
"""

from __future__ import annotations

import inspect
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from rayteach.runtime import protocol

if TYPE_CHECKING:
    import asyncio


class Call:
    """One call of an actor that runs several at once."""

    __slots__ = (
        "body", "counts", "flags", "function", "inputs", "is_told", "job", "kind",
        "number", "returns", "start_s",
    )  # fmt: skip

    def __init__(self, frame: memoryview) -> None:
        """Read the frame's head."""
        head = protocol.TASK_HEAD.unpack_from(frame)
        self.kind: int = head[1]
        self.number: int = head[2]
        self.function: int = head[3]
        self.flags: int = head[5]
        self.inputs: int = head[6]
        self.returns: int = head[7]
        self.body = frame[protocol.TASK_HEAD.size :]
        #: when it began, monotonic seconds; 0.0 before
        self.start_s = 0.0
        #: True once the driver has heard that it runs
        self.is_told = False
        #: what runs it in the loop
        self.job: asyncio.Task[None] | None = None
        #: its submissions so far, by name, for labels
        self.counts: dict[str, int] = {}


current: ContextVar[Call | None] = ContextVar("rayteach_call", default=None)


def has_async_methods(cls: Any) -> bool:
    """Tell whether instances of ``cls`` need an event loop.

    Source: Ray 2.60 ``has_async_methods``: coroutine functions and async generators.
    """
    return any(
        inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one)
        for _, one in inspect.getmembers(cls, inspect.isroutine)
    )
