"""The events of one run, apart from any session: what is saved and what is asked.

    the log of a session --> members --> events of the run --> Recording --> rows

A recording also holds the *guests*: tasks and actors of other runs that this one
names as an input or calls. They give names to rows and count in no question.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from rayteach.core.events import (
    CellRunStarted,
    ObjectPut,
    TaskSubmitted,
    WaitStarted,
)
from rayteach.trace import critical, strands
from rayteach.trace.fold import RowFold
from rayteach.trace.views import summaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rayteach.core.events import Event
    from rayteach.trace.fold import Log
    from rayteach.trace.views.rows import Rows


class Recording:
    """The events of a run; reads like a log."""

    def __init__(
        self,
        events: Sequence[Event],
        origin_s: float,
        guests: Iterable[int] = (),
        *,
        is_whole: bool = True,
    ) -> None:
        """Keep the events.

        Args:
            events: in the order in which the driver learned them.
            origin_s: monotonic seconds that are 0 in the rows.
            guests: tasks, puts and actors that are named but belong elsewhere.
            is_whole: False if the end of the events is missing.
        """
        self.origin_s = origin_s
        self.guests = frozenset(guests)
        self.is_whole = is_whole
        self._events = list(events)

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self._events)

    def events(self, start: int = 0) -> list[Event]:
        """Return the events from a sequence number on."""
        return self._events[start:]

    def read(self, start: int, most: int = 1 << 60) -> tuple[list[Event], int]:
        """Return events from a sequence number on, and where to go on."""
        found = self._events[start : start + most]
        return found, start + len(found)

    def recording(self) -> Recording:
        """Return itself: it is its own source."""
        return self

    @cached_property
    def rows(self) -> Rows:
        """The rows of the run."""
        fold = RowFold(self, self.origin_s)
        fold.advance()
        numbers, waits = members(self._events)
        return only(fold, numbers - self.guests, waits, is_closed=True)


def members(
    events: Iterable[Event], start: int = 0, stop: int | None = None
) -> tuple[set[int], set[int]]:
    """As :func:`members_of`, for a log's events from number ``start`` on."""
    return members_of(enumerate(events, start), stop)


def members_of(
    numbered: Iterable[tuple[int, Event]], stop: int | None = None
) -> tuple[set[int], set[int]]:
    """Return the numbers of the tasks and puts, and of the waits, of a block.

    The driver's work counts if its event lies before ``stop``, a task's if the
    task does, however late it comes.

    Args:
        numbered: the events of a log from the start of the block on, with their
            sequence numbers.
        stop: the end of the block, None for none.
    """
    numbers: set[int] = set()
    waits: set[int] = set()
    for place, event in numbered:
        if isinstance(event, TaskSubmitted):
            caller, number, found = event.parent, event.task, numbers
        elif isinstance(event, ObjectPut):
            caller, number, found = event.parent, event.object[0], numbers
        elif isinstance(event, WaitStarted):
            caller, number, found = event.task, event.wait, waits
        else:
            continue
        is_inside = stop is None or place < stop
        if is_inside if caller is None else caller in numbers:
            found.add(number)
    return numbers, waits


def cut_out(log: Log, origin_s: float, numbers: set[int], waits: set[int]) -> Recording:
    """Return the events that these tasks and waits are about, and their guests'.

    Of a cell that only guests come from, the label is kept and not the source.
    """
    everything = log.events()
    guests = _guests(everything, numbers, waits)
    known = numbers | guests
    own, runs = (_runs(everything, chosen, waits) for chosen in (numbers, known))
    found = [
        event.but(source="")
        if isinstance(event, CellRunStarted) and event.run not in own
        else event
        for event in everything
        if _concerns(event, known, waits, runs)
    ]
    return Recording(found, origin_s, guests)


def _runs(events: Iterable[Event], numbers: set[int], waits: set[int]) -> set[int]:
    """Return the cell runs that tasks, puts and waits belong to."""
    found = set()
    for event in events:
        if isinstance(event, WaitStarted):
            if event.wait in waits:
                found.add(event.run)
        elif isinstance(event, TaskSubmitted | ObjectPut) and _number(event) in numbers:
            found.add(event.run)
    return found


