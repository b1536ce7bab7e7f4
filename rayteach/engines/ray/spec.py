"""What travels with each task, and what is told of each submission."""

from __future__ import annotations

import pickle
import time
from typing import Any, NamedTuple

from rayteach.object_id import process
from rayteach.runtime import serialization

clock = time.monotonic
_HEAD_BYTES = 128
_MAIN = b"__main__"
SHARED_BYTES = 100 * 1024
"""Larger values lie in Ray's object store, others travel inline."""


class Spec(NamedTuple):
    """The first argument of every wrapped task, call and constructor."""

    #: names the session's recorder
    session: str
    number: int
    label: str
    #: "cell [7], line 4"
    place: str
    run: int
    #: label of the cell that the run belongs to
    cell: str
    num_returns: int = 1
    stream: str = ""
    #: errors that are retried: all, none, or those of these classes
    retry: bool | tuple[str, ...] = False
    #: the task's name for its runtime context
    name: str = ""
    actor_name: str = ""
    #: number of the actor's creation, 0 in the pool
    actor: int = 0


def pack_call(
    spec: Spec, method: str, args: Any, kwargs: Any, *, has_inputs: bool
) -> tuple[bytes, Any, Any]:
    """Return the bytes of a call, and the arguments that Ray must carry itself.

    Each argument costs Ray more than all of a small call costs as one piece of bytes:
    so it gets one, unless there are IDs, arrays, or things of ``__main__`` inside.
    """
    head = tuple(spec), method
    if not has_inputs:
        data = _plain((*head, args, kwargs))
        if data is not None:
            return data, (), {}
    return pickle.dumps((*head, None, None), 5), args, kwargs


def _plain(value: Any) -> bytes | None:
    """Return the pickle of a value, None if Ray knows better how to carry it."""
    buffers: list[Any] = []
    found: list[Any] = []
    process.exported = found
    try:
        data = pickle.dumps(value, 5, buffer_callback=buffers.append)
    except Exception:  # noqa: BLE001 (what Ray says of it counts)
        return None
    finally:
        process.exported = None
    if buffers or found or len(data) > SHARED_BYTES or _MAIN in data:
        return None
    return data


def unpack_call(data: bytes, args: Any, kwargs: Any) -> tuple[Spec, str, Any, Any]:
    """Return what ``pack_call`` was given."""
    head, method, own, named = pickle.loads(data)
    if own is not None:
        args, kwargs = own, named
    return Spec(*head), method, args, kwargs


class Submission(NamedTuple):
    """One ``.remote()``: the fields of ``TaskSubmitted`` and what the book needs."""

    number: int
    function: int
    count: int  # type: ignore[assignment] # a field, not the method of tuples
    run: int
    line: int
    parent: int | None
    inputs: tuple[tuple[int, int], ...]
    actor: int | None
    kind: str
    num_returns: int
    num_cpus: float
    name: str
    label: str
    #: attempts after the first; -1 for ever
    retries: int
    #: True if nothing but the defaults was asked for
    is_plain: bool
    #: of a creation: (restarts, slots, detached)
    life: tuple[int, int, bool] = (0, 0, False)


class Ended(NamedTuple):
    """How an attempt ended."""

    number: int
    worker: int
    start_s: float
    end_s: float
    #: bytes of each return value
    sizes: tuple[int, ...] = ()
    #: class of the error, "" for none
    error: str = ""
    message: str = ""
    line: int = 0
    #: the error is one that the options retry
    is_retried: bool = False


def size_of(value: Any) -> int:
    """Return how many bytes a value has when it is stored.

    Raises:
        Exception: it does not pickle; whatever its pickling raises.
    """
    kind = type(value)
    if kind in (int, float, bool, type(None)):
        return 16
    if kind in (str, bytes, bytearray):
        return len(value) + 16
    if kind.__name__ == "ndarray" and not getattr(value, "dtype", kind).hasobject:
        return int(value.nbytes) + _HEAD_BYTES
    process.exported = []  # IDs inside of it travel with the value itself
    try:
        return serialization.dumps(value).size
    finally:
        process.exported = None
