"""Events of a log that was condensed into rows: what is over goes, and is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.trace.views.ledger import Gone, object_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.core.events import RunSummarised
    from rayteach.trace.views.ledger import Ledger
    from rayteach.trace.views.rows import RunRow


def on_summarised(ledger: Ledger, event: RunSummarised) -> None:
    """Drop the rows of what the log does not tell any more, and say how many."""
    book = ledger.book(event.run)
    for number in _each(event.numbers):
        _drop(ledger, number)
    for number in _each(event.waits):
        wait = ledger.waits.pop(number, None)
        ledger.wait_run.pop(number, None)
        if wait is not None:
            book.waits.drop(number)
    gone = Gone(
        event.tasks,
        event.failed,
        event.work_s,
        ledger.seconds(event.first_s),
        ledger.seconds(event.last_s),
    )
    ledger.gone.append(gone)
    add(book.run, gone)
    book.run_revision = ledger.revision


def add(run: RunRow, gone: Gone) -> None:
    """Count in what has no rows any more."""
    if not gone.tasks:
        return
    is_first = not run.left_out
    run.left_out_from_s = (
        gone.first_s if is_first else min(run.left_out_from_s, gone.first_s)
    )
    run.left_out += gone.tasks
    run.left_out_failed += gone.failed
    run.left_out_work_s = round(run.left_out_work_s + gone.work_s, 6)


def _drop(ledger: Ledger, number: int) -> None:
    run = ledger.run_of.pop(number, None)
    row = ledger.tasks.pop(number, None)
    if run is None:
        return
    count = max(
        1, row.num_returns if row is not None else 1, ledger.items.get(number, 0) + 1
    )
    ledger.items.pop(number, None)
    books = [ledger.books[run]]
    for index in range(count):
        key = object_id((number, index))
        ledger.objects.pop(key, None)
        ledger.settled.pop((number, index), None)
        guests = ledger.guests.pop(key, ())
        for book in [*books, *(ledger.books[guest] for guest in guests)]:
            book.objects.drop(key)
    books[0].tasks.drop(number)
    ledger.where_of.pop(number, None)
    ledger.previous.pop(number, None)


def _each(ranges: tuple[tuple[int, int], ...]) -> Iterator[int]:
    for first, last in ranges:
        yield from range(first, last + 1)
