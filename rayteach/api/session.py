"""The session: one engine, one log, for this process."""

from __future__ import annotations

import atexit
import os
import threading
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rayteach.object_id import get_client, set_client
from rayteach.runtime.interrupts import driver_shield

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.api.open_session import Session

_MAX_CPUS = 4096
DEFAULT_NAMESPACE = "default"


#: sessions of the processes that this one was forked from
_inherited: list[Session] = []
#: held while a session opens or closes
_changing = threading.RLock()
_session: Session | None = None
_open: list[Callable[[Session], None]] = []
_close: list[Callable[[Session], None]] = []
_first_task: list[Callable[[Session, int], None]] = []


def current() -> Session | None:
    """Return the open session, None if there is none."""
    if _session is not None and _session.closed:
        return None
    return _session


def latest() -> Session | None:
    """Return the open session, or the one that was closed last, None if none was."""
    return _session


def engine() -> Any:
    """Return this process's engine; opens a session if there is none."""
    client = get_client()
    if client is not None and (_session is None or _session.pid == os.getpid()):
        return client
    with _changing:
        if current() is None:
            init()
        return get_client()


def is_in_task() -> bool:
    """Tell whether this process is a worker's."""
    return _session is None and get_client() is not None


def is_in_actor() -> bool:
    """Tell whether this process is an actor's."""
    client = get_client() if _session is None else None
    return client is not None and bool(getattr(client, "is_actor", False))


def init(
    num_cpus: float | None = None,
    *,
    resources: dict[str, float] | None = None,
    object_store_memory: int | None = None,
    ignore_reinit_error: bool = False,
    namespace: str | None = None,
    engine: str | None = None,
    address: str | None = None,
) -> Session | None:
    """Open a session on this machine.

    Args:
        num_cpus: how many tasks may run at once; default ``psutil.cpu_count()``,
            or the environment variable ``RAYTEACH_NUM_CPUS``.
        resources: custom resources of the machine, e.g. ``{"camera": 2}``.
        object_store_memory: bytes of shared memory that large values may take
            together; older ones go to disk beyond it. Default: the smaller of 30 %
            of the memory and 80 % of what is free in shared memory.
        ignore_reinit_error: make a second ``init`` do nothing, also inside a task.
        namespace: where the names of its actors count; default ``"default"``.
        engine: ``"local"`` (the default), or ``"ray"``: the same API over real Ray,
            which must be installed (``pip install "rayteach[ray]"``). The variable
            ``RAYTEACH_ENGINE`` names the one to take where nobody says.
        address: of a Ray cluster to join, ``"auto"``, ``"host:port"`` or
            ``"ray://host:port"``; None starts Ray on this machine.

    Returns:
        The session; None inside a task, which uses that of its driver.

    Raises:
        RuntimeError: a session is open already.
        ValueError: an argument is out of its range.
        ImportError: Ray is not installed.

    Source: Ray ``ray.init``; differs: no server, no listening socket.
    """
    if get_client() is not None and _session is None:  # inside a task
        return _reinit(ignore_reinit_error=ignore_reinit_error)
    shield = driver_shield()
    with shield, _changing:
        if is_initialized():
            open_one = current()
            if open_one is not None and open_one.cell_runs.is_opener_again:
                _warn_of_difference(open_one, num_cpus, resources)
                return open_one
            return _reinit(ignore_reinit_error=ignore_reinit_error)
        try:
            session = _init(
                num_cpus, resources, _namespace(namespace), object_store_memory,
                _engine_of(engine, address), address,
            )  # fmt: skip
        except BaseException:
            shield.remove()
            raise
        if shield.drop():  # Ctrl-C: as if init() had not been called
            shutdown()
            raise KeyboardInterrupt
        return session


def _reinit(*, ignore_reinit_error: bool) -> Session | None:
    if not ignore_reinit_error:
        msg = (
            "rayteach.init() was called, but a session is open already. Use it as it "
            "is (init(ignore_reinit_error=True) says so), or call rayteach.shutdown() "
            "first"
        )
        raise RuntimeError(msg)
    return current()


def _init(
    num_cpus: float | None,
    resources: dict[str, float] | None,
    namespace: str,
    object_store_memory: int | None,
    engine: str,
    address: str | None,
) -> Session:
    global _session  # noqa: PLW0603 (one session per process is the contract)
    cpus = _default_cpus() if num_cpus is None else _checked(num_cpus, "num_cpus")
    if cpus > _MAX_CPUS:
        msg = f"num_cpus={cpus:g}: at most {_MAX_CPUS}"
        raise ValueError(msg)
    given = {
        name: _checked(amount, f"resources[{name!r}]")
        for name, amount in (resources or {}).items()
    }
    if object_store_memory is not None:
        _check_bytes(object_store_memory)
    session: Session
    if engine == "ray":
        from rayteach.api.on_ray import start  # noqa: PLC0415 (only who wants Ray)

        has_own = address in (None, "local")
        _session = session = start(
            cpus if has_own else num_cpus, given, namespace, object_store_memory,
            _tell_first_task, address,
        )  # fmt: skip
    else:
        _session = session = _start(cpus, given, namespace, object_store_memory)
    set_client(session.engine)
    for callback in tuple(_open):
        callback(session)
    return session


