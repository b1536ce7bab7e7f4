"""The story of a run, in a handful of sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.trace import idle, measures, query, strands
from rayteach.trace.views import words
from rayteach.trace.why import why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.trace.idle import Idle
    from rayteach.trace.views.rows import Rows, TaskRow

_WORTH = 0.1
"""What took less than this share of the run is not told."""


def tell(rows: Rows) -> list[str]:
    """Return what happened, how wide and deep it was, where the time went.

    Returns:
        Sentences, the most general first; one if no task was started.
    """
    if not rows.tasks:
        return ["No task was started in this run."]
    sentences = [_what(rows), *_failures(rows), _shape(rows), _time(rows), _use(rows)]
    sentences += [*_driver(rows), *_line(rows), *_stragglers(rows), *_actors(rows)]
    return sentences


def _what(rows: Rows) -> str:
    tasks = list(rows.tasks.values())
    parts = [
        _number(sum(task.kind == "task" for task in tasks), "task"),
        _number(sum(task.kind == "creation" for task in tasks), "actor"),
        _number(sum(task.kind == "call" for task in tasks), "call"),
    ]
    who = f"Cell {rows.run.cell}" if rows.run.cell else "The program"
    cpus = sum(node.num_cpus for node in rows.nodes.values() if node.lost_s is None)
    text = f"{who} started {words.listing([one for one in parts if one])}"
    text += f" on {_number(cpus, 'CPU')}"
    took = words.duration(measures.makespan(rows))
    open_ones = sum(not task.end for task in tasks)
    if open_ones:
        return f"{text}; {_number(open_ones, 'task')} not at the end yet, after {took}."
    return f"{text}; it took {took}."


def _number(count: float, noun: str) -> str:
    if not count:
        return ""
    return f"{count:g} {noun}" + ("" if count == 1 else "s")


def _failures(rows: Rows) -> Iterator[str]:
    bad = [task for task in rows.tasks.values() if task.end not in ("", words.DONE)]
    failed = [task for task in bad if task.end == words.FAILED]
    if failed:
        first = failed[0]
        where = f" in line {first.error_line}" if first.error_line else ""
        error = first.error.splitlines()[0] if first.error else "an error"
        more = len(bad) - 1
        rest = f", and {_number(more, 'other')} did not end well either" if more else ""
        yield f"{first.label} failed with {error}{where}{rest}."
    elif bad:
        names = words.listing([task.label for task in bad])
        yield f"Without a result: {names}."


def _shape(rows: Rows) -> str:
    width, most = query.width(rows), query.max_parallelism(rows)
    depth = query.depth(rows)
    chain = (
        "None needs the result of another"
        if depth <= 1
        else f"The longest chain of inputs has {depth} tasks"
    )
    return (
        f"{chain}; as far as that goes, {width} could run at the same time, and "
        f"{most} did."
    )


def _time(rows: Rows) -> str:
    chain = strands.longest(rows)
    work = words.duration(measures.work(rows))
    names = words.listing([rows.tasks[number].label for number in chain.tasks])
    if not names:
        return "Nothing has run so far."
    span = words.duration(chain.span_s)
    return (
        f"All work together is {work}, and the longest chain ({names}) takes {span} "
        "however many CPUs there are."
    )


def _use(rows: Rows) -> str:
    text = f"The CPUs were in use for {measures.cpu_use(rows):.0%} of the time"
    by_cause: dict[str, float] = {}
    for one in idle.idle_intervals(rows):
        by_cause[one.cause] = by_cause.get(one.cause, 0.0) + _lost(one)
    cause = max(by_cause, key=lambda one: by_cause[one], default="")
    if not cause or by_cause[cause] < _WORTH * measures.makespan(rows):
        return f"{text}."
    lost = words.duration(by_cause[cause])
    return f"{text}; the most that was lost, {lost} of CPU time, is: {cause}."


def _lost(one: Idle) -> float:
    return (one.end_s - one.start_s) * one.cpus


def _driver(rows: Rows) -> Iterator[str]:
    own = [wait for wait in rows.waits.values() if wait.task is None]
    longest = max(own, key=lambda w: (w.end_s or rows.now_s) - w.start_s, default=None)
    if longest is None:
        return
    took_s = (longest.end_s or rows.now_s) - longest.start_s
    if took_s < _WORTH * measures.makespan(rows):
        return
    where = f" in line {longest.line}" if longest.line else ""
    number = "" if len(own) == 1 else f", the longest of {len(own)} waits"
    yield f"The driver stood {words.duration(took_s)} in {longest.kind}{where}{number}."


def _line(rows: Rows) -> Iterator[str]:
    def waited(task: TaskRow) -> float:
        ready_s = task.submitted_s if task.ready_s is None else task.ready_s
        return task.attempts[0].start_s - ready_s

    begun = [task for task in rows.tasks.values() if task.attempts]
    longest = max(begun, key=waited, default=None)
    if longest is not None and waited(longest) >= _WORTH * measures.makespan(rows):
        yield f"Longest in line: {why(longest, rows)}"


def _stragglers(rows: Rows) -> Iterator[str]:
    slow = measures.stragglers(rows)
    if slow:
        names = words.listing([task.label for task in slow])
        verb = "took" if len(slow) == 1 else "each took"
        yield f"{names} {verb} more than twice as long as is usual for its function."


def _actors(rows: Rows) -> Iterator[str]:
    calls: dict[int, int] = {}
    for task in rows.tasks.values():
        if task.kind == "call" and task.actor in rows.actors:
            calls[task.actor or 0] = calls.get(task.actor or 0, 0) + 1
    if not calls:
        return
    number = max(calls, key=lambda one: calls[one])
    actor, moments = rows.actors[number], (t.submitted_s for t in rows.tasks.values())
    longest = max(measures.queue_length(rows, number, at_s) for at_s in set(moments))
    how = "one after the other" if actor.max_concurrency == 1 else "several at once"
    yield (
        f"{actor.label} had the most calls, {calls[number]}, {how}; up to {longest} "
        "stood in its line."
    )
