"""What a generator task returns: its items' IDs, one at a time."""

from __future__ import annotations

import heapq
import threading
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn

from rayteach.api import session
from rayteach.api.place import caller_line
from rayteach.engines.base import DYNAMIC, ItemGone, TaskOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.object_id import ObjectID


class ObjectIDGenerator:
    """Gives the ID of each item that a generator task yields, in order.

        for item_id in f.remote():
            print(ray.get(item_id))

    The task runs on whether or not somebody asks for its items. ``next`` waits
    until the next item is there. An error comes at its position: the ID that
    stands there raises it in ``get``, and after it comes the end. Items that
    nobody took go with the generator.

    Several threads may ask: each item is given once.

    Source: Ray 2.60 ``ObjectRefGenerator``; differs: ``yield from`` works with
    anything that can be iterated, and so does a function that returns an iterator.
    """

    def __init__(self, stream: ObjectID, done: ObjectID) -> None:
        """Made by ``.remote()`` of a generator function."""
        self._stream = stream
        self._done = done
        self._numbers = count(1)
        #: numbers that were asked for in vain: an interrupt, a cancelled wait
        self._back: list[int] = []
        #: items that an interrupt kept from their reader
        self._kept: list[ObjectID] = []
        self._lock = threading.Lock()

    def __iter__(self) -> ObjectIDGenerator:
        """Return itself."""
        return self

    def __next__(self) -> ObjectID:
        """Wait for the next item and return its ID.

        Raises:
            StopIteration: the task has ended and all was given.
            ValueError: the task's function gave no generator (a ``TaskError`` too).
        """
        found = self._take(caller_line())
        if found is None:
            raise StopIteration
        return found

    def __aiter__(self) -> ObjectIDGenerator:
        """Return itself, for ``async for``."""
        return self

    async def __anext__(self) -> ObjectID:
        """Wait for the next item in a coroutine."""
        import asyncio  # noqa: PLC0415 (only who awaits pays for it)

        items, line = session.engine().items, caller_line()
        while True:
            number = self._claim()
            try:
                await asyncio.wrap_future(items.ready(self._stream, number))
                found: ObjectID | None = items.item(self._stream, number, line)
            except ItemGone:  # lost to an interrupt in the moment of its giving
                continue
            except BaseException:  # a cancelled wait too
                self._give_back(number)
                raise
            if found is None:
                self._give_back(number)
                raise StopAsyncIteration
            return found

    def completed(self) -> ObjectID:
        """Return an ID that is ready when the task has ended; its value is None.

        ``get`` of it raises the task's error, if it had one.
        """
        return self._done

    def next_ready(self) -> bool:
        """Return whether ``next`` would give an ID at once; False at the end."""
        return bool(self._kept) or self._peek()[0] == "item"

    def is_finished(self) -> bool:
        """Return whether the task has ended and all its items were given."""
        return not self._kept and self._peek()[0] == "end"

    def __repr__(self) -> str:
        """Show the task's label."""
        return f"ObjectIDGenerator({self._done.label})"

    def __reduce__(self) -> NoReturn:
        """Refuse to travel: an item could be given in two places."""
        msg = (
            f"{self!r} cannot be passed on, stored or returned: only one process can "
            "read it. Pass the IDs that it gives, e.g. list(generator)"
        )
        raise TypeError(msg)

    def _take(self, line: int) -> ObjectID | None:
        if self._kept:
            return self._kept.pop()
        items = session.engine().items
        found: ObjectID | None = None
        try:
            with items.shield:
                found = self._ask(lambda number: items.item(self._stream, number, line))
        except KeyboardInterrupt:
            if found is not None:  # it came in the moment of its giving
                self._kept.append(found)
            raise
        return found

    def _peek(self) -> tuple[str, ObjectID | None]:
        items = session.engine().items
        with items.shield:
            peeked: tuple[str, ObjectID | None] = self._ask(
                lambda number: items.peek(self._stream, number), gives_back=True
            )
        return peeked

    def _waitable(self) -> ObjectID:
        """Return an ID that is ready when ``next`` would not wait."""
        return self._kept[-1] if self._kept else self._peek()[1] or self._done

    def _ask(self, question: Callable[[int], Any], *, gives_back: bool = False) -> Any:
        """Ask for the next number; interrupts are held."""
        while True:
            number = self._claim()
            try:
                found = question(number)
            except ItemGone:  # lost to an interrupt on its way to a task
                continue
            except BaseException:
                self._give_back(number)
                raise
            if gives_back or found is None:
                self._give_back(number)
            return found

    def _claim(self) -> int:
        with self._lock:
            return heapq.heappop(self._back) if self._back else next(self._numbers)

    def _give_back(self, number: int) -> None:
        with self._lock:
            heapq.heappush(self._back, number)


def stand_ins(waitables: list[Any]) -> list[ObjectID]:
    """Return the IDs to wait for, in the place of generators their next items'."""
    return [
        one._waitable()  # noqa: SLF001 (ours: the class stands above)
        if isinstance(one, ObjectIDGenerator)
        else one
        for one in waitables
    ]


def result_of(ids: list[ObjectID], options: TaskOptions) -> Any:
    """Return what ``.remote()`` of a generator task returns."""
    return ids[0] if options.stream == DYNAMIC else ObjectIDGenerator(*ids)
