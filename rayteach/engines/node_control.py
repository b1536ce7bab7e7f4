"""Add, remove and kill nodes: what the driver's threads call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.core import cluster
from rayteach.engines.faults import Faults
from rayteach.engines.lineage import Lineage
from rayteach.engines.nodes import Nodes, far
from rayteach.engines.pump import Waiter
from rayteach.engines.storage import Segment
from rayteach.runtime.worker_pool import HOME

if TYPE_CHECKING:
    from rayteach.engines.deaths import Deaths
    from rayteach.engines.inbound import Inbound
    from rayteach.engines.pump import Pump
    from rayteach.engines.state import EngineState
    from rayteach.engines.submission import Submission

_LOOK_S = 0.02


class NodeControl:
    """Takes the locks; makes the books of several nodes with the second one."""

    def __init__(
        self,
        state: EngineState,
        submission: Submission,
        deaths: Deaths,
        inbound: Inbound,
        pump: Pump,
    ) -> None:
        """There is one node."""
        self._state = state
        self._dispatcher = dispatcher = submission.dispatcher
        self._parts = (state, dispatcher, submission, deaths, inbound, pump.shield)
        self._pump = pump
        self._shield = pump.shield
        state.lineage = Lineage(state, submission)
        self.faults = Faults(state, self, pump)

    def add(
        self,
        name: str | None,
        num_cpus: float,
        resources: dict[str, float],
        object_store_memory: int | None,
    ) -> str:
        """Start a node; return its name.

        Raises:
            ValueError: the name cannot be one, or is or was another node's.
            OSError: no process can be made.
        """
        with self._shield, self._state.lock:
            self._state.check_open()
            nodes = self.several()
            name = nodes.add(name, num_cpus, resources, object_store_memory)
            self._dispatcher.settle()
        self._pump.kick()
        return name

    def slow_down(self, network_bytes_per_s: float, latency_s: float) -> None:
        """Let copies take longer from now on; 0 for as fast as they go."""
        with self._shield, self._state.lock:
            copies = self.several().copies
            copies.network_bytes_per_s = network_bytes_per_s
            copies.latency_s = latency_s

    def kill(self, name: str) -> None:
        """End a node at once.

        Raises:
            ValueError: there is no such node, or it is the driver's.
        """
        with self._shield, self._state.lock:
            self._state.check_open()
            self._check(name, "kill").kill(name)
            self._dispatcher.settle()
        self._pump.kick_all()

    def remove(self, name: str) -> None:
        """Let a node's tasks end, bring its values to the driver's node, end it.

        Raises:
            ValueError: there is no such node, or it is the driver's.
        """
        waiter = Waiter(1, fail_fast=False)
        with self._shield:
            with self._state.lock:
                self._state.check_open()
                nodes = self._check(name, "remove")
                if name in self._state.scheduler.nodes:
                    cluster.leave(self._state.scheduler, name)
                    self._dispatcher.settle()
                _Removal(self._state, nodes, name, waiter).look()
            self._pump.kick()
            self._pump.run_until(waiter, None)
            waiter.done = True

    def _check(self, name: Any, verb: str) -> Nodes:
        nodes = self._state.cluster
        if nodes is not None:
            nodes.check(name, verb)
            return nodes
        what = "is the notebook's own" if name == HOME else "does not exist"
        msg = f"node {name!r} {what}: add_node() makes another that you can {verb}"
        raise ValueError(msg)

    def settle(self) -> None:
        """Start what can start now; the caller has the lock."""
        self._dispatcher.settle()

    def several(self) -> Nodes:
        """Return the books of several nodes, made if there are none yet.

        Raises:
            OSError: no process can be made.
        """
        if self._state.cluster is None:
            self._state.cluster = Nodes(*self._parts)
        return self._state.cluster

    def close(self) -> None:
        """The session ends."""
        if self._state.cluster is not None:
            self._state.cluster.close()

    def disown(self) -> None:
        """A forked child lets go of the parent's sockets."""
        if self._state.cluster is not None:
            self._state.cluster.disown()


class _Removal:
    """Looks now and then whether the node can go; ends with it, or its waiter."""

    def __init__(
        self, state: EngineState, nodes: Nodes, name: str, waiter: Waiter
    ) -> None:
        self._state = state
        self._nodes = nodes
        self._name = name
        self._waiter = waiter

    def look(self, _: Any = None) -> None:
        """Go one step on."""
        state, name = self._state, self._name
        if self._waiter.done:  # Ctrl-C: it takes no more tasks, and stays
            return
        if name not in state.pool.far:
            self._waiter.finish()
            return
        if cluster.has_work(name, state.scheduler.tasks.values()):
            state.after(_LOOK_S, self.look)
            return
        only_here = [
            one
            for one in self._nodes.held_on(name)
            if isinstance(one.data, Segment) and not one.data.copies
        ]
        wanted = far(only_here, HOME)
        if wanted:
            self._nodes.copies.bring(wanted, HOME, self._came)
        else:
            self._end()

    def _came(self, failure: Any) -> None:
        if failure is not None:
            self._end()
        else:
            self.look()

    def _end(self) -> None:
        self._nodes.lost(self._name, "it was removed with remove_node()")
        self._waiter.finish()
