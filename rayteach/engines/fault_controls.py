"""The faults that views may ask of the local engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.engines.faults import checked_factor

if TYPE_CHECKING:
    from rayteach.engines.node_control import NodeControl

NAMES = ("kill_worker", "kill_actor", "kill_node", "lose_object", "slow_node")


def break_(nodes: NodeControl, name: str, args: dict[str, Any]) -> None:
    """Carry out ``name`` of ``NAMES``.

    ``kill_worker {"worker": n}``, ``kill_actor {"actor": n}``, ``kill_node {"node":
    "B"}``, ``lose_object {"object": "17.0"}``, and ``slow_node {"node": "B",
    "factor": 4}``.

    Raises:
        ValueError: what is to be broken is not there, or not named.
    """
    faults = nodes.faults
    if name == "kill_worker":
        faults.kill_worker(_number(args, "worker"))
    elif name == "kill_actor":
        faults.kill_actor(_number(args, "actor"))
    elif name == "kill_node":
        nodes.kill(args.get("node") or "")
    elif name == "lose_object":
        faults.lose_key(*_key(args.get("object")))
    else:
        faults.slow_down(args.get("node") or "", checked_factor(args.get("factor")))


def _number(args: dict[str, Any], what: str) -> int:
    found = args.get(what)
    if isinstance(found, bool) or not isinstance(found, int):
        msg = f"kill_{what} needs a number: {{{what!r}: number}}"
        raise ValueError(msg)  # noqa: TRY004 (what the protocol of controls says)
    return found


def _key(found: Any) -> tuple[int, int]:
    task, _, index = str(found).partition(".")
    if not (task.isdecimal() and index.isdecimal()):
        msg = "lose_object needs the id of a value: {'object': '17.0'}"
        raise ValueError(msg)
    return int(task), int(index)
