"""The session: one engine, one log, for this process."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rayteach.api.options import namespace_of
from rayteach.core import events
from rayteach.engines.controls import LocalControls
from rayteach.engines.local import LocalEngine
from rayteach.object_id import get_client, set_client
from rayteach.runtime.interrupts import driver_shield
from rayteach.trace.log import EventLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.controls import Controls

_MAX_CPUS = 4096
DEFAULT_NAMESPACE = "default"


class Session:
    """What ``init`` opens and ``shutdown`` closes."""

    def __init__(
        self, num_cpus: float, resources: dict[str, float], namespace: str
    ) -> None:
        """Start the engine."""
        self.log = EventLog()
        #: origin of all row times, monotonic seconds
        self.start_s = time.monotonic()
        self.log.append(events.SessionStarted(self.start_s, time.time()))
        self.num_cpus = num_cpus
        self.resources = resources
        self.engine = LocalEngine(self.log, num_cpus, resources, namespace)
        #: what views may ask of the engine
        self.controls: Controls = LocalControls(self.engine)
        self.engine.submission.on_first = self._first_task
        self.closed = False
        self.pid = os.getpid()
        self._run = 0
        self._executions: dict[str, int] = {}

    def __repr__(self) -> str:
        """Show what does not change from run to run."""
        state = "closed session" if self.closed else "session"
        return f"<rayteach {state}: {self.num_cpus:g} CPUs>"

    def begin_cell_run(self, key: str, label: str, source: str) -> int:
        """A cell begins to execute; return the number of its run."""
        self._run += 1
        execution = self._executions[key] = self._executions.get(key, 0) + 1
        self.log.append(
            events.CellRunStarted(
                time.monotonic(), self._run, key, label, execution, source
            )
        )
        self.engine.submission.begin_run(self._run, label)
        return self._run

    def end_cell_run(self, outcome: str) -> None:
        """The cell has come to its end: "done", "failed" or "interrupted"."""
        run = self.engine.submission.run
        if run:
            self.log.append(events.CellRunEnded(time.monotonic(), run, outcome))
        self.engine.submission.run = 0

    @property
    def run(self) -> int:
        """Number of the cell run that submissions belong to now, 0 outside."""
        return self.engine.submission.run

    def sample(self) -> None:
        """Log the start of tasks that are seen running now."""
        self.engine.sample()

    def status(self) -> dict[str, Any]:
        """Return the counts of the panel's status message."""
        return {**self.engine.status(), "session": True}

    def flush_output(self) -> None:
        """Print what tasks have printed, each line under its task's label."""
        for label, stream, text in self.engine.take_output():
            target = sys.stderr if stream == "stderr" else sys.stdout
            prefix = f"({label}) " if label else ""
            for line in text.splitlines():
                target.write(f"{prefix}{line}\n")

    def close(self) -> None:
        """End every process. Anything that was not fetched is lost."""
        if self.closed:
            return
        self.closed = True
        self.engine.close()
        self.log.append(events.SessionEnded(time.monotonic()))
        self.flush_output()

    def _first_task(self, run: int) -> None:
        for callback in tuple(_first_task):
            callback(self, run)


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


def engine() -> Any:
    """Return this process's engine; opens a session if there is none."""
    client = get_client()
    if client is not None and (_session is None or _session.pid == os.getpid()):
        return client
    with _changing:
        if current() is None:
            init()
        return get_client()


def is_in_actor() -> bool:
    """Tell whether this process is an actor's."""
    client = get_client() if _session is None else None
    return client is not None and bool(getattr(client, "is_actor", False))


def init(
    num_cpus: float | None = None,
    *,
    resources: dict[str, float] | None = None,
    ignore_reinit_error: bool = False,
    namespace: str | None = None,
) -> Session | None:
    """Open a session on this machine.

    Args:
        num_cpus: how many tasks may run at once; default ``psutil.cpu_count()``,
            or the environment variable ``RAYTEACH_NUM_CPUS``.
        resources: custom resources of the machine, e.g. ``{"camera": 2}``.
        ignore_reinit_error: make a second ``init`` do nothing, also inside a task.
        namespace: where the names of its actors count; default ``"default"``.

    Returns:
        The session; None inside a task, which uses that of its driver.

    Raises:
        RuntimeError: a session is open already.
        ValueError: an argument is out of its range.

    Source: Ray ``ray.init``; differs: no server, no listening socket.
    """
    if get_client() is not None and _session is None:  # inside a task
        return _reinit(ignore_reinit_error=ignore_reinit_error)
    shield = driver_shield()
    with shield, _changing:
        if is_initialized():
            return _reinit(ignore_reinit_error=ignore_reinit_error)
        try:
            session = _init(num_cpus, resources, namespace_of(namespace))
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
    num_cpus: float | None, resources: dict[str, float] | None, namespace: str
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
    _session = session = Session(cpus, given, namespace or DEFAULT_NAMESPACE)
    set_client(session.engine)
    for callback in tuple(_open):
        callback(session)
    return session


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

    cpus = psutil.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cpus
    if allowed < cpus:
        warnings.warn(
            f"this process may use {allowed} of {cpus} CPUs; rayteach still offers "
            f"{cpus}. Set RAYTEACH_NUM_CPUS={allowed} or init(num_cpus={allowed})",
            stacklevel=3,
        )
    return float(cpus)


def _checked(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        msg = f"{name} must be a number, not {type(value).__name__}"
        raise TypeError(msg)
    if not 0 < value < float("inf"):
        msg = f"{name}={value!r}: it must be above 0"
        raise ValueError(msg)
    return float(value)


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
