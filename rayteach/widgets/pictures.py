"""Still pictures of single views, as SVG: for papers and slides.

Graph and timeline are those of the still picture. Actors, waits and objects are
lists with marks: the moment is the last one that is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.trace.views import words
from rayteach.widgets import layout, still, still_graph, still_timeline
from rayteach.widgets import svg as marks
from rayteach.widgets.text_between import size_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.trace.views.rows import ActorRow, ObjectRow, Rows, TaskRow, WaitRow

VIEWS = ("run", "graph", "timeline", "actors", "wait", "objects")
"""What :func:`svg` draws; "run" is graph and timeline with the counts above."""

WIDTH = 900.0
ROW = 24.0
MOST_ROWS = 200


def svg(rows: Rows, view: str = "run") -> str:
    """Return one view of a run as it is now; the light theme.

    Args:
        rows: the run.
        view: one of :data:`VIEWS`.

    Raises:
        ValueError: there is no such view.
    """
    if view not in VIEWS:
        raise ValueError(f"there is no view {view!r}: take one of {', '.join(VIEWS)}")
    if view == "run":
        return still.svg(rows)
    if view == "graph":
        nodes = layout.graph(rows, rows.now_s, still.MOST_NODES)
        width = max(WIDTH, still_graph.needed_width(nodes))
        body, height = still_graph.draw(nodes, width, 8)
        return marks.document(width, height + 16, still.summary(rows), body)
    if view == "timeline":
        body, height = still_timeline.draw(rows, WIDTH, 8)
        return marks.document(WIDTH, height + 16, still.summary(rows), body)
    body, height = _LISTS[view](rows)
    return marks.document(WIDTH, height, still.summary(rows), body)


def _actors(rows: Rows) -> tuple[str, float]:
    """Draw a line per actor, and below it its calls in the order they were made."""
    body, y = "", 8.0
    for actor in list(rows.actors.values())[:MOST_ROWS]:
        body += marks.text(8, y + 15, actor.label, weight=600)
        x = 20 + marks.text_width(actor.label) + 16
        body += marks.text(x, y + 15, _state_of(actor), fill=marks.INK2, px=11)
        y += ROW
        calls = [t for t in rows.tasks.values() if t.actor == actor.id]
        calls = [task for task in calls if task.kind == "call"]
        drawn, y = _calls(rows, calls[:MOST_ROWS], y)
        body += drawn + marks.line((0, y + 4), (WIDTH, y + 4))
        y += 10
    return _or_nothing(body, y, rows.actors, "This run has made no actor.")


def _state_of(actor: ActorRow) -> str:
    if actor.ended_s is not None:
        return f"dead: {actor.reason}" if actor.reason else "dead"
    restarts = len(actor.restarts)
    again = "" if not restarts else f", restarted {restarts} times"
    return "starting" if actor.started_s is None else f"alive{again}"


def _calls(rows: Rows, calls: list[TaskRow], y: float) -> tuple[str, float]:
    """Draw calls as marks with names, as many in a row as fit."""
    body, x = "", 20.0
    for call in calls:
        label = call.label.rpartition(".")[2]
        width = marks.text_width(label, 11) + 26
        if x + width > WIDTH - 8:
            x, y = 20.0, y + ROW
        body += marks.glyph(words.state(call, rows.now_s), x + 6, y + 11)
        body += marks.text(x + 16, y + 15, label, px=11)
        x += width
    return body, y + (ROW if calls else 0)


_COLUMNS = {"ready": 40.0, "held": 220.0, "pending": 400.0}


def _waits(rows: Rows) -> tuple[str, float]:
    """Draw each ``wait``: its IDs in input order, each in its column."""
    body, y = "", 8.0
    waits = [wait for wait in rows.waits.values() if wait.kind == "wait"]
    for wait in waits[:MOST_ROWS]:
        source = wait.source or "wait"
        body += marks.text(8, y + 15, source[:110], weight=600)
        y += ROW
        for column, x in _COLUMNS.items():
            body += marks.text(x, y + 12, column, fill=marks.INK3, px=11)
        y += 18
        for place, key in enumerate(wait.objects[:MOST_ROWS]):
            made = rows.objects.get(key)
            label = key if made is None else made.label
            column = _column_of(wait, place)
            body += marks.line((0, y), (WIDTH, y))
            body += marks.text(8, y + 16, str(place), fill=marks.INK3, px=11)
            body += marks.text(_COLUMNS[column], y + 16, label)
            y += ROW
        reason = wait.reason or "it still waits"
        body += marks.text(8, y + 16, reason, fill=marks.INK2, px=11)
        y += ROW + 10
    return _or_nothing(body, y, waits, "This run has called no wait.")


def _column_of(wait: WaitRow, place: int) -> str:
    if wait.outcome:
        return wait.outcome[place]
    return "pending" if wait.ready_s[place] is None else "ready"


def _objects(rows: Rows) -> tuple[str, float]:
    """Draw a row per value: its size and where it lies."""
    heads = ((8.0, "object"), (300.0, "size"), (430.0, "kept"), (640.0, "until"))
    body = "".join(marks.text(x, 18, word, fill=marks.INK3, px=11) for x, word in heads)
    y = 26.0
    made = [one for one in rows.objects.values() if one.created_s is not None]
    for one in made[:MOST_ROWS]:
        body += marks.line((0, y), (WIDTH, y))
        body += marks.text(8, y + 16, one.label)
        size = "" if one.size_bytes is None else size_words(one.size_bytes)
        body += marks.text(300, y + 16, size, fill=marks.INK2)
        body += marks.text(430, y + 16, _place_of(one), fill=marks.INK2)
        freed = "" if one.released_s is None else words.duration(one.released_s)
        body += marks.text(640, y + 16, freed, fill=marks.INK3)
        y += ROW
    return _or_nothing(body, y + 8, made, "No value exists in this run.")


def _place_of(one: ObjectRow) -> str:
    if not one.shared:
        return "inline, inside messages"
    places = [str(place) for place, _ in one.copies]
    return "disk" if "disk" in places else f"shared memory of {', '.join(places)}"


def _or_nothing(body: str, y: float, found: object, note: str) -> tuple[str, float]:
    return (body, y) if found else (marks.text(8, 24, note, fill=marks.INK2), 40.0)


_LISTS: dict[str, Callable[[Rows], tuple[str, float]]] = {
    "actors": _actors,
    "wait": _waits,
    "objects": _objects,
}
