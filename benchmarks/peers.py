"""The peers behind one small interface: what every row is written against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

#: peer -> the module that must be there
PEERS = {
    "rayteach": "rayteach",
    "concurrent.futures": "concurrent.futures",
    "multiprocessing.Pool": "multiprocessing.pool",
    "loky": "loky",
    "ray": "ray",
}
WORKERS = 2


class Peer(Protocol):
    """Something that runs functions in other processes."""

    def submit(self, argument: int) -> Any:
        """Start the task ``increment(argument)`` and return its handle."""

    def results(self, handles: list[Any]) -> list[int]:
        """Wait for all and return their values in order."""

    def close(self) -> None:
        """End every process."""


def increment(value: int) -> int:
    """Do next to nothing: what is left is the peer's own cost."""
    return value + 1


class Counter:
    """The actor of the actor rows."""

    def __init__(self) -> None:
        """Start at 0."""
        self.value = 0

    def add(self) -> int:
        """Add one and return the new value."""
        self.value += 1
        return self.value


class RayLike:
    """rayteach and Ray: the same calls, by design."""

    def __init__(self, module: Any, **options: Any) -> None:
        """Open a session of ``module``."""
        self.module = module
        module.init(num_cpus=WORKERS, **options)
        self._increment = module.remote(increment)
        self._counter = module.remote(Counter)

    def submit(self, argument: int) -> Any:
        """Start one task."""
        return self._increment.remote(argument)

    def results(self, handles: list[Any]) -> list[int]:
        """Get all."""
        return list(self.module.get(handles))

    def actor(self) -> Any:
        """Create an actor; it may not be up yet."""
        return self._counter.remote()

    def close(self) -> None:
        """Shut the session down."""
        self.module.shutdown()


class Pool:
    """An executor of ``concurrent.futures``, or one of its kind."""

    def __init__(self, executor: Any) -> None:
        """Keep the executor."""
        self.executor = executor

    def submit(self, argument: int) -> Any:
        """Start one task."""
        return self.executor.submit(increment, argument)

    def results(self, handles: list[Any]) -> list[int]:
        """Collect all."""
        return [handle.result() for handle in handles]

    def close(self) -> None:
        """End the pool."""
        self.executor.shutdown()


class ProcessPool:
    """``multiprocessing.Pool``."""

    def __init__(self, pool: Any) -> None:
        """Keep the pool."""
        self.pool = pool

    def submit(self, argument: int) -> Any:
        """Start one task."""
        return self.pool.apply_async(increment, (argument,))

    def results(self, handles: list[Any]) -> list[int]:
        """Collect all."""
        return [handle.get() for handle in handles]

    def close(self) -> None:
        """End the pool."""
        self.pool.close()
        self.pool.join()


# Each import stays inside: "from import to first result" is a row.


def _rayteach() -> RayLike:
    import rayteach

    return RayLike(rayteach)


def _ray() -> RayLike:
    import ray

    return RayLike(ray, include_dashboard=False, log_to_driver=False)


def _futures() -> Pool:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return Pool(ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")))


def _pool() -> ProcessPool:
    from multiprocessing import get_context

    return ProcessPool(get_context("fork").Pool(WORKERS))


def _loky() -> Pool:
    from loky import ProcessPoolExecutor

    return Pool(ProcessPoolExecutor(WORKERS))


OPEN: dict[str, Callable[[], RayLike | Pool | ProcessPool]] = {
    "rayteach": _rayteach,
    "concurrent.futures": _futures,
    "multiprocessing.Pool": _pool,
    "loky": _loky,
    "ray": _ray,
}
