"""``kill_worker``, ``lose_object`` and ``slow_node``: break things to see what follows.

``kill`` ends an actor and ``kill_node`` a node; they live with actors and nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.api import session
from rayteach.api.actor import ActorHandle
from rayteach.engines.faults import checked_factor
from rayteach.errors import RayteachError
from rayteach.object_id import ObjectID, get_client

if TYPE_CHECKING:
    from rayteach.engines.faults import Faults


def kill_worker(which: ObjectID | int) -> None:
    """End a worker's process at once, as if the system had killed it.

    What it ran is tried again (``max_retries``, 3 unless the task says otherwise) or
    raises ``WorkerCrashedError``; a task that had not begun always runs.

    Args:
        which: the ID of a running task or call, whose worker is meant, or the number
            of a worker as the timeline shows it.

    Raises:
        TypeError: it is neither.
        ValueError: the task does not run now, or there is no such worker.
        RayteachError: no session is open, or this is a task.

    Source: ours.
    """
    if isinstance(which, ActorHandle):
        msg = "kill_worker() takes an ID or a number; kill(handle) ends an actor"
        raise TypeError(msg)
    faults = _faults("kill_worker")
    if isinstance(which, ObjectID):
        faults.kill_worker_of(which)
    elif isinstance(which, int) and not isinstance(which, bool):
        faults.kill_worker(which)
    else:
        msg = (
            "kill_worker() takes the ID of a running task or the number of a worker, "
            f"not {which!r}"
        )
        raise TypeError(msg)


def lose_object(object_id: ObjectID) -> None:
    """Lose a value: all its copies are gone, on every node.

    The result of a task is made again, with what it was made from if need be (at most
    ``max_retries`` times); one of ``put``, or of an actor, raises ``ObjectLostError``
    from here on, and so does what needs it. Who was reading it reads on.

    Args:
        object_id: of a value from 100 KiB on; smaller ones lie in no store.

    Raises:
        TypeError: it is no ID.
        ValueError: the value does not exist, or it is small.
        RayteachError: no session is open, or this is a task.

    Source: ours.
    """
    if not isinstance(object_id, ObjectID):
        msg = f"lose_object() takes an ObjectID, not {object_id!r}"
        raise TypeError(msg)
    _faults("lose_object").lose(object_id)


def slow_node(name: str, factor: float = 4.0) -> None:
    """Let all that runs on a node take longer from here on, as on an older machine.

    A task's function runs as always, then its worker waits for the rest of the time;
    what the task spent waiting for others does not count. The notebook itself, copies
    between nodes and async actors are as fast as before.

    Args:
        name: the node, e.g. "B"; the notebook's own is "A".
        factor: how many times as long, from 1 (as usual) to 100.

    Raises:
        ValueError: there is no such node, or the factor is out of its range.
        RayteachError: no session is open, or this is a task.

    Source: ours.
    """
    checked = checked_factor(factor)
    _faults("slow_node").slow_down(name, checked)


def _faults(call: str) -> Faults:
    found = session.current()
    if found is not None:
        faults: Any = found.engine.faults
        return faults  # type: ignore[no-any-return]
    if get_client() is not None:
        msg = f"{call}() works in the notebook only, not inside a task"
        raise RayteachError(msg)
    msg = (
        f"{call}() needs an open session: call rayteach.init() first, or submit a "
        "task with .remote()"
    )
    raise RayteachError(msg)
