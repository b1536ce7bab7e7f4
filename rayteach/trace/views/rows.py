"""The row types. ``labextension/src/model/rows.ts`` mirrors them; a test compares.

Rows carry the times of all their changes, so the state at time *t* is a filter
on a row: one slider drives every view, live or saved. All times are seconds
since the session started. ``None`` says "not yet".
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Attempt:
    """One try of a task on one worker."""

    start_s: float
    end_s: float | None
    worker: int
    #: "" while running, then "done", "failed", "lost" or "cancelled"
    outcome: str = ""


@dataclass(slots=True)
class TaskRow:
    """A task, an actor call or an actor creation."""

    id: int
    label: str
    function: str
    #: "task", "call" or "creation"
    kind: str
    #: the submitting task's id; None for the driver
    parent: int | None
    #: the actor's id for calls and creations
    actor: int | None
    #: ids of the objects among the arguments, in order, e.g. "17.0"
    inputs: list[str]
    #: the cell's label, e.g. "[7]"; "" outside cells
    cell: str
    #: line of the ``.remote()`` call, 0 if unknown
    line: int
    #: text of that line, "" if unknown
    source: str
    submitted_s: float
    #: all inputs exist since then
    ready_s: float | None
    num_cpus: float
    num_returns: int
    attempts: list[Attempt] = field(default_factory=list)
    #: intervals (from, to) in which it was blocked in ``get`` or ``wait``
    blocked: list[list[float | None]] = field(default_factory=list)
    end_s: float | None = None
    #: "" until the end, then "done", "failed", "cancelled" or "cannot run"
    end: str = ""
    #: for "failed": type and message, "ValueError: row 9141 has 11 fields"; for
    #: "cancelled" the reason, for "cannot run" the type of the inherited error
    error: str = ""
    #: line of the error in the learner's code, 0 if unknown
    error_line: int = 0
    #: for "cannot run": the ancestor that failed
    cause: int | None = None
    #: one sentence: why it waits now, or why it started when it did
    story: str = ""
    #: the node that it was given, and why; "" where there is one node
    node: str = ""
    why_there: str = ""
    #: seconds of its run in which it was ready to go on and had no core
    delayed_s: float = 0.0
    #: bytes of its arguments, where they were too large for a message
    args_bytes: int = 0
    #: the first task of the same function that was given the same large ones
    args_like: int | None = None
    #: why it ran again, one sentence for each attempt that was lost; "" if none was
    again: str = ""


@dataclass(slots=True)
class ObjectRow:
    """A value that exists or will exist."""

    #: "task.index"
    id: str
    label: str
    #: the task that returns it; None for a ``put``
    task: int | None
    cell: str
    line: int
    created_s: float | None = None
    size_bytes: int | None = None
    shared: bool = False
    #: (node, since) of each copy; the first is where it was made, "disk" a spilled one
    copies: list[list[str | float]] = field(default_factory=list)
    released_s: float | None = None


@dataclass(slots=True)
class ActorRow:
    """An actor; its calls are task rows of kind "call"."""

    id: int
    label: str
    class_name: str
    cell: str
    line: int
    submitted_s: float
    name: str = ""
    worker: int | None = None
    started_s: float | None = None
    ended_s: float | None = None
    reason: str = ""
    #: intervals (process died, constructor returned again) of its restarts
    restarts: list[list[float | None]] = field(default_factory=list)
    #: how many of its calls may run at once
    max_concurrency: int = 1


@dataclass(slots=True)
class WaitRow:
    """One call of ``get`` or ``wait``."""

    id: int
    #: "get" or "wait"
    kind: str
    #: id of the calling task; None for the driver
    task: int | None
    cell: str
    line: int
    source: str
    start_s: float
    objects: list[str]
    num_returns: int
    timeout_s: float | None
    #: "ms" or "s"
    unit: str
    #: per object: ready since
    ready_s: list[float | None] = field(default_factory=list)
    end_s: float | None = None
    #: per object after the return: "ready", "held" or "pending"
    outcome: list[str] = field(default_factory=list)
    reason: str = ""


@dataclass(slots=True)
class WorkerRow:
    """A worker process."""

    id: int
    #: "worker 1", or the actor's label
    label: str
    node: str
    #: "pool" or "actor"
    kind: str
    requested_s: float
    actor: int | None = None
    pid: int = 0
    started_s: float | None = None
    ended_s: float | None = None
    reason: str = ""


@dataclass(slots=True)
class NodeRow:
    """A node and what it offers."""

    id: str
    num_cpus: float
    added_s: float
    lost_s: float | None = None
    #: intervals (from, to) in which nothing started but steps
    paused: list[list[float | None]] = field(default_factory=list)
    #: intervals (from, to) in which starts were spaced out
    slowed: list[list[float | None]] = field(default_factory=list)
    #: starts per second while they are spaced out now, else 0
    per_second: float = 0.0
    #: starts that were let through one by one so far
    steps: int = 0
    #: what starts next, where and why, while paused or slowed: "f-3 on worker 2,
    #: because …", or "nothing: …"; else ""
    next_words: str = ""
    #: some of those that are not next, and why: "f-4 was submitted later"
    losers: list[str] = field(default_factory=list)
    #: copies that came: object, its label, from which node, bytes, from and to
    received: list[tuple[str, str, str, int, float, float]] = field(
        default_factory=list
    )
    #: how many times as long everything takes on it now, 1 as usual
    times_slower: float = 1.0


@dataclass(slots=True)
class RunRow:
    """The cell run that a view shows (id -1: the whole session)."""

    id: int
    #: the cell's label, e.g. "[7]"; "" for the session
    cell: str
    #: which run of that cell, from 1
    execution: int
    start_s: float
    end_s: float | None = None
    #: "" while it runs, then "done", "failed" or "interrupted"
    outcome: str = ""
    #: the cell's source text
    source: str = ""
    #: once all is over: the tasks of the longest chain, see trace.strands
    critical: list[int] = field(default_factory=list)
    #: the same in sentences: what the chain takes, and where the other time went
    why_not_faster: str = ""
    #: tasks and calls that have no rows any more: they are over, and the log was long
    left_out: int = 0
    #: how many of these failed, the seconds that they ran, and since when
    left_out_failed: int = 0
    left_out_work_s: float = 0.0
    left_out_from_s: float = 0.0


@dataclass(slots=True)
class Rows:
    """All rows of one run, each table by id in order of appearance."""

    run: RunRow
    nodes: dict[str, NodeRow] = field(default_factory=dict)
    workers: dict[int, WorkerRow] = field(default_factory=dict)
    tasks: dict[int, TaskRow] = field(default_factory=dict)
    objects: dict[str, ObjectRow] = field(default_factory=dict)
    actors: dict[int, ActorRow] = field(default_factory=dict)
    waits: dict[int, WaitRow] = field(default_factory=dict)
    #: the time up to which the rows are known, seconds since the session started
    now_s: float = 0.0
