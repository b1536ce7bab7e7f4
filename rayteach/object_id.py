"""The identity of a value that exists or will exist, in every process.

In the driver an :class:`ObjectID` *is* the record of the value: dropping the
last reference frees it. In a worker it is a stand-in whose life is reported to
the driver. Each process has one *client* (the engine in the driver, the nested
client in a worker) that knows how to read a value.
"""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from concurrent.futures import Future

PENDING, READY, FAILED = 0, 1, 2
"""What an ID knows of its value: nothing yet, there, or an error in its place."""

STREAM_INDEX = 0xFFFF_FFFF
"""The index under which a generator task's stream of items is known."""

ARGUMENTS_INDEX = STREAM_INDEX - 1
"""The index under which the log names a task's own large arguments."""

HEX_DIGITS = 56
"""Length of ``ObjectID.hex()``, as in Ray: 24 bytes of task and 4 of index."""


class Client(Protocol):
    """What an ID asks of its process."""

    session_hex: str

    def future_of(self, object_id: ObjectID) -> Future[Any]:
        """Return a future that gets the value."""

    def adopt(self, task: int, index: int, label: str) -> ObjectID:
        """Return this process's ID for a key that came out of a pickle."""


class _Process(threading.local):
    """Per thread: the list that collects IDs met while pickling, or None."""

    exported: list[ObjectID] | None = None


process = _Process()
_client: Client | None = None
_maker: Callable[[], Client] | None = None


def set_client(client: Client | None) -> None:
    """Make ``client`` the one that serves this process's IDs."""
    global _client  # noqa: PLW0603 (one client per process is the point)
    _client = client


def set_client_maker(maker: Callable[[], Client]) -> None:
    """Let ``maker`` make this process's client when it is first needed."""
    global _maker  # noqa: PLW0603 (as above)
    _maker = maker


def get_client() -> Client | None:
    """Return this process's client, None before a session."""
    if _client is None and _maker is not None:
        set_client(_maker())
    return _client


class ObjectID:
    """Names a value; ``get`` turns it into the value.

    Equality and hash use the identity alone. Source: Ray ``ObjectRef``
    (``hex``, ``binary``, ``task_id``, ``future``, awaiting); differs: the repr
    shows the label people use.
    """

    __slots__ = (
        "__weakref__",
        "contains",
        "data",
        "index",
        "label_source",
        "status",
        "task",
        "waiters",
        "work",
    )

    def __init__(self, task: int, index: int = 0, label_source: object = "") -> None:
        """Name return value ``index`` of task number ``task``."""
        #: number of the task (or put) that makes the value
        self.task = task
        #: which of its return values, from 0
        self.index = index
        #: the label, or an object whose ``label`` attribute makes it on demand
        self.label_source = label_source
        #: PENDING, READY or FAILED
        self.status = PENDING
        #: the stored value, once there (the engine's own form)
        self.data: Any = None
        #: who waits for it, None if nobody
        self.waiters: list[Any] | None = None
        #: the unfinished task that makes it, None otherwise
        self.work: Any = None
        #: IDs inside the value; they live at least as long
        self.contains: tuple[ObjectID, ...] = ()

    @property
    def label(self) -> str:
        """Name for people, e.g. ``f-3``: not unique over cells."""
        source = self.label_source
        text = source if isinstance(source, str) else str(source)
        return f"{text}[{self.index}]" if self.index else text

    def hex(self) -> str:
        """Return the identity as 56 hexadecimal digits."""
        return self.task_id() + f"{self.index:08x}"

    def binary(self) -> bytes:
        """Return the identity as 28 bytes."""
        return bytes.fromhex(self.hex())

    def task_id(self) -> str:
        """Return the identity of the task that makes the value, 48 digits."""
        session = _client.session_hex if _client else ""
        return f"{session:0>32}{self.task:016x}"

    def future(self) -> Future[Any]:
        """Return a ``concurrent.futures.Future`` of the value."""
        return _require_client().future_of(self)

    def __await__(self) -> Generator[Any, None, Any]:
        """Wait for the value in a coroutine."""
        waiting: Generator[Any, None, Any] = _awaited(self, keep=False).__await__()
        return waiting

    # ``asyncio.wait`` takes futures only: to it, an ID is the one of its loop.

    def add_done_callback(self, callback: Any, *, context: Any = None) -> None:
        """Call ``callback(future)`` in the running loop when the value is there."""
        _awaited(self).add_done_callback(callback, context=context)

    def remove_done_callback(self, callback: Any) -> int:
        """Take a callback back; return how many there were."""
        found: int = _awaited(self).remove_done_callback(callback)
        return found

    def done(self) -> bool:
        """Tell, in the loop that waits for it, whether the value is there."""
        return bool(_awaited(self).done())

    def cancelled(self) -> bool:
        """Tell whether that wait was cancelled."""
        return bool(_awaited(self).cancelled())

    def exception(self) -> BaseException | None:
        """Return the task's error, None if it has a value."""
        found: BaseException | None = _awaited(self).exception()
        return found

    def __eq__(self, other: object) -> bool:
        """Compare identities."""
        if not isinstance(other, ObjectID):
            return NotImplemented
        return self.task == other.task and self.index == other.index

    def __hash__(self) -> int:
        """Hash the identity."""
        return hash((self.task, self.index))

    def __repr__(self) -> str:
        """Show the label, which is the same from run to run."""
        return f"ObjectID({self.label})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as a key; the receiving process adopts it."""
        if process.exported is not None:
            process.exported.append(self)
        return _adopt, (self.task, self.index, str(self.label_source))

    def __iter__(self) -> NoReturn:
        """Refuse: a value must be fetched before it can be walked."""
        msg = "an ObjectID cannot be iterated; fetch its value with get() first"
        raise TypeError(msg)


class ActorID(ObjectID):
    """The identity of an actor: the ID of its creation.

    The driver's last reference going away is what ends the actor. ``__del__``
    may run at any moment in any thread, so it only leaves a note.
    """

    __slots__ = ("notes",)

    def __init__(self, task: int, label_source: object, notes: Any) -> None:
        """Leave a note in ``notes`` (a deque) when the last handle is gone."""
        super().__init__(task, 0, label_source)
        self.notes = notes

    def __del__(self) -> None:
        """Tell the engine; it acts at its next safe point."""
        self.notes.append(self.task)


#: futures of IDs that ``asyncio.wait`` was given
_waited: weakref.WeakKeyDictionary[ObjectID, Any] = weakref.WeakKeyDictionary()


def _awaited(one: ObjectID, *, keep: bool = True) -> Any:
    """Return the future of an ID in the running loop."""
    import asyncio  # noqa: PLC0415 (only who awaits pays for it)

    loop = asyncio.get_running_loop()
    known = _waited.get(one)
    if known is None or known.get_loop() is not loop or known.cancelled():
        known = asyncio.wrap_future(one.future(), loop=loop)
        if keep:
            _waited[one] = known
    return known


def _adopt(task: int, index: int, label: str) -> ObjectID:
    return _require_client().adopt(task, index, label)


def _require_client() -> Client:
    client = get_client()
    if client is None:
        msg = "this ObjectID belongs to a session that is closed; run rayteach.init()"
        raise RuntimeError(msg)
    return client
