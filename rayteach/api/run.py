"""A piece of a program's run, to look at and to check: ``observe``."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from rayteach.api import session as sessions
from rayteach.core.events import ObjectPut, TaskSubmitted, WaitStarted
from rayteach.trace.fold import SESSION, RowFold, frozen
from rayteach.trace.views import words
from rayteach.trace.views.rows import Rows, RunRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.api.open_session import Session


class Run:
    """What was submitted inside one ``observe()`` block, children included."""

    def __init__(self) -> None:
        """Begin with what comes from now on."""
        self._session = sessions.current()
        self._start = 0 if self._session is None else len(self._session.log)
        self._stop: int | None = None
        self._fold: RowFold | None = None

    def close(self) -> None:
        """Leave out what is submitted from now on; what was goes on."""
        session = self._follow()
        self._stop = 0 if session is None else len(session.log)

    @property
    def rows(self) -> Rows:
        """The rows of the block as they are now; tasks may still be running."""
        session = self._follow()
        if session is None:
            return Rows(RunRow(SESSION, "", 1, 0.0))
        if self._fold is None:
            self._fold = RowFold(session.log, session.start_s)
        self._fold.advance()
        return frozen(_only(self._fold, *self._members(session)))

    def __repr__(self) -> str:
        """Say how the tasks stand; no address."""
        rows = self.rows
        return f"<run: {words.counted(list(rows.tasks.values()), rows.now_s)}>"

    def _follow(self) -> Session | None:
        """Return the session: one that opened inside the block replaces it."""
        now = sessions.current()
        if self._stop is None and now is not None and now is not self._session:
            self._session, self._start, self._fold = now, 0, None
        return self._session

    def _members(self, session: Session) -> tuple[set[int], set[int]]:
        """Return the numbers of the tasks and puts, and of the waits, that count."""
        numbers: set[int] = set()
        waits: set[int] = set()
        for place, event in enumerate(session.log.events(self._start), self._start):
            is_inside = self._stop is None or place < self._stop
            if isinstance(event, TaskSubmitted):
                if _belongs(event.parent, numbers, is_inside=is_inside):
                    numbers.add(event.task)
            elif isinstance(event, ObjectPut):
                if _belongs(event.parent, numbers, is_inside=is_inside):
                    numbers.add(event.object[0])
            elif isinstance(event, WaitStarted) and _belongs(
                event.task, numbers, is_inside=is_inside
            ):
                waits.add(event.wait)
        return numbers, waits


def _belongs(parent: int | None, numbers: set[int], *, is_inside: bool) -> bool:
    """The driver's work counts inside the block, a task's if the task does."""
    return is_inside if parent is None else parent in numbers


def _only(fold: RowFold, numbers: set[int], waits: set[int]) -> Rows:
    """Return the chosen rows, and those that they refer to."""
    found = replace(fold.rows(None), tasks={}, objects={}, actors={}, waits={})
    for run in fold.runs:  # the session's own labels would bear the cell's
        part = fold.rows(run)
        found.tasks |= {k: r for k, r in part.tasks.items() if k in numbers}
        found.waits |= {k: r for k, r in part.waits.items() if k in waits}
        found.objects |= part.objects
        found.actors |= part.actors
    named = {key for task in found.tasks.values() for key in task.inputs}
    named |= {key for wait in found.waits.values() for key in wait.objects}
    found.objects = {
        key: row
        for key, row in found.objects.items()
        if key in named or int(key.partition(".")[0]) in numbers
    }
    actors = {task.actor for task in found.tasks.values()}
    found.actors = {k: row for k, row in found.actors.items() if k in actors}
    if found.tasks:
        first = next(iter(found.tasks.values()))
        found.run.cell, found.run.start_s = first.cell, first.submitted_s
    return found


@contextmanager
def observe() -> Iterator[Run]:
    """Observe what is submitted inside a ``with`` block.

    Yields:
        The run; its ``rows`` may be read inside the block and after it.
    """
    run = Run()
    try:
        yield run
    finally:
        run.close()
