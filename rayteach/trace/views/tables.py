"""Tables of rows that know which row changed when.

A row is changed in place; whoever changes it *touches* it, which moves its id
to the end of the table's order of changes. "What changed since revision r" is
then a walk from the end of that order: its cost is the number of changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from rayteach.trace.views.rows import (
    ActorRow,
    NodeRow,
    ObjectRow,
    RunRow,
    TaskRow,
    WaitRow,
    WorkerRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

K = TypeVar("K", int, str)
R = TypeVar("R")


@dataclass(slots=True)
class Table(Generic[K, R]):
    """Rows by id in order of appearance, and the order of their changes."""

    rows: dict[K, R] = field(default_factory=dict)
    #: id -> revision of its last change, the latest change last
    touched: dict[K, int] = field(default_factory=dict)
    #: id -> its place in the order of appearance; ids themselves have no order
    places: dict[K, int] = field(default_factory=dict)
    #: how many rows there have been
    count: int = 0

    def put(self, key: K, row: R, revision: int) -> None:
        """Add a row, or say that the row of this id changed."""
        self.rows[key] = row
        if key not in self.places:
            self.places[key] = self.count
            self.count += 1
        self.touched.pop(key, None)
        self.touched[key] = revision

    def touch(self, key: K, revision: int) -> None:
        """Say that the row of this id changed, if it is in this table."""
        before = self.touched.get(key)
        if before is not None and before != revision:
            del self.touched[key]
            self.touched[key] = revision

    def drop(self, key: K) -> None:
        """Forget a row, if it is in this table."""
        for table in (self.rows, self.touched, self.places):
            table.pop(key, None)

    def since(self, revision: int) -> dict[K, R]:
        """Return the rows that changed after ``revision``, in order of appearance."""
        if revision < 0:
            return dict(self.rows)
        keys = sorted(self._keys_since(revision), key=self.places.__getitem__)
        return {key: self.rows[key] for key in keys}

    def _keys_since(self, revision: int) -> Iterator[K]:
        for key in reversed(self.touched):
            if self.touched[key] <= revision:
                return
            yield key


@dataclass(slots=True)
class Book:
    """The tables of one run."""

    run: RunRow
    tasks: Table[int, TaskRow] = field(default_factory=Table)
    objects: Table[str, ObjectRow] = field(default_factory=Table)
    actors: Table[int, ActorRow] = field(default_factory=Table)
    waits: Table[int, WaitRow] = field(default_factory=Table)
    #: numbers of the tasks of this run that have not reached their end
    unfinished: set[int] = field(default_factory=set)
    #: when the cell or the last of its tasks came to its end
    last_s: float = 0.0
    #: revision of the last change of ``run`` itself
    run_revision: int = 0
    #: number of tasks and end of the run whose critical path was looked for
    critical_of: tuple[int, float] | None = None


@dataclass(slots=True)
class Places:
    """The tables that all runs share: nodes and workers."""

    nodes: Table[str, NodeRow] = field(default_factory=Table)
    workers: Table[int, WorkerRow] = field(default_factory=Table)
