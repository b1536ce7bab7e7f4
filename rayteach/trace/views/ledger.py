"""What the fold knows: rows by run, and the lookups that events need.

Only the functions beside this module (``tasks``, ``objects``, ``places``) write
to it, one per event type; :class:`rayteach.trace.fold.RowFold` calls them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rayteach.trace.views.rows import RunRow
from rayteach.trace.views.tables import Book, Places

if TYPE_CHECKING:
    from rayteach.core.events import ObjectKey
    from rayteach.trace.views.rows import ActorRow, ObjectRow, TaskRow, WaitRow

OUTSIDE = 0
"""The run of everything that is submitted outside cells."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Tasks that have no rows any more, counted."""

    tasks: int
    failed: int
    work_s: float
    #: when the first and the last of them were submitted
    first_s: float
    last_s: float


@dataclass(slots=True)
class Ledger:
    """All rows of a session and the lookups between them."""

    #: monotonic seconds that are 0 in the rows
    origin_s: float
    #: counts up with every ``advance`` that changed something
    revision: int = 1
    #: time of the latest event, in row seconds
    now_s: float = 0.0
    #: the session's end in row seconds
    end_s: float | None = None
    places: Places = field(default_factory=Places)
    books: dict[int, Book] = field(default_factory=dict)
    #: function -> its name, and the file or cell that holds it
    functions: dict[int, tuple[str, str]] = field(default_factory=dict)
    tasks: dict[int, TaskRow] = field(default_factory=dict)
    objects: dict[str, ObjectRow] = field(default_factory=dict)
    actors: dict[int, ActorRow] = field(default_factory=dict)
    waits: dict[int, WaitRow] = field(default_factory=dict)
    #: task, put or actor number -> its run
    run_of: dict[int, int] = field(default_factory=dict)
    wait_run: dict[int, int] = field(default_factory=dict)
    #: task -> the file or cell that holds the body of its function
    where_of: dict[int, str] = field(default_factory=dict)
    #: object -> when the driver knew that it exists or failed
    settled: dict[ObjectKey, float] = field(default_factory=dict)
    #: object -> open waits that list it, with the position in the list
    watchers: dict[ObjectKey, list[tuple[WaitRow, int]]] = field(default_factory=dict)
    #: runs whose cell has run again: their work goes behind all other
    superseded: set[int] = field(default_factory=set)
    #: generator task -> the index of its latest item
    items: dict[int, int] = field(default_factory=dict)
    #: (function, which of two, fingerprint of large arguments) -> the first such task
    arguments: dict[tuple[str, int, int], int] = field(default_factory=dict)
    #: runs that show a row of another run (an input, an actor), by row id
    guests: dict[str | int, set[int]] = field(default_factory=dict)
    #: lines of the latest source of each cell, by its label
    sources: dict[str, list[str]] = field(default_factory=dict)
    #: tasks that run now, and tasks that wait, each in order of entry
    running: dict[int, TaskRow] = field(default_factory=dict)
    waiting: dict[int, TaskRow] = field(default_factory=dict)
    #: open ``get`` or ``wait`` of each task that is in one
    blocking: dict[int, WaitRow] = field(default_factory=dict)
    #: task -> the task before it on its worker; worker -> its latest task
    previous: dict[int, int] = field(default_factory=dict)
    latest: dict[int, int] = field(default_factory=dict)
    #: what the log does not tell any more
    gone: list[Gone] = field(default_factory=list)
    #: tasks that ended and whose last story is not told yet
    ended: list[TaskRow] = field(default_factory=list)

    def seconds(self, time_s: float) -> float:
        """Return the row time of a monotonic time; to the microsecond."""
        return round(time_s - self.origin_s, 6)

    def book(self, run: int) -> Book:
        """Return the tables of a run; an unannounced one began with the session."""
        book = self.books.get(run)
        if book is None:
            book = self.books[run] = Book(RunRow(run, "", 1, 0.0))
        return book

    def source_line(self, where: str, line: int) -> str:
        """Return the text of a line of a cell, "" if unknown."""
        lines = self.sources.get(where, [])
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def touch_task(self, row: TaskRow) -> None:
        """Say that a task's row changed."""
        self.books[self.run_of[row.id]].tasks.touch(row.id, self.revision)

    def touch_actor(self, row: ActorRow) -> None:
        """Say that an actor's row changed, also where other runs show it."""
        self.books[self.run_of[row.id]].actors.touch(row.id, self.revision)
        for run in self.guests.get(row.id, ()):
            self.books[run].actors.touch(row.id, self.revision)

    def touch_object(self, row: ObjectRow, run: int) -> None:
        """Say that an object's row changed, also where other runs show it."""
        self.books[run].objects.touch(row.id, self.revision)
        for guest in self.guests.get(row.id, ()):
            self.books[guest].objects.touch(row.id, self.revision)

    def touch_wait(self, row: WaitRow) -> None:
        """Say that a wait's row changed."""
        self.books[self.wait_run[row.id]].waits.touch(row.id, self.revision)

    def invite_object(self, object_id: str, run: int) -> None:
        """Show an object of another run among this run's objects."""
        row = self.objects.get(object_id)
        book = self.books[run]
        if row is not None and object_id not in book.objects.rows:
            self.guests.setdefault(object_id, set()).add(run)
            book.objects.put(object_id, row, self.revision)

    def invite_actor(self, actor: int, run: int) -> None:
        """Show an actor of another run among this run's actors."""
        row = self.actors.get(actor)
        book = self.books[run]
        if row is not None and actor not in book.actors.rows:
            self.guests.setdefault(actor, set()).add(run)
            book.actors.put(actor, row, self.revision)


def object_id(key: ObjectKey) -> str:
    """Return the row id of an object, "task.index"."""
    return f"{key[0]}.{key[1]}"
