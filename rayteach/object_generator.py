"""The value of a task with ``num_returns="dynamic"``: the IDs of its items."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rayteach.object_id import ObjectID


class DynamicObjectIDGenerator:
    """Gives the IDs of all items that the task has yielded, each once.

    Source: Ray ``DynamicObjectRefGenerator``; differs: ``next()`` works too.
    """

    def __init__(self, ids: Iterable[ObjectID]) -> None:
        """Hold ``ids`` in the order in which they were yielded."""
        self._ids = deque(ids)

    def __iter__(self) -> DynamicObjectIDGenerator:
        """Return itself: what was given is gone."""
        return self

    def __next__(self) -> ObjectID:
        """Return the next ID."""
        if not self._ids:
            raise StopIteration
        return self._ids.popleft()

    def __len__(self) -> int:
        """Return how many IDs are left."""
        return len(self._ids)

    def __repr__(self) -> str:
        """Show what is left."""
        return f"DynamicObjectIDGenerator({list(self._ids)})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as the IDs that are left."""
        return DynamicObjectIDGenerator, (list(self._ids),)
