"""What all events are: a time, and fields that do not change."""

from __future__ import annotations

from typing import TypeAlias

from rayteach.record import Record

ObjectKey: TypeAlias = "tuple[int, int]"
"""``(task number, return index)``."""


class Event(Record):
    """Base of all events."""

    #: when it happened, monotonic seconds
    time_s: float
