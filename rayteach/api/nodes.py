"""Nodes that come and go, and the copies between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.api import session
from rayteach.api.offers import checked_offer
from rayteach.errors import RayteachError
from rayteach.object_id import get_client
from rayteach.trace import measures
from rayteach.trace.fold import RowFold

if TYPE_CHECKING:
    from rayteach.engines.node_control import NodeControl
    from rayteach.trace.measures import Transfer


def add_node(
    name: str | None = None,
    *,
    num_cpus: float | None = None,
    resources: dict[str, float] | None = None,
    object_store_memory: int | None = None,
) -> str:
    """Start one more node on this machine: processes and a store of its own.

    Args:
        name: what it is called; default the next letter, "B" first.
        num_cpus: how many tasks may run on it at once; default as the first node.
        resources: custom resources, e.g. ``{"camera": 1}``.
        object_store_memory: bytes of shared memory for its values.

    Returns:
        The node's name, for ``.options(node=...)``.

    Raises:
        ValueError: an argument is out of its range, or a name was used before.
        RayteachError: this is a task.
        OSError: no process can be made.

    Source: Ray's ``ray.cluster_utils.Cluster.add_node``; differs: any session.
    """
    opened, nodes = _control("add_node")
    cpus = opened.num_cpus if num_cpus is None else num_cpus
    given = checked_offer(cpus, resources, object_store_memory)
    return nodes.add(name, *given, object_store_memory)


def remove_node(name: str) -> None:
    """End a node in good order.

    Its tasks end first, and its values go to the notebook's node. Actors on it end as
    if it had died.

    Raises:
        ValueError: there is no such node, or it is the notebook's own.
        RayteachError: this is a task.
    """
    _control("remove_node")[1].remove(name)


def kill_node(name: str) -> None:
    """End a node at once, as a power cut would: its processes and its store are gone.

    What ran there runs elsewhere (``max_retries``), results that lay there alone are
    made again, values of ``put`` that lay there alone raise ``ObjectLostError``,
    actors restart by their options.

    Raises:
        ValueError: there is no such node, or it is the notebook's own.
        RayteachError: this is a task.
    """
    _control("kill_node")[1].kill(name)


def transfers() -> list[Transfer]:
    """Return all copies of values from node to node so far, in order of time.

    Each has ``object``, ``source``, ``target``, ``size_bytes`` and, in seconds since
    the session's start, ``start_s`` and ``end_s``.
    """
    found = session.latest()
    if found is None:
        return []
    fold = RowFold(found.log, found.start_s)
    fold.advance()
    return measures.transfers(fold.rows(None))


def _control(call: str) -> tuple[Any, NodeControl]:
    if session.is_in_task():
        msg = f"{call}() works in the notebook only, not inside a task"
        raise RayteachError(msg)
    if get_client() is None:
        session.engine()
    opened: Any = session.current()
    return opened, opened.engine.cluster
