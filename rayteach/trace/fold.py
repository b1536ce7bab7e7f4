"""Fold the events of a log into rows, a little at a time.

    log.events(n) --> one function per event type --> ledger --> rows, changes

``advance`` reads what is new; ``rows`` and ``changes`` hand out what is known.
The rows handed out are the fold's own: the next ``advance`` changes them. A
reader in another thread therefore has its own fold, or holds ``lock``.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol, cast

from rayteach.core import events
from rayteach.trace import critical, explain, strands
from rayteach.trace.memory import quiet_memory
from rayteach.trace.views import gate, nodes, objects, places, summaries, tasks
from rayteach.trace.views.ledger import OUTSIDE, Gone, Ledger
from rayteach.trace.views.rows import Rows, RunRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rayteach.core.events import Event
    from rayteach.trace.views.rows import ActorRow, NodeRow, ObjectRow, TaskRow
    from rayteach.trace.views.tables import Book

    Handler = Callable[[Ledger, Any], None]

SESSION = -1
"""The id of the run row that stands for the whole session."""

_HANDLERS: Mapping[type[events.Event], Handler] = {
    events.SessionEnded: places.on_session_ended,
    events.CellRunStarted: places.on_run_started,
    events.CellRunSuperseded: places.on_run_superseded,
    events.CellRunEnded: places.on_run_ended,
    events.RunSummarised: summaries.on_summarised,
    events.NodeAdded: places.on_node_added,
    events.NodeLost: places.on_node_lost,
    events.Paused: gate.on_paused,
    events.Stepped: gate.on_stepped,
    events.Slowed: gate.on_slowed,
    events.Resumed: gate.on_resumed,
    events.NextDecided: gate.on_next_decided,
    events.WorkerRequested: places.on_worker_requested,
    events.WorkerStarted: places.on_worker_started,
    events.WorkerExited: places.on_worker_exited,
    events.ActorStarted: places.on_actor_started,
    events.ActorRestarting: places.on_actor_restarting,
    events.SlotsGiven: places.on_slots_given,
    events.ActorExited: places.on_actor_exited,
    events.FunctionDefined: tasks.on_defined,
    events.TaskSubmitted: tasks.on_submitted,
    events.ArgumentsShipped: nodes.on_shipped,
    events.TaskReady: tasks.on_ready,
    events.TaskStarted: tasks.on_started,
    events.TaskDelayed: tasks.on_delayed,
    events.TaskBlocked: tasks.on_blocked,
    events.TaskResumed: tasks.on_resumed,
    events.TaskFinished: tasks.on_finished,
    events.AttemptLost: tasks.on_lost,
    events.TaskFailed: tasks.on_failed,
    events.TaskCancelled: tasks.on_cancelled,
    events.TaskUnrunnable: tasks.on_unrunnable,
    events.TaskPlaced: nodes.on_placed,
    events.TaskRedone: nodes.on_redone,
    events.ObjectCopied: nodes.on_copied,
    events.CopyLost: nodes.on_copy_lost,
    events.NodeSlowed: nodes.on_node_slowed,
    events.ObjectPut: objects.on_put,
    events.ObjectCreated: objects.on_created,
    events.ObjectSpilled: objects.on_spilled,
    events.ObjectReleased: objects.on_released,
    events.WaitStarted: objects.on_wait_started,
    events.WaitReturned: objects.on_wait_returned,
}


class Log(Protocol):
    """What the fold reads: :class:`rayteach.trace.log.EventLog`."""

    def __len__(self) -> int:
        """Return the number of events."""
        ...

    def events(self, start: int = 0) -> list[events.Event]:
        """Return the events from a sequence number on."""
        ...

    def read(self, start: int, most: int = ...) -> tuple[list[Event], int]:
        """Return about ``most`` events from a number on, and where to go on."""
        ...


class RowFold:
    """Rows of a session and of each of its runs, kept up to date by ``advance``."""

    def __init__(self, log: Log, origin_s: float) -> None:
        """Read nothing yet.

        Args:
            log: the events.
            origin_s: monotonic seconds that are 0 in the rows.
        """
        #: held by whoever reads rows while another thread may advance
        self.lock = RLock()
        self._log = log
        self._read = 0
        self._ledger = Ledger(origin_s)
        self._cells: set[str] = set()
        self._relabelled = 0

    @property
    def revision(self) -> int:
        """Counts up with every ``advance`` that changed a row."""
        return self._ledger.revision

    @property
    def now_s(self) -> float:
        """The time of the latest event, in row seconds."""
        return self._ledger.now_s

    def gone(self, start_s: float, stop_s: float) -> list[Gone]:
        """Return what is only counted and was submitted between two times."""
        every = self._ledger.gone
        return [one for one in every if one.last_s >= start_s and one.first_s <= stop_s]

    @property
    def runs(self) -> tuple[int, ...]:
        """Return the numbers of all runs, in order of appearance."""
        return tuple(self._ledger.books)

    @property
    def behind(self) -> int:
        """How many events of the log are not read yet."""
        return len(self._log) - self._read

    def advance(self, most: int | None = None) -> bool:
        """Read the events that are new; say whether a row changed.

        Args:
            most: about so many of them, the oldest; ``None`` for all.
        """
        with self.lock:
            if len(self._log) == self._read:
                return False
            with quiet_memory():
                self._advance(most)
            return True

    def _advance(self, most: int | None) -> None:
        stop = len(self._log)
        if most is not None:
            stop = min(stop, self._read + most)
        self._ledger.revision += 1
        while self._read < stop:
            limit = () if most is None else (most,)
            new, self._read = self._log.read(self._read, *limit)
            self._take(new)
            self._tell_stories()
        self._find_critical_paths()
        self._see_cells()

    def _take(self, new: list[events.Event]) -> None:
        ledger = self._ledger
        latest_s = max((event.time_s for event in new), default=0.0)
        ledger.now_s = max(ledger.now_s, ledger.seconds(latest_s))
        for event in new:
            handler = _HANDLERS.get(type(event))
            if handler is not None:
                handler(ledger, event)

    def rows(self, run: int | None) -> Rows:
        """Return all rows of a run, or of the whole session for ``None``."""
        return self.changes(run, -1)

    def changes(self, run: int | None, since: int) -> Rows:
        """Return the rows of a run that changed after revision ``since``."""
        with self.lock:
            ledger = self._ledger
            rows = self._session(since) if run is None else _of_book(ledger, run, since)
            rows.nodes = ledger.places.nodes.since(since)
            rows.workers = ledger.places.workers.since(since)
            rows.now_s = self._now_s(run)
            return rows

    # Single rows, the fold's own: for a card, which is too small to copy a run.

    def task(self, number: int) -> TaskRow | None:
        """Return the row of a task, None if it is not known."""
        return self._ledger.tasks.get(number)

    def object(self, key: str) -> ObjectRow | None:
        """Return the row of an object, "task.index", None if it is not known."""
        return self._ledger.objects.get(key)

    def actor(self, number: int) -> ActorRow | None:
        """Return the row of an actor, None if it is not known."""
        return self._ledger.actors.get(number)

    def all_tasks(self) -> Iterable[TaskRow]:
        """Return the rows of all tasks, in order of submission."""
        return self._ledger.tasks.values()

    def unfinished(self, run: int | None) -> int:
        """Return how many tasks of a run have not reached their end."""
        books = self._books(run)
        return sum(len(book.unfinished) for book in books)

    def is_over(self, run: int | None) -> bool:
        """Say that the cell has ended and all that it started, or the session has."""
        if run is None or self._ledger.end_s is not None:
            return self._ledger.end_s is not None
        book = self._ledger.books.get(run)
        return book is not None and book.run.end_s is not None and not book.unfinished

    def is_active(self, run: int | None) -> bool:
        """Say that more can happen: a cell is open or a task unfinished."""
        if self._ledger.end_s is not None:
            return False
        return any(
            book.unfinished or (book.run.end_s is None and book.run.id != OUTSIDE)
            for book in self._books(run)
        )

    def run_changed(self, run: int | None, since: int) -> bool:
        """Say whether the run itself (not its rows) changed after ``since``."""
        return any(book.run_revision > since for book in self._books(run))

    def copy(self, run: int | None) -> Rows:
        """Return the rows of a run for somebody to keep, in any thread."""
        with self.lock:
            return frozen(self.rows(run))

    def _now_s(self, run: int | None) -> float:
        """Return the time of the latest event, or of the end of a run that is over."""
        if run is not None and self.is_over(run):
            return self._ledger.books[run].last_s
        return self._ledger.now_s

    def _books(self, run: int | None) -> list[Book]:
        if run is None:
            return list(self._ledger.books.values())
        book = self._ledger.books.get(run)
        return [] if book is None else [book]

    def _session(self, since: int) -> Rows:
        prefix = len(self._cells) > 1
        if prefix and since < self._relabelled:
            since = -1
        rows = Rows(RunRow(SESSION, "", 1, 0.0, self._ledger.end_s))
        rows.run.outcome = "" if self._ledger.end_s is None else "done"
        for gone in self._ledger.gone:
            summaries.add(rows.run, gone)
        for book in self._ledger.books.values():
            part = _of_book(self._ledger, book.run.id, since)
            if prefix and book.run.cell:
                _put_cell_in_front(part, book.run.cell)
            _add_own(rows, part, self._ledger)
        return rows

    def _see_cells(self) -> None:
        """Note which cells have tasks: with two, the session's labels change."""
        for book in self._ledger.books.values():
            if book.tasks.rows and book.run.cell not in self._cells:
                self._cells.add(book.run.cell)
                self._relabelled = self._ledger.revision

    def _find_critical_paths(self) -> None:
        """Note the critical path of each run that has come to its end just now."""
        for number, book in self._ledger.books.items():
            if not book.tasks.rows or not self.is_over(number):
                continue
            state = (len(book.tasks.rows), book.last_s)
            if book.critical_of == state:
                continue
            book.critical_of = state
            rows = self.changes(number, -1)
            chain = strands.longest(rows)
            book.run.critical = chain.tasks
            book.run.why_not_faster = critical.why_not_faster(rows, chain)
            book.run_revision = self._ledger.revision

    def _tell_stories(self) -> None:
        """Renew the stories of ended tasks and of the first unfinished ones."""
        ledger = self._ledger
        situation = explain.Situation(
            ledger.tasks,
            ledger.objects,
            ledger.actors,
            ledger.places.nodes.rows,
            ledger.places.workers.rows,
            list(ledger.running.values()),
            list(islice(ledger.waiting.values(), explain.HEAD)),
            ledger.blocking,
            ledger.previous,
            {t for t in ledger.waiting if ledger.run_of[t] in ledger.superseded},
        )
        for task in ledger.ended:
            task.story = explain.tell(task, situation, ledger.now_s)
        ledger.ended.clear()
        for task in (*situation.running[: explain.HEAD], *situation.waiting):
            text = explain.tell(task, situation, ledger.now_s)
            if text != task.story:
                task.story = text
                ledger.touch_task(task)


