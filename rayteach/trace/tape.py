"""A log written by hand: for tests of views and checks, and for documentation.

    tape = Tape(num_cpus=2)
    f = tape.at(0.1).submit("f", line=2)
    tape.at(0.2).start(f, worker=1)
    tape.at(0.5).finish(f)

Times are seconds since the session started, as in rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rayteach.core import events
from rayteach.trace.fold import RowFold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rayteach.core.events import Event, ObjectKey
    from rayteach.trace.views.rows import Rows


@dataclass(frozen=True, slots=True)
class _Options:
    kind: str
    actor: int | None
    line: int
    parent: int | None
    num_returns: int = 1
    num_cpus: float = 1.0


class Tape:
    """A list of events with a hand that writes them; reads like an ``EventLog``."""

    def __init__(
        self,
        num_cpus: float = 2.0,
        workers: int = 2,
        cell: str = "[1]",
        source: str = "",
        origin_s: float = 100.0,
    ) -> None:
        """Open a session with one node, its workers, and one running cell."""
        self.origin_s = origin_s
        self.now_s = 0.0
        self.run = 0
        self._events: list[Event] = []
        self._numbers: dict[tuple[object, ...], int] = defaultdict(int)
        self._functions: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._last_id = self._last_wait = self._last_run = 0
        self._started: dict[int, tuple[int, int, float]] = {}
        self.append(events.SessionStarted(origin_s, 0.0))
        self.append(events.NodeAdded(origin_s, "A", num_cpus))
        for worker in range(1, workers + 1):
            self.append(events.WorkerRequested(origin_s, worker, "A", "pool"))
            self.append(events.WorkerStarted(origin_s, worker, 1000 + worker))
        if cell:
            self.cell(cell, source)

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self._events)

    def events(self, start: int = 0) -> list[Event]:
        """Return the events from a sequence number on."""
        return self._events[start:]

    def numbered(self, start: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield the events from a sequence number on, with their numbers."""
        yield from enumerate(self._events[start:], start)

    def read(self, start: int, most: int = 1 << 60) -> tuple[list[Event], int]:
        """Return events from a sequence number on, and where to go on."""
        found = self._events[start : start + most]
        return found, start + len(found)

    def append(self, event: Event) -> None:
        """Add any event."""
        self._events.append(event)

    def fold(self) -> RowFold:
        """Return a fold that has read everything so far."""
        fold = RowFold(self, self.origin_s)
        fold.advance()
        return fold

    def rows(self, run: int | None = 1) -> Rows:
        """Return the rows of a run, the first by default."""
        return self.fold().rows(run)

    def at(self, time_s: float) -> Tape:
        """Move to a time; return the tape."""
        self.now_s = time_s
        return self

    @property
    def _clock(self) -> float:
        return self.origin_s + self.now_s

    def cell(self, label: str, source: str = "", execution: int = 1) -> int:
        """Begin a cell run; return its number."""
        self._last_run += 1
        self.run = self._last_run
        key = f"key of {label}"
        self.append(
            events.CellRunStarted(self._clock, self.run, key, label, execution, source)
        )
        return self.run

    def end_cell(self, outcome: str = "done") -> None:
        """End the cell run."""
        self.append(events.CellRunEnded(self._clock, self.run, outcome))
        self.run = 0

    def submit(
        self,
        name: str,
        *inputs: int | ObjectKey,
        line: int = 1,
        parent: int | None = None,
        num_returns: int = 1,
        num_cpus: float = 1.0,
    ) -> int:
        """Submit a task; an input is a task number or an object; return its number."""
        options = _Options("task", None, line, parent, num_returns, num_cpus)
        return self._submit(name, inputs, options)

    def actor(
        self,
        class_name: str,
        line: int = 1,
        parent: int | None = None,
        num_cpus: float = 1.0,
    ) -> int:
        """Submit the creation of an actor; return its number."""
        options = _Options("creation", None, line, parent, num_cpus=num_cpus)
        return self._submit(class_name, (), options)

    def call(
        self,
        actor: int,
        method: str,
        *inputs: int | ObjectKey,
        line: int = 1,
        parent: int | None = None,
    ) -> int:
        """Submit a call of an actor; return its number."""
        name = f"{self._names[actor]}.{method}"
        options = _Options("call", actor, line, parent, num_cpus=0.0)
        return self._submit(name, inputs, options)

    def _submit(
        self, name: str, inputs: Iterable[int | ObjectKey], options: _Options
    ) -> int:
        self._last_id += 1
        task, kind = self._last_id, options.kind
        self._names[task] = name
        place = (self.run, options.parent)
        scope = (
            (name, options.actor, options.parent) if kind == "call" else (name, *place)
        )
        self._numbers[scope] += 1
        self.append(
            events.TaskSubmitted(
                self._clock,
                task,
                self.define(name),
                self._numbers[scope],
                self.run,
                options.line,
                options.parent,
                tuple(_key(made) for made in inputs),
                task if kind == "creation" else options.actor,
                kind,
                options.num_returns,
                options.num_cpus,
            )
        )
        return task

    def define(self, name: str, where: str = "") -> int:
        """Define a function once; return its number."""
        if name not in self._functions:
            self._functions[name] = len(self._functions) + 1
            number = self._functions[name]
            self.append(events.FunctionDefined(self._clock, number, name, where))
        return self._functions[name]

    def ready(self, task: int) -> None:
        """Say that a task's last input came to exist."""
        self.append(events.TaskReady(self._clock, task))

    def start(self, task: int, worker: int = 1, attempt: int = 0) -> None:
        """Start an attempt."""
        self._started[task] = (attempt, worker, self._clock)
        self.append(events.TaskStarted(self._clock, task, attempt, worker))

    def block(self, task: int) -> None:
        """Block a task in a ``get``."""
        self.append(events.TaskBlocked(self._clock, task))

    def resume(self, task: int) -> None:
        """Give a blocked task a CPU again."""
        self.append(events.TaskResumed(self._clock, task))

    def finish(self, task: int, size_bytes: int = 8) -> None:
        """Finish the attempt that was started."""
        attempt, worker, start_s = self._started[task]
        self.append(
            events.TaskFinished(
                self._clock, task, attempt, worker, start_s, self._clock, size_bytes
            )
        )

    def run_task(
        self, task: int, start_s: float, end_s: float, worker: int = 1
    ) -> None:
        """Start and finish a task."""
        self.at(start_s).start(task, worker)
        self.at(end_s).finish(task)

    def lose(self, task: int, reason: str = "its worker died") -> None:
        """Lose the attempt that was started."""
        attempt, worker, start_s = self._started[task]
        self.append(
            events.AttemptLost(
                self._clock, task, attempt, worker, start_s, self._clock, reason
            )
        )

    def fail(self, task: int, error: str = "ValueError", text: str = "no") -> None:
        """Fail the attempt that was started."""
        attempt, worker, start_s = self._started[task]
        self.append(
            events.TaskFailed(
                self._clock, task, attempt, worker, start_s, self._clock, error, text, 3
            )
        )

    def cancel(self, task: int, reason: str = "cancel") -> None:
        """Cancel a task."""
        self.append(events.TaskCancelled(self._clock, task, reason))

    def drop(self, task: int, cause: int | None) -> None:
        """Say that a task will never run."""
        self.append(events.TaskUnrunnable(self._clock, task, cause, "ValueError"))

    def put(self, line: int = 1, size_bytes: int = 8) -> int:
        """Put a value; return its number (index 0)."""
        self._last_id += 1
        self._numbers["put", self.run] += 1
        key, number = (self._last_id, 0), self._numbers["put", self.run]
        self.append(events.ObjectPut(self._clock, key, number, self.run, line))
        self.created(key, size_bytes)
        return self._last_id

    def created(self, made: int | ObjectKey, size_bytes: int = 8) -> None:
        """Say that an object exists."""
        event = events.ObjectCreated(self._clock, _key(made), size_bytes, False, "A")  # noqa: FBT003 (a fact's field)
        self.append(event)

    def wait(
        self,
        *objects: int | ObjectKey,
        kind: str = "get",
        task: int | None = None,
        line: int = 1,
        num_returns: int | None = None,
        timeout_s: float | None = None,
    ) -> int:
        """Call ``get`` or ``wait``; return its number."""
        self._last_wait += 1
        keys = tuple(_key(made) for made in objects)
        count = len(keys) if num_returns is None else num_returns
        self.append(
            events.WaitStarted(
                self._clock,
                self._last_wait,
                kind,
                task,
                self.run,
                line,
                keys,
                count,
                timeout_s,
                "ms",
            )
        )
        return self._last_wait

    def returned(self, wait: int, *ready: int, reason: str = "enough ready") -> None:
        """Return from a ``get`` or ``wait``; ``ready`` are positions in its list."""
        self.append(events.WaitReturned(self._clock, wait, ready, reason))

    def get(self, *objects: int | ObjectKey, line: int = 1, until_s: float) -> None:
        """Call ``get`` and return at ``until_s`` with all of them."""
        wait = self.wait(*objects, line=line)
        self.at(until_s).returned(wait, *range(len(objects)))


def _key(made: int | ObjectKey) -> ObjectKey:
    return (made, 0) if isinstance(made, int) else made
