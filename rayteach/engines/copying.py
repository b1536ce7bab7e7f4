"""Copies of values from one node's store to another's.

One copy per value and node, whoever asks; one at a time from one node to another,
so that ``network_bytes_per_s`` is what the link between them carries.
"""

from __future__ import annotations

import socket
import weakref
from collections import deque
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

from rayteach.core import events
from rayteach.engines.failures import Failure
from rayteach.engines.state import clock
from rayteach.errors import ObjectLostError, ObjectStoreFullError, OutOfDiskError
from rayteach.runtime.copier import DISK_FULL, LOST, PARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rayteach.core.events import ObjectKey
    from rayteach.engines.nodes import Nodes
    from rayteach.engines.state import EngineState
    from rayteach.engines.storage import Segment

    Wanted = Sequence[tuple[ObjectKey, Segment]]
    Then = Callable[[Failure | None], None]

LARGE_BYTES = 8 << 20
"""From here on a copy goes in parts."""
TRIES = 3
"""A copy that broke off while both nodes live is begun anew so often in all."""


class _Copy:
    """One copy on its way."""

    __slots__ = ("key", "number", "segment", "target", "then", "tries")

    def __init__(self, key: ObjectKey, segment: Segment, target: str) -> None:
        self.key = key
        #: held until the copy is there
        self.segment = segment
        self.target = target
        #: 0 while it waits for its turn
        self.number = 0
        self.tries = 0
        #: who waits for it
        self.then: list[Then] = []


class Copies:
    """All copies. Works under the engine's lock."""

    def __init__(self, state: EngineState, nodes: Nodes) -> None:
        """Nothing is slowed down yet."""
        self.network_bytes_per_s = 0.0
        self.latency_s = 0.0
        self._state = state
        self._nodes = nodes
        self._numbers = count(1)
        #: copies under way, by their number
        self._running: dict[int, _Copy] = {}
        #: copies that are not there yet, by the value's path and the target
        self._open: dict[tuple[str, str], _Copy] = {}
        #: who waits for its turn, by source and target; the first is under way
        self._links: dict[tuple[str, str], deque[_Copy]] = {}
        #: values that have copies
        self._copied: weakref.WeakSet[Segment] = weakref.WeakSet()

    def bring(self, wanted: Wanted, node: str, then: Then) -> None:
        """Copy values to a node's store, then call ``then``.

        It is told why if one could not be stored there. If a value was lost on the
        way it is called with None: look again.
        """
        failures: list[Failure] = []
        left = len(wanted)

        def one_came(failure: Failure | None) -> None:
            nonlocal left
            left -= 1
            if failure is not None:
                failures.append(failure)
            if not left:
                then(failures[0] if failures else None)

        for key, segment in wanted:
            self._request(key, segment, node, one_came)

    def _request(self, key: ObjectKey, segment: Segment, node: str, then: Then) -> None:
        copy = self._open.get((segment.path, node))
        if copy is None:
            copy = self._open[segment.path, node] = _Copy(key, segment, node)
            self._line_up(copy)
        copy.then.append(then)

    def _line_up(self, copy: _Copy) -> None:
        link = self._links.setdefault((copy.segment.node, copy.target), deque())
        link.append(copy)
        if link[0] is copy:
            self._start(copy)

    def _start(self, copy: _Copy) -> None:
        source = self._nodes.copiers.get(copy.segment.node)
        target = self._nodes.copiers.get(copy.target)
        if source is None or target is None:
            return  # the node's end is being dealt with
        copy.number = next(self._numbers)
        copy.tries += 1
        self._running[copy.number] = copy
        size = copy.segment.size
        rate = self.network_bytes_per_s
        cuts = [0, size]
        if size >= LARGE_BYTES and not rate:
            cuts[1:1] = [size // PARTS * part for part in range(1, PARTS)]
        parts = list(pairwise(cuts))
        pairs = [socket.socketpair() for _ in parts]
        for (ours, _), part in zip(pairs, parts, strict=True):
            path, number = copy.segment.path, copy.number
            source.command([ours], "send", number, path, *part, rate, self.latency_s)
        ends = [theirs for _, theirs in pairs]
        target.command(ends, "receive", copy.number, size, parts)
        for pair in pairs:
            for end in pair:
                end.close()

    def came(self, number: int, path: str, start_s: float, end_s: float) -> None:
        """A target has all of it."""
        copy = self._running.pop(number, None)
        segment = self._state.storage_of(path).own(
            path, copy.segment.size if copy else 0
        )
        if copy is None:
            return  # it goes at once
        copy.segment.copies[copy.target] = segment
        self._copied.add(copy.segment)
        self._state.add(
            events.ObjectCopied(
                clock(), copy.key, copy.segment.node, copy.target, segment.size,
                start_s, end_s,
            )
        )  # fmt: skip
        self._end(copy, None)

    def failed(self, number: int, kind: str, text: str) -> None:
        """A target could not take it."""
        copy = self._running.pop(number, None)
        if copy is None:
            return
        if kind == LOST and copy.tries < TRIES:
            self._start(copy)
            return
        if kind == LOST:
            failure = Failure.of_system(
                ObjectLostError, f"a copy to node {copy.target} broke off: {text}"
            )
        else:
            is_disk = kind == DISK_FULL
            storage = self._state.storage_on(copy.target)
            error = storage.full(copy.segment.size, is_disk=is_disk)
            error_type = OutOfDiskError if is_disk else ObjectStoreFullError
            failure = Failure.of_system(error_type, str(error))
        self._end(copy, failure)

    def _end(self, copy: _Copy, failure: Failure | None) -> None:
        self._open.pop((copy.segment.path, copy.target), None)
        link = self._links[copy.segment.node, copy.target]
        link.remove(copy)
        if link:
            self._start(link[0])
        for then in copy.then:
            then(failure)

    def copier_lost(self, node: str) -> None:
        """A node's copier died and another came: what was under way begins anew."""
        for copy in list(self._running.values()):
            if node in (copy.segment.node, copy.target):
                self.failed(copy.number, LOST, "its process died")

    def node_lost(self, node: str) -> None:
        """A node is gone: who waits for a copy from there looks again."""
        for segment in list(self._copied):
            segment.copies.pop(node, None)
        gone = [key for key in self._links if node in key]
        copies = [copy for key in gone for copy in self._links.pop(key)]
        for copy in copies:
            self._running.pop(copy.number, None)
            self._open.pop((copy.segment.path, copy.target), None)
        for copy in copies:
            for then in copy.then if copy.target != node else ():
                then(None)

    def waiting(self) -> dict[str, Any]:
        """Return how many copies wait or are under way, for tests and the curious."""
        return {"open": len(self._open), "running": len(self._running)}
