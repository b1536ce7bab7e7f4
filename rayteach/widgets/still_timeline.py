"""The timeline of the still picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rayteach.widgets import layout, svg

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.trace.views.rows import Rows, WaitRow
    from rayteach.widgets.layout import Bar

ROW, BAR = 26.0, 18.0
_RIGHT = 14.0
_LABEL_PX = 11
_NARROW_PX = 2.0


def draw(
    rows: Rows, width: float, top: float, length_s: float = 0.0
) -> tuple[str, float]:
    """Return the timeline and the height it takes below ``top``.

    The axis shows at least ``length_s`` seconds.
    """
    lanes = layout.lanes(rows)
    start_s, stop_s = layout.span(rows)
    stop_s = max(stop_s, start_s + length_s)
    several = len({lane.worker.node for lane in lanes}) > 1
    names = [
        f"{lane.worker.node} {lane.worker.label}" if several else lane.worker.label
        for lane in lanes
    ]
    left = max([svg.text_width(name, 11) for name in ["your cell", *names]]) + 18
    scale = (width - left - _RIGHT) / (stop_s - start_s)

    def place(time_s: float) -> float:
        return left + (min(max(time_s, start_s), stop_s) - start_s) * scale

    own = [wait for wait in rows.waits.values() if wait.task is None]
    count = len(lanes) + bool(own)
    body = _axis(start_s, stop_s, left, width, (top, top + 20 + count * ROW))
    y = top + 20
    if own:
        body += _name("your cell", left, y)
        body += "".join(_wait(wait, rows, place, y) for wait in own)
        y += ROW
    for name, lane in zip(names, lanes, strict=True):
        body += _name(name, left, y)
        body += "".join(_bar(bar, place, y) for bar in _visible(lane.bars, place))
        y += ROW
    return body, y - top + 4


def _axis(
    start_s: float, stop_s: float, left: float, width: float, rows: tuple[float, float]
) -> str:
    times = layout.ticks(start_s, stop_s, max(2, int((width - left) / 84)))
    step_s = times[1] if len(times) > 1 else stop_s - start_s
    scale = (width - left - _RIGHT) / (stop_s - start_s)
    top, bottom = rows
    parts = []
    for time_s in times:
        x = left + time_s * scale
        parts.append(svg.line((x, top + 16), (x, bottom)))
        label = layout.tick_label(time_s, step_s)
        anchor = "start" if time_s == 0 else "middle"
        if x < width - 20:
            parts.append(
                svg.text(x, top + 11, label, fill=svg.INK3, px=11, anchor=anchor)
            )
    return "".join(parts)


def _name(name: str, left: float, y: float) -> str:
    return svg.text(left - 10, y + 17, name, fill=svg.INK2, px=11, anchor="end")


def _visible(bars: list[Bar], place: Callable[[float], float]) -> list[Bar]:
    """Leave out bars that would be drawn on the very pixel of the one before."""
    found: list[Bar] = []
    edge = -1.0
    for bar in bars:
        right = place(bar.end_s)
        if right - edge >= 1.0 or bar.is_open:
            found.append(bar)
            edge = right
    return found


_FILLS = {
    "running": (svg.RUN, "", svg.ON_RUN),
    "blocked": ("url(#hatch)", svg.RUN, svg.RUN),
    "failed": (svg.FAIL_SOFT, svg.FAIL, svg.FAIL),
    "lost": (svg.FAIL_SOFT, svg.FAIL, svg.FAIL),
    "cancelled": (svg.BG, svg.EDGE, svg.INK2),
}
_DONE = (svg.DONE_FILL, "", svg.INK)


def _bar(bar: Bar, place: Callable[[float], float], y: float) -> str:
    x = place(bar.start_s)
    wide = max(_NARROW_PX, place(bar.end_s) - x - 1)
    fill, stroke, ink = _FILLS.get(bar.look, _DONE)
    top = y + 4
    body = svg.rect(x, top, wide, BAR, fill=fill, stroke=stroke)
    if bar.look == "done":
        base = top + BAR - 0.75
        body += svg.line((x, base), (x + wide, base), svg.EDGE, 1.5)
    if bar.look == "blocked":
        return body + _blocked_note(x, top, wide)
    label = svg.fit(bar.task.label, wide - 8, _LABEL_PX) if bar.is_named else ""
    if label:
        body += svg.text(x + 5, top + 13, label, fill=ink, px=_LABEL_PX)
    return body


def _blocked_note(x: float, top: float, wide: float) -> str:
    notes = ("blocked in get, CPU lent", "blocked in get", "in get", "")
    note = next(n for n in notes if svg.text_width(n, 11) + 16 < wide or not n)
    if not note:
        return ""
    room = svg.text_width(note, 11) + 8
    back = svg.rect(x + 4, top + 2, room, BAR - 4, fill=svg.BG)
    return back + svg.text(x + 8, top + 13, note, fill=svg.RUN, px=11)


def _wait(wait: WaitRow, rows: Rows, place: Callable[[float], float], y: float) -> str:
    x = place(wait.start_s)
    right = place(math.inf if wait.end_s is None else wait.end_s)
    wide = max(_NARROW_PX, right - x - 1)
    stroke = svg.RUN if wait.end_s is None else svg.EDGE
    body = svg.rect(x, y + 4, wide, BAR, fill=svg.BG, stroke=stroke)
    notes = _notes(wait, rows)
    note = next((n for n in notes if svg.text_width(n, 11) + 8 < wide), "")
    return body + (svg.text(x + 5, y + 17, note, fill=svg.INK2, px=11) if note else "")


def _notes(wait: WaitRow, rows: Rows) -> list[str]:
    """Return what a wait is, the longest form first."""
    made = (rows.objects.get(key) for key in wait.objects)
    names = layout.names([one.label for one in made if one is not None])
    if wait.kind == "get":
        return [f"get {names}", f"get of {len(wait.objects)}", "get"]
    if wait.end_s is not None:
        return [f"wait returned {wait.outcome.count('ready')}", "wait"]
    done = sum(time_s is not None for time_s in wait.ready_s)
    return [f"wait: {done} of {wait.num_returns} ready", "wait"]
