"""The driver's book of stored values: who owns which file, and what becomes of it.

A :class:`Segment` in an ID's ``data`` is the hold on a value: when the last
reference is gone, wherever it was, the file is dropped by renaming it. Its maker
may write the next value into the same memory; what nobody wants again is given
back: at once past ``SPARE_SHARE`` of the limit, else after ``SPARE_S``.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rayteach.core import events
from rayteach.core.sizes import human
from rayteach.engines.state import clock
from rayteach.errors import ObjectStoreFullError, OutOfDiskError, RayteachError
from rayteach.runtime.finalizing import Reaper
from rayteach.runtime.object_store import (
    NoRoomError,
    ObjectStore,
    Places,
    default_limit,
)
from rayteach.runtime.segments import DRAFT, FREE, files_of, reclaim, size_of
from rayteach.runtime.worker_pool import HOME

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.events import Event
    from rayteach.engines.state import EngineState
    from rayteach.object_id import ObjectID
    from rayteach.runtime.serialization import Payload

SPARE_SHARE = 4
"""Dropped files may keep one part in this many of the limit…"""
SPARE_S = 10.0
"""…for this long without being used again."""
_TICK_S, _LOOK_S = 1.0, 0.05
"""Dropped files are looked at this often when all is quiet; at most so often else."""
_SHARE = 100
"""The looks take at most one part in this many of the time."""
_LARGEST = 5


class Segment:
    """The hold on one stored value, and on its copies in other nodes' stores."""

    __slots__ = (
        "__weakref__", "_store", "copies", "node", "path", "shipment", "size",
    )  # fmt: skip

    def __init__(
        self, path: str, size: int, store: ObjectStore, node: str = HOME
    ) -> None:
        """Hold the file at ``path`` in the store of ``node``."""
        self.path = path
        self.node = node
        #: by node
        self.copies: dict[str, Segment] = {}
        #: bytes of the payload
        self.size = size
        #: of arguments that no worker was given yet: their marks, seconds of writing
        self.shipment: tuple[tuple[int, int], float] | None = None
        self._store = store

    def view(self) -> memoryview:
        """Return the payload as the driver sees it, read-only."""
        if self.node != HOME and HOME in self.copies:
            return self.copies[HOME].view()
        return self._store.view(self.path)

    def is_on(self, node: str) -> bool:
        """Tell whether the node's store has the value."""
        return self.node == node or node in self.copies

    def path_on(self, node: str) -> str:
        """Return where processes of the node find it; it must be there."""
        return self.path if self.node == node else self.copies[node].path


