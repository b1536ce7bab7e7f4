"""Today's Ray names and units, so that a program moves by one import line.

    from rayteach.compat import ray     # later: import ray

Timeouts are in **seconds** here, as in Ray since 0.6.2; those of ``rayteach`` are
in milliseconds. A name of Ray that is missing here says so when it is used.

Source: Ray 2.60; differs: ``docs/semantics.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.api import session
from rayteach.api.actor import get_actor, method
from rayteach.api.context import get_runtime_context
from rayteach.api.generators import ObjectIDGenerator
from rayteach.api.objects import (
    available_resources,
    cancel,
    cluster_resources,
    kill,
    nodes,
    put,
)
from rayteach.api.remote_function import remote
from rayteach.api.session import is_initialized, shutdown
from rayteach.compat.ray import actor, exceptions, util
from rayteach.compat.ray.calls import get, timeline, wait
from rayteach.compat.ray.missing import missing
from rayteach.compat.ray.opening import init
from rayteach.object_generator import DynamicObjectIDGenerator
from rayteach.object_id import ObjectID
from rayteach.util.door import set_opener

if TYPE_CHECKING:
    from typing import NoReturn

#: names a value; its repr is that of ``ObjectID``
ObjectRef = ObjectID
#: what generator tasks return
ObjectRefGenerator = ObjectIDGenerator
DynamicObjectRefGenerator = DynamicObjectIDGenerator

__all__ = [
    "DynamicObjectRefGenerator",
    "ObjectID",
    "ObjectRef",
    "ObjectRefGenerator",
    "actor",
    "available_resources",
    "cancel",
    "cluster_resources",
    "exceptions",
    "get",
    "get_actor",
    "get_runtime_context",
    "init",
    "is_initialized",
    "kill",
    "method",
    "nodes",
    "put",
    "remote",
    "shutdown",
    "timeline",
    "util",
    "wait",
]

# A Queue or Pool made before ``init`` opens a session, as ``remote`` does.
set_opener(session.engine)

_IDS = "IDs are ray.ObjectRef and text here: ref.hex(), get_runtime_context()"
_INSIDE = "it is a part of Ray's inside; its public names are here"
_USE_REAL_RAY = "it is a library of its own; use it with the real Ray"
_MISSING: dict[str, str] = {
    "__version__": "this is not Ray; its own version is rayteach.__version__",
    "get_gpu_ids": "there are no GPUs to share out; use num_cpus and resources",
    "get_tpu_ids": "there are no TPUs to share out; use num_cpus and resources",
    "show_in_dashboard": "print() in a task shows under the cell",
    "cross_language": "tasks and actors are Python here",
    "java_function": "tasks and actors are Python here",
    "java_actor_class": "tasks and actors are Python here",
    "cpp_function": "tasks and actors are Python here",
    "ClientBuilder": "there is no server to connect to; call ray.init()",
    "client": "there is no server to connect to; call ray.init()",
    "LoggingConfig": "configure Python's logging inside the task",
    "runtime_context": "pass what the task must know as an argument",
    "runtime_env": "install packages in this environment; workers share it",
    "autoscaler": "one machine does not grow; see init(num_cpus=...)",
    "job_submission": "run the program itself",
    "dashboard": "look at the view under the cell",
    "internal": "internals of Ray do not exist here",
    "experimental": "experiments of Ray do not exist here",
    "Language": "tasks and actors are Python here",
    "LOCAL_MODE": "call f.__wrapped__(...) to run a function in place",
    "cloudpickle": "import cloudpickle itself",
    "job_config": "there is one job, this program",
    "logger": "use Python's logging",
    "state": "the view under the cell lists tasks, objects and actors",
    **dict.fromkeys(
        (
            "ActorClassID",
            "ActorID",
            "ClusterID",
            "FunctionID",
            "JobID",
            "NodeID",
            "PlacementGroupID",
            "TaskID",
            "UniqueID",
            "WorkerID",
        ),
        _IDS,
    ),
    **dict.fromkeys(
        (
            "AUTO_INIT_APIS",
            "NON_AUTO_INIT_APIS",
            "RESTORE_WORKER_MODE",
            "SCRIPT_MODE",
            "SPILL_WORKER_MODE",
            "WORKER_MODE",
            "_config",
            "client_builder",
            "core",
            "log",
            "ray_constants",
            "remote_function",
            "serialization",
            "widgets",
            "worker",
        ),
        _INSIDE,
    ),
    **dict.fromkeys(
        ("air", "dag", "data", "llm", "rllib", "serve", "train", "tune", "workflow"),
        _USE_REAL_RAY,
    ),
}


def __getattr__(name: str) -> NoReturn:
    """Say of a name of Ray that it is missing, and what to do."""
    missing("ray", name, _MISSING)
