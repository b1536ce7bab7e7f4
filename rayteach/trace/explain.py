"""One sentence per task: why it waits now, or why it started when it did.

Pure: reads rows, says words. A :class:`Situation` holds what several stories
need, so that telling a few hundred of them stays cheap.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from rayteach.trace.views import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rayteach.trace.views.rows import (
        ActorRow,
        Attempt,
        NodeRow,
        ObjectRow,
        Rows,
        TaskRow,
        WaitRow,
        WorkerRow,
    )

HEAD = 300
"""How far down the lines of waiting tasks a story looks."""

_AT_ONCE_S = 0.01
"""A wait below this is not worth a word."""


@dataclass(slots=True)
class Situation:
    """Who runs, who waits in which order, and who ran before whom."""

    tasks: Mapping[int, TaskRow]
    objects: Mapping[str, ObjectRow]
    actors: Mapping[int, ActorRow]
    nodes: Mapping[str, NodeRow]
    workers: Mapping[int, WorkerRow]
    #: tasks that run now, in order of their start
    running: list[TaskRow]
    #: the first tasks that wait, in order of submission
    waiting: list[TaskRow]
    #: open ``get`` or ``wait`` of a task
    blocking: Mapping[int, WaitRow]
    #: task -> the task that ran before it on its worker
    previous: Mapping[int, int]
    #: tasks that wait and whose cell has run again since: all others go first
    late: set[int] = field(default_factory=set)
    #: task -> its place among the queued tasks, from 0
    places: dict[int, int] = field(default_factory=dict)
    #: actor -> its calls that are not finished, in order
    mailboxes: dict[int, list[TaskRow]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Number the queued tasks and sort the calls by actor."""
        line = sorted(self.waiting, key=lambda task: task.id in self.late)
        for task in line:
            if task.kind == "task" and task.ready_s is not None:
                self.places[task.id] = len(self.places)
        for task in (*self.running, *self.waiting):
            if task.kind == "call" and task.actor is not None:
                self.mailboxes.setdefault(task.actor, []).append(task)

    @classmethod
    def of(cls, rows: Rows) -> Situation:
        """Return the latest situation that some rows know of."""
        running: list[TaskRow] = []
        waiting: list[TaskRow] = []
        for task in rows.tasks.values():
            if not task.end:
                (running if is_open(task) else waiting).append(task)
        return cls(
            rows.tasks,
            rows.objects,
            rows.actors,
            rows.nodes,
            rows.workers,
            running,
            list(islice(waiting, HEAD)),
            open_waits(rows.waits.values()),
            predecessors(rows.tasks.values()),
        )


def is_open(task: TaskRow) -> bool:
    """Say whether an attempt of the task runs."""
    return bool(task.attempts) and task.attempts[-1].end_s is None


def open_waits(waits: Iterable[WaitRow]) -> dict[int, WaitRow]:
    """Return the open ``get`` or ``wait`` of each task that is in one."""
    return {w.task: w for w in waits if w.task is not None and w.end_s is None}


def predecessors(tasks: Iterable[TaskRow]) -> dict[int, int]:
    """Return for each task the one that ran before it on its worker."""
    starts = sorted(
        (attempt.start_s, attempt.worker, task.id)
        for task in tasks
        for attempt in task.attempts[-1:]
    )
    last: dict[int, int] = {}
    found: dict[int, int] = {}
    for _, worker, task_id in starts:
        if worker in last:
            found[task_id] = last[worker]
        last[worker] = task_id
    return found


def story(task: TaskRow, rows: Rows, now_s: float) -> str:
    """Return one sentence on a task at the latest time its rows know.

    Args:
        task: a row of ``rows``.
        rows: everything the sentence may name.
        now_s: seconds since the session started.
    """
    return tell(task, Situation.of(rows), now_s)


def tell(task: TaskRow, situation: Situation, now_s: float) -> str:
    """Return one sentence on a task; many tasks may share a situation."""
    if task.end:
        return _ending(task, situation)
    if is_open(task):
        return _running(task, situation)
    if task.ready_s is None or task.ready_s > now_s:
        return _needs(task, situation)
    return _again(task) + _queued(task, situation)


def _running(task: TaskRow, situation: Situation) -> str:
    if task.blocked and task.blocked[-1][1] is None:
        return _blocked(task, situation)
    attempt = task.attempts[-1]
    where = _worker(attempt, situation)
    text = f"Running on {where} since {attempt.start_s:.2f} s"
    return _sentence(text, _start_reason(task, situation)) + _history(task)


