"""How much of the nodes is in use, and by how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rayteach.engines.state import EngineState


class Census:
    """Counts CPUs, resources, tasks and actors."""

    def __init__(self, state: EngineState) -> None:
        """Count on all nodes."""
        self._state = state

    def nodes(self) -> list[dict[str, Any]]:
        """Describe the nodes, those that are gone too."""
        state = self._state
        with state.lock:
            known = dict(state.scheduler.nodes)
            gone = state.cluster.used - set(known) if state.cluster is not None else ()
            living = [
                {
                    "NodeID": node.name,
                    "Alive": True,
                    "Resources": {"CPU": node.num_cpus, **node.resources},
                }
                for node in known.values()
            ]
        dead = [{"NodeID": n, "Alive": False, "Resources": {}} for n in sorted(gone)]
        return living + dead

    def available(self) -> dict[str, float]:
        """Return what is not in use, by name."""
        free = {"CPU": 0.0}
        with self._state.lock:
            for node in self._state.scheduler.nodes.values():
                busy = min(node.posted, node.readers) + sum(node.claims.values())
                free["CPU"] += max(0.0, node.num_cpus - busy)
                for name, amount in node.resources.items():
                    free[name] = free.get(name, 0.0) + amount - node.used[name]
        return free

    def status(self) -> dict[str, Any]:
        """Count CPUs in use and tasks by state."""
        state = self._state
        with state.lock:
            tasks = list(state.scheduler.tasks.values())
            nodes = state.scheduler.nodes.values()
            cpus = sum(node.num_cpus for node in nodes)
            running = sum(min(node.posted, node.readers) for node in nodes)
            running += len(state.direct)
            return {
                "cpus_in_use": cpus - self.available()["CPU"],
                "num_cpus": cpus,
                "tasks_running": running,
                "tasks_waiting": max(0, len(tasks) - running),
                "workers": len(state.pool.workers),
                "actors": sum(a.failure is None for a in state.actors.values()),
            }
