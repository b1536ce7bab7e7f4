"""A run as Chrome's trace events, which Perfetto and chrome://tracing show.

One process is the driver, one more each node; a worker is a thread of its node
(an actor that runs several calls at once has one for each of them). An attempt of
a task is a slice, ``get`` and ``wait`` are slices where they were called, ``put``
is one of no length. Arrows go from the task that made a value to the task, the
``get`` or the ``wait`` that it went to. Three counters: tasks that run, tasks
that wait, bytes of objects.

Source: "Trace Event Format", the document of the Chromium project. Times are
microseconds since the session started.
"""

from __future__ import annotations

import json
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike

    from rayteach.trace.views.rows import Attempt, ObjectRow, Rows, TaskRow, WaitRow

_US = 1e6
_DRIVER = 0
_LANES = 1000
"""Threads of a worker: its number times this, and one lane for each call at once."""

_Slice = dict[str, Any]


def trace_events(rows: Rows) -> list[dict[str, Any]]:
    """Return the events of a trace, names first, then in order of time.

    Args:
        rows: the run, or the whole session.
    """
    slices = _Slices(rows)
    found = [*slices.all(), *_flows(slices, rows), *_counters(rows)]
    found.sort(key=lambda event: float(event["ts"]))
    return [*_names(slices, rows), *found]