def _of_book(ledger: Ledger, run: int, since: int) -> Rows:
    book = ledger.books.get(run)
    if book is None:
        return Rows(RunRow(run, "", 1, ledger.now_s))
    return Rows(
        run=book.run,
        tasks=book.tasks.since(since),
        objects=book.objects.since(since),
        actors=book.actors.since(since),
        waits=book.waits.since(since),
    )


def frozen(rows: Rows) -> Rows:
    """Return copies of rows, which no ``advance`` changes."""
    return Rows(
        replace(rows.run),
        {key: _node_copy(row) for key, row in rows.nodes.items()},
        {key: replace(row) for key, row in rows.workers.items()},
        {key: _task_copy(row) for key, row in rows.tasks.items()},
        {k: replace(r, copies=list(r.copies)) for k, r in rows.objects.items()},
        {key: _actor_copy(row) for key, row in rows.actors.items()},
        {k: replace(r, ready_s=list(r.ready_s)) for k, r in rows.waits.items()},
        rows.now_s,
    )


def _node_copy(row: NodeRow) -> NodeRow:
    paused, slowed = ([list(one) for one in x] for x in (row.paused, row.slowed))
    losers, received = list(row.losers), list(row.received)
    return replace(row, paused=paused, slowed=slowed, losers=losers, received=received)


def _task_copy(row: TaskRow) -> TaskRow:
    return replace(
        row,
        attempts=[replace(attempt) for attempt in row.attempts],
        blocked=[list(interval) for interval in row.blocked],
    )


def _actor_copy(row: ActorRow) -> ActorRow:
    return replace(row, restarts=[list(interval) for interval in row.restarts])


def _put_cell_in_front(rows: Rows, cell: str) -> None:
    for table in (rows.tasks, rows.objects, rows.actors):
        labelled = cast("dict[Any, Any]", table)
        for key, row in labelled.items():
            labelled[key] = replace(row, label=f"{row.cell or cell} {row.label}")


def _add_own(rows: Rows, part: Rows, ledger: Ledger) -> None:
    """Add a run's rows to the session's, without the guests of other runs."""
    rows.tasks.update(part.tasks)
    rows.waits.update(part.waits)
    for key, made in part.objects.items():
        if ledger.run_of[int(key.partition(".")[0])] == part.run.id:
            rows.objects[key] = made
    for number, actor in part.actors.items():
        if ledger.run_of[number] == part.run.id:
            rows.actors[number] = actor
