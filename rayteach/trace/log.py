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
from typing import TYPE_CHECKING, Any

from rayteach.core import events
from rayteach.core.events import (
    Event,
    TaskFinished,
    TaskSubmitted,
    WaitReturned,
    WaitStarted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    """All events of a session, in the order in which the driver learned them."""

    def __init__(self) -> None:
        """Start empty."""
        self._data = bytearray()
        self._count = 0
        #: offset of every ``_MARK_EVERY``-th event
        self._marks = [0]
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return the number of events."""
        return self._count

    @property
    def size_bytes(self) -> int:
        """Memory that the packed events take."""
        return len(self._data)

    def append(self, event: Event) -> None:
        """Store any event."""
        data = pickle.dumps((_CODES[type(event)], event.values()), 5)
        self._add(_OTHER.pack(_PICKLED, len(data)) + data)

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
        with self._lock:
            data, count = self._data, self._count
            if start >= count:
                return []
            at = self._marks[start // _MARK_EVERY]
            stop = len(data)
            part = bytes(data[at:stop])
        skip = start % _MARK_EVERY
        found: list[Event] = []
        at = 0
        while at < len(part):
            event, at = _decode(part, at)
            if skip:
                skip -= 1
            else:
                found.append(event)
        return found

    def _add(self, data: bytes) -> None:
        with self._lock:
            self._data += data
            self._count += 1
            if not self._count % _MARK_EVERY:
                self._marks.append(len(self._data))


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
