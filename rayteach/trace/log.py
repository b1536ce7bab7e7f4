"""The event log: append-only, packed, decoded when somebody reads.

The two events that every task has, its submission and its end, are packed into
about 80 bytes together, and so are the waits of the driver; all others are rare
and stored as small pickles. An event's sequence number is its place in the log,
from 0.
"""

from __future__ import annotations

import pickle
import struct
import threading
import time
from array import array
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any

from rayteach.core import events
from rayteach.core.events import (
    Event,
    TaskFinished,
    TaskSubmitted,
    WaitReturned,
    WaitStarted,
)
from rayteach.trace.condensing import Condenser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LIMIT_BYTES = 12 << 20
"""Of packed events: some 150,000 tasks, whose rows take 0.4 GB when somebody asks.

While the older half is condensed it is there twice.
"""
CHUNK = 20_000
"""So many decoded events at a time take some MB."""
_OTHER = struct.Struct("<BI")
_SUBMITTED = struct.Struct("<BdQQIIIH")
"""kind, time, task, function, number, run, line, inputs"""
_CALLED = struct.Struct("<BdQQIIIQH")
"""kind, time, task, function, number, run, line, actor, inputs"""
_INPUT = struct.Struct("<QI")
_FINISHED = struct.Struct("<BddQdIII")
"""kind, time, end, task, start, attempt, worker, size"""
_WAIT = struct.Struct("<BdIBBIIIdH")
"""kind, time, wait, what, unit, run, line, num_returns, timeout, objects"""
_RETURN = struct.Struct("<BdIBH")
"""kind, time, wait, reason, positions"""
_MARK_EVERY = 256
_KINDS: tuple[type[Event], ...] = tuple(
    kind
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
)
_CODES = {kind: code for code, kind in enumerate(_KINDS)}
_PICKLED, _PLAIN_TASK, _FINISH, _WAIT_BEGINS, _WAIT_ENDS, _PLAIN_CALL = range(6)
_WAITS, _UNITS = ("get", "wait"), ("s", "ms")
_REASONS = ("enough ready", "timeout", "failed", "interrupted", "ended")
_CODE_OF = {
    text: code
    for texts in (_WAITS, _UNITS, _REASONS)
    for code, text in enumerate(texts)
}
_FOR_EVER = -1.0
_MAX_U32 = 0xFFFFFFFF


