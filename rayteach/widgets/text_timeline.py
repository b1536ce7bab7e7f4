"""The timeline in characters, and the colours of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.trace.views import words
from rayteach.widgets import layout

if TYPE_CHECKING:
    from rayteach.trace.views.rows import Rows
    from rayteach.widgets.layout import Bar, Lane

_INK = {
    words.RUNNING: "38;5;33",
    words.BLOCKED: "38;5;33",
    words.QUEUED: "38;5;136",
    words.NEEDS_INPUT: "38;5;136",
    words.DONE: "38;5;245",
    words.FAILED: "38;5;161",
    words.CANCELLED: "38;5;245",
    words.CANNOT_RUN: "38;5;245",
}
_BAR = {
    "running": "48;5;25;38;5;231",
    "blocked": "38;5;33",
    "done": "48;5;252;38;5;235",
    "failed": "48;5;161;38;5;231",
    "lost": "48;5;161;38;5;231",
    "cancelled": "48;5;245;38;5;231",
    "wait": "38;5;245",
}
_HATCH = "\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}"
_FILL = {"wait": "┄"}
_MARK = {"failed": "✗", "lost": "✗", "cancelled": "⊘"}


class Paint:
    """ANSI colours, or none."""

    def __init__(self, *, color: bool) -> None:
        """Paint only if ``color``."""
        self.color = color

    def ink(self, text: str, code: str) -> str:
        """Return the text in a colour code."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text and code else text

    def bold(self, text: str) -> str:
        """Return a heading."""
        return self.ink(text, "1")

    def dim(self, text: str) -> str:
        """Return something less important."""
        return self.ink(text, "2")

    def failed(self, text: str) -> str:
        """Return an error."""
        return self.ink(text, _INK[words.FAILED])

    def state(self, state: str, text: str) -> str:
        """Return a text in the colour of a state."""
        return self.ink(text, _INK.get(state, ""))


class _Line:
    """Cells of characters, each with the look of the bar it belongs to."""

    def __init__(self, width: int) -> None:
        self.chars = [" "] * width
        self.looks = [""] * width

    def put(self, at: int, text: str, look: str) -> None:
        for offset, char in enumerate(text):
            if 0 <= at + offset < len(self.chars):
                self.chars[at + offset], self.looks[at + offset] = char, look

    def render(self, paint: Paint) -> str:
        parts = []
        start = 0
        for end in range(1, len(self.chars) + 1):
            if end == len(self.chars) or self.looks[end] != self.looks[start]:
                text = "".join(self.chars[start:end])
                parts.append(paint.ink(text, _BAR.get(self.looks[start], "")))
                start = end
        return "".join(parts).rstrip()


def timeline(rows: Rows, width: int, paint: Paint, length_s: float = 0.0) -> list[str]:
    """Return a line per worker, an axis above, the cell's own waits on top.

    The axis shows at least ``length_s`` seconds.
    """
    found = layout.lanes(rows)
    start_s, stop_s = layout.span(rows)
    stop_s = max(stop_s, start_s + length_s)
    names = [_name(lane) for lane in found]
    gutter = max([len("your cell"), *map(len, names)]) + 2
    room = width - gutter - 2
    scale = room / (stop_s - start_s)

    def column(time_s: float) -> int:
        return round((time_s - start_s) * scale)

    lines = ["  " + " " * gutter + paint.dim(_axis(start_s, stop_s, room, scale))]
    waits = _Line(room)
    for wait in rows.waits.values():
        if wait.task is None:
            end_s = stop_s if wait.end_s is None else wait.end_s
            _box(waits, column(wait.start_s), column(end_s), wait.kind, "wait")
    if rows.waits:
        lines.append(f"  {'your cell':<{gutter}}{waits.render(paint)}")
    for lane, name in zip(found, names, strict=True):
        line = _Line(room)
        for bar in lane.bars:
            _draw(line, bar, column(bar.start_s), column(bar.end_s), paint)
        lines.append(f"  {name:<{gutter}}{line.render(paint)}".rstrip())
    return lines


def _name(lane: Lane) -> str:
    return lane.worker.label


def _axis(start_s: float, stop_s: float, room: int, scale: float) -> str:
    line = _Line(room)
    times = layout.ticks(start_s, stop_s, max(1, room // 9))
    step_s = times[1] if len(times) > 1 else stop_s - start_s
    for time_s in times:
        label = layout.tick_label(time_s, step_s)
        at = round(time_s * scale)
        if at + len(label) <= room:
            line.put(at, label, "")
    return "".join(line.chars).rstrip()


def _draw(line: _Line, bar: Bar, start: int, end: int, paint: Paint) -> None:
    mark = _MARK.get(bar.look, "")
    label = bar.task.label if bar.is_named else ""
    if bar.task.kind == "call":
        label = label.rpartition(".")[2]
    if bar.look == "blocked":
        line.put(start, _HATCH * max(1, end - start), "blocked")
    elif paint.color:
        _block(line, start, end, f"{mark}{label}", bar.look)
    else:
        right = "▶" if bar.is_open else "]"
        _box(line, start, end, f"{mark}{label}", bar.look, right)


def _block(line: _Line, start: int, end: int, label: str, look: str) -> None:
    """Draw a coloured bar; a thin edge keeps neighbours apart."""
    wide = max(1, end - start)
    inner = wide - 1
    text = f"▏{_fitting(label, inner):<{inner}}"[:wide]
    line.put(start, text, look)


def _box(
    line: _Line, start: int, end: int, label: str, look: str, right: str = "]"
) -> None:
    """Draw a bar between brackets: ``[parse-1────]``."""
    wide = max(1, end - start)
    fill = "━" if look == "running" else _FILL.get(look, "─")
    if wide < 3:  # noqa: PLR2004 (two brackets and something between)
        line.put(start, "▪" * wide, look)
        return
    inner = wide - 2
    line.put(start, f"[{_fitting(label, inner):{fill}<{inner}}{right}", look)


def _fitting(label: str, room: int) -> str:
    """Return the longest form of a label that fits: all, last name, number."""
    last = label.rpartition("/")[2]
    for text in (label, last, last.rpartition("-")[2]):
        if len(text) <= room:
            return text
    return ""