class _Record:
    """What the book says of a file."""

    __slots__ = ("is_spilled", "key", "label", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        #: the ID that it is the value of, None for arguments
        self.key: tuple[int, int] | None = None
        #: what people call it; a string or an object that makes one
        self.label: object = "arguments"
        self.is_spilled = False


class Storage:
    """Owns the session's files. Safe from several threads."""

    def __init__(
        self,
        places: Places,
        limit: int,
        add: Callable[[Event], None],
        warn: Callable[[str], None],
        node: str = HOME,
    ) -> None:
        """Begin a store.

        Args:
            places: the driver's folders and name.
            limit: bytes of shared memory for all values.
            add: logs an event.
            warn: shows a sentence to people.
            node: whose store it is.
        """
        self.limit = limit
        self.node = node
        self._places = places
        self._add = add
        self._warn = warn
        self._reaper = Reaper("rayteach-store", self._tick)
        self._guard = _Guard()
        self.store = ObjectStore(
            places, self._reaper, self._guard, self._guard.stops,
            is_driver=True, limit=limit,
        )  # fmt: skip
        self.store.spill.on_spilled = self.spilled
        self._lock = threading.RLock()
        self._records: dict[str, _Record] = {}
        #: dropped files that may still exist, and since when
        self._dropped: dict[str, float] = {}
        #: values on disk that nobody owns yet
        self._early: set[str] = set()
        self._spilled_bytes = self._told_bytes = 0
        #: when dropped files are looked at next, and bytes dropped since the last look
        self._next_look_s = 0.0
        self._unseen_bytes = 0
        self._closed = False
        #: says who holds a value, for ``ObjectStoreFullError``
        self.who: Callable[[tuple[int, int]], str] = lambda _: "somebody"

    def protect(self, shield: Any) -> None:
        """Hold interrupts by ``shield`` while files change hands."""
        self._guard.shield = shield

    def write(self, payload: Payload, one: ObjectID | None = None) -> Segment:
        """Store a payload, of ``one`` or of arguments.

        Raises:
            ObjectStoreFullError: no room, and no folder to spill to.
            OutOfDiskError: no room on the disk either.
        """
        with self._guard:
            if self._closed:
                msg = "the session is closed; run rayteach.init() to start another"
                raise RayteachError(msg)
            self._reaper.drain()
            try:
                path = self.store.write(payload)
            except NoRoomError as error:
                raise self.full(error.size, is_disk=error.is_disk) from None
            return self.own(path, payload.size, one)

    def own(self, path: str, size: int, one: ObjectID | None = None) -> Segment:
        """Hold a file, the value of ``one`` or arguments, until nobody needs it."""
        segment = Segment(path, size, self.store, self.node)
        record = _Record(path)
        if one is not None:
            record.key, record.label = (one.task, one.index), one.label_source
        with self._lock:
            self._records[path] = record
            record.is_spilled = path in self._early
            self._early.discard(path)
        self._log_spilled(record)
        self._reaper.watch(segment, _Release(self, record))
        return segment

    def name(self, segment: Segment, one: ObjectID) -> None:
        """The value is that of ``one``, which was not known when it was written."""
        with self._lock:
            record = self._records[segment.path]
            record.key, record.label = (one.task, one.index), one.label_source
        self._log_spilled(record)

    def disown(self, segment: Segment) -> None:
        """The value is lost: its file goes without a word, once nobody reads it."""
        with self._lock:
            record = self._records.get(segment.path)
            if record is not None:
                record.key = None

    def release(self, record: _Record) -> None:
        """The last reference is gone: drop the file."""
        with self._lock:
            self._records.pop(record.path, None)
            self._drop(record.path)
        if record.key is not None:
            self._add(events.ObjectReleased(clock(), record.key))

    def settle(self) -> None:
        """Wait until what was released by now is dropped."""
        self._reaper.settle()

    def files(self) -> list[Path]:
        """Return the paths of all files of the session, in memory and on disk."""
        places = (self._places.directory, self._places.spill)
        return [path for place in places if place for path in Path(place).iterdir()]

    def spilled(self, path: str) -> None:
        """A value was moved to disk, here or by a worker."""
        size = size_of(path)
        with self._lock:
            record = self._records.get(path)
            if record is None:
                self._early.add(path)  # its maker has not told of it yet
            else:
                record.is_spilled = True
            self._dropped[path] = clock()  # somebody may still look at it
            self._spilled_bytes += size
            total = self._spilled_bytes
            if total >= 2 * self._told_bytes:
                self._told_bytes = total
                self._warn(
                    f"the object store ({human(self.limit)}) is full: "
                    f"{human(total)} went to {self._places.spill} so far. Slower, not "
                    "wrong; IDs that you drop make room"
                )
        if record is not None:
            self._log_spilled(record)
        self._reaper.post(lambda: None)

    def _log_spilled(self, record: _Record) -> None:
        if record.is_spilled and record.key is not None:
            self._add(events.ObjectSpilled(clock(), record.key, size_of(record.path)))

    def bury(self, owner: str) -> None:
        """The process of that name died: its drafts, and what it never told of."""
        with self._lock:
            for entry in files_of(self._places.directory):
                name = entry.name
                if not name.startswith(f"{owner}-"):
                    continue
                path = entry.path
                if name.endswith(DRAFT):
                    with suppress(FileNotFoundError):
                        os.unlink(path)  # noqa: PTH108 (a plain path)
                elif name.endswith(FREE):
                    self._dropped[path.removesuffix(FREE)] = -SPARE_S
                elif path not in self._records:
                    self._drop(path)
            self.store.spill.forget(owner, self._records)
            self.store.ledger.recount()
        self._reaper.post(lambda: None)

    def full(self, size: int, *, is_disk: bool) -> Exception:
        """Return the error for a value that fits nowhere, with the largest holders."""
        limit, used = self.store.ledger.read()
        where = f"the object store holds {human(used)} of {human(limit)}"
        text = f"no room for {human(size)}: {where}"
        kind: type[Exception] = ObjectStoreFullError
        advice = "give init(object_store_memory=...) more bytes"
        if is_disk:
            kind = OutOfDiskError
            text += f", and the disk of {self._places.spill} is full"
            advice = "free disk space, or point RAYTEACH_SPILL_DIR to a larger disk"
        elif size > limit:
            text += ", and spilling to disk is off"
            advice += ", or let RAYTEACH_SPILL_DIR name a folder"
        else:
            text += ", and spilling to disk is off (RAYTEACH_SPILL_DIR)"
        holders = self.holders()
        if holders:
            text += f". Largest: {holders}"
        return kind(f"{text}. Drop IDs and arrays that you no longer need, or {advice}")

    def holders(self) -> str:
        """Name the largest values: label, size, and who holds each."""
        with self._lock:
            records = sorted(self._records.values(), key=lambda r: -size_of(r.path))
            dropped = tuple(self._dropped)
        named = [
            f"{r.label} {human(size_of(r.path))} ({self._who(r)})"
            for r in records[:_LARGEST]
        ]
        unnamed = sum(
            size_of(path)
            for path in dropped
            if os.path.exists(path + FREE)  # noqa: PTH110 (a plain path)
        )
        if unnamed:
            named.append(f"arrays whose IDs are gone {human(unnamed)}")
        return ", ".join(named)

    def close(self) -> None:
        """End the thread; views that are held keep their bytes."""
        self._closed = True
        self._reaper.close()
        self.store.close()

    def _who(self, record: _Record) -> str:
        return "of an unfinished task" if record.key is None else self.who(record.key)

    def _drop(self, path: str) -> None:
        with suppress(FileNotFoundError):
            os.rename(path, path + FREE)  # noqa: PTH104 (a plain path)
            self._dropped[path] = clock()
            self._unseen_bytes += size_of(path)
        self.store.spill.drop(path)
        self.store.pool.dropped(path)

    def _tick(self) -> float | None:
        """Give back what is too old, or too much; return when to look again."""
        now = clock()
        with self._lock:
            many = self._unseen_bytes * SPARE_SHARE > self.limit
            if not self._dropped:
                return None
            if now < self._next_look_s and not many:
                return self._next_look_s - now
            self._unseen_bytes = 0
            dropped = tuple(self._dropped.items())
        kept = 0
        for path, since in reversed(dropped):
            kept += size_of(path)
            if kept * SPARE_SHARE > self.limit or now - since > SPARE_S:
                kept -= reclaim(path + FREE, self.store.ledger)
            if not os.path.exists(path + FREE):  # noqa: PTH110 (freed, or used again)
                with self._lock:
                    self._dropped.pop(path, None)
        # A look at many files that are in use takes time: look less often then.
        took = clock() - now
        self._next_look_s = now + max(_LOOK_S, _SHARE * took)
        return max(_TICK_S, _SHARE * took)


def open_storage(state: EngineState, limit: int | None) -> Storage:
    """Begin the store of a session; without a ``limit`` the machine decides."""
    directory, spill = str(state.pool.directory), str(state.pool.spill or "")
    state.storage = Storage(
        Places(directory, spill, "d"),
        limit or default_limit(directory),
        state.log.append,
        state.outputs.warn,
    )
    state.storage.who = lambda key: who_holds(state, key)
    return state.storage


def who_holds(state: EngineState, key: tuple[int, int]) -> str:
    """Say who holds the value of ``key``, in people's words."""
    with state.lock:
        found = [
            f"input of {task.label}"
            for task in state.scheduler.tasks.values()
            if any((one.task, one.index) == key for one in task.inputs)
        ]
        for worker, held in state.borrowed.items():
            if key in held:
                handle = state.pool.workers.get(worker)
                actor = state.actors.get(handle.actor or 0) if handle else None
                found.append(f"held by {actor.label if actor else 'a task'}")
    return found[0] if found else "held in the notebook"


class _Release:
    """The action of a segment's watch."""

    __slots__ = ("_record", "_storage")

    def __init__(self, storage: Storage, record: _Record) -> None:
        self._storage = storage
        self._record = record

    def __call__(self) -> None:
        self._storage.release(self._record)


class _Guard:
    """The pump's shield, once there is a pump."""

    shield: Any = None

    def __enter__(self) -> None:
        if self.shield is not None:
            self.shield.__enter__()

    def __exit__(self, *details: object) -> None:
        if self.shield is not None:
            self.shield.__exit__(*details)

    def stops(self) -> bool:
        """Tell whether an interrupt waits."""
        return self.shield is not None and self.shield.is_held
