"""What a session or a node is to offer: the arguments of ``init`` and ``add_node``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rayteach.api.open_session import Session

ONE_NODE = (1, None, None)
"""Number of nodes, bytes per second and latency where nobody says anything."""
_MAX_NODES = 16


def checked_offer(
    num_cpus: Any, resources: dict[str, float] | None, object_store_memory: Any
) -> tuple[float, dict[str, float]]:
    """Return what a node offers: CPUs and custom resources.

    Raises:
        ValueError: one of them is out of its range.
        TypeError: one of them is no number.
    """
    if object_store_memory is not None:
        _check_bytes(object_store_memory)
    given = {
        name: checked(amount, f"resources[{name!r}]")
        for name, amount in (resources or {}).items()
    }
    return checked(num_cpus, "num_cpus"), given


def check_network(
    num_nodes: Any, bytes_per_s: Any, latency_s: Any, engine: str
) -> None:
    """Raise what is wrong with the arguments about several nodes.

    Raises:
        ValueError: one of them is out of its range, or the engine is not ours.
        TypeError: one of them is no number.
    """
    if engine == "ray":
        msg = (
            "num_nodes, network_bytes_per_s and latency_s are of engine='local': real "
            "Ray has the nodes that it is given, and their network"
        )
        raise ValueError(msg)
    is_count = isinstance(num_nodes, int) and not isinstance(num_nodes, bool)
    if not is_count or not 1 <= num_nodes <= _MAX_NODES:
        msg = f"num_nodes={num_nodes!r}: a whole number from 1 to {_MAX_NODES}"
        raise ValueError(msg)
    if bytes_per_s is not None:
        checked(bytes_per_s, "network_bytes_per_s")
    if latency_s:
        checked(latency_s, "latency_s")


def add_nodes(
    session: Session,
    object_store_memory: int | None,
    num_nodes: int,
    bytes_per_s: float | None,
    latency_s: float | None,
) -> None:
    """Add the nodes beside the first; if one cannot be had, close the session."""
    cluster = session.engine.cluster
    try:
        for _ in range(num_nodes - 1):
            cluster.add(None, session.num_cpus, session.resources, object_store_memory)
        if bytes_per_s or latency_s:
            cluster.slow_down(bytes_per_s or 0.0, latency_s or 0.0)
    except BaseException:
        session.close()
        raise


def _check_bytes(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        msg = (
            f"object_store_memory={value!r}: it must be a number of bytes, an int "
            "above 0, e.g. 500_000_000"
        )
        raise ValueError(msg)


def checked(value: Any, name: str) -> float:
    """Return a number above 0, else raise ``TypeError`` or ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        msg = f"{name} must be a number, not {type(value).__name__}"
        raise TypeError(msg)
    if not 0 < value < float("inf"):
        msg = f"{name}={value!r}: it must be above 0"
        raise ValueError(msg)
    return float(value)
