"""Where things stand in the still picture and in text: layers and lanes."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from rayteach.trace.views import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rayteach.trace.views.rows import Attempt, Rows, TaskRow, WorkerRow

MOST_TASKS = 20_000
"""Tasks that the graph looks at, the oldest first."""

GROUP_OVER = 16
"""A layer with more nodes of one function shows them as one group."""

IDLE_SHOWN = 4
"""Idle workers are shown up to so many lanes."""


@dataclass(slots=True)
class Node:
    """A task, an object from elsewhere, or a group of tasks of one function."""

    key: str
    label: str
    #: "task", "call", "creation", "object" or "group"
    kind: str
    #: state of the task; of a group, "" for mixed
    state: str
    #: the line below a group's name: "4 running, 212 waiting, 384 done"
    note: str = ""
    parents: list[str] = field(default_factory=list)
    layer: int = 0
    #: place within the layer, from 0
    slot: float = 0.0
    #: the result exists
    is_there: bool = False


def graph(rows: Rows, at_s: float, limit: int) -> list[Node]:
    """Return the nodes of a run with their layers and slots.

    Args:
        rows: the run.
        at_s: the moment whose states are shown.
        limit: how many nodes there may be; groups count as one.
    """
    tasks = drawn(islice(rows.tasks.values(), MOST_TASKS))
    nodes: dict[str, Node] = {}
    for task in tasks:
        for key in task.inputs:
            _add_object(key, rows, nodes)
        nodes[f"t{task.id}"] = _task_node(task, rows, nodes, at_s)
    _set_layers(nodes)
    grouped = _group(nodes, {f"t{task.id}": task for task in tasks}, at_s)
    found = dict(islice(grouped.items(), limit))
    _set_slots(found)
    return list(found.values())


def drawn(tasks: Iterable[TaskRow]) -> list[TaskRow]:
    """Leave out calls through which no data flows: their actor tells of them."""
    kept = list(tasks)
    used = {key.partition(".")[0] for task in kept for key in task.inputs}
    return [t for t in kept if t.kind != "call" or t.inputs or str(t.id) in used]


def _add_object(key: str, rows: Rows, nodes: dict[str, Node]) -> None:
    made = rows.objects.get(key)
    if made is not None and (made.task is None or made.task not in rows.tasks):
        there = made.created_s is not None
        nodes.setdefault(
            f"o{key}", Node(f"o{key}", made.label, "object", "", is_there=there)
        )


def _task_node(task: TaskRow, rows: Rows, nodes: dict[str, Node], at_s: float) -> Node:
    parents = []
    for key in dict.fromkeys(task.inputs):
        maker = f"t{key.partition('.')[0]}"
        parents += [one for one in (maker, f"o{key}") if one in nodes]
    if task.parent is not None and f"t{task.parent}" in nodes:
        parents.append(f"t{task.parent}")
    if task.kind == "call" and f"t{task.actor}" in nodes:
        parents.append(f"t{task.actor}")
    state = words.state(task, at_s)
    made = rows.objects.get(f"{task.id}.0")
    there = made is not None and made.created_s is not None
    return Node(
        f"t{task.id}", task.label, task.kind, state, "", parents, is_there=there
    )


def _set_layers(nodes: dict[str, Node]) -> None:
    """Put each node one layer right of its furthest parent; inputs next to use."""
    for node in nodes.values():
        above = (nodes[parent].layer for parent in node.parents if parent in nodes)
        node.layer = 1 + max(above, default=-1)
    nearest: dict[str, int] = {}
    for node in nodes.values():
        for parent in node.parents:
            nearest[parent] = min(nearest.get(parent, node.layer), node.layer)
    for node in nodes.values():
        if node.kind == "object" and node.key in nearest:
            node.layer = max(0, nearest[node.key] - 1)


def _group(
    nodes: dict[str, Node], tasks: dict[str, TaskRow], at_s: float
) -> dict[str, Node]:
    """Replace many nodes of one function in one layer by one node."""
    kinds: dict[tuple[int, str], list[str]] = defaultdict(list)
    for node in nodes.values():
        if node.key in tasks:
            kinds[node.layer, tasks[node.key].function].append(node.key)
    into = {
        key: f"g{layer}.{function}"
        for (layer, function), keys in kinds.items()
        if len(keys) > GROUP_OVER
        for key in keys
    }
    members: dict[str, list[TaskRow]] = defaultdict(list)
    parents: dict[str, dict[str, None]] = defaultdict(dict)
    for node in nodes.values():
        key = into.get(node.key, node.key)
        parents[key].update(dict.fromkeys(into.get(p, p) for p in node.parents))
        if node.key in into:
            members[key].append(tasks[node.key])
    found: dict[str, Node] = {}
    for node in nodes.values():
        key = into.get(node.key, node.key)
        if key in members and key not in found:
            found[key] = _group_node(key, node.layer, members[key], at_s)
        found.setdefault(key, node).parents = list(parents[key])
    return found


def _group_node(key: str, layer: int, members: list[TaskRow], at_s: float) -> Node:
    states = words.counts(members, at_s)
    state = next(iter(states)) if len(states) == 1 else ""
    label = f"{members[0].function} \N{MULTIPLICATION SIGN} {len(members)}"
    note = words.counted(members, at_s)
    there = state == words.DONE
    return Node(key, label, "group", state, note, [], layer, is_there=there)


def _set_slots(nodes: dict[str, Node]) -> None:
    """Order each layer by the mean of the parents' slots; centre all layers."""
    layers: dict[int, list[Node]] = defaultdict(list)
    for node in nodes.values():
        layers[node.layer].append(node)
    tallest = max((len(layer) for layer in layers.values()), default=0)
    for index in sorted(layers):
        layer = layers[index]
        places = {node.key: _wish(node, nodes) for node in layer}
        layer.sort(key=lambda node: places[node.key])
        top = (tallest - len(layer)) / 2
        for slot, node in enumerate(layer):
            node.slot = top + slot


