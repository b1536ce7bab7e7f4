"""``get``, ``put``, ``wait``, ``cancel``, ``kill``: what one does with IDs."""

from __future__ import annotations

import warnings
from itertools import compress
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from rayteach.api import session
from rayteach.api.actor import ActorHandle
from rayteach.api.generators import ObjectIDGenerator, stand_ins
from rayteach.api.place import caller_line
from rayteach.object_id import ActorID, ObjectID

if TYPE_CHECKING:
    from collections.abc import Sequence

_MS = 1000.0
_SUSPICIOUS_MS = 60
_TASK = attrgetter("task")


def get(object_ids: ObjectID | list[ObjectID], timeout: float | None = None) -> Any:
    """Wait for values and return them.

    Args:
        object_ids: one ID, or a list of IDs (duplicates allowed).
        timeout: milliseconds; 0 means "now or raise", None waits for ever.

    Returns:
        The value of the one ID; or a list of values in the order of the list.
        NumPy arrays are read-only views of the stored value.

    Raises:
        TaskError: the task raised; also an instance of the original type. With
            a list, the first failing ID raises without waiting for the rest.
        GetTimeoutError: the timeout was reached (a ``TimeoutError`` too).
        ValueError: neither an ID nor a list.
        TypeError: the list holds something that is no ID.

    Source: the Ray notes (milliseconds); Ray 2.60 ``ray.get`` for the rest.
    """
    line = caller_line()
    timeout_s = _seconds(timeout)
    if isinstance(object_ids, ObjectID):
        return session.engine().get([object_ids], timeout_s, line)[0]
    if not isinstance(object_ids, list):
        msg = (
            f"get() takes an ObjectID or a list of them, not "
            f"{_a(object_ids)}{_hint(object_ids)}"
        )
        raise ValueError(msg)  # noqa: TRY004 (Ray raises ValueError here)
    _check_ids(object_ids, "get")
    if not object_ids:
        return []
    return session.engine().get(object_ids, timeout_s, line)


def put(value: Any) -> ObjectID:
    """Store a value once, so that many tasks can use it without a copy each.

    Args:
        value: anything that pickles, but no ``ObjectID``.

    Returns:
        The ID of the stored value.

    Raises:
        TypeError: ``value`` is an ID already.
        ObjectStoreFullError: no room in shared memory, and no folder to spill to.
        OutOfDiskError: no room on the disk that values are spilled to either.
    """
    made: ObjectID = session.engine().put(value, caller_line())
    return made


def wait(
    object_ids: list[Any], num_returns: int = 1, timeout: float | None = None
) -> tuple[list[Any], list[Any]]:
    """Wait until ``num_returns`` of the IDs are ready, or the timeout.

    Args:
        object_ids: a list of different IDs, or generators: a generator is ready
            when ``next`` would not wait.
        num_returns: how many must be ready, 1 to ``len(object_ids)``.
        timeout: milliseconds; None waits for ever. Reaching it is no error.

    Returns:
        ``(ready, remaining)``, both in the order of the input, together exactly
        the input. ``ready`` holds at most ``num_returns`` IDs, the first ready
        ones in input order. A failed task counts as ready.

    Raises:
        TypeError: not a list, or something in it is no ID.
        ValueError: duplicates, ``num_returns`` out of range, negative timeout.

    Source: the Ray notes (milliseconds, positional ``num_returns``).
    """
    if not isinstance(object_ids, list):
        msg = f"wait() takes a list of ObjectIDs, not {_a(object_ids)}"
        if isinstance(object_ids, ObjectID):
            msg += "; put it into a list: wait([id])"
        raise TypeError(msg)
    has_generators = _check_ids(object_ids, "wait")
    timeout_s = _seconds(timeout)
    if not object_ids:
        return [], []
    if _has_duplicates(object_ids, has_generators):
        msg = "wait() was given the same ObjectID twice; each may stand once"
        raise ValueError(msg)
    if isinstance(num_returns, bool) or not isinstance(num_returns, int):
        msg = f"num_returns must be an int, not {_a(num_returns)}"
        raise TypeError(msg)
    if not 1 <= num_returns <= len(object_ids):
        msg = (
            f"num_returns={num_returns}: with {len(object_ids)} IDs it can be 1 to "
            f"{len(object_ids)}"
        )
        raise ValueError(msg)
    line = caller_line()
    ids = stand_ins(object_ids) if has_generators else object_ids
    chosen = session.engine().wait(ids, num_returns, timeout_s, line, "ms")
    _warn_unit(timeout, len(chosen) < num_returns)
    ready = [object_ids[position] for position in chosen]
    is_left = bytearray(b"\1") * len(object_ids)
    for position in chosen:
        is_left[position] = 0
    return ready, list(compress(object_ids, is_left))


