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
    from collections.abc import Callable, Iterable, Sequence

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
_ATTEMPTS = COLUMNS["tasks"].index("attempts")
_ATTEMPT_VALUES = attrgetter(*[field.name for field in fields(Attempt)])


def snapshot(
    rows: Rows, seq: int, *, live: bool, controls: Sequence[str] = ()
) -> dict[str, Any]:
    """Return everything as one message; every table is in it."""
    return {
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


def reply(command: object, error: str = "") -> dict[str, Any]:
    """Return the answer to a command; no error text means that it was done."""
    return {"type": "reply", "id": command, "ok": not error, "error": error}


def _table(name: str, rows: Rows) -> dict[str, Any]:
    encoded = _tasks if name == "tasks" else _plain
    return {
        "columns": COLUMNS[name],
        "rows": encoded(getattr(rows, name).values(), _VALUES[name]),
    }


def _plain(
    rows: Iterable[Any], values: Callable[[Any], tuple[Any, ...]]
) -> list[list[Any]]:
    return [[_copied(value) for value in values(row)] for row in rows]


def _tasks(
    rows: Iterable[Any], values: Callable[[Any], tuple[Any, ...]]
) -> list[list[Any]]:
    encoded = _plain(rows, values)
    for row in encoded:
        row[_ATTEMPTS] = [list(_ATTEMPT_VALUES(attempt)) for attempt in row[_ATTEMPTS]]
    return encoded


def _copied(value: Any) -> Any:
    """Copy lists: the fold goes on changing its own while a message travels."""
    if type(value) is not list:
        return value
    return [list(item) if type(item) is list else item for item in value]
