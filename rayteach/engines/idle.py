"""Let parked workers go that nobody has needed for a while.

A task that waits for others lends its CPU, so deep recursion makes many
processes; when it is over they are parked. A few are kept for the next time.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rayteach.core.node_state import ACTOR
from rayteach.runtime import protocol

if TYPE_CHECKING:
    from rayteach.core.node_state import NodeState
    from rayteach.engines.state import EngineState

IDLE_S = 10.0
"""A parked worker that was not needed between two looks is let go."""


class Idle:
    """Looks now and then while there are more workers than CPUs."""

    def __init__(self, state: EngineState) -> None:
        """Look for the first time after a worker was started."""
        self._state = state
        self._is_armed = False

    def arm(self) -> None:
        """A worker was started: one day it may be one too many."""
        if not self._is_armed:
            self._is_armed = True
            self._state.after(IDLE_S, self._look)

    def _look(self) -> None:
        self._is_armed = False
        for node in self._state.scheduler.nodes.values():
            keep = math.ceil(node.num_cpus)
            for worker in node.retire(keep):
                self._dismiss(worker)
            if _is_worth_looking(node, keep):
                self.arm()

    def _dismiss(self, worker: int) -> None:
        handle = self._state.pool.workers.get(worker)
        if handle is not None:
            handle.why_ended = "was not needed any more"
            handle.channel.send(protocol.frame(protocol.EXIT, None))


def _is_worth_looking(node: NodeState, keep: int) -> bool:
    """Tell whether a worker may be one too many, now or when its task ends."""
    return sum(role != ACTOR for role in node.roles.values()) > keep
