"""What a ``get`` or ``wait`` of a task asked for, and its answer."""

from __future__ import annotations

from typing import Any

from rayteach.core.wait import choose
from rayteach.engines.failures import Failure
from rayteach.engines.pump import Waiter, attach
from rayteach.engines.storage import Segment
from rayteach.errors import GetTimeoutError
from rayteach.object_id import FAILED, PENDING, ObjectID
from rayteach.runtime import protocol


class Asked:
    """A ``get`` or ``wait`` of a task."""

    def __init__(self, kind: str, ids: list[ObjectID], num_returns: int) -> None:
        """Note which of the IDs have no value yet."""
        self.kind = kind
        self.ids = ids
        self.num_returns = num_returns
        self.pending = list({one for one in ids if one.status == PENDING})

    @property
    def missing(self) -> int:
        """Return how many more must be ready."""
        if self.kind == "get":
            return len(self.pending)
        return self.num_returns - (len(self.ids) - len(self.pending))

    @property
    def is_satisfied(self) -> bool:
        """True if there is nothing to wait for."""
        failed = self.kind == "get" and any(o.status == FAILED for o in self.ids)
        return failed or self.missing <= 0

    def attach(self, waiter: Waiter) -> None:
        """Let every pending ID notify ``waiter``."""
        for one in self.pending:
            attach(waiter, one)

    def detach(self, waiter: Waiter) -> None:
        """Take ``waiter`` off again."""
        waiter.on_done = None  # it holds what holds the IDs: a cycle
        for one in self.pending:
            if one.waiters is not None and waiter in one.waiters:
                one.waiters.remove(waiter)

    def outcome(self) -> tuple[list[int], str]:
        """Return the ready positions, and why the wait ends."""
        count = len(self.ids) if self.kind == "get" else self.num_returns
        positions = choose([one.status != PENDING for one in self.ids], count)
        if self.kind == "get" and any(o.status == FAILED for o in self.ids):
            return positions, "failed"
        return positions, "enough ready" if len(positions) >= count else "timeout"

    def answer(self, positions: list[int]) -> tuple[str, Any]:
        """Return what to send to the task."""
        if self.kind == "wait":
            return "ok", positions
        for one in self.ids:
            if one.status == FAILED:
                return "failed", one.data
        if len(positions) < len(self.ids):
            missing = next(one for one in self.ids if one.status == PENDING)
            text = f"get timed out: {missing.label} is not ready"
            return "failed", Failure.of_system(GetTimeoutError, text)
        return "ok", [
            (protocol.SEGMENT, one.data.path)
            if isinstance(one.data, Segment)
            else (protocol.INLINE, one.data)
            for one in self.ids
        ]
