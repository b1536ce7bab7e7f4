"""Ray's nodes under our names: "A" is the driver's, then in order of appearance."""

from __future__ import annotations

from typing import Any

_HIDDEN = ("memory", "object_store_memory")


def name_of(position: int) -> str:
    """Return the letters of a position: "A", "B", … "Z", "AA"."""
    text = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def shown(resources: dict[str, float]) -> dict[str, float]:
    """Return the resources that people know of."""
    return {
        name: amount
        for name, amount in resources.items()
        if name not in _HIDDEN and not name.startswith("node:")
    }


def ordered(found: list[dict[str, Any]], first: str = "") -> list[dict[str, Any]]:
    """Return Ray's nodes, the head or the one with ID ``first`` in front."""
    head = "node:__internal_head__"

    def rank(node: dict[str, Any]) -> int:
        if first:
            return int(node["NodeID"] != first)
        return int(head not in node.get("Resources", {}))

    return sorted(found, key=rank)


def described(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the nodes as ``rayteach.nodes()`` shows them."""
    return [
        {
            "NodeID": name_of(at),
            "Alive": bool(node["Alive"]),
            "Resources": {"CPU": 0.0, **shown(node.get("Resources", {}))},
        }
        for at, node in enumerate(ordered(found))
    ]
