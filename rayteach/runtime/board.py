"""The board: what each worker does right now, in shared memory.

One 64-byte slot per worker, written by that worker but for ``stop`` and ``drag``:

    u64 message · u64 task · u32 started · u32 finished · f64 start · u64 stop
    f64 drag

``message`` is the queue message it holds (0: none), ``started`` and
``finished`` count its tasks. The views read it for what runs now; after a
death the driver reads which task was running, which had not begun. ``stop`` is
the task that the driver wants interrupted: it is written before the signal.
``drag`` says how many times as long everything takes there, 0 for no longer.

Behind the slots the driver notes messages that are *void*: nobody seemed to have
them, so their tasks were handed out again. A worker that took one, and was
stopped before it could note it, looks there after its note and puts it away:

    driver   void · then read the notes: one is there, so leave it to its worker
    worker   note · then read the voids: it is there, so say so and run nothing

Whichever came first, one of the two sees the other.
"""

from __future__ import annotations

import mmap
import os
import struct
from typing import NamedTuple

from rayteach.runtime import portable

_SLOT = struct.Struct("<QQIId")
_BEGIN = struct.Struct("<QIId")
_STOP = struct.Struct("<Q")
_STOP_AT = _SLOT.size
_DRAG = struct.Struct("<d")
_DRAG_AT = _STOP_AT + _STOP.size
_SIZE = 64
_VOIDS = struct.Struct("<16Q")
_VOID = struct.Struct("<Q")
SLOTS = 4096
"""Workers a session may number before slots are used again."""

_FLAG_AT = _SIZE * SLOTS
_VOIDS_AT = _FLAG_AT + 8
_BYTES = _VOIDS_AT + _VOIDS.size


class Slot(NamedTuple):
    """One worker's slot."""

    message: int
    task: int
    started: int
    finished: int
    start_s: float


class Board:
    """The mapped file; the driver creates it, workers open it."""

    def __init__(self, path: str, *, create: bool = False) -> None:
        """Map the board at ``path``."""
        flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
        fd = os.open(path, flags, 0o600)
        try:
            if create:
                portable.allocate(fd, _BYTES)
            self._map = mmap.mmap(fd, _BYTES)
        finally:
            os.close(fd)
        #: how many messages were declared void so far; the latest ones are kept
        self._voided = 0

    def read(self, worker: int) -> Slot:
        """Return the slot of a worker."""
        return Slot(*_SLOT.unpack_from(self._map, worker % SLOTS * _SIZE))

    def clear(self, worker: int, drag: float = 0.0) -> None:
        """Empty the slot before the worker is started."""
        _SLOT.pack_into(self._map, worker % SLOTS * _SIZE, 0, 0, 0, 0, 0.0)
        self.ask_to_stop(worker, 0)
        self.slow_down(worker, drag)

    def slow_down(self, worker: int, drag: float) -> None:
        """Let what the worker runs take ``drag`` times as long; 0 for no longer."""
        _DRAG.pack_into(self._map, worker % SLOTS * _SIZE + _DRAG_AT, drag)

    def drag_of(self, worker: int) -> memoryview[float]:
        """Return a view whose only item is what ``slow_down`` says now."""
        at = worker % SLOTS * _SIZE + _DRAG_AT
        return memoryview(self._map)[at : at + _DRAG.size].cast("d")

    def ask_to_stop(self, worker: int, task: int) -> None:
        """Name the task that the worker is to interrupt, 0 for none."""
        _STOP.pack_into(self._map, worker % SLOTS * _SIZE + _STOP_AT, task)

    def task_to_stop(self, worker: int) -> int:
        """Return the task that the worker is to interrupt, 0 for none."""
        found: int = _STOP.unpack_from(self._map, worker % SLOTS * _SIZE + _STOP_AT)[0]
        return found

    def begin(self, worker: int, message: int) -> None:
        """The worker took a message; nothing of it has started."""
        _SLOT.pack_into(self._map, worker % SLOTS * _SIZE, message, 0, 0, 0, 0.0)

    def void(self, message: int) -> None:
        """Who took the message and has not noted it is to put it away."""
        place = self._voided % (_VOIDS.size // _VOID.size)
        self._voided += 1
        _VOID.pack_into(self._map, _VOIDS_AT + place * _VOID.size, message)
        self._map[_FLAG_AT] = 1

    def is_void(self, message: int) -> bool:
        """Tell whether the message, noted just now, is to be put away."""
        return bool(self._map[_FLAG_AT]) and message in _VOIDS.unpack_from(
            self._map, _VOIDS_AT
        )

    def start(self, worker: int, task: int, number: int, start_s: float) -> None:
        """The worker starts its ``number``-th task (from 1) of the message."""
        at = worker % SLOTS * _SIZE + 8
        _BEGIN.pack_into(self._map, at, task, number, number - 1, start_s)

    def close(self) -> None:
        """Unmap."""
        self._map.close()
