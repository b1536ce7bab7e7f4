"""The scheduler's nodes and their workers: who is where, and what was heard of them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from rayteach.core.decisions import Park

if TYPE_CHECKING:
    from rayteach.core.decisions import Decision
    from rayteach.core.mailbox import Mailbox
    from rayteach.core.node_state import NodeState
    from rayteach.core.placement import Placement


class Places:
    """Nodes and workers; the scheduler is built on it."""

    def __init__(self) -> None:
        """Start without a node."""
        self.nodes: dict[str, NodeState] = {}
        self.out: list[Decision] = []
        #: gives tasks their nodes, None as long as there is one node
        self.placement: Placement | None = None
        #: actors that have lent their CPUs, by the worker
        self.lenders: dict[int, Mailbox] = {}
        self._workers = count(1)
        self._worker_node: dict[int, NodeState] = {}
        self._touched: dict[str, NodeState] = {}
        #: where plain tasks go, None while no node has a whole CPU, or with several
        self._plain_node: NodeState | None = None

    def stop_plain(self) -> None:
        """No task goes where any free worker may take it."""
        self._plain_node = None

    def touch(self, node: NodeState) -> None:
        """Look at the node with the next decisions."""
        self._touched[node.name] = node

    def worker_started(self, worker: int) -> None:
        """A process answered."""
        node = self._worker_node.get(worker)
        if node is not None:
            node.worker_started(worker, self.out)
            self._touched[node.name] = node

    def worker_parked(self, worker: int) -> None:
        """A worker left the queue and waits on its own line."""
        node = self._worker_node[worker]
        node.worker_parked(worker)
        self._touched[node.name] = node

    def park_lost(self, node: str) -> None:
        """A worker died with a PARK request in hand: ask once more."""
        self.out.append(Park(node, 1))
