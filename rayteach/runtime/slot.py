"""What stands for an ObjectID among pickled arguments."""

from __future__ import annotations

from typing import Any


class Slot:
    """Stands for a top-level ID among pickled arguments."""

    __slots__ = ("position",)

    def __init__(self, position: int) -> None:
        """Refer to the task's input number ``position``."""
        self.position = position

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle small."""
        return Slot, (self.position,)
