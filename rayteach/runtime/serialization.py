"""Values to bytes and back.

A payload is a plain pickle (first byte 0x80), or, when the value holds buffers
such as NumPy arrays, a small table, the pickle, and the buffers aligned to 64
bytes, so that reading maps them instead of copying:

    u8 1 · 3 unused · u32 buffers · u64 pickle length · u64 length per buffer
    pickle · padding · buffer · padding · buffer …

Plain ``pickle`` is five times faster than cloudpickle but stores notebook
functions and classes by reference to ``__main__``, which a worker does not
have: whatever mentions ``__main__`` goes through cloudpickle.
"""

from __future__ import annotations

import io
import pickle
import struct
from types import CodeType
from typing import TYPE_CHECKING, Any

import cloudpickle

from rayteach.object_id import process

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.object_id import ObjectID

_HEAD = struct.Struct("<B3xIQ")
_ALIGN = 64
_MAIN = b"__main__"
_IDS = b"rayteach.object_id"
_PROTOCOL = 5
_CLOUDPICKLE = cloudpickle.Pickler.dispatch_table


class Payload:
    """A serialised value as pieces that can be written without joining them."""

    __slots__ = ("contains", "pieces", "size")

    def __init__(self, pieces: Any, size: int, contains: tuple[ObjectID, ...]) -> None:
        """Keep the pieces in writing order."""
        #: bytes-like objects in a list, or ``arriving.Arriving``
        self.pieces = pieces
        #: bytes of all pieces together
        self.size = size
        #: IDs met inside the value
        self.contains = contains

    def to_bytes(self) -> bytes:
        """Return all pieces as one string."""
        if len(self.pieces) == 1:
            piece = self.pieces[0]
            return piece if isinstance(piece, bytes) else bytes(piece)
        return b"".join(self.pieces)


def _code_from(file_name: str, make: Callable[..., CodeType], args: Any) -> CodeType:
    return make(*args).replace(co_filename=file_name)


def _reduce_code(code: CodeType) -> tuple[Any, ...]:
    """Take cloudpickle's way for code, and the code's file name with it.

    Since 3.1.3 cloudpickle leaves the name out; a traceback finds its lines by it.
    """
    make, args = _CLOUDPICKLE[CodeType](code)
    return _code_from, (code.co_filename, make, args)


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # it has no types
    dispatch_table = _CLOUDPICKLE.new_child({CodeType: _reduce_code})


def dumps_by_value(
    value: Any, buffer_callback: Callable[[pickle.PickleBuffer], Any] | None = None
) -> bytes:
    """Pickle ``value`` with the functions and classes of the notebook inside it.

    Raises:
        Exception: whatever the pickling of ``value`` raises.
    """
    with io.BytesIO() as file:
        _Pickler(file, _PROTOCOL, buffer_callback=buffer_callback).dump(value)
        return file.getvalue()


def pack(value: Any) -> bytes | Payload:
    """Serialise ``value``; raises whatever its pickling raises.

    Returns:
        The bytes alone when there is nothing else to tell: no buffers, no IDs.
    """
    buffers: list[pickle.PickleBuffer] = []
    try:
        data = pickle.dumps(value, _PROTOCOL, buffer_callback=buffers.append)
        plain = _MAIN not in data
    except Exception:  # noqa: BLE001 (cloudpickle knows more; its error counts)
        plain = False
    if not plain:
        buffers.clear()
        data = dumps_by_value(value, buffers.append)
    contains = _ids_in(value) if _IDS in data else ()
    if buffers:
        return _with_buffers(data, [b.raw() for b in buffers], contains)
    return Payload([data], len(data), contains) if contains else data


def dumps(value: Any) -> Payload:
    """Serialise ``value``, however simple, as a :class:`Payload`."""
    packed = pack(value)
    return Payload([packed], len(packed), ()) if isinstance(packed, bytes) else packed


def dumps_code(target: Any) -> tuple[bytes, tuple[ObjectID, ...]]:
    """Serialise a function or class; return its pickle and the IDs it captures."""
    found: list[ObjectID] = []
    process.exported = found
    try:
        data = dumps_by_value(target)
    finally:
        process.exported = None
    return data, tuple(dict.fromkeys(found))


def _ids_in(value: Any) -> tuple[ObjectID, ...]:
    found: list[ObjectID] = []
    process.exported = found
    try:
        dumps_by_value(value, lambda _: None)
    finally:
        process.exported = None
    return tuple(dict.fromkeys(found))


def _with_buffers(
    data: bytes, views: list[memoryview], contains: tuple[ObjectID, ...]
) -> Payload:
    head = _HEAD.pack(1, len(views), len(data))
    head += struct.pack(f"<{len(views)}Q", *(v.nbytes for v in views))
    pieces: list[Any] = [head, data]
    size = len(head) + len(data)
    for view in views:
        padding = -size % _ALIGN
        if padding:
            pieces.append(bytes(padding))
        pieces.append(view)
        size += padding + view.nbytes
    return Payload(pieces, size, contains)


def has_buffers(data: bytes | memoryview) -> bool:
    """Tell whether what is loaded may refer to ``data`` itself."""
    return data[0] == 1


def loads(data: bytes | memoryview) -> Any:
    """Return the value; buffers inside it are read-only views of ``data``."""
    if data[0] != 1:
        return pickle.loads(data)
    view = memoryview(data).toreadonly()
    _, count, length = _HEAD.unpack_from(view)
    sizes = struct.unpack_from(f"<{count}Q", view, _HEAD.size)
    start = _HEAD.size + 8 * count
    stop = start + length
    buffers = []
    at = stop
    for size in sizes:
        at += -at % _ALIGN
        buffers.append(view[at : at + size])
        at += size
    return pickle.loads(view[start:stop], buffers=buffers)