def _wish(node: Node, nodes: dict[str, Node]) -> float:
    slots = [
        nodes[parent].slot
        for parent in node.parents
        if parent in nodes and nodes[parent].layer < node.layer
    ]
    return sum(slots) / len(slots) if slots else 0.0


@dataclass(slots=True)
class Bar:
    """A stretch of an attempt: it runs, or it is blocked."""

    task: TaskRow
    start_s: float
    end_s: float
    #: "running", "blocked", "done", "failed", "lost" or "cancelled"
    look: str
    #: the longest stretch of an attempt bears the label
    is_named: bool = False
    #: it ends at the live edge
    is_open: bool = False


@dataclass(slots=True)
class Lane:
    """A worker and what it did."""

    worker: WorkerRow
    bars: list[Bar] = field(default_factory=list)


def lanes(rows: Rows) -> list[Lane]:
    """Return the lanes of a run: by node, pool workers first, idle ones too."""
    by_worker: dict[int, list[Bar]] = defaultdict(list)
    for task in rows.tasks.values():
        for attempt in task.attempts:
            if task.kind != "creation":
                by_worker[attempt.worker] += _bars(task, attempt, rows.now_s)
    found = []
    room = IDLE_SHOWN - sum(w.id in by_worker for w in rows.workers.values())
    for worker in rows.workers.values():
        bars = sorted(by_worker.get(worker.id, []), key=lambda bar: bar.start_s)
        if not bars and not _is_around(worker, rows):
            continue
        if not bars and worker.kind == "pool":
            room -= 1
        if bars or worker.kind == "actor" or room >= 0:
            found.append(Lane(worker, bars))
    found.sort(key=_lane_order)
    return found


def _lane_order(lane: Lane) -> tuple[str, bool, int]:
    return lane.worker.node, lane.worker.kind == "actor", lane.worker.id