def _queued(task: TaskRow, situation: Situation) -> str:
    for node in situation.nodes.values():
        if node.paused and node.paused[-1][1] is None:
            return "Queued, and held back: the session is paused."
    if task.kind == "call":
        return _at_actor(task, situation)
    if task.kind == "creation":
        return "Waits for a process of its own."
    return _in_line(task, situation)


def _ending(task: TaskRow, situation: Situation) -> str:
    last = task.attempts[-1] if task.attempts else None
    if task.end == words.CANNOT_RUN:
        return _cannot_run(task, situation)
    if last is None or last.end_s is None:
        text = "Failed" if task.end == words.FAILED else "Cancelled"
        return f"{text} before it started{_because(task)}."
    took = words.duration(last.end_s - last.start_s)
    text = f"{task.end.capitalize()} after {took} on {_worker(last, situation)}"
    away_s = sum((end or 0.0) - (start or 0.0) for start, end in task.blocked)
    if away_s >= _AT_ONCE_S:
        text += f", {words.duration(away_s)} of it blocked in get"
    if task.end != words.DONE:
        return f"{text}{_because(task)}."
    return _sentence(text, _start_reason(task, situation)) + _history(task)


def _history(task: TaskRow) -> str:
    """Say which faults made it run again, and why it ran where it did."""
    again = f" {task.again}" if task.again else ""
    return again + _there(task)


def _there(task: TaskRow) -> str:
    """Say why the task ran on its node, where there are several."""
    if not task.node:
        return ""
    if task.kind == "creation":
        text = f" The scheduler of node {task.node} started its process"
    else:
        text = f" It went to node {task.node}"
    return f"{text}, because {task.why_there}."


def _because(task: TaskRow) -> str:
    where = f" (line {task.error_line})" if task.error_line else ""
    return f": {task.error.splitlines()[0]}{where}" if task.error else ""


def _cannot_run(task: TaskRow, situation: Situation) -> str:
    if task.cause is not None:
        cause = situation.tasks.get(task.cause)
        if cause is None:
            return "Cannot run because a task it needs failed."
        how = "was cancelled" if cause.end == words.CANCELLED else "failed"
        return f"Cannot run because {cause.label} {how}."
    actor = situation.actors.get(task.actor) if task.actor is not None else None
    who = "its actor" if actor is None else actor.label
    why = f" ({actor.reason})" if actor is not None and actor.reason else ""
    return f"Cannot run because {who} is dead{why}."


def _again(task: TaskRow) -> str:
    if not task.attempts:
        return ""
    if task.attempts[-1].outcome == words.DONE:
        return f"It was done, but {task.error}, so it runs again. "
    return f"{task.again or 'An attempt was lost.'} It runs again. "


def _needs(task: TaskRow, situation: Situation) -> str:
    missing: dict[str, str] = {}
    for key in task.inputs:
        made = situation.objects.get(key)
        if made is not None and made.created_s is None:
            missing.setdefault(made.label, _maker_state(made, situation))
    if not missing:
        return "Needs its inputs."
    if len(missing) == 1:
        ((label, doing),) = missing.items()
        return f"Needs {label}{doing and ', which '}{doing}."
    return f"Needs {words.listing(list(missing))}."


def _maker_state(made: ObjectRow, situation: Situation) -> str:
    maker = None if made.task is None else situation.tasks.get(made.task)
    if maker is None or maker.end:
        return ""
    if is_open(maker):
        blocked = maker.blocked and maker.blocked[-1][1] is None
        return "is blocked in get" if blocked else "is running"
    return "needs input itself" if maker.ready_s is None else "is queued"


def _in_line(task: TaskRow, situation: Situation) -> str:
    sizes = [n.num_cpus for n in situation.nodes.values() if n.lost_s is None]
    if sizes and task.num_cpus > max(sizes):
        most = f"{max(sizes):g}"
        return (
            f"Queued for good: it asks for {task.num_cpus:g} CPUs, a node has {most}."
        )
    place = situation.places.get(task.id)
    text = "Queued" if place is None else f"Queued, {words.in_line(place)}"
    if task.id in situation.late:
        text = "Queued, behind all current work as its cell has run again"
    return f"{text}: {_busy(sum(sizes), situation)}."


def _busy(cpus: float, situation: Situation) -> str:
    """Say who holds the CPUs, as far as the log knows."""
    holders = [t for t in situation.running if t.kind == "task" and _holds_cpu(t)]
    held = sum(t.num_cpus for t in holders)
    if not holders or held + 1e-9 < cpus:
        return "it starts on the next free CPU"
    names = words.listing([t.label for t in holders])
    if cpus == 1:
        return f"the CPU is busy with {names}"
    number = "both" if cpus == 2 else f"all {cpus:g}"  # noqa: PLR2004 (a pair)
    return f"{number} CPUs are busy with {names}"


