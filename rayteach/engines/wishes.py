"""What a task says about its node: by its options, and by where its inputs lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core.placement import Wish
from rayteach.engines.storage import Segment
from rayteach.errors import NoSuchNodeError

if TYPE_CHECKING:
    from rayteach.core.task import Task
    from rayteach.engines.state import EngineState


def wish_of(task: Task) -> Wish:
    """Return what the options of a task say about its node."""
    options = task.options
    return Wish(options.node, options.strategy)


def bytes_of(task: Task) -> dict[str, int]:
    """Return how many bytes of the task's inputs lie on which node."""
    found: dict[str, int] = {}
    for one in (*task.inputs, task):
        data = one.payload if one is task else one.data
        if isinstance(data, Segment):
            for node in (data.node, *data.copies):
                found[node] = found.get(node, 0) + data.size
    return found


def check_wish(state: EngineState, node: str) -> None:
    """Raise ``NoSuchNodeError`` if there is no such node and never was."""
    known = state.scheduler.nodes
    used = state.cluster.used if state.cluster is not None else ()
    if node in known or node in used:
        return
    msg = (
        f"node={node!r}: there is no such node; there are {', '.join(known)}. "
        "init(num_nodes=2) or add_node() makes more"
    )
    raise NoSuchNodeError(msg)