class _Slices:
    """The slices of a run, and where each task's latest one lies."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.nodes = {name: place for place, name in enumerate(rows.nodes, 1)}
        #: task -> the slice of its latest attempt
        self.tasks: dict[int, _Slice] = {}
        self.attempts: list[_Slice] = []
        self._busy_until: dict[tuple[int, int], list[float]] = {}
        starts = [(a.start_s, t.id, a) for t in rows.tasks.values() for a in t.attempts]
        for _, number, attempt in sorted(starts, key=lambda one: one[:2]):
            self._add(rows.tasks[number], attempt)
        waits = sorted(rows.waits.values(), key=lambda wait: wait.start_s)
        self.waits = {wait.id: self._wait(wait) for wait in waits}
        self.puts = [self._put(made) for made in rows.objects.values() if _is_put(made)]

    def all(self) -> list[_Slice]:
        """Return every slice."""
        return [*self.attempts, *self.waits.values(), *self.puts]

    def _add(self, task: TaskRow, attempt: Attempt) -> None:
        end_s = self.rows.now_s if attempt.end_s is None else attempt.end_s
        pid, tid = self._thread(attempt, end_s)
        state = attempt.outcome or "running"
        args = {"function": task.function, "state": state, "line": task.line}
        category = {"creation": "actor", "call": "call"}.get(task.kind, "task")
        made = _slice(task.label, category, pid, tid, attempt.start_s, end_s, args)
        self.attempts.append(made)
        self.tasks[task.id] = made

    def _thread(self, attempt: Attempt, end_s: float) -> tuple[int, int]:
        """Return process and thread; calls that run at once have one each."""
        worker = self.rows.workers.get(attempt.worker)
        node = 1 if worker is None else self.nodes.get(worker.node, 1)
        lane = self._lane(node, attempt.worker, attempt.start_s, end_s)
        return node, attempt.worker * _LANES + lane

    def _lane(self, node: int, worker: int, start_s: float, end_s: float) -> int:
        lanes = self._busy_until.setdefault((node, worker), [])
        free = (n for n, until_s in enumerate(lanes) if until_s <= start_s)
        lane = next(free, len(lanes))
        lanes[lane : lane + 1] = [max(end_s, start_s)]
        return lane

    def _wait(self, wait: WaitRow) -> _Slice:
        start_s, end_s = wait.start_s, wait.end_s
        end_s = self.rows.now_s if end_s is None else end_s
        inside = None if wait.task is None else self.tasks.get(wait.task)
        if inside is None:
            pid, tid = _DRIVER, self._lane(_DRIVER, 0, start_s, end_s)
        else:  # the driver noted both times: a slice inside another stays there
            pid, tid = inside["pid"], inside["tid"]
            begin_s = inside["ts"] / _US
            last_s = (inside["ts"] + inside["dur"]) / _US
            start_s = min(max(start_s, begin_s), last_s)
            end_s = min(max(end_s, start_s), last_s)
        made = (self.rows.objects.get(key) for key in wait.objects[:20])
        ids = [one.label for one in made if one is not None]
        args = {"ids": ids, "line": wait.line, "result": wait.reason}
        return _slice(wait.kind, wait.kind, pid, tid, start_s, end_s, args)

    def _put(self, made: ObjectRow) -> _Slice:
        at_s = made.created_s or 0.0
        args = {"size_bytes": made.size_bytes, "line": made.line}
        return _slice(made.label, "put", _DRIVER, 0, at_s, at_s, args)


def _is_put(made: ObjectRow) -> bool:
    return made.task is None and made.created_s is not None


def _slice(
    name: str,
    category: str,
    pid: int,
    tid: int,
    start_s: float,
    end_s: float,
    args: dict[str, Any],
) -> _Slice:
    return {
        "ph": "X",
        "name": name,
        "cat": category,
        "pid": pid,
        "tid": tid,
        "ts": _us(start_s),
        "dur": max(0.0, round(_us(end_s) - _us(start_s), 3)),
        "args": args,
    }


def _us(time_s: float) -> float:
    return round(time_s * _US, 3)


def _flows(slices: _Slices, rows: Rows) -> Iterator[dict[str, Any]]:
    for number, (maker, user, kind) in enumerate(_arrows(slices, rows), 1):
        common = {"name": kind, "cat": kind, "id": number}
        # An arrow belongs to the slice around its time: the end is outside.
        leave_us = maker["ts"] + maker["dur"] - min(maker["dur"], 1.0) / 2
        reach_us = max(user["ts"], min(leave_us, user["ts"] + user["dur"]))
        yield {"ph": "s", **common, **_place(maker), "ts": round(leave_us, 3)}
        yield {"ph": "f", "bp": "e", **common, **_place(user), "ts": reach_us}


def _arrows(slices: _Slices, rows: Rows) -> Iterator[tuple[_Slice, _Slice, str]]:
    for number, user in slices.tasks.items():
        for maker in _makers(rows.tasks[number].inputs, slices):
            yield maker, user, "dependency"
    for wait in rows.waits.values():
        pairs = zip(wait.objects, wait.outcome, strict=False)
        ready = [key for key, outcome in pairs if outcome == "ready"]
        for maker in _makers(ready, slices):
            yield maker, slices.waits[wait.id], "result"


def _makers(keys: Iterable[str], slices: _Slices) -> Iterator[_Slice]:
    for key in keys:
        maker = slices.tasks.get(int(key.partition(".")[0]))
        if maker is not None:
            yield maker


def _place(one: _Slice) -> dict[str, int]:
    return {"pid": one["pid"], "tid": one["tid"]}


def _counters(rows: Rows) -> Iterator[dict[str, Any]]:
    steps: dict[str, list[tuple[float, int]]] = {
        "running tasks": [],
        "waiting tasks": [],
        "object bytes": [],
    }
    for task in rows.tasks.values():
        started_s = task.attempts[0].start_s if task.attempts else task.end_s
        _between(steps["waiting tasks"], task.submitted_s, started_s)
        for attempt in task.attempts:
            _between(steps["running tasks"], attempt.start_s, attempt.end_s)
    for made in rows.objects.values():
        if made.created_s is not None and made.size_bytes:
            gone_s = made.released_s
            _between(steps["object bytes"], made.created_s, gone_s, made.size_bytes)
    for name, changes in steps.items():
        value = 0
        changes.sort()
        for time_s, together in groupby(changes, key=itemgetter(0)):
            value += sum(step for _, step in together)
            yield {
                "ph": "C",
                "name": name,
                "pid": _DRIVER,
                "ts": _us(time_s),
                "args": {name: value},
            }


def _between(
    steps: list[tuple[float, int]],
    start_s: float,
    end_s: float | None,
    step: int = 1,
) -> None:
    steps.append((start_s, step))
    if end_s is not None:
        steps.append((max(start_s, end_s), -step))


def _names(slices: _Slices, rows: Rows) -> Iterator[dict[str, Any]]:
    """Name the processes and threads, in the order in which they are shown."""
    yield _name("process_name", _DRIVER, 0, "driver")
    yield _name("thread_name", _DRIVER, 0, "main program")
    for node, pid in slices.nodes.items():
        yield _name("process_name", pid, 0, f"node {node}")
    threads = {(one["pid"], one["tid"]) for one in slices.attempts}
    for pid, tid in sorted(threads):
        worker = rows.workers.get(tid // _LANES)
        label = f"worker {tid // _LANES}" if worker is None else worker.label
        lane = tid % _LANES
        yield _name("thread_name", pid, tid, f"{label} ({lane + 1})" if lane else label)


def _name(what: str, pid: int, tid: int, name: str) -> dict[str, Any]:
    args = {"name": name}
    return {"ph": "M", "name": what, "pid": pid, "tid": tid, "ts": 0, "args": args}


def written(
    events: list[dict[str, Any]], filename: str | PathLike[str] | None
) -> list[dict[str, Any]] | None:
    """Return trace events, or write them to a file if there is a name for it."""
    if filename is None:
        return events
    text = json.dumps(events, separators=(",", ":"), allow_nan=False)
    Path(filename).write_text(text, encoding="utf-8")
    return None
