"""The text twin of the views, in two levels.

``structure`` says what belongs to the program: the graph, the order at each
actor, the lists that ``wait`` returned. It has no times, workers or sizes, so
the same program prints the same text. ``full`` is for reading a run: it has a
section for each view.
"""

from __future__ import annotations

from collections import defaultdict
from textwrap import wrap
from typing import TYPE_CHECKING

from rayteach.trace.views import words
from rayteach.widgets import layout, text_between, text_places
from rayteach.widgets.text_gate import gate
from rayteach.widgets.text_timeline import Paint, timeline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rayteach.trace.views.rows import Rows, TaskRow, WaitRow

MOST_LINES = 60
"""Lines of the graph; beyond, the rest is counted."""

GLYPHS = {
    words.NEEDS_INPUT: "◌",
    words.QUEUED: "○",
    words.RUNNING: "●",
    words.BLOCKED: "◍",
    words.DONE: "✓",
    words.FAILED: "✗",
    words.CANCELLED: "⊘",
    words.CANNOT_RUN: "⊘",
}

_BAD = (words.FAILED, words.CANCELLED, words.CANNOT_RUN)


def structure(rows: Rows) -> str:
    """Return what the program made: deterministic for a deterministic program."""
    tasks = _in_order(rows)
    lines = [_title(rows, tasks)]
    lines += _indent(_graph(rows, layout.drawn(tasks)))
    lines += _section("failures", _failures(rows, tasks))
    lines += _section("order at each actor", _actors(tasks))
    lines += _section("get and wait", _waits(rows))
    return "\n".join(lines)


def full(rows: Rows, width: int = 80, *, color: bool = False) -> str:
    """Return the run for reading: graph with states, timeline, waits.

    Args:
        rows: the run.
        width: characters per line, at least 40.
        color: whether to add ANSI colours.
    """
    paint = Paint(color=color)
    tasks = _in_order(rows)
    head = f"{_run_name(rows)}   {words.counted(tasks, rows.now_s)}"
    start_s, stop_s = layout.span(rows)
    if tasks:
        head += f"   {words.duration(stop_s - start_s)}"
    lines = [paint.bold(head), ""]
    if not tasks:
        return "\n".join([*lines, "No task was started."])
    lines += [
        paint.bold("Graph"),
        *_graph_with_states(rows, layout.drawn(tasks), paint),
        "",
    ]
    lines += [paint.bold("Timeline"), *timeline(rows, max(width, 40), paint)]
    for title, section in (
        ("Left out", text_between.left_out(rows)),
        ("Pauses", gate(rows)),
        ("Retries", text_between.retries(rows)),
        ("Copies between nodes", text_between.copies(rows)),
        ("Actors", text_places.actors(rows)),
        ("Order at each actor", _actors(tasks)),
        ("Objects", text_places.objects(rows)),
    ):
        if section:
            lines += ["", paint.bold(title), *_indent(_capped(section))]
    waits = [line for wait in rows.waits.values() for line in _in_full(wait, rows)]
    if waits:
        lines += ["", paint.bold("Get and wait"), *_indent(_capped(waits))]
    failures = _failures(rows, tasks)
    if failures:
        lines += ["", paint.bold("Failures")]
        lines += [paint.failed(line) for line in _indent(failures)]
    if rows.run.why_not_faster:
        why = wrap(rows.run.why_not_faster, max(width, 40) - 2)
        lines += ["", paint.bold("Why not faster?"), *_indent(why)]
    return "\n".join(lines)


def _run_name(rows: Rows) -> str:
    if rows.run.id < 0:
        return "Session"
    return f"Run of cell {rows.run.cell}" if rows.run.cell else "Run outside cells"


def _title(rows: Rows, tasks: list[TaskRow]) -> str:
    calls = sum(task.kind == "call" for task in tasks)
    plain = sum(task.kind == "task" for task in tasks)
    numbers = ((plain, "task"), (len(rows.actors), "actor"), (calls, "call"))
    parts = [_count(number, noun) for number, noun in numbers if number]
    return ", ".join(parts) or "no tasks"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _in_order(rows: Rows) -> list[TaskRow]:
    """Sort by submission: a task's children follow it, whoever ran first."""
    paths: dict[int, tuple[int, ...]] = {}
    for task in rows.tasks.values():
        above = () if task.parent is None else paths.get(task.parent, ())
        paths[task.id] = (*above, task.id)
    return [rows.tasks[task] for task in sorted(paths, key=lambda task: paths[task])]


def _graph(rows: Rows, tasks: list[TaskRow]) -> list[str]:
    """Return a line per task, or per row of tasks with the same inputs."""
    lines = []
    for key, group in _alike(rows, tasks):
        needs = f" ← {key}" if key else ""
        lines.append(f"{layout.names([task.label for task in group])}{needs}")
    return _capped(lines)


def _alike(rows: Rows, tasks: list[TaskRow]) -> list[tuple[str, list[TaskRow]]]:
    """Put neighbours with the same function and the same inputs together."""
    found: list[tuple[str, list[TaskRow]]] = []
    before: tuple[object, ...] = ()
    for task in tasks:
        needs = _needs(rows, task)
        kind = (task.function, task.parent, task.actor, needs)
        if found and kind == before:
            found[-1][1].append(task)
        else:
            found.append((needs, [task]))
        before = kind
    return found


def _needs(rows: Rows, task: TaskRow) -> str:
    known = (rows.objects.get(key) for key in task.inputs)
    return layout.names(["?" if made is None else made.label for made in known])


