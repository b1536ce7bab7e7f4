"""``get``, ``wait`` and others with Ray's signatures: seconds."""

from __future__ import annotations

import warnings
from os import PathLike
from typing import Any

from rayteach.api import objects, session
from rayteach.api.generators import ObjectIDGenerator, stand_ins
from rayteach.api.place import caller_line
from rayteach.object_id import ObjectID

_SUSPICIOUS_S = 1000


def get(object_refs: ObjectID | list[ObjectID], *, timeout: float | None = None) -> Any:
    """Wait for values and return them.

    Args:
        object_refs: one reference, or a list of them.
        timeout: seconds; 0 means "now or raise", None waits for ever.

    Raises:
        GetTimeoutError: the timeout was reached (a ``TimeoutError`` too).

    Source: Ray 2.60 ``ray.get``; for the rest see ``rayteach.get``.
    """
    timeout_s = _checked(timeout)
    if timeout_s is None:
        return objects.get(object_refs)
    if isinstance(object_refs, ObjectID):
        return session.engine().get([object_refs], timeout_s, caller_line())[0]
    if object_refs and _are_ids(object_refs):
        return session.engine().get(object_refs, timeout_s, caller_line())
    return objects.get(object_refs)  # [], or the error that is due


def wait(
    ray_waitables: list[Any],
    *,
    num_returns: int = 1,
    timeout: float | None = None,
    fetch_local: bool = True,
) -> tuple[list[Any], list[Any]]:
    """Wait until ``num_returns`` of the references are ready, or the timeout.

    Args:
        ray_waitables: a list of different references or generators.
        num_returns: how many must be ready, 1 to the length of the list.
        timeout: seconds; None waits for ever. Reaching it is no error.
        fetch_local: accepted as in Ray; all values are on this machine.

    Returns:
        ``(ready, remaining)``, both in the order of the input.

    Source: Ray 2.60 ``ray.wait``; for the rest see ``rayteach.wait``.
    """
    del fetch_local
    timeout_s = _checked(timeout)
    if timeout_s is None or not _can_wait(ray_waitables, num_returns):
        return objects.wait(ray_waitables, num_returns)  # or the error that is due
    line = caller_line()
    ids = ray_waitables if _are_ids(ray_waitables) else stand_ins(ray_waitables)
    chosen = session.engine().wait(ids, num_returns, timeout_s, line)
    picked = set(chosen)
    rest = [one for at, one in enumerate(ray_waitables) if at not in picked]
    return [ray_waitables[at] for at in chosen], rest


def _checked(timeout: Any) -> float | None:
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        msg = f"timeout must be a number of seconds, not {type(timeout).__name__}"
        raise TypeError(msg)
    if not timeout >= 0:
        msg = f"timeout={timeout!r}: it is in seconds and must not be negative"
        raise ValueError(msg)
    if timeout == float("inf"):
        return None
    if timeout >= _SUSPICIOUS_S:
        text = (
            f"timeout={timeout:g} is {timeout:g} seconds here; "
            f"{timeout:g} ms would be {timeout / 1000:g}"
        )
        warnings.warn(text, stacklevel=3)
    return timeout


def _are_ids(ids: Any) -> bool:
    return isinstance(ids, list) and all(isinstance(one, ObjectID) for one in ids)


def _are_waitables(ids: Any) -> bool:
    kinds = (ObjectID, ObjectIDGenerator)
    return isinstance(ids, list) and all(isinstance(one, kinds) for one in ids)


def _can_wait(ids: Any, num_returns: Any) -> bool:
    """Return whether ``rayteach.wait`` would find no fault with the arguments."""
    if not ids or not _are_waitables(ids) or len(set(ids)) != len(ids):
        return False
    return type(num_returns) is int and 1 <= num_returns <= len(ids)


def timeline(
    filename: str | PathLike[str] | None = None,
) -> list[dict[str, Any]] | None:
    """Return the session as Chrome's trace events; see ``rayteach.timeline``."""
    from rayteach.api import observe  # noqa: PLC0415 (only who asks pays for it)

    return observe.timeline(filename)
