"""How much of a node is in use, and by how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rayteach.engines.state import EngineState


class Census:
    """Counts CPUs, resources, tasks and actors."""

    def __init__(
        self, state: EngineState, node: str, resources: dict[str, float]
    ) -> None:
        """Count on ``node``, which offers ``resources`` beside its CPUs."""
        self._state = state
        self._node = node
        self._resources = resources

    def nodes(self) -> list[dict[str, Any]]:
        """Describe the nodes."""
        cpus = self._state.scheduler.nodes[self._node].num_cpus
        resources = {"CPU": cpus, **self._resources}
        return [{"NodeID": self._node, "Alive": True, "Resources": resources}]

    def available(self) -> dict[str, float]:
        """Return what is not in use, by name."""
        with self._state.lock:
            node = self._state.scheduler.nodes[self._node]
            busy = min(node.posted, node.readers)
            free = {"CPU": max(0.0, node.num_cpus - busy - sum(node.claims.values()))}
            for name, amount in node.resources.items():
                free[name] = amount - node.used[name]
        return free

    def status(self) -> dict[str, Any]:
        """Count CPUs in use and tasks by state."""
        state = self._state
        with state.lock:
            tasks = list(state.scheduler.tasks.values())
            node = state.scheduler.nodes[self._node]
            running = min(node.posted, node.readers) + len(state.direct)
            return {
                "cpus_in_use": node.num_cpus - self.available()["CPU"],
                "num_cpus": node.num_cpus,
                "tasks_running": running,
                "tasks_waiting": max(0, len(tasks) - running),
                "workers": len(state.pool.workers),
                "actors": sum(a.failure is None for a in state.actors.values()),
            }
