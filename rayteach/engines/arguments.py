"""Take a call's arguments apart: values to pickle, IDs to resolve."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from rayteach.engines.state import clock
from rayteach.object_id import ObjectID
from rayteach.runtime.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rayteach.engines.storage import Segment, Storage
    from rayteach.runtime.serialization import Payload

INPUTS = 65_535
"""IDs among the arguments of one call: they are counted in 16 bits."""
_SAMPLES, _SAMPLE_BYTES, _GRAIN = 8, 512, 4096


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


def write(storage: Storage, payload: Payload) -> Segment:
    """Store arguments that no message carries; note what that took."""
    start_s = clock()
    segment = storage.write(payload)
    segment.shipment = marks_of(payload), clock() - start_s
    return segment


def marks_of(payload: Payload) -> tuple[int, int]:
    """Return fingerprints of the largest piece, the same for the same argument.

    A few samples, counted from its start and from its end: beside a large argument
    a small one before or behind it may differ.
    """
    view = memoryview(max(payload.pieces, key=_size)).cast("B")
    size = len(view)
    step = (size // _GRAIN) * _GRAIN // (_SAMPLES + 1)
    starts = [step * number for number in range(1, _SAMPLES + 1)]
    head = tail = zlib.crc32(str(size // _GRAIN).encode())
    for start in starts:
        head = zlib.crc32(view[start : start + _SAMPLE_BYTES], head)
        tail = zlib.crc32(view[size - start - _SAMPLE_BYTES : size - start], tail)
    return head, tail


def _size(piece: Any) -> int:
    return memoryview(piece).nbytes
