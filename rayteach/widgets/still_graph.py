"""The graph of the still picture."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rayteach.trace.views import words
from rayteach.widgets import svg

if TYPE_CHECKING:
    from rayteach.widgets.layout import Node

PITCH, PILL, LEFT = 34.0, 24.0, 8.0
_SQUARE, _MAX_LABEL, _MIN_GAP, _MAX_GAP = 7.0, 150.0, 30.0, 110.0


def draw(nodes: list[Node], width: float, top: float) -> tuple[str, float]:
    """Return the graph and the height it takes below ``top``."""
    widths = _layer_widths(nodes)
    columns = _columns(widths, width)
    boxes = {
        node.key: (columns[node.layer], top + node.slot * PITCH, widths[node.layer])
        for node in nodes
    }
    by_key = {node.key: node for node in nodes}
    edges = [
        _edge(boxes[parent], boxes[node.key], dashed=not by_key[parent].is_there)
        for node in nodes
        for parent in node.parents
        if parent in boxes
    ]
    marks = [_node(node, boxes[node.key]) for node in nodes]
    lowest = max((node.slot for node in nodes), default=-1.0)
    return "".join(edges + marks), (lowest + 1) * PITCH


def _layer_widths(nodes: list[Node]) -> dict[int, float]:
    widths: dict[int, float] = defaultdict(float)
    for node in nodes:
        room = min(_MAX_LABEL, svg.text_width(node.label)) + 40
        room += svg.text_width(node.note, 11) if node.note else 0
        widths[node.layer] = max(widths[node.layer], room)
    return widths


def _columns(widths: dict[int, float], width: float) -> dict[int, float]:
    """Spread the layers over the picture, as far as they need it."""
    gaps = max(1, len(widths) - 1)
    spare = (width - 2 * LEFT - sum(widths.values())) / gaps
    gap = min(max(spare, _MIN_GAP), _MAX_GAP)
    at, columns = LEFT, {}
    for layer in sorted(widths):
        columns[layer] = at
        at += widths[layer] + gap
    return columns


def needed_width(nodes: list[Node]) -> float:
    """Return the width below which layers would touch."""
    widths = _layer_widths(nodes)
    return sum(widths.values()) + _MIN_GAP * max(0, len(widths) - 1) + 2 * LEFT


def _edge(
    start: tuple[float, float, float], end: tuple[float, float, float], *, dashed: bool
) -> str:
    x1, y1 = start[0] + start[2], start[1] + PILL / 2
    x2, y2 = end[0], end[1] + PILL / 2
    bend = max(16.0, (x2 - x1) / 2)
    dash = ' stroke-dasharray="3 3"' if dashed else ""
    return (
        f'<path d="M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} '
        f'{y2:.1f} {x2:.1f} {y2:.1f}" fill="none" stroke="{svg.EDGE}"{dash}/>'
    )


_LOOKS = {
    words.RUNNING: (svg.RUN, svg.RUN, svg.ON_RUN, ""),
    words.BLOCKED: ("url(#hatch)", svg.RUN, svg.INK, ""),
    words.DONE: (svg.DONE_FILL, "", svg.INK, ""),
    words.FAILED: (svg.FAIL_SOFT, svg.FAIL, svg.FAIL, ""),
    words.QUEUED: (svg.BG, svg.WAIT, svg.INK, ""),
    words.NEEDS_INPUT: (svg.BG, svg.WAIT, svg.INK2, "4 3"),
}
_OTHER = (svg.BG, svg.EDGE, svg.INK2, "")


def _node(node: Node, box: tuple[float, float, float]) -> str:
    x, y, width = box
    if node.kind == "object":
        return _object(node, box)
    fill, stroke, ink, dash = _LOOKS.get(node.state, _OTHER)
    if node.kind == "creation":
        body = _hexagon(box, fill, stroke or svg.EDGE, dash)
    else:
        body = svg.rect(
            x, y, width, PILL, fill=fill, stroke=stroke, radius=12, dash=dash
        )
    on = ink if node.state == words.RUNNING else ""
    body += svg.glyph(node.state, x + 14, y + PILL / 2, on)
    left = 26.0 if node.state else 12.0
    label = svg.fit(node.label, width - left - 12)
    weight = 600 if node.state == words.RUNNING else 400
    if node.note:
        end = x + width - 14
        body += svg.text(end, y + 16, node.note, fill=svg.INK2, px=11, anchor="end")
    body += svg.text(x + left, y + 16, label, fill=ink, weight=weight)
    return body if node.kind == "creation" else body + _result(node, x + width, y)


def _result(node: Node, right: float, y: float) -> str:
    """Draw the small square of the result: filled = it is there."""
    half = _SQUARE / 2
    return svg.rect(
        right - half,
        y + PILL / 2 - half,
        _SQUARE,
        _SQUARE,
        fill=svg.INK2 if node.is_there else svg.BG,
        stroke=svg.INK2 if node.is_there else svg.EDGE,
        radius=1,
    )


def _object(node: Node, box: tuple[float, float, float]) -> str:
    x, y, width = box
    room = svg.text_width(node.label)
    label = svg.text(x + width - 10, y + 16, node.label, fill=svg.INK2, anchor="end")
    return (label if room else "") + _result(node, x + width, y)


def _hexagon(box: tuple[float, float, float], fill: str, stroke: str, dash: str) -> str:
    x, y, width = box
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    points = f"M{x + 8:.1f} {y:.1f}h{width - 16:.1f}l8 12l-8 12h{16 - width:.1f}l-8-12z"
    return f'<path d="{points}" fill="{fill}" stroke="{stroke}"{dashed}/>'
