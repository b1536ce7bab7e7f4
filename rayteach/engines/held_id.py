"""The IDs that a worker holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.object_id import ObjectID

if TYPE_CHECKING:
    from collections import deque

Key = tuple[int, int]


class HeldID(ObjectID):
    """A worker's stand-in for an ID; the driver hears of its birth and death."""

    __slots__ = ("notes",)

    def __init__(
        self, task: int, index: int, label: object, notes: deque[tuple[Key, int]]
    ) -> None:
        """Leave a note of both in ``notes``."""
        super().__init__(task, index, label)
        self.notes = notes

    def __del__(self) -> None:
        """Leave the note of its death; it is sent with the next message."""
        self.notes.append(((self.task, self.index), -1))


# Errors name the type: the learner knows one kind of ID.
HeldID.__name__ = HeldID.__qualname__ = "ObjectID"
