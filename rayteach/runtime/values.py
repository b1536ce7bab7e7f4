"""A worker's values: small ones inline, large ones in the session's store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.object_id import get_client
from rayteach.runtime import protocol, serialization
from rayteach.runtime.finalizing import Reaper
from rayteach.runtime.object_store import NoRoomError, ObjectStore, Places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rayteach.runtime.line import Line
    from rayteach.runtime.protocol_types import WorkerStart


class Values:
    """Stores and reads for one worker. Safe from several threads."""

    def __init__(self, start: WorkerStart, line: Line) -> None:
        """Tell the driver through ``line`` what went to disk."""
        self._line = line
        self._store = ObjectStore(
            Places(start["store"], start["spill"], f"w{start['worker']}"),
            Reaper("rayteach-views"),
            line.shield,
            lambda: line.shield.is_held and line.stops(),
        )
        self._store.spill.on_spilled = self._tell_spilled

    def view(self, path: str) -> memoryview:
        """Return the bytes of a stored value, read-only."""
        return self._store.view(path)

    def store(self, payload: serialization.Payload) -> tuple[Any, ...]:
        """Return (stored, bytes or path, size, keys inside).

        Raises:
            ObjectStoreFullError: it fits nowhere.
            OutOfDiskError: the disk is full too.
        """
        keys = tuple((one.task, one.index) for one in payload.contains)
        if payload.size <= protocol.INLINE_LIMIT:
            return protocol.INLINE, payload.to_bytes(), payload.size, keys
        try:
            path = self._store.write(payload)
        except NoRoomError as error:  # the driver knows who holds what
            client: Any = get_client()
            raise client.no_room(error.size, is_disk=error.is_disk) from None
        return protocol.SEGMENT, path, payload.size, keys

    def store_all(self, values: Iterable[Any]) -> list[tuple[Any, ...]]:
        """Store all values or, if one fails, none."""
        stored: list[tuple[Any, ...]] = []
        try:
            for value in values:
                stored.append(self.store(serialization.dumps(value)))  # noqa: PERF401
        except BaseException:
            for how, path, *_ in stored:
                if how == protocol.SEGMENT:
                    self._store.discard(path)
            raise
        return stored

    def _tell_spilled(self, path: str) -> None:
        self._line.gather(protocol.frame(protocol.SPILLED, path))
