"""``logs``: everything that a task has printed."""

from __future__ import annotations

import difflib

from rayteach.api import session
from rayteach.errors import RayteachError
from rayteach.object_id import ObjectID


def logs(task: ObjectID | str) -> str:
    """Return everything that a task has printed so far, also what was not shown.

    Args:
        task: an ID that the task returns, or its label as it stands in front of
            each line, e.g. ``"f-3"``; of several tasks of one label the latest
            that has printed.

    Returns:
        Lines without labels, prints and errors in the order in which they came;
        "" if it has printed nothing. Kept until ``shutdown``.

    Raises:
        TypeError: neither an ID nor a label.
        ValueError: no task of that label has printed anything.
        RayteachError: no session is open, or the ID is of an earlier one.
    """
    if not isinstance(task, (ObjectID, str)):
        msg = f"logs() takes an ObjectID or a label, not {type(task).__name__}"
        raise TypeError(msg)
    open_one = session.current()
    if open_one is None:
        msg = (
            "logs() needs the session in which the task ran, and the notebook or "
            "script that opened it: logs end with shutdown()"
        )
        raise RayteachError(msg)
    if isinstance(task, ObjectID):
        return str(open_one.engine.log_of(task))
    found: str | None = open_one.engine.outputs.find(task)
    if found is None:
        msg = f"no task {task!r} has printed anything"
        near = difflib.get_close_matches(task, open_one.engine.outputs.labels(), n=3)
        if near:
            msg += f"; did you mean {' or '.join(map(repr, near))}?"
        raise ValueError(msg)
    return found