class EventLog:
    """All events of a session, in the order in which the driver learned them.

    Past ``limit_bytes`` its older half is condensed, in a thread: what is over is
    counted in ``RunSummarised`` and no longer told. Sequence numbers stay.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        """Start empty."""
        self._data = bytearray()
        self._count = 0
        #: offset of every ``_MARK_EVERY``-th event
        self._marks = [0]
        #: events before ``_first`` that were kept, and their numbers
        self._kept = b""
        self._numbers = array("Q")
        self._first = 0
        self._limit_bytes = limit_bytes
        self._is_condensing = False
        #: held by whoever condenses
        self._condensing = threading.Lock()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many events there have been."""
        return self._count

    @property
    def size_bytes(self) -> int:
        """Memory that the packed events take."""
        return len(self._data) + len(self._kept) + 8 * len(self._numbers)

    def append(self, event: Event) -> None:
        """Store any event."""
        self._add(_packed(event))

    def submitted(
        self,
        time_s: float,
        task: int,
        function: int,
        number: int,
        run: int,
        line: int,
        inputs: Iterable[events.ObjectKey] = (),
    ) -> None:
        """Store ``TaskSubmitted`` of a driver's task with default options."""
        keys = [_INPUT.pack(*key) for key in inputs] if inputs else ()
        data = _SUBMITTED.pack(
            _PLAIN_TASK, time_s, task, function, number, run, line, len(keys)
        )
        self._add(data + b"".join(keys) if keys else data)

    def called(
        self,
        time_s: float,
        task: int,
        function: int,
        number: int,
        run: int,
        line: int,
        actor: int,
        inputs: Iterable[events.ObjectKey] = (),
    ) -> None:
        """Store ``TaskSubmitted`` of a driver's call with default options."""
        keys = [_INPUT.pack(*key) for key in inputs] if inputs else ()
        data = _CALLED.pack(
            _PLAIN_CALL, time_s, task, function, number, run, line, actor, len(keys)
        )
        self._add(data + b"".join(keys) if keys else data)

    def finished(
        self,
        time_s: float,
        task: int,
        attempt: int,
        worker: int,
        start_s: float,
        end_s: float,
        size_bytes: int,
    ) -> None:
        """Store ``TaskFinished``."""
        size = min(size_bytes, _MAX_U32)
        self._add(
            _FINISHED.pack(_FINISH, time_s, end_s, task, start_s, attempt, worker, size)
        )

    def wait_began(
        self,
        time_s: float,
        wait: int,
        kind: str,
        run: int,
        line: int,
        objects: Sequence[events.ObjectKey],
        num_returns: int,
        timeout_s: float | None,
        unit: str,
    ) -> None:
        """Store ``WaitStarted`` of the driver."""
        timeout = _FOR_EVER if timeout_s is None else timeout_s
        self._add(
            _WAIT.pack(
                _WAIT_BEGINS,
                time_s,
                wait,
                _CODE_OF[kind],
                _CODE_OF[unit],
                run,
                line,
                num_returns,
                timeout,
                len(objects),
            )
            + b"".join([_INPUT.pack(*key) for key in objects])
        )

    def wait_ended(
        self, time_s: float, wait: int, ready: Sequence[int], reason: str
    ) -> None:
        """Store ``WaitReturned``."""
        data = _RETURN.pack(_WAIT_ENDS, time_s, wait, _CODE_OF[reason], len(ready))
        self._add(data + struct.pack(f"<{len(ready)}I", *ready))

    def events(self, start: int = 0) -> list[Event]:
        """Return the events from sequence number ``start`` on, decoded."""
        return [event for _, event in self.numbered(start)]

    def read(self, start: int, most: int = CHUNK) -> tuple[list[Event], int]:
        """Return about ``most`` events from ``start`` on, and where to go on."""
        pairs, stop = self._part(start, most)
        return [event for _, event in pairs], stop

    def numbered(self, start: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield the events from ``start`` on with their sequence numbers."""
        stop = len(self)
        while start < stop:
            pairs, start = self._part(start, CHUNK)
            yield from pairs

    def _part(self, start: int, most: int) -> tuple[list[tuple[int, Event]], int]:
        with self._lock:
            first, numbers, part = self._first, self._numbers, self._kept
            is_kept = start < first
            if not is_kept:
                mark = (start - first) // _MARK_EVERY
                end = mark + most // _MARK_EVERY + 1
                stop = self._marks[end] if end < len(self._marks) else len(self._data)
                if start >= self._count:
                    return [], self._count
                part = bytes(self._data[self._marks[mark] : stop])
                first += mark * _MARK_EVERY
        if is_kept:
            pairs = list(zip(numbers, _decoded(part), strict=True))
            found = [pair for pair in pairs if pair[0] >= start]
            return found, first
        found = [(first + at, one) for at, one in enumerate(_decoded(part))]
        return found[start - first :], first + len(found)

    def _add(self, data: bytes) -> None:
        with self._lock:
            self._data += data
            self._count += 1
            if not self._count % _MARK_EVERY:
                self._mark()

    def _mark(self) -> None:
        self._marks.append(len(self._data))
        if len(self._data) > self._limit_bytes and not self._is_condensing:
            self._is_condensing = True
            with suppress(RuntimeError):  # no threads any more: the process ends
                threading.Thread(target=self.condense, daemon=True).start()

    def condense(self) -> None:
        """Count what is over in the older half of the log instead of telling it."""
        with self._condensing:
            self._condense()
        self._is_condensing = False

    def _condense(self) -> None:
        with self._lock:
            half = len(self._marks) // 2
            cut = self._first + half * _MARK_EVERY
            old = bytes(self._data[: self._marks[half]])
            kept, numbers, first = self._kept, self._numbers, self._first
        condenser = Condenser()
        condenser.look(_decoded(kept))
        condenser.look(_decoded(old))
        new, new_numbers = bytearray(), array("Q")
        for number, event in chain(
            zip(numbers, _decoded(kept), strict=True), enumerate(_decoded(old), first)
        ):
            if condenser.keeps(event):
                new += _packed(event)
                new_numbers.append(number)
        with self._lock:
            at = self._marks[half]
            del self._data[:at]
            self._marks = [mark - at for mark in self._marks[half:]]
            self._kept, self._numbers, self._first = bytes(new), new_numbers, cut
        for summary in condenser.summaries(time.monotonic()):
            self.append(summary)


def _packed(event: Event) -> bytes:
    data = pickle.dumps((_CODES[type(event)], event.values()), 5)
    return _OTHER.pack(_PICKLED, len(data)) + data


def _decoded(data: bytes) -> Iterator[Event]:
    at = 0
    while at < len(data):
        event, at = _decode(data, at)
        yield event


def _decode(data: bytes, at: int) -> tuple[Event, int]:
    kind = data[at]
    if kind == _PLAIN_TASK:
        return _decode_submitted(data, at)
    if kind == _PLAIN_CALL:
        return _decode_called(data, at)
    if kind == _WAIT_BEGINS:
        return _decode_wait(data, at)
    if kind == _WAIT_ENDS:
        return _decode_return(data, at)
    if kind == _FINISH:
        _, time_s, end_s, task, start_s, attempt, worker, size = _FINISHED.unpack_from(
            data, at
        )
        event: Event = TaskFinished(time_s, task, attempt, worker, start_s, end_s, size)
        return event, at + _FINISHED.size
    size = _OTHER.unpack_from(data, at)[1]
    at += _OTHER.size
    code, values = pickle.loads(data[at : at + size])
    made: Any = _KINDS[code]
    return made(*values), at + size


def _decode_wait(data: bytes, at: int) -> tuple[Event, int]:
    head = _WAIT.unpack_from(data, at)
    _, time_s, wait, kind, unit, run, line, num_returns, timeout, count = head
    at += _WAIT.size
    keys = tuple(_INPUT.unpack_from(data, at + i * _INPUT.size) for i in range(count))
    event = WaitStarted(
        time_s,
        wait,
        _WAITS[kind],
        None,
        run,
        line,
        keys,
        num_returns,
        None if timeout == _FOR_EVER else timeout,
        _UNITS[unit],
    )
    return event, at + count * _INPUT.size


def _decode_return(data: bytes, at: int) -> tuple[Event, int]:
    _, time_s, wait, reason, count = _RETURN.unpack_from(data, at)
    at += _RETURN.size
    ready = struct.unpack_from(f"<{count}I", data, at)
    return WaitReturned(time_s, wait, ready, _REASONS[reason]), at + 4 * count


def _decode_submitted(data: bytes, at: int) -> tuple[Event, int]:
    _, time_s, task, function, number, run, line, count = _SUBMITTED.unpack_from(
        data, at
    )
    at += _SUBMITTED.size
    inputs = tuple(_INPUT.unpack_from(data, at + i * _INPUT.size) for i in range(count))
    event = TaskSubmitted(time_s, task, function, number, run, line, None, inputs)
    return event, at + count * _INPUT.size


def _decode_called(data: bytes, at: int) -> tuple[Event, int]:
    head = _CALLED.unpack_from(data, at)
    _, time_s, task, function, number, run, line, actor, count = head
    at += _CALLED.size
    inputs = tuple(_INPUT.unpack_from(data, at + i * _INPUT.size) for i in range(count))
    event = TaskSubmitted(
        time_s, task, function, number, run, line, None, inputs, actor, "call",
        num_cpus=0.0,
    )  # fmt: skip
    return event, at + count * _INPUT.size
