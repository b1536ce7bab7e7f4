"""The recorder: an actor of the driver's that takes what workers tell.

Workers send batches; the driver fetches them by a call that waits. It also hands
out worker numbers and knows which actor bears which name.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import ray

from rayteach.engines.ray.spec import clock

NAMESPACE = "rayteach"
"""Where recorders are found, by the session's ID."""


def boot_id() -> str:
    """Name the machine's clock: processes with the same one share it."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123
            return file.read().strip()
    except OSError:  # not Linux: one machine at a time
        return os.uname().nodename


class Recorder:
    """See the module."""

    def __init__(self, directory: str, namespace: str) -> None:
        """Tell workers where logs lie and where actors' names count."""
        self._facts = directory, namespace
        self._batches: list[tuple[int, bytes]] = []
        self._news = asyncio.Event()
        self._workers = 0
        #: by Ray's ID of the actor: what a handle of it must know
        self._actors: dict[str, tuple[int, str, Any]] = {}
        self._names: dict[tuple[str, str], str] = {}

    async def now(self) -> tuple[str, float]:
        """Return which clock this machine has, and what it shows."""
        return boot_id(), clock()

    async def welcome(self) -> tuple[int, str, str]:
        """Return a number for one more worker, and what it must know."""
        self._workers += 1
        return self._workers, *self._facts

    async def tell(self, worker: int, batch: bytes) -> None:
        """Take what a worker tells."""
        self._batches.append((worker, batch))
        self._news.set()

    async def drain(self, wait_s: float) -> list[tuple[int, bytes]]:
        """Return what was told since the last time; wait for it if need be."""
        if not self._batches:
            try:
                await asyncio.wait_for(self._news.wait(), wait_s)
            except asyncio.TimeoutError:
                return []
        self._news.clear()
        taken, self._batches = self._batches, []
        return taken

    async def wake(self) -> None:
        """Let the driver's call return."""
        self._news.set()

    async def name(self, actor: str, key: tuple[str, str], known: Any) -> Any:
        """Note who bears a name; return what was noted first of that actor."""
        self._names[key] = actor
        return self._actors.setdefault(actor, known)

    async def named(self, key: tuple[str, str]) -> Any:
        """Return what is known of the latest bearer of a name."""
        return self._actors.get(self._names.get(key, ""))


def open_recorder(session: str, directory: str, namespace: str) -> Any:
    """Make the session's recorder."""
    made: Any = ray.remote(num_cpus=0, max_concurrency=1000)(Recorder)
    named = made.options(name=session, namespace=NAMESPACE)
    return named.remote(directory, namespace)


def offset_to(recorder: Any) -> float:
    """Return what to add to this machine's clock to have the recorder's.

    On the same machine 0. Elsewhere the exchange that took the shortest of five
    counts, taken to be as long there as back.
    """
    boot, _ = ray.get(recorder.now.remote())
    if boot == boot_id():
        return 0.0
    exchanges = []
    for _ in range(5):
        sent_s = clock()
        _, there_s = ray.get(recorder.now.remote())
        back_s = clock()
        exchanges.append((back_s - sent_s, there_s - (sent_s + back_s) / 2))
    return float(min(exchanges)[1])
