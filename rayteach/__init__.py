"""Learn Ray-style parallel programming in a notebook, and see it happen.

    import rayteach as ray

    @ray.remote
    def square(x):
        return x * x

    ids = [square.remote(i) for i in range(4)]
    ray.get(ids)                                    # [0, 1, 4, 9]

Timeouts of ``get`` and ``wait`` are in milliseconds, as in the early Ray notes.
In a notebook, ``%load_ext rayteach`` adds the live views.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rayteach._version import __version__

if TYPE_CHECKING:
    from rayteach.api.actor import ActorHandle, get_actor, method
    from rayteach.api.context import RuntimeContext, exit_actor, get_runtime_context
    from rayteach.api.exploring import Exploration, explore, seeded
    from rayteach.api.faults import kill_worker, lose_object, slow_node
    from rayteach.api.generators import ObjectIDGenerator
    from rayteach.api.logs import logs
    from rayteach.api.nodes import add_node, kill_node, remove_node, transfers
    from rayteach.api.objects import (
        available_resources,
        cancel,
        cluster_resources,
        get,
        kill,
        nodes,
        put,
        wait,
    )
    from rayteach.api.observe import last_run, load, observe, timeline
    from rayteach.api.pausing import pause, paused, resume, speed, step
    from rayteach.api.predicting import predict
    from rayteach.api.remote_function import remote
    from rayteach.api.repeating import Repetition, repeat
    from rayteach.api.run import Run
    from rayteach.api.session import init, is_initialized, shutdown
    from rayteach.errors import (
        ActorAlreadyExistsError,
        ActorDiedError,
        ActorError,
        ActorUnavailableError,
        GetTimeoutError,
        ObjectLostError,
        ObjectStoreFullError,
        OutOfDiskError,
        OutOfMemoryError,
        RayteachError,
        RunFileError,
        TaskCancelledError,
        TaskError,
        WorkerCrashedError,
    )
    from rayteach.object_generator import DynamicObjectIDGenerator
    from rayteach.object_id import ObjectID

__all__ = [
    "ActorAlreadyExistsError",
    "ActorDiedError",
    "ActorError",
    "ActorHandle",
    "ActorUnavailableError",
    "DynamicObjectIDGenerator",
    "Exploration",
    "GetTimeoutError",
    "ObjectID",
    "ObjectIDGenerator",
    "ObjectLostError",
    "ObjectStoreFullError",
    "OutOfDiskError",
    "OutOfMemoryError",
    "RayteachError",
    "Repetition",
    "Run",
    "RunFileError",
    "RuntimeContext",
    "TaskCancelledError",
    "TaskError",
    "WorkerCrashedError",
    "__version__",
    "add_node",
    "available_resources",
    "cancel",
    "cluster_resources",
    "exit_actor",
    "explore",
    "get",
    "get_actor",
    "get_runtime_context",
    "init",
    "is_initialized",
    "kill",
    "kill_node",
    "kill_worker",
    "last_run",
    "load",
    "logs",
    "lose_object",
    "method",
    "nodes",
    "observe",
    "pause",
    "paused",
    "predict",
    "put",
    "remote",
    "remove_node",
    "repeat",
    "resume",
    "seeded",
    "shutdown",
    "slow_node",
    "speed",
    "step",
    "timeline",
    "transfers",
    "wait",
]

# Where each name lives. Loaded at its first use: the fork server and the workers
# import this package too, and start sooner for it.
_HOMES = {
    "rayteach.api.actor": "ActorHandle get_actor method",
    "rayteach.api.context": "RuntimeContext exit_actor get_runtime_context",
    "rayteach.api.exploring": "Exploration explore seeded",
    "rayteach.api.faults": "kill_worker lose_object slow_node",
    "rayteach.api.logs": "logs",
    "rayteach.api.generators": "ObjectIDGenerator",
    "rayteach.api.nodes": "add_node kill_node remove_node transfers",
    "rayteach.api.objects": (
        "available_resources cancel cluster_resources get kill nodes put wait"
    ),
    "rayteach.api.pausing": "pause paused resume speed step",
    "rayteach.api.predicting": "predict",
    "rayteach.api.remote_function": "remote",
    "rayteach.api.repeating": "Repetition repeat",
    "rayteach.api.run": "Run",
    "rayteach.api.observe": "last_run load observe timeline",
    "rayteach.api.session": "init is_initialized shutdown",
    "rayteach.errors": (
        "ActorAlreadyExistsError ActorDiedError ActorError ActorUnavailableError "
        "GetTimeoutError ObjectLostError ObjectStoreFullError OutOfDiskError "
        "OutOfMemoryError RayteachError RunFileError "
        "TaskCancelledError TaskError WorkerCrashedError"
    ),
    "rayteach.object_generator": "DynamicObjectIDGenerator",
    "rayteach.object_id": "ObjectID",
}


def __getattr__(name: str) -> Any:
    """Load a public name."""
    for module, names in _HOMES.items():
        if name in names.split():
            value = globals()[name] = getattr(import_module(module), name)
            return value
    msg = f"module 'rayteach' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    """List the public names, for completion."""
    return sorted(__all__)


def load_ipython_extension(ipython: Any) -> None:
    """Serve ``%load_ext rayteach``."""
    from rayteach.notebook import extension  # noqa: PLC0415 (only notebooks pay)

    extension.load_ipython_extension(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """Serve ``%unload_ext rayteach``."""
    from rayteach.notebook import extension  # noqa: PLC0415 (only notebooks pay)

    extension.unload_ipython_extension(ipython)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the extension of a development install lies."""
    return [{"src": "../labextension/dist", "dest": "rayteach"}]
