"""Make the old part of a log short: what is over is counted instead of told.

A task that was submitted and has ended in the old part goes, with its results,
and so do puts, waits that came back, and what a pause announced. Per run a
``RunSummarised`` says what is gone. Everything else stays: sessions, nodes,
workers, cells, functions, actors and what is not over.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rayteach.core import events
from rayteach.core.events import RunSummarised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rayteach.core.events import Event

Ranges = tuple[tuple[int, int], ...]
_ENDS = (
    events.TaskFinished,
    events.TaskFailed,
    events.TaskCancelled,
    events.TaskUnrunnable,
)


@dataclass(slots=True)
class _Sum:
    """What is gone of one run."""

    tasks: int = 0
    failed: int = 0
    work_s: float = 0.0
    first_s: float = float("inf")
    last_s: float = 0.0
    numbers: list[int] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)


class Condenser:
    """Reads the old part twice: once to see what is over, once to leave it out."""

    def __init__(self) -> None:
        """Know nothing."""
        #: task -> its run, and when it was submitted
        self._tasks: dict[int, tuple[int, float]] = {}
        self._ended: set[int] = set()
        self._open_waits: dict[int, int] = {}
        self._waits: set[int] = set()
        self._blocked: dict[int, float] = {}
        self._sums: dict[int, _Sum] = defaultdict(_Sum)

    def look(self, old: Iterable[Event]) -> None:
        """See what is over."""
        for event in old:
            see = _SEE.get(type(event))
            if see is not None:
                see(self, event)

    def keeps(self, event: Event) -> bool:
        """Tell whether an event stays."""
        if isinstance(event, events.NextDecided):
            return False
        wait: int | None = getattr(event, "wait", None)
        if wait is not None:
            return wait not in self._waits
        key: tuple[int, int] | None = getattr(event, "object", None)
        number = key[0] if key is not None else getattr(event, "task", None)
        return number not in self._ended

    def summaries(self, time_s: float) -> Iterator[RunSummarised]:
        """Yield what is gone, one event per run."""
        for run, one in self._sums.items():
            yield RunSummarised(
                time_s, run, one.tasks, one.failed, one.work_s,
                min(one.first_s, time_s), one.last_s, ranges(one.numbers),
                ranges(one.waits),
            )  # fmt: skip

    def _submitted(self, event: events.TaskSubmitted) -> None:
        if event.kind != "creation":
            self._tasks[event.task] = event.run, event.time_s

    def _put(self, event: events.ObjectPut) -> None:
        self._ended.add(event.object[0])
        self._sums[event.run].numbers.append(event.object[0])

    def _end(
        self,
        event: events.TaskFinished
        | events.TaskFailed
        | events.TaskCancelled
        | events.TaskUnrunnable,
    ) -> None:
        known = self._tasks.get(event.task)
        if known is None or event.task in self._ended:
            return
        self._ended.add(event.task)
        one = self._sums[known[0]]
        one.tasks += 1
        one.first_s = min(one.first_s, known[1])
        one.last_s = max(one.last_s, known[1])
        one.numbers.append(event.task)
        one.failed += isinstance(event, events.TaskFailed)
        if isinstance(event, events.TaskFinished | events.TaskFailed):
            one.work_s += event.end_s - event.start_s

    def _lost(self, event: events.AttemptLost) -> None:
        if event.task in self._tasks:
            self._sum_of(event.task).work_s += event.end_s - event.start_s

    def _block(self, event: events.TaskBlocked) -> None:
        self._blocked[event.task] = event.time_s

    def _resume(self, event: events.TaskResumed) -> None:
        since_s = self._blocked.pop(event.task, event.time_s)
        if event.task in self._tasks:
            self._sum_of(event.task).work_s -= event.time_s - since_s

    def _sum_of(self, task: int) -> _Sum:
        return self._sums[self._tasks[task][0]]

    def _wait(self, event: events.WaitStarted) -> None:
        self._open_waits[event.wait] = event.run

    def _returned(self, event: events.WaitReturned) -> None:
        run = self._open_waits.pop(event.wait, None)
        if run is not None:
            self._waits.add(event.wait)
            self._sums[run].waits.append(event.wait)


_SEE: dict[type[Event], Callable[..., None]] = {
    events.TaskSubmitted: Condenser._submitted,  # noqa: SLF001 (its own table)
    events.ObjectPut: Condenser._put,  # noqa: SLF001 (as above)
    events.AttemptLost: Condenser._lost,  # noqa: SLF001 (as above)
    events.TaskBlocked: Condenser._block,  # noqa: SLF001 (as above)
    events.TaskResumed: Condenser._resume,  # noqa: SLF001 (as above)
    events.WaitStarted: Condenser._wait,  # noqa: SLF001 (as above)
    events.WaitReturned: Condenser._returned,  # noqa: SLF001 (as above)
    **dict.fromkeys(_ENDS, Condenser._end),  # noqa: SLF001 (as above)
}


def ranges(numbers: Iterable[int]) -> Ranges:
    """Return numbers as ranges (first, last), in order."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return tuple((first, last) for first, last in found)
