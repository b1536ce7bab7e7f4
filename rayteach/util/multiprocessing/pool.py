"""The pool: one actor per process, chunks of calls dealt out in turn."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from rayteach.util import door
from rayteach.util.door import Actor
from rayteach.util.multiprocessing.results import AsyncResult, IMapIterator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType

    from rayteach.object_id import ObjectID
    from rayteach.util.multiprocessing.results import Chunk

_CHUNKS_PER_PROCESS = 4
"""As Python's pool: enough to even out the load, few enough to be cheap."""


class Pool:
    """A pool of processes with the interface of ``multiprocessing.Pool``.

        with Pool(4) as pool:
            pool.map(square, range(100))

    Each process is an actor, so what an initializer sets up stays. They end when
    the pool is terminated, or closed and done, or gone.
    """

    def __init__(
        self,
        processes: int | None = None,
        initializer: Callable[..., Any] | None = None,
        initargs: Iterable[Any] = (),
        maxtasksperchild: int | None = None,
        context: Any = None,
    ) -> None:
        """Start the processes.

        Args:
            processes: how many; default: as many as there are CPUs.
            initializer: called once in each process, with ``initargs``.
            initargs: arguments of ``initializer``.
            maxtasksperchild: refused; processes are not replaced.
            context: ignored; processes are always forked from a clean server.

        Raises:
            ValueError: ``processes`` below 1, or ``maxtasksperchild`` given.
            TypeError: ``initializer`` is not callable.
        """
        del context
        if maxtasksperchild is not None:
            msg = (
                "maxtasksperchild: an actor keeps its process for life; for a fresh "
                "process, make a new Pool, and for work without memory use tasks"
            )
            raise ValueError(msg)
        if initializer is not None and not callable(initializer):
            msg = f"initializer must be callable, not {type(initializer).__name__}"
            raise TypeError(msg)
        number = _number_of_cpus() if processes is None else _at_least_1(
            processes, "processes"
        )  # fmt: skip
        arguments = tuple(initargs)
        self._processes = [
            Actor.create(_Process, "PoolProcess", initializer, arguments)
            for _ in range(number)
        ]
        self._turn = cycle(self._processes)
        self._is_open = True

    def __enter__(self) -> Pool:  # noqa: PYI034 (Self is typing's from 3.11 on)
        """Return the pool."""
        self._check_open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Terminate the pool."""
        self.terminate()

    def __reduce__(self) -> Any:
        """Refuse: a pool belongs to the process that made it."""
        msg = "a Pool cannot be passed to a task; make one there, or pass the results"
        raise NotImplementedError(msg)

    def __repr__(self) -> str:
        """Show the state and the size."""
        state = "open" if self._is_open else "closed"
        return f"<Pool: {state}, {len(self._processes)} processes>"

    # One call.

    def apply(
        self,
        func: Callable[..., Any],
        args: Iterable[Any] = (),
        kwds: dict[str, Any] | None = None,
    ) -> Any:
        """Call ``func(*args, **kwds)`` in one process; return its value."""
        return self.apply_async(func, args, kwds).get()

    def apply_async(
        self,
        func: Callable[..., Any],
        args: Iterable[Any] = (),
        kwds: dict[str, Any] | None = None,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
    ) -> AsyncResult:
        """As ``apply``, but return at once.

        Args:
            func: the function.
            args: its arguments by position.
            kwds: its arguments by name.
            callback: called with the value, in a thread of its own.
            error_callback: called with the error instead, if there is one.
        """
        self._check_open()
        calls = [(tuple(args), dict(kwds or {}))]
        one = _run(func)(next(self._turn), calls)
        return AsyncResult(
            [one], single=True, callback=callback, error_callback=error_callback
        )

    # Many calls.

    def map(
        self,
        func: Callable[[Any], Any],
        iterable: Iterable[Any],
        chunksize: int | None = None,
    ) -> list[Any]:
        """Return ``[func(x) for x in iterable]``, worked out in parallel."""
        return self._all(func, _singles(iterable), chunksize).get()  # type: ignore[no-any-return]

    def map_async(
        self,
        func: Callable[[Any], Any],
        iterable: Iterable[Any],
        chunksize: int | None = None,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
    ) -> AsyncResult:
        """As ``map``, but return at once; callbacks as in ``apply_async``."""
        return self._all(func, _singles(iterable), chunksize, callback, error_callback)

    def starmap(
        self,
        func: Callable[..., Any],
        iterable: Iterable[Iterable[Any]],
        chunksize: int | None = None,
    ) -> list[Any]:
        """Return ``[func(*x) for x in iterable]``, worked out in parallel."""
        return self._all(func, _stars(iterable), chunksize).get()  # type: ignore[no-any-return]

    def starmap_async(
        self,
        func: Callable[..., Any],
        iterable: Iterable[Iterable[Any]],
        chunksize: int | None = None,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
    ) -> AsyncResult:
        """As ``starmap``, but return at once; callbacks as in ``apply_async``."""
        return self._all(func, _stars(iterable), chunksize, callback, error_callback)

    def imap(
        self, func: Callable[[Any], Any], iterable: Iterable[Any], chunksize: int = 1
    ) -> IMapIterator:
        """Yield ``func(x)`` in the order of the input, each when it is there."""
        return self._each(func, iterable, chunksize, is_ordered=True)

    def imap_unordered(
        self, func: Callable[[Any], Any], iterable: Iterable[Any], chunksize: int = 1
    ) -> IMapIterator:
        """Yield ``func(x)`` in the order in which the results come."""
        return self._each(func, iterable, chunksize, is_ordered=False)

    # The end.

    def close(self) -> None:
        """Take no more work; what was handed in is finished."""
        self._is_open = False

    def terminate(self) -> None:
        """End the processes at once; unfinished results raise ``ActorDiedError``."""
        self._is_open = False
        for process in self._processes:
            process.kill()

    def join(self) -> None:
        """Wait until all that was handed in is done.

        Raises:
            ValueError: the pool still takes work; ``close`` it first.
        """
        if self._is_open:
            msg = "the pool still takes work; call close() or terminate() before join()"
            raise ValueError(msg)
        ends = [process.call("is_done") for process in self._processes]
        door.wait(ends, len(ends))

    def _all(
        self,
        func: Callable[..., Any],
        calls: Iterator[Any],
        chunksize: int | None,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
    ) -> AsyncResult:
        self._check_open()
        listed = list(calls)
        if chunksize is None:
            chunksize = max(
                1, -(-len(listed) // (len(self._processes) * _CHUNKS_PER_PROCESS))
            )
        run = _run(func)
        chunks = _chunks(iter(listed), _at_least_1(chunksize, "chunksize"))
        ids = [run(next(self._turn), chunk) for chunk in chunks]
        return AsyncResult(
            ids, single=False, callback=callback, error_callback=error_callback
        )

    def _each(
        self,
        func: Callable[[Any], Any],
        iterable: Iterable[Any],
        chunksize: int,
        *,
        is_ordered: bool,
    ) -> IMapIterator:
        self._check_open()
        size = _at_least_1(chunksize, "chunksize")
        chunks = _chunks(_singles(iterable), size)
        return IMapIterator(self._processes, _run(func), chunks, is_ordered=is_ordered)

    def _check_open(self) -> None:
        if not self._is_open:
            msg = "the pool takes no more work: it was closed or terminated"
            raise ValueError(msg)


class _Process:
    """The actor: runs chunks of calls."""

    def __init__(self, initializer: Any, initargs: tuple[Any, ...]) -> None:
        if initializer is not None:
            initializer(*initargs)

    def run(self, func: Callable[..., Any], chunk: Chunk) -> list[Any]:
        return [func(*args, **kwargs) for args, kwargs in chunk]

    def is_done(self) -> bool:
        return True


def _run(func: Callable[..., Any]) -> Callable[[Actor, Chunk], ObjectID]:
    if not callable(func):
        msg = f"func must be callable, not {type(func).__name__}"
        raise TypeError(msg)
    return lambda process, chunk: process.call("run", func, chunk)


def _singles(iterable: Iterable[Any]) -> Iterator[Any]:
    return (((value,), {}) for value in iterable)


def _stars(iterable: Iterable[Iterable[Any]]) -> Iterator[Any]:
    return ((tuple(values), {}) for values in iterable)


def _chunks(calls: Iterator[Any], size: int) -> Iterator[Chunk]:
    while chunk := list(islice(calls, size)):
        yield chunk


def _at_least_1(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        msg = f"{name} must be a whole number, not {value!r}"
        raise TypeError(msg)
    if value < 1:
        msg = f"{name}={value}: it must be 1 or more"
        raise ValueError(msg)
    return value


def _number_of_cpus() -> int:
    cpus = sum(node["Resources"].get("CPU", 0) for node in door.engine().nodes())
    return max(1, int(cpus))
