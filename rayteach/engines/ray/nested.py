"""The client inside a Ray worker: a task uses rayteach as the driver does."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import ray

from rayteach.engines.ray import worker
from rayteach.engines.ray.client import Here, RayClient
from rayteach.engines.ray.nodes import described, name_of, ordered
from rayteach.engines.ray.spec import clock
from rayteach.engines.state import KEYS_LOGGED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rayteach.engines.base import Context
    from rayteach.engines.ray.spec import Spec, Submission
    from rayteach.engines.ray.worker import Process
    from rayteach.object_id import ObjectID

_WORKER_SHIFT = 40
"""Task numbers of worker *w* start at ``w << 40``; JavaScript reads them exactly."""
_LATE_S = 0.001
"""A wait that takes longer blocks its task in the views."""


class _Told:
    """The driver's book, seen from a worker: what is told travels as reports."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def __getattr__(self, name: str) -> Callable[..., None]:
        add = self._process.reports.add
        return lambda *arguments: add(name, *arguments)

    def is_leaving(self, _: tuple[str, str]) -> bool:
        """Only the driver knows which actors have no handle left."""
        return False


class NestedClient(RayClient):
    """See the module."""

    def __init__(self, process: Process, spec: Spec, namespace: str) -> None:
        """Tell what happens by ``process.reports``."""
        self.process = process
        numbers = count((process.number << _WORKER_SHIFT) + 1)
        super().__init__(spec.session, namespace, numbers, _Told(process))
        self._waits = count(1)
        self._node = self._node_name = ""

    def check(self, ids: Sequence[ObjectID]) -> None:
        """A worker lives no longer than its session."""

    def submitted(self, time_s: float, entry: Submission, ids: Sequence[Any]) -> None:
        """Tell of a submission."""
        del ids  # they are this process's own
        self.book.submitted(time_s, entry)

    def here(self) -> Here:
        """Say where a submission is made: in the task that runs."""
        call = self.process.call
        if call is None:
            return Here(None, 0, "", "", {})
        spec = call.spec
        return Here(spec.number, spec.run, spec.cell, f"{spec.label}/", call.counts)

    @property
    def node(self) -> str:
        """Ray's ID of this node; the driver knows its name."""
        if not self._node:
            self._node = ray.get_runtime_context().get_node_id()
        return self._node

    @property
    def node_name(self) -> str:
        """Our name of this node."""
        if not self._node_name:
            found = [one["NodeID"] for one in ordered(ray.nodes())]
            self._node_name = name_of(found.index(self.node))
        return self._node_name

    @property
    def recorder(self) -> Any:
        """The session's recorder."""
        return self.process.recorder

    @property
    def running_task(self) -> int:
        """Number of the task or call that asks, 0 if none does."""
        call = self.process.call
        return call.spec.number if call is not None else 0

    @property
    def is_actor(self) -> bool:
        """True in an actor's process."""
        return worker.in_actor()

    def context(self) -> Context:
        """Say what runs here."""
        return worker.context(self.process)

    def nodes(self) -> list[dict[str, Any]]:
        """Describe the nodes."""
        return described(ray.nodes())

    def _begin(
        self,
        kind: str,
        ids: Sequence[Any],
        num_returns: int,
        timeout_s: float | None,
        unit: str,
        line: int,
    ) -> Any:
        call = self.process.call
        if call is None:
            return None
        task, wait = call.spec.number, (self.process.number, next(self._waits))
        keys = tuple((one.task, one.index) for one in ids[:KEYS_LOGGED])
        began_s = clock()
        blocks = timeout_s != 0 and len(self._ready(ids)) < num_returns
        self.book.wait_began(
            began_s, wait, kind, task, call.spec.run, line, keys, num_returns,
            timeout_s, unit, blocks,
        )  # fmt: skip
        return wait, task, blocks

    def _end(
        self, wait: Any, ids: Sequence[Any], ready: Sequence[int], reason: str
    ) -> None:
        if wait is not None:
            number, task, blocks = wait
            ready = tuple(ready)
            keys = tuple((ids[at].task, ids[at].index) for at in ready)
            self.book.wait_ended(clock(), number, ready, reason, task, blocks, keys)
