"""Rows as messages: the wire of docs/protocol.md, kernel to view."""

from __future__ import annotations

from dataclasses import asdict, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from rayteach.trace.views.rows import (
    ActorRow,
    Attempt,
    NodeRow,
    ObjectRow,
    TaskRow,
    WaitRow,
    WorkerRow,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rayteach.trace.views.rows import Rows

VERSION = 1
"""The version of the protocol."""

ROW_TYPES: dict[str, type] = {
    "nodes": NodeRow,
    "workers": WorkerRow,
    "tasks": TaskRow,
    "objects": ObjectRow,
    "actors": ActorRow,
    "waits": WaitRow,
}
"""The row type of each table of a message, in the order of the tables."""

COLUMNS = {
    name: [field.name for field in fields(row)] for name, row in ROW_TYPES.items()
}
_VALUES: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    name: attrgetter(*columns) for name, columns in COLUMNS.items()
}
_LISTS = {
    name: [
        columns.index(field.name)
        for field in fields(ROW_TYPES[name])
        if str(field.type).startswith("list")
    ]
    for name, columns in COLUMNS.items()
}
_ATTEMPT_VALUES = attrgetter(*[field.name for field in fields(Attempt)])


def snapshot(
    rows: Rows,
    seq: int,
    *,
    live: bool,
    controls: Sequence[str] = (),
    absent: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return everything as one message; every table is in it.

    ``absent`` names commands that the engine cannot take, with the reasons.
    """
    return {
        **({"absent": dict(absent)} if absent else {}),
        "type": "snapshot",
        "version": VERSION,
        "seq": seq,
        "now_s": rows.now_s,
        "live": live,
        "controls": list(controls),
        "run": asdict(rows.run),
        "tables": {name: _table(name, rows) for name in ROW_TYPES},
    }


def changes(rows: Rows, seq: int, *, live: bool) -> dict[str, Any]:
    """Return the rows that changed as message ``seq``; empty tables are left out."""
    return {
        "type": "changes",
        "seq": seq,
        "base": seq - 1,
        "now_s": rows.now_s,
        "live": live,
        "run": asdict(rows.run),
        "tables": {n: _table(n, rows) for n in ROW_TYPES if getattr(rows, n)},
    }


def late(start: int, lines: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """Return lines that were printed after the cell had ended, from ``start`` on."""
    return {"type": "log", "start": start, "lines": [list(line) for line in lines]}


def ask() -> dict[str, Any]:
    """Return the question whether anybody is there."""
    return {"type": "ask"}


def reply(command: object, error: str = "") -> dict[str, Any]:
    """Return the answer to a command; no error text means that it was done."""
    return {"type": "reply", "id": command, "ok": not error, "error": error}


def _table(name: str, rows: Rows) -> dict[str, Any]:
    values, lists = _VALUES[name], _LISTS[name]
    encoded = [list(values(row)) for row in getattr(rows, name).values()]
    for row in encoded:
        for column in lists:
            row[column] = [_plain(item) for item in row[column]]
    return {"columns": COLUMNS[name], "rows": encoded}


def _plain(item: Any) -> Any:
    """Copy what is inside a list: the fold changes it while a message travels."""
    if isinstance(item, Attempt):
        return list(_ATTEMPT_VALUES(item))
    return list(item) if isinstance(item, list) else item
