"""Large values of a replay: on which nodes they lie, and their way to others.

As between real nodes: one copy per value and node, whoever asks, and one at a time
from one node to another.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rayteach.core.events import ObjectKey
    from rayteach.simulate.cluster import Cluster
    from rayteach.simulate.notes import Notes
    from rayteach.simulate.workers import Clock
    from rayteach.trace.views.rows import Rows

    Then = Callable[[], None]


class Copies:
    """Where large values lie, and the copies under way."""

    def __init__(
        self, machines: Cluster, clock: Clock, notes: Notes, rows: Rows
    ) -> None:
        """Nothing is anywhere yet."""
        self._machines, self._clock, self._notes = machines, clock, notes
        self._rows = rows
        #: the nodes that hold a value, its maker's first
        self._places: dict[ObjectKey, list[str]] = {}
        #: copies that are not there yet, and who waits for each
        self._open: dict[tuple[ObjectKey, str], list[Then]] = {}
        #: what waits for its turn, by source and target; the first is under way
        self._links: dict[tuple[str, str], deque[ObjectKey]] = defaultdict(deque)

    def size(self, key: ObjectKey) -> int:
        """Return the bytes of a large value; small ones travel with messages."""
        row = self._rows.objects.get(f"{key[0]}.{key[1]}")
        return row.size_bytes or 0 if row is not None and row.shared else 0

    def made(self, key: ObjectKey, node: str) -> None:
        """A value came to exist on a node."""
        if self._machines.has_links and self.size(key):
            self._places.setdefault(key, [node])

    def bytes_on(self, keys: Iterable[ObjectKey]) -> dict[str, int]:
        """Return how many bytes of these values lie on which node."""
        found: dict[str, int] = defaultdict(int)
        for key in set(keys):
            for node in self._places.get(key, ()):
                found[node] += self.size(key)
        return found

    def far(self, keys: Iterable[ObjectKey], node: str) -> list[ObjectKey]:
        """Return the values that lie on other nodes only, each once."""
        places = self._places
        return [k for k in dict.fromkeys(keys) if k in places and node not in places[k]]

    def bring(self, keys: Iterable[ObjectKey], node: str, then: Then) -> None:
        """Copy what is not on the node yet, then call ``then``; at once if all is."""
        wanted = self.far(keys, node)
        left = len(wanted)

        def one_came() -> None:
            nonlocal left
            left -= 1
            if not left:
                then()

        if not wanted:
            then()
        for key in wanted:
            self._request(key, node, one_came)

    def _request(self, key: ObjectKey, node: str, then: Then) -> None:
        waiting = self._open.get((key, node))
        if waiting is not None:
            waiting.append(then)
            return
        self._open[key, node] = [then]
        source = self._places[key][0]
        line = self._links[source, node]
        line.append(key)
        if len(line) == 1:
            self._start(source, node)

    def _start(self, source: str, target: str) -> None:
        key = self._links[source, target][0]
        start_s = self._clock.now_s
        took_s = self.size(key) / self._machines.bytes_per_s
        self._clock.after(took_s, lambda: self._came(key, source, target, start_s))

    def _came(self, key: ObjectKey, source: str, target: str, start_s: float) -> None:
        now_s, size = self._clock.now_s, self.size(key)
        self._places[key].append(target)
        self._notes.copied(now_s, key, source, target, size, start_s)
        line = self._links[source, target]
        line.popleft()
        if line:
            self._start(source, target)
        for then in self._open.pop((key, target)):
            then()


def rate_of(rows: Rows) -> float:
    """Return the bytes a second of a run's own copies, infinity without any."""
    size_bytes, took_s = 0, 0.0
    for node in rows.nodes.values():
        for _, _, _, size, start_s, end_s in node.received:
            size_bytes, took_s = size_bytes + size, took_s + end_s - start_s
    return size_bytes / took_s if took_s > 0 else float("inf")