def _holds_cpu(task: TaskRow) -> bool:
    return not (task.blocked and task.blocked[-1][1] is None)


def _at_actor(task: TaskRow, situation: Situation) -> str:
    actor = situation.actors.get(task.actor) if task.actor is not None else None
    if actor is None:
        return "Queued at its actor."
    if actor.started_s is None:
        return f"Queued at {actor.label}, which is starting."
    if actor.restarts and actor.restarts[-1][1] is None:
        return f"Queued at {actor.label}, which is restarting."
    if actor.max_concurrency > 1:
        return _at_slots(actor, situation)
    box = [t.label for t in situation.mailboxes.get(actor.id, ())]
    if task.label not in box[1:]:
        return f"Queued at {actor.label}, next in its line."
    ahead = box[: box.index(task.label)]
    names = words.listing([t.removeprefix(f"{actor.label}.") for t in ahead], 3)
    return f"Queued at {actor.label} behind {names}."


def _at_slots(actor: ActorRow, situation: Situation) -> str:
    """Say what a call waits for whose actor runs several at once."""
    box = situation.mailboxes.get(actor.id, ())
    running = [t.label for t in box if is_open(t)]
    if len(running) < actor.max_concurrency:
        return f"Queued at {actor.label}, next in its line."
    names = words.listing([t.removeprefix(f"{actor.label}.") for t in running], 3)
    number = "both" if actor.max_concurrency == 2 else f"all {actor.max_concurrency}"  # noqa: PLR2004 (a pair)
    return (
        f"Queued at {actor.label}: waits for a concurrency slot, {number} are taken "
        f"by {names}."
    )


def _blocked(task: TaskRow, situation: Situation) -> str:
    since_s = task.blocked[-1][0]
    wait = situation.blocking.get(task.id)
    kind = "get" if wait is None else wait.kind
    text = f"Blocked in {kind} since {since_s:.2f} s"
    names = [] if wait is None else _unready(wait, situation)
    goal = f": waits for {words.listing(names)}" if names else ""
    lent = "; its CPU is lent" if task.kind == "task" else ""
    return f"{text}{goal}{lent}."


def _unready(wait: WaitRow, situation: Situation) -> list[str]:
    keys = [k for k, t in zip(wait.objects, wait.ready_s, strict=True) if t is None]
    return [situation.objects[k].label for k in keys if k in situation.objects]


def _start_reason(task: TaskRow, situation: Situation) -> str:
    """Say why the latest attempt started when it did."""
    start_s = task.attempts[-1].start_s
    if len(task.attempts) > 1:
        return f"attempt {len(task.attempts)}, as an earlier one was lost"
    ready_s = task.submitted_s if task.ready_s is None else task.ready_s
    if start_s - ready_s >= _AT_ONCE_S:
        return _queue_reason(task, start_s - ready_s, situation)
    if ready_s - task.submitted_s >= _AT_ONCE_S:
        last = _last_input(task, situation)
        return f"it started when {last} was there" if last else ""
    return ""


def _queue_reason(task: TaskRow, line_s: float, situation: Situation) -> str:
    text = f"it started after {words.duration(line_s)} in line"
    worker = situation.workers.get(task.attempts[-1].worker)
    if worker is not None and (worker.started_s or 0.0) > (task.ready_s or 0.0):
        return f"{text}, when {worker.label} was up"
    before = situation.tasks.get(situation.previous.get(task.id, -1))
    if before is None or task.kind != "task" or not before.attempts:
        return text
    end_s = before.attempts[-1].end_s
    if end_s is None or end_s <= (task.ready_s or 0.0):
        return text
    return f"{text}, when {before.label} had left that worker"


def _last_input(task: TaskRow, situation: Situation) -> str:
    made = [situation.objects[k] for k in task.inputs if k in situation.objects]
    known = [m for m in made if m.created_s is not None]
    last = max(known, key=lambda m: m.created_s or 0.0, default=None)
    return "" if last is None else last.label


def _worker(attempt: Attempt, situation: Situation) -> str:
    worker = situation.workers.get(attempt.worker)
    if worker is None:
        return f"worker {attempt.worker}"
    several = len(situation.nodes) > 1
    return f"{worker.label} of node {worker.node}" if several else worker.label


def _sentence(text: str, reason: str) -> str:
    return f"{text}; {reason}." if reason else f"{text}."