def _bars(task: TaskRow, attempt: Attempt, now_s: float) -> list[Bar]:
    """Cut an attempt where it was blocked."""
    look = attempt.outcome or words.RUNNING
    found = [
        Bar(task, start_s, end_s, "blocked" if is_blocked else look)
        for start_s, end_s, is_blocked in _stretches(
            task, attempt.start_s, attempt.end_s, now_s
        )
    ]
    if found:
        found[-1].is_open = attempt.end_s is None
        runs = [bar for bar in found if bar.look != "blocked"] or found
        max(runs, key=lambda bar: bar.end_s - bar.start_s).is_named = True
    return found


def _is_around(worker: WorkerRow, rows: Rows) -> bool:
    if worker.ended_s is not None and worker.ended_s <= rows.run.start_s:
        return False
    if worker.requested_s > rows.now_s:
        return False
    return worker.kind != "actor" or worker.actor in rows.actors


def _stretches(
    task: TaskRow, start_s: float, end_s: float | None, now_s: float
) -> Iterable[tuple[float, float, bool]]:
    stop_s = max(now_s, start_s) if end_s is None else end_s
    for away_s, back_s in task.blocked:
        if away_s is None or not start_s <= away_s <= stop_s:
            continue
        until_s = stop_s if back_s is None else min(back_s, stop_s)
        if away_s > start_s:
            yield start_s, away_s, False
        yield away_s, until_s, True
        start_s = until_s
    if stop_s > start_s or not task.blocked:
        yield start_s, stop_s, False


def span(rows: Rows) -> tuple[float, float]:
    """Return the time axis of a run: from its first to its last moment."""
    start_s = max(0.0, rows.run.start_s)
    ends = [task.end_s for task in rows.tasks.values() if task.end_s is not None]
    is_over = len(ends) == len(rows.tasks) and rows.run.end_s is not None
    last_s = max([*ends, *(w.end_s or 0.0 for w in rows.waits.values()), start_s])
    stop_s = last_s if is_over and rows.tasks else max(rows.now_s, last_s)
    first_s = min((t.submitted_s for t in rows.tasks.values()), default=start_s)
    if first_s - start_s > (stop_s - first_s):
        start_s = first_s  # the cell did something else for long before its first task
    return start_s, max(stop_s, start_s + 1e-3)


def ticks(start_s: float, stop_s: float, count: int) -> list[float]:
    """Return at most about ``count`` round times from the start of the axis."""
    length = stop_s - start_s
    step = 1e-4
    for factor in _cycle():
        step = factor
        if length / step <= count:
            break
    return [n * step for n in range(int(length / step + 1e-9) + 1)]


def _cycle() -> Iterable[float]:
    power = 1e-4
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def tick_label(seconds: float, step_s: float) -> str:
    """Return a tick's text; the first one bears the unit."""
    if step_s < 0.05:  # noqa: PLR2004 (below this, milliseconds read better)
        ms, step_ms = seconds * 1000, step_s * 1000
        return "0 ms" if ms == 0 else f"{ms:.{0 if step_ms >= 1 else 1}f}"
    return "0 s" if seconds == 0 else f"{seconds:.{1 if step_s < 1 else 0}f}"


_NUMBERED = re.compile(r"(.*?)(\d+)(\D*)$")


def names(labels: Sequence[str], sep: str = ", ") -> str:
    """Return labels in short: "parse-1 … parse-6, total-1"."""
    parts: list[str] = []
    chain: list[str] = []
    for label in labels:
        if chain and not _follows(chain[-1], label):
            parts += _short(chain)
            chain = []
        chain.append(label)
    return sep.join([*parts, *_short(chain)])


def _follows(one: str, two: str) -> bool:
    a, b = _NUMBERED.match(one), _NUMBERED.match(two)
    if a is None or b is None:
        return False
    same = (a[1], a[3]) == (b[1], b[3])
    return same and int(b[2]) == int(a[2]) + 1


def _short(chain: list[str]) -> list[str]:
    if len(chain) < 4:  # noqa: PLR2004 (three names take no more room)
        return chain
    return [f"{chain[0]} … {chain[-1]}"]
