"""What every engine offers, and the options it takes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from rayteach.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from rayteach.object_id import ActorID, ObjectID


ASYNC_CONCURRENCY = 1000
"""Calls of an async actor that run at once, if nobody says how many (as in Ray)."""
STREAMING = "streaming"
"""``.remote()`` returns a generator that gives the items' IDs as they come."""
DYNAMIC = "dynamic"
"""The task's value is a generator of the items' IDs."""


class TaskOptions(Record):
    """Options of a task or of an actor call."""

    #: CPUs it holds while it runs; fractions are allowed
    num_cpus: float = 1.0
    #: how many IDs ``.remote()`` returns; 0 gives None
    num_returns: int = 1
    #: attempts after a worker death; -1 for ever
    max_retries: int = 3
    #: custom resources as (name, amount), sorted
    resources: tuple[tuple[str, float], ...] = ()
    #: shown instead of the function's name
    name: str = ""
    #: errors that are retried too: all, none, or those of these classes, by name
    retry_exceptions: bool | tuple[str, ...] = False
    #: of a call: attempts after the actor's process died; None: the actor's own
    max_task_retries: int | None = None
    #: how a generator's items come back: "" (it is none), STREAMING or DYNAMIC
    stream: str = ""

    @cached_property
    def is_plain(self) -> bool:
        """True if it takes one CPU and gives one ID, under its own name."""
        plain = self.num_cpus == 1.0 and self.num_returns == 1
        plain = plain and not (self.name or self.resources or self.stream)
        return plain and self.max_task_retries is None


class ActorOptions(Record):
    """Options of an actor."""

    #: CPUs it holds while it lives; None: none, but its node must have one
    num_cpus: float | None = None
    resources: tuple[tuple[str, float], ...] = ()
    #: its name in the session, "" for none
    name: str = ""
    #: return the living actor of that name instead of an error
    get_if_exists: bool = False
    #: where the name counts, "" for the session's own namespace
    namespace: str = ""
    #: it lives until ``kill`` or the end of the session, without any handle
    is_detached: bool = False
    #: how often its process is made again after it died; -1 for ever
    max_restarts: int = 0
    #: of its calls: attempts after its process died; -1 for ever
    max_task_retries: int = 0
    #: how many of its calls may run at once; None: 1, with async methods 1000
    max_concurrency: int | None = None
    #: some method is a coroutine: all calls run in an event loop
    is_async: bool = False

    @property
    def slots(self) -> int:
        """How many calls run at once; 0: one by one, the usual way."""
        if self.is_async:
            return self.max_concurrency or ASYNC_CONCURRENCY
        most = self.max_concurrency or 1
        return most if most > 1 else 0


class Context(Record):
    """Where a piece of code runs; numbers are 0 where there is none."""

    session_hex: str
    worker: int = 0
    task: int = 0
    #: number of the actor's creation
    actor: int = 0
    #: the task's name: its option, or its function's
    name: str = ""
    actor_name: str = ""
    node: str = "A"
    #: where the session's actor names count
    namespace: str = "default"


class Function:
    """A remote function or actor class that the engine can ship."""

    __slots__ = (
        "__weakref__", "captured", "flags", "line", "mean_s", "name", "number",
        "size_bytes", "where",
    )  # fmt: skip

    def __init__(
        self, number: int, name: str, flags: int, where: str, line: int
    ) -> None:
        """Describe what ``number`` (a hash of its pickle) stands for."""
        self.number = number
        self.name = name
        self.flags = flags
        self.where = where
        self.line = line
        #: running mean of its run times in seconds, 0 until one is known
        self.mean_s = 0.0
        #: IDs that its pickle holds; they live at least as long
        self.captured: tuple[ObjectID, ...] = ()
        #: bytes of its pickle, 0 if this process did not make it
        self.size_bytes = 0

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel without what this process has learned or holds."""
        parts = (self.number, self.name, self.flags, self.where, self.line)
        return Function, parts


class Items(Protocol):
    """Reads the streams of generator tasks; numbers of items count from 1."""

    #: holds interrupts of the main thread; a wait inside of it ends nevertheless
    shield: AbstractContextManager[None]

    def item(self, stream: ObjectID, number: int, line: int) -> ObjectID | None:
        """Wait for an item and hand it out; None if the stream ends before it.

        Raises:
            ItemGone: it was handed out already.
        """

    def peek(self, stream: ObjectID, number: int) -> tuple[str, ObjectID | None]:
        """Say what ``item`` would find: "item", "wait" or "end".

        With it comes the ID that is ready when ``item`` no longer waits, None at
        the end. It may turn out to be no item, but the end.

        Raises:
            ItemGone: it was handed out already.
        """

    def ready(self, stream: ObjectID, number: int) -> Future[None]:
        """Return a future that is done when ``item`` no longer waits."""


class ItemGone(Exception):  # noqa: N818 (an answer, not an error)
    """The item was handed out before: it is not the stream's any more."""


class Engine(Protocol):
    """The same calls for the driver's engine and for the client in a worker."""

    session_hex: str
    items: Items

    def register(self, target: Callable[..., Any], name: str) -> Function:
        """Make a function or class shippable; cheap the second time."""

    def submit(
        self,
        function: Function,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: TaskOptions,
        line: int,
    ) -> list[ObjectID]:
        """Submit a task; return at once with its IDs."""

    def create_actor(
        self,
        function: Function,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: ActorOptions,
        line: int,
        meta: Any,
    ) -> tuple[ActorID, Any]:
        """Create an actor; return at once its ID and what its handle must know."""

    def call(
        self,
        actor: ObjectID,
        method: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: TaskOptions,
        line: int,
    ) -> list[ObjectID]:
        """Submit a call of an actor's method; return at once."""

    def put(self, value: Any, line: int) -> ObjectID:
        """Store a value."""

    def get(
        self, ids: Sequence[ObjectID], timeout_s: float | None, line: int
    ) -> list[Any]:
        """Wait for values and return them in order."""

    def wait(
        self,
        ids: Sequence[ObjectID],
        num_returns: int,
        timeout_s: float | None,
        line: int,
    ) -> list[int]:
        """Return the positions that count as ready, by ``core.wait.choose``."""

    def context(self) -> Context:
        """Say what runs in this process."""

    def cancel(self, object_id: ObjectID, *, force: bool, recursive: bool) -> None:
        """Cancel the task or call that makes the value; a finished one is left."""

    def kill(self, actor: ObjectID, *, no_restart: bool = True) -> None:
        """End an actor at once; for good, unless ``no_restart`` is False."""

    def get_actor(self, name: str, namespace: str = "") -> tuple[ActorID, Any]:
        """Return the living actor of that name and what its handle must know."""

    def named_actors(self, namespace: str | None = "") -> list[tuple[str, str]]:
        """Return (namespace, name) of living actors; of all namespaces for None."""

    def nodes(self) -> list[dict[str, Any]]:
        """Describe the nodes."""

    def future_of(self, object_id: ObjectID) -> Future[Any]:
        """Return a future that gets the value."""

    def adopt(self, task: int, index: int, label: str) -> ObjectID:
        """Return this process's ID for a key that came out of a pickle."""
