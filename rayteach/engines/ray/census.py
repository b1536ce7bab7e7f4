"""Which of Ray's nodes bears which of our names, and what they offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.core import events
from rayteach.engines.ray.nodes import name_of, ordered, shown
from rayteach.engines.ray.spec import clock

if TYPE_CHECKING:
    from rayteach.trace.log import EventLog


class Nodes:
    """The nodes that were seen so far, in order."""

    def __init__(self, log: EventLog) -> None:
        """Know none."""
        self._log = log
        self._names: dict[str, str] = {}
        self._lost: set[str] = set()

    def name(self, ray_id: str) -> str:
        """Return our name of a node; "A" for what is not known yet."""
        return self._names.get(ray_id, "A")

    def look(self, found: list[dict[str, Any]]) -> None:
        """Compare with what Ray says now."""
        for node in ordered(found):
            ray_id = node["NodeID"]
            if ray_id not in self._names and node["Alive"]:
                name = self._names[ray_id] = name_of(len(self._names))
                offered = shown(node.get("Resources", {}))
                cpus = offered.pop("CPU", 0.0)
                resources = tuple(sorted(offered.items()))
                self._log.append(events.NodeAdded(clock(), name, cpus, resources))
            elif ray_id in self._names and not node["Alive"]:
                self._lose(ray_id, node.get("DeathReasonMessage") or "it is gone")

    def _lose(self, ray_id: str, reason: str) -> None:
        if ray_id not in self._lost:
            self._lost.add(ray_id)
            self._log.append(events.NodeLost(clock(), self._names[ray_id], reason))