def _graph_with_states(rows: Rows, tasks: list[TaskRow], paint: Paint) -> list[str]:
    lines: list[str] = []
    cells = dict.fromkeys(task.cell for task in tasks)
    lanes = rows.run.id < 0 and len(cells) > 1
    for cell in cells if lanes else [None]:
        own = [task for task in tasks if cell is None or task.cell == cell]
        if cell is not None:
            lines.append(f"  cell {cell}" if cell else "  outside cells")
        lines += _lane_with_states(rows, own, paint)
    return _capped(lines)


def _lane_with_states(rows: Rows, tasks: list[TaskRow], paint: Paint) -> list[str]:
    lines = []
    for needs, group in _alike(rows, tasks):
        depth = "  " * _depth(rows, group[0])
        by_state: dict[str, list[str]] = defaultdict(list)
        for task in group:
            by_state[words.state(task, rows.now_s)].append(task.label)
        for state, labels in by_state.items():
            name = layout.names(labels)
            mark = paint.state(state, GLYPHS.get(state, " "))
            arrow = paint.dim(f" ← {needs}") if needs else ""
            word = "" if state == words.DONE else "  " + paint.state(state, state)
            lines.append(f"  {depth}{mark} {name}{arrow}{word}")
    return lines


def _depth(rows: Rows, task: TaskRow) -> int:
    """Return how many tasks a task is inside of."""
    depth, above = 0, task.parent
    while above is not None and above in rows.tasks:
        depth, above = depth + 1, rows.tasks[above].parent
    return depth


def _failures(rows: Rows, tasks: list[TaskRow]) -> list[str]:
    lines = [_failure(rows, task) for task in tasks if task.end in _BAD]
    for actor in rows.actors.values():
        if actor.restarts:
            times = _count(len(actor.restarts), "time")
            lines.append(f"{actor.label} lost its process and restarted {times}")
    return _capped(lines)


def _failure(rows: Rows, task: TaskRow) -> str:
    if task.end == words.CANNOT_RUN:
        cause = None if task.cause is None else rows.tasks.get(task.cause)
        why = "its actor is dead" if cause is None else f"{cause.label} {cause.end}"
        return f"{task.label} cannot run: {why}"
    why = f": {task.error.splitlines()[0]}" if task.error else ""
    where = f" (line {task.error_line})" if task.error_line else ""
    return f"{task.label} {task.end}{why}{where}"


def _actors(tasks: list[TaskRow]) -> list[str]:
    """Return each actor's calls in the order in which each caller made them."""
    calls: dict[tuple[str, str], list[str]] = defaultdict(list)
    for task in tasks:
        if task.kind == "call":
            actor, _, call = task.label.rpartition(".")
            caller, _, actor = actor.rpartition("/")
            calls[actor, caller].append(call)
    actors = list(dict.fromkeys(actor for actor, _ in calls))
    order = sorted(calls, key=lambda key: (actors.index(key[0]), key[1] != ""))
    return [
        f"{actor}{caller and f' from {caller}'}: {layout.names(calls[actor, caller])}"
        for actor, caller in order
    ]


def _waits(rows: Rows) -> list[str]:
    lines: list[str] = []
    for wait in sorted(rows.waits.values(), key=lambda wait: wait.id):
        if wait.task is None:
            lines += _wait(wait, rows)
    return _capped(lines)


def _wait(wait: WaitRow, rows: Rows) -> list[str]:
    labels = _labels(wait, rows)
    line = f"line {wait.line}: " if wait.line else ""
    if wait.kind == "get":
        return [f"{line}get {layout.names(labels)}"]
    head = f"{line}wait for {wait.num_returns} of {layout.names(labels)}{_limit(wait)}"
    if wait.end_s is None:
        return [head]
    pairs = list(zip(labels, wait.outcome, strict=True))
    ready = [label for label, outcome in pairs if outcome == "ready"]
    rest = [label for label, outcome in pairs if outcome != "ready"]
    return [
        head,
        f"  ready:     {layout.names(ready) or 'none'}",
        f"  remaining: {layout.names(rest) or 'none'}",
    ]


def _labels(wait: WaitRow, rows: Rows) -> list[str]:
    return [_label(key, rows) for key in wait.objects]


def _label(key: str, rows: Rows) -> str:
    """Return an object's label, also of an item that a generator never gave."""
    made = rows.objects.get(key)
    if made is not None:
        return made.label
    number, _, index = key.partition(".")
    task = rows.tasks.get(int(number))
    return "?" if task is None else f"{task.label}[{index}]"


def _limit(wait: WaitRow) -> str:
    if wait.timeout_s is None:
        return ""
    if wait.unit == "ms":
        return f", timeout {wait.timeout_s * 1000:g} ms"
    return f", timeout {wait.timeout_s:g} s"


def _in_full(wait: WaitRow, rows: Rows) -> list[str]:
    labels = _labels(wait, rows)
    line = f"line {wait.line}: " if wait.line else ""
    what = f"{wait.num_returns} of " if wait.kind == "wait" else ""
    text = f"{line}{wait.kind} {what}{layout.names(labels)}{_limit(wait)}"
    if wait.end_s is None:
        ready = sum(time_s is not None for time_s in wait.ready_s)
        return [f"{text}, waiting since {wait.start_s:.2f} s, {ready} ready"]
    text += f", returned after {words.duration(wait.end_s - wait.start_s)}"
    if wait.kind == "get":
        return [text if wait.reason == "enough ready" else f"{text} ({wait.reason})"]
    pairs = list(zip(labels, wait.outcome, strict=True))
    parts = [f"{text} ({wait.reason})"]
    for word in ("ready", "held", "pending"):
        having = [label for label, outcome in pairs if outcome == word]
        if having:
            parts.append(f"  {word + ':':<9}{layout.names(having)}")
    return parts


def _section(title: str, lines: list[str]) -> list[str]:
    return [title, *_indent(lines)] if lines else []


def _indent(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _capped(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], f"… and {len(lines) - MOST_LINES} more lines"]
