"""Where runs come from: a block, the latest run of the session, a file."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rayteach.api import session as sessions
from rayteach.api.run import Run
from rayteach.core.events import ObjectPut, TaskSubmitted, WaitStarted
from rayteach.errors import RayteachError
from rayteach.trace import chrome, storage
from rayteach.trace import recording as recordings
from rayteach.trace.fold import SESSION, RowFold, frozen
from rayteach.trace.memory import quiet_memory
from rayteach.trace.recording import Recording
from rayteach.trace.views.rows import Rows, RunRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from rayteach.api.open_session import Session


_LATEST = 1_000
"""So many events are looked at first for the latest task."""


class Block:
    """What is submitted between two moments, children included."""

    is_whole = True

    def __init__(self) -> None:
        """Begin with what comes from now on."""
        self._session = sessions.current()
        self._start = 0 if self._session is None else len(self._session.log)
        self._stop: int | None = None
        self._since_s, self._until_s = time.monotonic(), float("inf")
        self._fold: RowFold | None = None
        #: the rows of a block that is over
        self._final: Rows | None = None

    def close(self) -> None:
        """Leave out what is submitted from now on; what was goes on."""
        session = self._follow()
        self._stop = 0 if session is None else len(session.log)
        self._until_s = time.monotonic()

    @property
    def rows(self) -> Rows:
        """The rows of the block as they are now; tasks may still be running."""
        session = self._follow()
        if self._final is not None:
            return self._final
        if session is None:
            return Rows(RunRow(SESSION, "", 1, 0.0))
        with quiet_memory():
            return self._look(session)

    def _look(self, session: Session) -> Rows:
        if self._fold is None:
            self._fold = RowFold(session.log, session.start_s)
        self._fold.advance()
        is_closed = self._stop is not None
        between = self._since_s - session.start_s, self._until_s - session.start_s
        rows = recordings.only(
            self._fold, *self._members(session), is_closed=is_closed, between=between
        )
        if rows.run.end_s is None:
            return frozen(rows)
        self._final, self._fold = rows, None
        return rows

    def recording(self) -> Recording:
        """Return the events of the block as they are now."""
        session = self._follow()
        if session is None:
            return Recording((), 0.0)
        return recordings.cut_out(session.log, session.start_s, *self._members(session))

    def _follow(self) -> Session | None:
        """Return the session: one that opened inside the block replaces it."""
        now = sessions.current()
        if self._stop is None and now is not None and now is not self._session:
            self._session, self._start, self._fold = now, 0, None
        return self._session

    def _members(self, session: Session) -> tuple[set[int], set[int]]:
        return recordings.members_of(session.log.numbered(self._start), self._stop)


class _Cell:
    """One numbered run of a session: a cell's, or all that is outside cells."""

    is_whole = True

    def __init__(self, session: Session, number: int) -> None:
        self._session, self._number = session, number
        #: the latest rows, and how long the log was then
        self._rows: Rows | None = None
        self._length = 0

    @property
    def rows(self) -> Rows:
        """The rows of the run as they are now."""
        length = len(self._session.log)
        if self._rows is None or length != self._length:
            fold = RowFold(self._session.log, self._session.start_s)
            fold.advance()
            self._rows, self._length = fold.rows(self._number), length
        return self._rows

    def recording(self) -> Recording:
        """Return the events of the run as they are now."""
        numbers: set[int] = set()
        waits: set[int] = set()
        for _, event in self._session.log.numbered():
            if getattr(event, "run", None) != self._number:
                continue
            if isinstance(event, TaskSubmitted):
                numbers.add(event.task)
            elif isinstance(event, ObjectPut):
                numbers.add(event.object[0])
            elif isinstance(event, WaitStarted):
                waits.add(event.wait)
        return recordings.cut_out(
            self._session.log, self._session.start_s, numbers, waits
        )


@contextmanager
def observe() -> Iterator[Run]:
    """Observe what is submitted inside a ``with`` block.

    Yields:
        The run; it may be asked inside the block and after it.
    """
    block = Block()
    try:
        yield Run(block)
    finally:
        block.close()


def numbered(session: Session, number: int) -> Run:
    """Return one cell run of a session, by the session's number for it."""
    return Run(_Cell(session, number))


def last_run() -> Run:
    """Return the run that started the latest task: in a notebook, a cell's.

    Also after ``shutdown``, as long as no other session was opened.

    Raises:
        RayteachError: no task has been started yet.
    """
    session = sessions.latest()
    start = 0 if session is None else len(session.log)
    step = _LATEST
    while session is not None and start:  # from the end, more and more
        start, step = max(0, start - step), step * 4
        for event in reversed(session.log.events(start)):
            if isinstance(event, TaskSubmitted):
                return Run(_Cell(session, event.run))
    raise RayteachError(
        "no task has been started yet; call a remote function with .remote(...) first"
    )


def load(path: str | PathLike[str]) -> Run:
    """Return a run that ``run.save(path)`` wrote.

    It answers the same questions as the run that was saved. A file that was cut
    off gives the run as far as it goes; its ``repr`` says so.

    Raises:
        FileNotFoundError: there is no such file.
        RunFileError: the file holds no run, or a newer rayteach wrote it.
    """
    return Run(storage.load(path))


def timeline(
    filename: str | PathLike[str] | None = None,
) -> list[dict[str, Any]] | None:
    """Return the session as Chrome's trace events, or write them to a file.

    Perfetto (https://ui.perfetto.dev) and chrome://tracing show them: tasks on
    their workers, ``get``, ``wait`` and ``put``, arrows from a task to what its
    result went to, and counters. Times are microseconds since the session began.

    Args:
        filename: where to write them; without it they are returned.

    Raises:
        RayteachError: no session has been opened yet.

    Source: Ray ``ray.timeline``; differs: arrows, waits and counters are there.
    """
    session = sessions.latest()
    if session is None:
        raise RayteachError("there is no session to show; rayteach.init() opens one")
    fold = RowFold(session.log, session.start_s)
    fold.advance()
    return chrome.written(chrome.trace_events(fold.rows(None)), filename)
