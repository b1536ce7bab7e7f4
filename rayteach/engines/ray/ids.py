"""IDs that carry Ray's own reference, so that Ray counts who holds a value."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

from rayteach.object_id import (
    STREAM_INDEX,
    ActorID,
    ObjectID,
    get_client,
    process,
)

if TYPE_CHECKING:
    from rayteach.engines.ray.client import RayClient


class RayID(ObjectID):
    """An ID of a value in Ray."""

    __slots__ = ("ref",)

    def __init__(self, task: int, index: int, label: object, ref: Any) -> None:
        """Stand for ``ref``, an ``ObjectRef``."""
        super().__init__(task, index, label)
        self.ref = ref

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel with Ray's reference, or be noted where only the code travels."""
        if process.exported is not None:
            process.exported.append(self)
            return super().__reduce__()
        return _arrive, (self.task, self.index, str(self.label_source), self.ref)


class RayActorID(ActorID):
    """The identity of an actor, with Ray's handle of it."""

    __slots__ = ("handle",)

    def __init__(self, task: int, label: object, notes: Any, handle: Any) -> None:
        """Stand for ``handle``."""
        super().__init__(task, label, notes)
        self.handle = handle

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel with Ray's handle."""
        if process.exported is not None:
            process.exported.append(self)
            return super().__reduce__()
        _client().exported.add(self.task)
        return _arrive_actor, (self.task, str(self.label_source), self.handle)


# What people read in an error of Python's ("unsupported operand … and 'ObjectID'").
RayID.__name__ = RayID.__qualname__ = "ObjectID"


class RayStream(ObjectID):
    """The items of a generator task: Ray's generator and what nobody took of it."""

    __slots__ = ("ended", "given", "kept", "lock", "pulled", "source")

    def __init__(self, task: int, label: object, source: Any) -> None:
        """Read ``source``, an ``ObjectRefGenerator``."""
        super().__init__(task, STREAM_INDEX, label)
        self.source = source
        self.lock = threading.Lock()
        #: how many items were taken out of the source
        self.pulled = 0
        #: by number: items taken out and not handed out
        self.kept: dict[int, RayID] = {}
        self.ended = False


def _client() -> RayClient:
    client = get_client()
    if client is None:
        msg = "this ObjectID belongs to a session that is closed; run rayteach.init()"
        raise RuntimeError(msg)
    return cast("RayClient", client)


def _arrive(task: int, index: int, label: str, ref: Any) -> ObjectID:
    return _client().arrive(task, index, label, ref)


def _arrive_actor(task: int, label: str, handle: Any) -> ObjectID:
    found: ObjectID = _client().arrive_actor(task, label, handle)
    return found