def _concerns(event: Event, known: set[int], waits: set[int], runs: set[int]) -> bool:
    """Say whether an event tells of a chosen task, wait or run, or of a place.

    Events are told apart by their fields, so that a new kind needs no line here.
    """
    if (wait := getattr(event, "wait", None)) is not None:
        return wait in waits
    number = _number(event)
    if number is not None:
        return number in known
    run = getattr(event, "run", None)
    return run is None or run in runs


def _number(event: Event) -> int | None:
    """Return the number of the task, put or actor that an event tells of."""
    made = getattr(event, "object", None)
    if made is not None:
        return int(made[0])
    task: int | None = getattr(event, "task", None)
    if task is not None:
        return task
    if hasattr(event, "worker") and not hasattr(event, "attempt"):
        return None  # of a place: whose actor it is for is no matter
    actor: int | None = getattr(event, "actor", None)
    return actor


def _guests(events: Iterable[Event], numbers: set[int], waits: set[int]) -> set[int]:
    """Return the numbers outside a run that its rows name, and what names them."""
    about: dict[int, list[int]] = {}
    wanted: list[int] = []
    for event in events:
        if isinstance(event, TaskSubmitted):
            named = [key[0] for key in event.inputs]
            above = [n for n in (event.actor, event.parent) if n is not None]
            about[event.task] = above
            if event.task in numbers:
                wanted += named + above
        elif isinstance(event, ObjectPut):
            about[event.object[0]] = [] if event.parent is None else [event.parent]
        elif isinstance(event, WaitStarted) and event.wait in waits:
            wanted += [key[0] for key in event.objects]
    found: set[int] = set()
    while wanted:
        number = wanted.pop()
        if number in about and number not in numbers and number not in found:
            found.add(number)
            wanted += about[number]
    return found


def only(
    fold: RowFold,
    numbers: set[int],
    waits: set[int],
    *,
    is_closed: bool = False,
    between: tuple[float, float] = (-float("inf"), float("inf")),
) -> Rows:
    """Return the chosen rows, and those that they refer to.

    They are the fold's own: whoever lets it advance keeps ``frozen`` ones.

    Args:
        fold: all rows.
        numbers: of tasks, actors and puts.
        waits: of ``get`` and ``wait`` calls.
        is_closed: nothing can be submitted any more; then a run whose tasks have
            all ended is over.
        between: what was submitted between these times and has no rows any more is
            counted; seconds of the rows.
    """
    found = replace(fold.rows(None), tasks={}, objects={}, actors={}, waits={})
    for run in fold.runs:  # the session's own labels would bear the cell's
        part = fold.rows(run)
        found.tasks |= {k: r for k, r in part.tasks.items() if k in numbers}
        found.waits |= {k: r for k, r in part.waits.items() if k in waits}
        found.objects |= part.objects
        found.actors |= part.actors
    found.run = replace(found.run, left_out=0, left_out_failed=0, left_out_work_s=0.0)
    for gone in fold.gone(*between):
        summaries.add(found.run, gone)
    named = {key for task in found.tasks.values() for key in task.inputs}
    named |= {key for wait in found.waits.values() for key in wait.objects}
    found.objects = {
        key: row
        for key, row in found.objects.items()
        if key in named or int(key.partition(".")[0]) in numbers
    }
    actors = {task.actor for task in found.tasks.values()}
    found.actors = {k: row for k, row in found.actors.items() if k in actors}
    _head(found, is_closed=is_closed)
    return found


def _head(rows: Rows, *, is_closed: bool) -> None:
    """Say in the row of the run where it began, whether it is over, and its chain."""
    if not rows.tasks:
        return
    first = next(iter(rows.tasks.values()))
    rows.run.cell, rows.run.start_s = first.cell, first.submitted_s
    ends = list(_ends(rows))
    if not is_closed or None in ends:
        return
    last_s = max(end for end in ends if end is not None)
    rows.run.end_s, rows.run.outcome, rows.now_s = last_s, "done", last_s
    chain = strands.longest(rows)
    rows.run.critical = chain.tasks
    rows.run.why_not_faster = critical.why_not_faster(rows, chain)


def _ends(rows: Rows) -> Iterator[float | None]:
    yield from (task.end_s for task in rows.tasks.values())
    yield from (wait.end_s for wait in rows.waits.values())
