"""What the calls of a ``Pool`` return before their values are there."""

from __future__ import annotations

import threading
from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, Any

from rayteach.errors import GetTimeoutError
from rayteach.util import door

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rayteach.object_id import ObjectID
    from rayteach.util.door import Actor

    #: the calls that travel together: (args, kwargs) of each
    Chunk = list[tuple[tuple[Any, ...], dict[str, Any]]]


class AsyncResult:
    """The result of ``apply_async``, ``map_async`` or ``starmap_async``.

    Source: Python's ``multiprocessing.pool.AsyncResult``; differs: the error at
    a timeout is a ``GetTimeoutError``, which is a ``TimeoutError``.
    """

    def __init__(
        self,
        chunks: list[ObjectID],
        *,
        single: bool,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
    ) -> None:
        """Stand for the chunks' values; ``single``: there is one value in all."""
        self._chunks = chunks
        self._single = single
        if callback is not None or error_callback is not None:
            arguments = (callback, error_callback)
            threading.Thread(target=self._tell, args=arguments, daemon=True).start()

    def get(self, timeout: float | None = None) -> Any:
        """Return the value, or the list of values in the order of the input.

        Args:
            timeout: seconds; None waits for ever.

        Raises:
            GetTimeoutError: it is not there in time (a ``TimeoutError`` too).
            TaskError: the function raised; also of the original type.
        """
        timeout_s = door.checked_timeout(timeout)
        values = list(chain(*self._values(timeout_s)))
        return values[0] if self._single else values

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the result is there, or for ``timeout`` seconds."""
        if self._chunks:
            number = len(self._chunks)
            door.wait(self._chunks, number, door.checked_timeout(timeout))

    def ready(self) -> bool:
        """Tell whether the result is there."""
        number = len(self._chunks)
        return not number or len(door.wait(self._chunks, number, 0)) == number

    def successful(self) -> bool:
        """Tell whether the function returned; ``ValueError`` if not ready."""
        if not self.ready():
            msg = "the result is not there yet; ask ready() first, or wait()"
            raise ValueError(msg)
        try:
            self._values(0)
        except Exception:  # noqa: BLE001 (that it raised is the answer)
            return False
        return True

    def _values(self, timeout_s: float | None) -> list[Any]:
        return door.get(self._chunks, timeout_s) if self._chunks else []

    def _tell(self, callback: Any, error_callback: Any) -> None:
        try:
            value = self.get()
        except Exception as error:  # noqa: BLE001 (the callback gets it)
            if error_callback is not None:
                error_callback(error)
        else:
            if callback is not None:
                callback(value)


class IMapIterator:
    """Yields results of ``imap`` and ``imap_unordered`` while work goes on.

    The input is read as results are fetched, two chunks per process ahead, so it
    may be endless. (Python's own pool reads all of it at once.)
    """

    def __init__(
        self,
        processes: list[Actor],
        run: Callable[[Actor, Chunk], ObjectID],
        chunks: Iterator[Chunk],
        *,
        is_ordered: bool,
    ) -> None:
        """Start the first chunks; ``run`` hands one to a process."""
        self._run = run
        self._chunks = chunks
        self._is_ordered = is_ordered
        self._free = deque([*processes, *processes])
        self._running: dict[ObjectID, tuple[int, Actor]] = {}
        #: finished and unfetched, by position
        self._done: dict[int, ObjectID] = {}
        self._submitted = 0
        self._fetched = 0
        self._values: deque[Any] = deque()
        self._fill()

    def __iter__(self) -> IMapIterator:
        """Return itself."""
        return self

    def __next__(self) -> Any:
        """Return the next value."""
        return self.next()

    def next(self, timeout: float | None = None) -> Any:
        """Return the next value.

        Args:
            timeout: seconds; None waits for ever.

        Raises:
            StopIteration: there is none.
            GetTimeoutError: it is not there in time; asking again is fine.
            TaskError: the function raised for this chunk; the next ones follow.
        """
        deadline = door.Deadline(timeout)
        while not self._values:
            chunk = self._next_chunk(deadline)
            self._values.extend(door.get([chunk])[0])
        return self._values.popleft()

    def _next_chunk(self, deadline: door.Deadline) -> ObjectID:
        while True:
            position = self._fetched if self._is_ordered else next(iter(self._done), -1)
            if position in self._done:
                self._fetched += 1
                return self._done.pop(position)
            if not self._running:
                raise StopIteration
            ready = door.wait(list(self._running), 1, deadline.remaining_s())
            if not ready:
                msg = "the next result is not there in time"
                raise GetTimeoutError(msg)
            position, process = self._running.pop(ready[0])
            self._done[position] = ready[0]
            self._free.append(process)
            self._fill()

    def _fill(self) -> None:
        while self._free:
            chunk = next(self._chunks, None)
            if chunk is None:
                return
            process = self._free.popleft()
            self._running[self._run(process, chunk)] = (self._submitted, process)
            self._submitted += 1