def cancel(
    object_id: ObjectID | ObjectIDGenerator,
    *,
    force: bool = False,
    recursive: bool = True,
) -> None:
    """Call off the task that makes a value; its ID raises ``TaskCancelledError``.

    A task that has not begun never runs; one that runs is interrupted with a
    ``KeyboardInterrupt``, at once even in a sleep; a finished one is left alone.
    A call of an actor that has not begun never runs; one that runs goes on to its
    end, and its result is dropped; a coroutine gets an ``asyncio.CancelledError``.

    Args:
        object_id: the ID, or the generator, that ``.remote()`` returned.
        force: end the worker's process: for a task that does not listen.
        recursive: cancel the tasks that the task has submitted too.

    Raises:
        TypeError: not an ``ObjectID``.
        ValueError: ``force=True`` for a call of an actor.

    Source: Ray 2.60 ``ray.cancel``; differs: a sleeping task is interrupted at
    once, and a queued call of an actor never runs.
    """
    if isinstance(object_id, ObjectIDGenerator):
        object_id = object_id.completed()
    if not isinstance(object_id, ObjectID) or isinstance(object_id, ActorID):
        msg = f"cancel() takes the ObjectID of a task, not {_a(object_id)}"
        if isinstance(object_id, (ActorHandle, ActorID)):
            msg += "; kill(handle) ends an actor"
        elif isinstance(object_id, (list, tuple)):
            msg += "; cancel them one by one"
        raise TypeError(msg)
    session.engine().cancel(object_id, force=force, recursive=recursive)


def kill(actor: ActorHandle, *, no_restart: bool = True) -> None:
    """End an actor at once; its unfinished calls raise ``ActorDiedError``.

    Args:
        actor: a handle of it.
        no_restart: False ends its process only: an actor with a restart left
            (option ``max_restarts``) is made anew.

    Raises:
        TypeError: not an actor handle.

    Source: Ray 2.60 ``ray.kill``.
    """
    if not isinstance(actor, ActorHandle):
        hint = "; cancel() is for tasks" if isinstance(actor, ObjectID) else ""
        msg = f"kill() takes an actor handle, not {_a(actor)}{hint}"
        raise TypeError(msg)
    session.engine().kill(actor.actor_id, no_restart=no_restart)


def nodes() -> list[dict[str, Any]]:
    """Return the nodes as dictionaries: ``NodeID``, ``Alive``, ``Resources``."""
    found: list[dict[str, Any]] = session.engine().nodes()
    return found


def cluster_resources() -> dict[str, float]:
    """Return what all nodes together have, e.g. ``{"CPU": 4.0}``."""
    total: dict[str, float] = {}
    for node in nodes():
        for name, amount in node["Resources"].items():
            total[name] = total.get(name, 0.0) + amount
    return total


def available_resources() -> dict[str, float]:
    """Return what nobody uses at this moment."""
    found: dict[str, float] = session.engine().available()
    return found


def _check_ids(ids: Sequence[Any], call: str) -> bool:
    """Return whether there are generators among what is to be waited for."""
    if {ObjectID}.issuperset(map(type, ids)):
        return False  # a loop of waits looks at each ID very often
    has_generators = False
    for position, one in enumerate(ids):
        if not isinstance(one, ObjectID):
            if call == "wait" and isinstance(one, ObjectIDGenerator):
                has_generators = True
                continue
            msg = f"{call}(): item {position} of the list is {_a(one)}, no ObjectID"
            raise TypeError(msg + _hint(one))
    return has_generators


def _has_duplicates(ids: list[Any], has_generators: bool) -> bool:
    """Tell whether an ID, or a generator, stands twice in the list."""
    if not has_generators and len(set(map(_TASK, ids))) == len(ids):
        return False  # of different tasks: nearly always, and quickly told
    return len(set(ids)) != len(ids)


def _seconds(timeout: Any) -> float | None:
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        msg = f"timeout must be a number of milliseconds, not {_a(timeout)}"
        raise TypeError(msg)
    if not timeout >= 0:
        msg = f"timeout={timeout!r}: it is in milliseconds and must not be negative"
        raise ValueError(msg)
    return None if timeout == float("inf") else timeout / _MS


def _warn_unit(timeout: float | None, timed_out: bool) -> None:
    if timeout is None or not timed_out:
        return
    if 0 < timeout <= _SUSPICIOUS_MS or timeout != int(timeout):
        text = f"waited {timeout:g} ms; timeouts here are milliseconds"
        warnings.warn(text, stacklevel=3)


def _a(value: Any) -> str:
    name = type(value).__name__
    return f"an {name}" if name[0] in "aeioAEIO" else f"a {name}"


def _hint(value: Any) -> str:
    if isinstance(value, ActorHandle):
        return "; call one of its methods: handle.method.remote()"
    if isinstance(value, ObjectIDGenerator):
        return "; it gives IDs: [get(one) for one in generator]"
    if isinstance(value, (tuple, set, frozenset, dict)):
        return "; make a list of it first"
    if callable(getattr(value, "remote", None)):
        return "; call it with .remote() to get an ObjectID"
    return ""
