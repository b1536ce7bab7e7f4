"""``%rayteach break``: the faults of the view's buttons, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from rayteach.api import faults, nodes, session
from rayteach.errors import RayteachError
from rayteach.trace.fold import RowFold

if TYPE_CHECKING:
    from rayteach.trace.views.rows import Rows

KINDS = ("worker", "actor", "node", "object", "slow")


def break_(what: str, name: str, factor: float) -> str:
    """Carry out one fault; return in words what was done.

    Args:
        what: one of ``KINDS``.
        name: a label or a number of a worker, a label, or the name of a node.
        factor: how many times slower.

    Raises:
        UsageError: there is nothing of that name.
    """
    try:
        return _DO[what](name, factor)
    except (ValueError, RayteachError) as error:
        raise UsageError(str(error)) from None


def _worker(name: str, _: float) -> str:
    of = _session()
    if name.isdecimal():
        faults.kill_worker(int(name))
        return f"Worker {name} is killed."
    task = _labelled(name, [t for t in _rows().tasks.values() if not t.end])
    if not task.attempts or task.attempts[-1].end_s is not None:
        msg = f"{name} does not run now: there is no worker to kill"
        raise UsageError(msg)
    worker = task.attempts[-1].worker
    of.engine.faults.kill_worker(worker)
    return f"Worker {worker}, which ran {name}, is killed."


def _actor(name: str, _: float) -> str:
    of = _session()
    known = [one for one in _rows().actors.values() if one.ended_s is None]
    actor = _labelled(name, known)
    of.engine.faults.kill_actor(actor.id)
    return f"The process of {name} is killed."


def _node(name: str, _: float) -> str:
    nodes.kill_node(name)
    return f"Node {name} is killed."


def _object(name: str, _: float) -> str:
    of = _session()
    known = [one for one in _rows().objects.values() if one.shared and one.copies]
    task, _, index = _labelled(name, known).id.partition(".")
    of.engine.faults.lose_key(int(task), int(index))
    return f"All copies of {name} are gone."


def _slow(name: str, factor: float) -> str:
    faults.slow_node(name, factor)
    if factor == 1:
        return f"Everything on node {name} takes its usual time again."
    return f"Everything on node {name} takes {factor:g} times as long."


_DO = {
    "worker": _worker, "actor": _actor, "node": _node, "object": _object, "slow": _slow
}  # fmt: skip


def _session() -> Any:
    found = session.current()
    if found is None:
        msg = "no session is open: there is nothing to break"
        raise UsageError(msg)
    return found


def _rows() -> Rows:
    of = _session()
    sample = getattr(of.engine, "sample", None)
    if sample is not None:
        sample()  # what runs now is known to
    fold = RowFold(of.log, of.start_s)
    fold.advance()
    return fold.rows(None)


def _labelled(name: str, known: list[Any]) -> Any:
    """Return the newest row of a label, with or without its cell in front."""
    for row in reversed(known):
        if name in (row.label, row.label.rpartition(" ")[2]):
            return row
    there = ", ".join(one.label.rpartition(" ")[2] for one in known[-5:])
    msg = f"there is no {name!r} to break; there is {there or 'nothing of the kind'}"
    raise UsageError(msg)
