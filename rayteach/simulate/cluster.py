"""The machines of a replay: nodes, their CPUs, and what lies between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rayteach.core import cluster
from rayteach.core.placement import Placement, wish_said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rayteach.core.decisions import Decision
    from rayteach.core.node_state import NodeState
    from rayteach.core.placement import Wish
    from rayteach.core.scheduler import Scheduler
    from rayteach.core.task import Task
    from rayteach.trace.views.rows import Rows

HOME = "A"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nodes by name with their CPUs; the driver is on the first."""

    nodes: Mapping[str, float]
    #: of each link in one direction; infinity: copies take no time
    bytes_per_s: float = float("inf")

    @property
    def num_cpus(self) -> float:
        """CPUs of all nodes."""
        return sum(self.nodes.values())

    @property
    def label(self) -> str:
        """What people call it: "4", "2 x 2", "A 2 + B 4"."""
        cpus = list(self.nodes.values())
        if len(cpus) == 1:
            return f"{cpus[0]:g}"
        if len(set(cpus)) == 1:
            return f"{len(cpus)} x {cpus[0]:g}"
        return " + ".join(f"{name} {one:g}" for name, one in self.nodes.items())

    @property
    def words(self) -> str:
        """The same in a sentence: "4 CPUs", "2 nodes of 2 CPUs"."""
        cpus = list(self.nodes.values())
        if len(cpus) == 1:
            return counted(cpus[0])
        if len(set(cpus)) == 1:
            return f"{len(cpus)} nodes of {counted(cpus[0])}"
        return " and ".join(f"node {n} of {counted(c)}" for n, c in self.nodes.items())

    @property
    def has_links(self) -> bool:
        """True if there are several nodes."""
        return len(self.nodes) > 1


def counted(cpus: float) -> str:
    """Return "1 CPU" or "2 CPUs"."""
    return f"{cpus:g} CPU" + ("" if cpus == 1 else "s")


def of_nodes(count: int, num_cpus: float, bytes_per_s: float) -> Cluster:
    """Return so many equal nodes, called as those of a session are."""
    names = [*_LETTERS, *(f"N{number}" for number in range(27, count + 1))][:count]
    return Cluster(dict.fromkeys(names, num_cpus), bytes_per_s)


def of_run(rows: Rows) -> dict[str, float]:
    """Return the nodes of a run that were not lost, with their CPUs."""
    living = [node for node in rows.nodes.values() if node.lost_s is None]
    return {node.id: node.num_cpus for node in living}


def add_nodes(
    scheduler: Scheduler,
    machines: Cluster,
    rows: Rows,
    bytes_of: Callable[[Task], Mapping[str, int]],
    first: Callable[[Task], float] | None,
) -> None:
    """Offer the nodes to a scheduler; with several it places tasks one by one."""
    if not machines.has_links:
        ((name, num_cpus),) = machines.nodes.items()
        scheduler.add_node(name, num_cpus)
        return
    placement = cluster.begin(scheduler)
    if first is not None:
        scheduler.placement = placement = _Ordered(scheduler.nodes, first)

    def wish_of(task: Task) -> Wish:
        row = rows.tasks.get(task.number)
        return wish_said("" if row is None else row.why_there)

    placement.wish_of, placement.bytes_of = wish_of, bytes_of
    for name, num_cpus in machines.nodes.items():
        cluster.join(scheduler, name, num_cpus, {})


class _Ordered(Placement):
    """The line of tasks without a node, in a policy's order."""

    def __init__(
        self, nodes: dict[str, NodeState], first: Callable[[Task], float]
    ) -> None:
        super().__init__(nodes)
        self._first = first

    def settle(self, out: list[Decision], *, force: bool = False) -> list[NodeState]:
        """As ever, but who is first by the policy gets a node first."""
        ordered = sorted(self._line, key=lambda task: (self._first(task), task.number))
        self._line.clear()
        self._line.extend(ordered)
        return super().settle(out, force=force)
