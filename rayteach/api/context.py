"""Where the code runs that asks: ``get_runtime_context``, ``exit_actor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from rayteach.api import session
from rayteach.errors import ActorExit

if TYPE_CHECKING:
    from rayteach.engines.base import Context


class RuntimeContext:
    """What runs here, named as everywhere else; None where there is none.

    Source: Ray 2.60 ``RuntimeContext`` (methods and attributes of these names);
    differs: a task's ID is that of ``ObjectID.task_id()``, an actor's that of
    ``handle.actor_id.hex()``, the job is the session.
    """

    def __init__(self, found: Context) -> None:
        """Made by ``get_runtime_context()``."""
        self._found = found

    def get_job_id(self) -> str:
        """Return the session's ID."""
        return self._found.session_hex

    def get_node_id(self) -> str:
        """Return the node's name, as ``nodes()`` shows it."""
        return self._found.node

    def get_worker_id(self) -> str:
        """Return this process's ID; the driver has one too."""
        return f"{self._found.session_hex}{self._found.worker:08x}"

    def get_task_id(self) -> str | None:
        """Return the task's ID, as ``ObjectID.task_id()``; None in the driver."""
        found = self._found
        return f"{found.session_hex:0>32}{found.task:016x}" if found.task else None

    def get_actor_id(self) -> str | None:
        """Return this actor's ID, as ``handle.actor_id.hex()``; None outside."""
        found = self._found
        if not found.actor:
            return None
        return f"{found.session_hex:0>32}{found.actor:016x}{0:08x}"

    def get_task_name(self) -> str | None:
        """Return the task's ``name`` option, or its function's name."""
        return self._found.name or None

    def get_actor_name(self) -> str | None:
        """Return this actor's name; "" if it has none, None outside an actor."""
        return self._found.actor_name if self._found.actor else None

    @property
    def namespace(self) -> str:
        """The session's namespace, where actors' names count."""
        return self._found.namespace

    job_id = property(get_job_id)
    node_id = property(get_node_id)
    worker_id = property(get_worker_id)
    task_id = property(get_task_id)
    actor_id = property(get_actor_id)

    def get(self) -> dict[str, str]:
        """Return all IDs that there are, by name."""
        names = ("job_id", "node_id", "worker_id", "task_id", "actor_id")
        found = {name: getattr(self, name) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def __repr__(self) -> str:
        """Show who runs; the same from run to run."""
        return f"<runtime context: {self._found.name or 'driver'}>"


def get_runtime_context() -> RuntimeContext:
    """Return what runs here: in a task, in an actor, or in the driver."""
    return RuntimeContext(session.engine().context())


def exit_actor() -> NoReturn:
    """End the actor whose method calls this; this call and later ones fail.

    They raise ``ActorDiedError``, which says where the actor ended itself.

    Raises:
        TypeError: called outside an actor.

    Source: Ray 2.60 ``ray.actor.exit_actor``.
    """
    if not session.is_in_actor():
        msg = (
            "exit_actor() works inside an actor's method: it ends that actor. From "
            "outside, kill(handle) ends one"
        )
        raise TypeError(msg)
    leaving = ActorExit(0)
    leaving.task = session.engine().running_task
    raise leaving
