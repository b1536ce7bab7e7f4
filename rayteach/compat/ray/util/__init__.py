"""``ray.util``: the tools. Their timeouts are in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.api.actor import list_named_actors
from rayteach.compat.ray.missing import missing
from rayteach.compat.ray.util import actor_pool, multiprocessing, queue
from rayteach.util import ActorPool

if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["ActorPool", "actor_pool", "list_named_actors", "multiprocessing", "queue"]

_GROUPS = "one machine needs no placement groups; use num_cpus and resources"
_MISSING = {
    "get_node_ip_address": "all processes are on this machine",
    "map_unordered": "use ActorPool.map_unordered, or ray.wait in a loop",
    "get_current_placement_group": _GROUPS,
    "get_placement_group": _GROUPS,
    "placement_group": _GROUPS,
    "placement_group_table": _GROUPS,
    "remove_placement_group": _GROUPS,
    "scheduling_strategies": _GROUPS,
    "register_serializer": "define __reduce__ on the class, or use copyreg",
    "deregister_serializer": "define __reduce__ on the class, or use copyreg",
    "inspect_serializability": "the error of .remote() names what does not pickle",
    "log_once": "use Python's logging",
    "metrics": "the view under the cell counts and times every task",
    "state": "the view under the cell lists tasks, objects and actors",
    "accelerators": "there are no accelerators to share out; use resources",
    "as_completed": "use ray.wait in a loop",
    "check_serialize": "the error of .remote() names what does not pickle",
    "client": "ray.init(address='ray://...') connects through the engine 'ray'",
    "connect": "ray.init(address='ray://...') connects through the engine 'ray'",
    "disconnect": "ray.shutdown() ends the session",
    "debug": "print() in a task shows under the cell",
    "debugpy": "print() in a task shows under the cell",
    "pdb": "a task has no keyboard; call f.__wrapped__(...) in the notebook",
    "ray_debugpy": "print() in a task shows under the cell",
    "rpdb": "a task has no keyboard; call f.__wrapped__(...) in the notebook",
    "iter": "it belongs to the real Ray",
    "serialization": "define __reduce__ on the class, or use copyreg",
    "spark": "it belongs to the real Ray",
    "timer": "the view under the cell times every task",
    "tpu": "there are no TPUs to share out; use num_cpus and resources",
    "tracing": "the view under the cell shows what happened; see ray.timeline()",
    "disable_log_once_globally": "use Python's logging",
    "enable_periodic_logging": "use Python's logging",
    "get_node_instance_id": "all processes are on this machine",
    "dask": "it belongs to the real Ray",
    "joblib": "it belongs to the real Ray; util.multiprocessing.Pool is near",
    "collective": "it belongs to the real Ray",
}


def __getattr__(name: str) -> NoReturn:
    """Say of a tool of Ray that it is missing, and what to do."""
    missing("ray.util", name, _MISSING)
