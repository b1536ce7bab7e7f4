"""A first-in, first-out queue that tasks and actors of all processes share.

    caller ──take──► Queue actor ──wakes (named pipe)──► QueueBell actor
       │                                                    │
       └────────────── waits for the bell's answer ◄────────┘

An actor runs one call at a time, so a call that waited inside the queue's actor
would keep out the ``put`` it waits for. Nobody polls instead: the queue's actor
answers at once, items or the count of puts so far, and a caller who must wait
asks a *bell*, a second actor, for a count beyond that one. The bell's process
sleeps on a named pipe, into which the queue's actor writes the count of its next
put. Waiting is an ordinary wait for an ID: it shows in the views, has a timeout,
and lends the CPU of a task. There is one bell for items and one for room, each
made when somebody first waits: those who wait for the same thing can stand behind
each other, since the first to wait saw the newest count.
"""

from __future__ import annotations

import os
import queue
import struct
import tempfile
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rayteach.engines.base import ActorOptions
from rayteach.errors import ActorError, GetTimeoutError
from rayteach.util.door import Actor, Deadline, get, wait

if TYPE_CHECKING:
    from rayteach.object_id import ObjectID

ITEMS, ROOM = "items", "room"
"""What one can wait for."""

_COUNT = struct.Struct("=Q")
_PIPE_BYTES = 1 << 16
_NO_CPU = ActorOptions(num_cpus=0.0)


class Empty(queue.Empty):
    """The queue has no item, and none came in time."""


class Full(queue.Full):
    """The queue has no room, and none came in time."""