def _warn_of_difference(
    session: Session, num_cpus: float | None, resources: dict[str, float] | None
) -> None:
    """The cell that opened the session runs again: say what it now asks for."""
    parts = []
    if num_cpus is not None and num_cpus != session.num_cpus:
        parts.append(f"num_cpus={num_cpus:g} (it has {session.num_cpus:g})")
    if resources is not None and resources != session.resources:
        parts.append(f"resources={resources!r} (it has {session.resources!r})")
    if parts:
        warnings.warn(
            f"init() was run again by its cell and keeps the open session, which "
            f"differs: {', '.join(parts)}. Call rayteach.shutdown() first to change it",
            stacklevel=3,
        )


def _start(
    num_cpus: float,
    resources: dict[str, float],
    namespace: str,
    object_store_memory: int | None,
) -> Session:
    """Start the fork server before all else: it imports while we do."""
    from rayteach.runtime.launch import launch  # noqa: PLC0415 (only who starts one)

    server = launch()
    try:
        from rayteach.api.open_session import Session  # noqa: PLC0415 (now is the time)

        return Session(
            num_cpus, resources, namespace, server, _tell_first_task,
            object_store_memory,
        )  # fmt: skip
    except BaseException:
        server.stop()
        raise


def shutdown() -> None:
    """Close the session: end its processes, free its memory. Never an error."""
    if current() is None:
        return
    with driver_shield(), _changing:
        session = current()
        if session is None:
            return
        try:
            session.close()
        finally:
            set_client(None)
    for callback in tuple(_close):
        with suppress(Exception):  # an observer can never break a shutdown
            callback(session)


def is_initialized() -> bool:
    """Tell whether a session is open."""
    return current() is not None or (get_client() is not None and _session is None)


def on_open(callback: Callable[[Session], None]) -> None:
    """Call ``callback(session)`` after each ``init``."""
    if callback not in _open:
        _open.append(callback)


def on_close(callback: Callable[[Session], None]) -> None:
    """Call ``callback(session)`` at the end of each ``shutdown``."""
    if callback not in _close:
        _close.append(callback)


def on_first_task(callback: Callable[[Session, int], None]) -> None:
    """Call ``callback(session, run)`` when a run starts its first task."""
    if callback not in _first_task:
        _first_task.append(callback)


def _tell_first_task(session: Session, run: int) -> None:
    for callback in tuple(_first_task):
        callback(session, run)


def remove_hooks(*callbacks: Any) -> None:
    """Forget callbacks of any of the three kinds."""
    for hooks in (_open, _close, _first_task):
        for callback in callbacks:
            while callback in hooks:
                hooks.remove(callback)


def _default_cpus() -> float:
    text = os.environ.get("RAYTEACH_NUM_CPUS")
    if text:
        try:
            return _checked(float(text), "RAYTEACH_NUM_CPUS")
        except ValueError:
            msg = f"RAYTEACH_NUM_CPUS is {text!r}; it must be a number above 0"
            raise ValueError(msg) from None
    import psutil  # noqa: PLC0415 (20 ms, and only where nobody says how many)

    from rayteach.runtime.allowance import allowed_cpus  # noqa: PLC0415 (as psutil)

    cpus = psutil.cpu_count() or 1
    allowed = allowed_cpus()
    if allowed is not None and allowed < cpus:
        fit = max(1, int(allowed))
        warnings.warn(
            f"this process may use {allowed:g} of {cpus} CPUs; rayteach still offers "
            f"{cpus}. Set RAYTEACH_NUM_CPUS={fit} or init(num_cpus={fit})",
            stacklevel=4,
        )
    return float(cpus)


def _engine_of(engine: Any, address: Any) -> str:
    """Return which engine is asked for.

    Raises:
        ValueError: there is none of that name, or it takes no address.
    """
    chosen = (
        engine or os.environ.get("RAYTEACH_ENGINE") or ("ray" if address else "local")
    )
    if chosen not in ("local", "ray"):
        msg = f"engine={chosen!r}: it can be 'local' or 'ray'"
        raise ValueError(msg)
    if address is not None and chosen == "local":
        msg = (
            f"address={address!r}: the local engine connects to no cluster; "
            "init(engine='ray', address=...) does"
        )
        raise ValueError(msg)
    return str(chosen)


def _check_bytes(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        msg = (
            f"object_store_memory={value!r}: it must be a number of bytes, an int "
            "above 0, e.g. 500_000_000"
        )
        raise ValueError(msg)


def _checked(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        msg = f"{name} must be a number, not {type(value).__name__}"
        raise TypeError(msg)
    if not 0 < value < float("inf"):
        msg = f"{name}={value!r}: it must be above 0"
        raise ValueError(msg)
    return float(value)


def _namespace(given: Any) -> str:
    if given is None:
        return DEFAULT_NAMESPACE
    from rayteach.api.options import namespace_of  # noqa: PLC0415 (rarely needed)

    return namespace_of(given)


def _forget() -> None:
    """A forked child has no part in its parent's session.

    The session stays referenced: nothing of it may be finalised here.
    """
    global _session  # noqa: PLW0603 (see _init)
    if _session is not None:
        _inherited.append(_session)
        _session.engine.disown()
        _session = None
    set_client(None)


atexit.register(shutdown)
os.register_at_fork(after_in_child=_forget)
