"""Work for a handful of actors, handed out as they become free."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from rayteach.errors import ActorDiedError, GetTimeoutError
from rayteach.object_id import ObjectID
from rayteach.util import door

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class ActorPool:
    """Spreads calls over actors; each actor has one call at a time.

        pool = ActorPool([Counter.remote(), Counter.remote()])
        list(pool.map(lambda actor, value: actor.add.remote(value), range(4)))

    An actor that turns out to be dead leaves the pool.

    Source: Ray 2.60 ``ray.util.ActorPool``; differs: ``map`` forgets what was
    submitted before without starting it, and what ``fn`` returns is checked.
    """

    def __init__(self, actors: Iterable[Any]) -> None:
        """Take actor handles; all of them are idle."""
        self._idle = list(actors)
        #: (fn, value) for which no actor is free yet, oldest first
        self._waiting: deque[tuple[Callable[[Any, Any], Any], Any]] = deque()
        #: unfetched result -> (its number in order of submission, its actor)
        self._busy: dict[ObjectID, tuple[int, Any]] = {}
        #: number -> unfetched result
        self._results: dict[int, ObjectID] = {}
        self._next_submit = 0
        self._next_return = 0

    def map(
        self, fn: Callable[[Any, Any], ObjectID], values: Iterable[Any]
    ) -> Iterator[Any]:
        """Apply ``fn(actor, value)`` to all values; yield results in their order.

        The calls start at once; unfetched earlier submissions are forgotten.
        """
        self._submit_all(fn, values)
        return self._drain(self.get_next)

    def map_unordered(
        self, fn: Callable[[Any, Any], ObjectID], values: Iterable[Any]
    ) -> Iterator[Any]:
        """As ``map``, but yield each result when it is there."""
        self._submit_all(fn, values)
        return self._drain(self.get_next_unordered)

    def submit(self, fn: Callable[[Any, Any], ObjectID], value: Any) -> None:
        """Call ``fn(actor, value)`` as soon as an actor is free.

        Raises:
            TypeError: ``fn`` does not return an ``ObjectID``.
        """
        if not self._idle:
            self._waiting.append((fn, value))
            return
        actor = self._idle.pop()
        try:
            result = _checked(fn(actor, value))
        except BaseException:
            self._idle.append(actor)
            raise
        self._busy[result] = (self._next_submit, actor)
        self._results[self._next_submit] = result
        self._next_submit += 1

    def has_next(self) -> bool:
        """Tell whether a result is still to be fetched."""
        return bool(self._busy)

    def get_next(
        self,
        timeout: float | None = None,
        ignore_if_timedout: bool = False,
    ) -> Any:
        """Return the next result in the order of submission.

        Args:
            timeout: seconds; None waits for ever.
            ignore_if_timedout: at the timeout, forget this result.

        Raises:
            StopIteration: there is nothing to fetch.
            ValueError: results were fetched with ``get_next_unordered``, and
                this one was passed over.
            TimeoutError: the result is not there in time.
        """
        self._check_next()
        if self._next_return >= self._next_submit:
            msg = (
                "get_next() after get_next_unordered(): the order is lost; fetch the "
                "rest with get_next_unordered()"
            )
            raise ValueError(msg)
        result = self._results[self._next_return]
        is_ready = bool(door.wait([result], 1, door.checked_timeout(timeout)))
        if not is_ready and not ignore_if_timedout:
            raise _timed_out(timeout)
        return self._fetch(result, timeout, is_ready=is_ready)

    def get_next_unordered(
        self,
        timeout: float | None = None,
        ignore_if_timedout: bool = False,
    ) -> Any:
        """Return any result that is there, else wait for the first.

        Args:
            timeout: seconds; None waits for ever.
            ignore_if_timedout: at the timeout, forget the oldest result.

        Raises:
            StopIteration: there is nothing to fetch.
            TimeoutError: no result is there in time.
        """
        self._check_next()
        ready = door.wait(list(self._busy), 1, door.checked_timeout(timeout))
        if not ready and not ignore_if_timedout:
            raise _timed_out(timeout)
        result = ready[0] if ready else next(iter(self._busy))
        return self._fetch(result, timeout, is_ready=bool(ready))

    def has_free(self) -> bool:
        """Tell whether an actor is idle and nothing waits for one."""
        return bool(self._idle) and not self._waiting

    def pop_idle(self) -> Any:
        """Take an idle actor out of the pool; None if there is none."""
        return self._idle.pop() if self.has_free() else None

    def push(self, actor: Any) -> None:
        """Add an actor.

        Raises:
            ValueError: it is in the pool already.
        """
        if actor in self._idle or any(actor == one for _, one in self._busy.values()):
            msg = f"{actor!r} is in this ActorPool already"
            raise ValueError(msg)
        self._return(actor)

    def _submit_all(self, fn: Any, values: Iterable[Any]) -> None:
        self._waiting.clear()
        for result in list(self._busy):
            self._return(self._remove(result))
        for value in values:
            self.submit(fn, value)

    def _drain(self, fetch: Callable[[], Any]) -> Iterator[Any]:
        while self.has_next():
            yield fetch()

    def _check_next(self) -> None:
        if not self._busy:
            msg = "no results are left to fetch"
            raise StopIteration(msg)

    def _fetch(self, result: ObjectID, timeout: float | None, *, is_ready: bool) -> Any:
        """Give the result's actor the next call, and return the value."""
        actor = self._remove(result)
        if not is_ready:
            self._return(actor)
            raise _timed_out(timeout)
        try:
            value = door.get([result])[0]
        except ActorDiedError:
            self._go_on()
            raise
        except BaseException:
            self._return(actor)
            raise
        self._return(actor)
        return value

    def _remove(self, result: ObjectID) -> Any:
        """Take a result from the books; ``get_next`` goes on behind it."""
        number, actor = self._busy.pop(result)
        del self._results[number]
        self._next_return = max(self._next_return, number + 1)
        return actor

    def _return(self, actor: Any) -> None:
        self._idle.append(actor)
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting and self._idle:
            self.submit(*self._waiting.popleft())


def _checked(result: Any) -> ObjectID:
    if not isinstance(result, ObjectID):
        msg = (
            f"fn(actor, value) returned {type(result).__name__}, no ObjectID; "
            "it must return actor.method.remote(value)"
        )
        raise TypeError(msg)
    return result


def _timed_out(timeout: float | None) -> GetTimeoutError:
    return GetTimeoutError(f"no result after {timeout:g} s")
