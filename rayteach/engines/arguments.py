"""Take a call's arguments apart: values to pickle, IDs to resolve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.object_id import ObjectID
from rayteach.runtime.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Sequence

INPUTS = 65_535
"""IDs among the arguments of one call: they are counted in 16 bits."""


def split_arguments(
    args: Sequence[Any], kwargs: dict[str, Any]
) -> tuple[Sequence[Any], dict[str, Any], tuple[ObjectID, ...]]:
    """Put a ``Slot`` in the place of every top-level ID; return the IDs apart."""
    if not kwargs:
        for value in args:
            if isinstance(value, ObjectID):
                break
        else:  # most calls: nothing to take apart
            return args, kwargs, ()
    inputs: list[ObjectID] = []

    def slot(value: Any) -> Any:
        if not isinstance(value, ObjectID):
            return value
        inputs.append(value)
        return Slot(len(inputs) - 1)

    args = [slot(value) for value in args]
    kwargs = {name: slot(value) for name, value in kwargs.items()}
    if len(inputs) > INPUTS:
        msg = (
            f"{len(inputs):,} ObjectIDs as arguments of one call: at most {INPUTS:,}. "
            "Pass them in a list and get() them inside the task"
        )
        raise ValueError(msg)
    return args, kwargs, tuple(inputs)
