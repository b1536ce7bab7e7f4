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

from typing import Any

from rayteach._version import __version__
from rayteach.api.actor import ActorHandle, get_actor, method
from rayteach.api.objects import (
    available_resources,
    cluster_resources,
    get,
    kill,
    nodes,
    put,
    wait,
)
from rayteach.api.remote_function import remote
from rayteach.api.run import Run, observe
from rayteach.api.session import init, is_initialized, shutdown
from rayteach.errors import (
    ActorAlreadyExistsError,
    ActorDiedError,
    ActorError,
    GetTimeoutError,
    ObjectLostError,
    ObjectStoreFullError,
    RayteachError,
    TaskCancelledError,
    TaskError,
    WorkerCrashedError,
)
from rayteach.object_id import ObjectID

__all__ = [
    "ActorAlreadyExistsError",
    "ActorDiedError",
    "ActorError",
    "ActorHandle",
    "GetTimeoutError",
    "ObjectID",
    "ObjectLostError",
    "ObjectStoreFullError",
    "RayteachError",
    "Run",
    "TaskCancelledError",
    "TaskError",
    "WorkerCrashedError",
    "__version__",
    "available_resources",
    "cluster_resources",
    "get",
    "get_actor",
    "init",
    "is_initialized",
    "kill",
    "method",
    "nodes",
    "observe",
    "put",
    "remote",
    "shutdown",
    "wait",
]


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