class Queue:
    """A queue in an actor of its own; pass it to tasks and actors.

    It ends when the last ``Queue`` that names it is gone. Timeouts are in
    seconds. Items pass by value; an ID in a container stays an ID.

    Source: Ray 2.60 ``ray.util.queue.Queue``; differs: the async twins of
    ``put`` and ``get`` are missing, since there are no async actors yet.
    """

    def __init__(
        self, maxsize: int = 0, actor_options: dict[str, Any] | None = None
    ) -> None:
        """Create the actor.

        Args:
            maxsize: most items at once; 0 or less: no limit.
            actor_options: ``num_cpus``, ``resources`` or ``name`` of the actor.

        Raises:
            ValueError: an unknown option.
        """
        self.maxsize = maxsize
        options = _options(actor_options or {})
        self._actor = Actor.create(_Keeper, "Queue", maxsize, options=options)
        #: what -> (since which count, the bell asked, its answer)
        self._asked: dict[str, tuple[int, Actor, ObjectID]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as the actor's identity."""
        return _rebuild, (self.maxsize, self._actor)

    def __len__(self) -> int:
        """Return the number of items."""
        return self.qsize()

    def __bool__(self) -> bool:
        """Be true, empty or not: ``if queue:`` asks whether there is one."""
        return True

    def size(self) -> int:
        """Return the number of items."""
        return self.qsize()

    def qsize(self) -> int:
        """Return the number of items."""
        found: int = self._actor.ask("size")
        return found

    def empty(self) -> bool:
        """Tell whether there is no item."""
        return self.qsize() == 0

    def full(self) -> bool:
        """Tell whether there is no room."""
        return 0 < self.maxsize <= self.qsize()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Add an item, waiting for room if need be.

        Args:
            item: anything that pickles.
            block: False raises at once if there is no room.
            timeout: seconds to wait for room; None waits for ever.

        Raises:
            Full: there is no room (in time).
            ValueError: a negative timeout.
        """
        deadline = Deadline(timeout if block else 0)
        while True:
            done, count = self._actor.ask("put", item, block)
            if done:
                return
            if not block or not self._wait(ROOM, count, deadline):
                msg = f"the queue is full: {self.maxsize} items"
                raise Full(msg)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take the oldest item, waiting for one if need be.

        Args:
            block: False raises at once if there is no item.
            timeout: seconds to wait for an item; None waits for ever.

        Raises:
            Empty: there is no item (in time).
            ValueError: a negative timeout.
        """
        deadline = Deadline(timeout if block else 0)
        while True:
            items, count = self._actor.ask("take", 1, block)
            if items:
                return items[0]
            if not block or not self._wait(ITEMS, count, deadline):
                msg = "the queue is empty"
                raise Empty(msg)

    def put_nowait(self, item: Any) -> None:
        """Add an item; ``Full`` if there is no room."""
        self.put(item, block=False)

    def get_nowait(self) -> Any:
        """Take the oldest item; ``Empty`` if there is none."""
        return self.get(block=False)

    def put_nowait_batch(self, items: Iterable[Any]) -> None:
        """Add all items, or none and raise ``Full``."""
        if not isinstance(items, Iterable):
            msg = f"put_nowait_batch() takes an iterable, not {type(items).__name__}"
            raise TypeError(msg)
        batch = list(items)
        done, size = self._actor.ask("put_all", batch)
        if not done:
            msg = f"{len(batch)} items do not fit: {size} of {self.maxsize} are there"
            raise Full(msg)

    def get_nowait_batch(self, num_items: int) -> list[Any]:
        """Take ``num_items`` items, or none and raise ``Empty``."""
        if isinstance(num_items, bool) or not isinstance(num_items, int):
            msg = f"num_items must be a whole number, not {num_items!r}"
            raise TypeError(msg)
        if num_items < 0:
            msg = f"num_items={num_items}: it must be 0 or more"
            raise ValueError(msg)
        items, _ = self._actor.ask("take", num_items)
        if items is None:
            msg = f"{num_items} items were asked for, and there are fewer"
            raise Empty(msg)
        taken: list[Any] = items
        return taken

    def shutdown(self, force: bool = False, grace_period_s: float = 5) -> None:
        """End the queue's actor; later calls raise ``ActorDiedError``.

        Args:
            force: do not let calls that were made before end first.
            grace_period_s: seconds to let them, at most.
        """
        if not force:
            wait([self._actor.call("size")], 1, grace_period_s)
        self._actor.kill()

    def _wait(self, what: str, count: int, deadline: Deadline) -> bool:
        """Wait for a change of ``what`` since ``count``; False at the deadline.

        A question that a timeout left open serves the next wait too.
        """
        asked = self._asked.pop(what, None)
        if asked is None or asked[0] != count:
            bell = self._actor.ask("bell", what)
            asked = count, bell, bell.call("wait_beyond", count)
        try:
            get([asked[2]], deadline.remaining_s())
        except GetTimeoutError:
            self._asked[what] = asked
            return False
        except ActorError:
            self._actor.ask("forget", what, asked[1])
        return True


def _rebuild(maxsize: int, actor: Actor) -> Queue:
    made = Queue.__new__(Queue)
    made.maxsize, made._actor, made._asked = maxsize, actor, {}  # noqa: SLF001
    return made


def _options(given: dict[str, Any]) -> ActorOptions:
    unknown = sorted(set(given) - {"num_cpus", "resources", "name"})
    if unknown:
        msg = (
            f"unknown actor option {unknown[0]!r}; there are num_cpus, resources, name"
        )
        raise ValueError(msg)
    resources = tuple(sorted((given.get("resources") or {}).items()))
    return ActorOptions(given.get("num_cpus"), resources, given.get("name") or "")


class _Keeper:
    """The queue's actor: keeps the items, never waits."""

    def __init__(self, maxsize: int) -> None:
        self._maxsize = maxsize
        self._items: deque[Any] = deque()
        #: how often items, and room, came to be
        self._counts = {ITEMS: 0, ROOM: 0}
        #: for what somebody waits, or is about to
        self._awaited: set[str] = set()
        self._bells: dict[str, Actor] = {}
        self._pipes: dict[str, int] = {}

    def size(self) -> int:
        return len(self._items)

    def put(self, item: Any, will_wait: bool) -> tuple[bool, int]:
        if self._fits(1):
            self._items.append(item)
            self._changed(ITEMS)
            return True, 0
        return False, self._refuse(ROOM, will_wait)

    def put_all(self, items: list[Any]) -> tuple[bool, int]:
        if not self._fits(len(items)):
            return False, len(self._items)
        self._items.extend(items)
        self._changed(ITEMS)
        return True, 0

    def take(
        self, number: int, will_wait: bool = False
    ) -> tuple[list[Any] | None, int]:
        if len(self._items) < number:
            return None, self._refuse(ITEMS, will_wait)
        taken = [self._items.popleft() for _ in range(number)]
        self._changed(ROOM)
        return taken, 0

    def bell(self, what: str) -> Actor:
        """Return the bell of ``what``; its pipe is open before anyone waits."""
        if what not in self._bells:
            folder = Path(tempfile.mkdtemp(prefix="rayteach-queue-"))
            path = folder / what
            os.mkfifo(path)
            try:
                # Without a CPU: who waits may wait for those who hold them all.
                bell = Actor.create(_Bell, "QueueBell", str(path), options=_NO_CPU)
                bell.ask("is_open")
                pipe = os.open(path, os.O_WRONLY)
            finally:
                path.unlink()
                folder.rmdir()
            bell.ask("arm")
            self._bells[what], self._pipes[what] = bell, pipe
            self._ring(what)  # what came to be since the caller was refused
        return self._bells[what]

    def forget(self, what: str, bell: Actor) -> None:
        """A bell died: the next to wait makes another."""
        if self._bells.get(what) == bell:
            del self._bells[what]
            os.close(self._pipes.pop(what))

    def _fits(self, number: int) -> bool:
        return self._maxsize <= 0 or len(self._items) + number <= self._maxsize

    def _refuse(self, what: str, will_wait: bool) -> int:
        if will_wait:
            self._awaited.add(what)
        return self._counts[what]

    def _changed(self, what: str) -> None:
        self._counts[what] += 1
        if what in self._awaited and what in self._pipes:
            self._awaited.remove(what)
            self._ring(what)

    def _ring(self, what: str) -> None:
        try:
            os.write(self._pipes[what], _COUNT.pack(self._counts[what]))
        except BrokenPipeError:
            self.forget(what, self._bells[what])


class _Bell:
    """Answers when a count has passed; its process sleeps meanwhile."""

    def __init__(self, path: str) -> None:
        # Without O_NONBLOCK, opening would wait for the writer.
        self._pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self._count = 0

    def is_open(self) -> bool:
        return True

    def arm(self) -> None:
        """From now on, sleep in ``read``: the writer is there."""
        os.set_blocking(self._pipe, True)

    def wait_beyond(self, count: int) -> None:
        while self._count <= count:
            data = os.read(self._pipe, _PIPE_BYTES)
            if not data:  # the queue's actor is gone; asking it will say why
                return
            self._count = _COUNT.unpack_from(data, len(data) - _COUNT.size)[0]
