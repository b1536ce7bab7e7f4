"""The speed-up curve of a what-if, with the bound that no order can pass."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from rayteach.widgets import svg as marks

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEIGHT, _LEFT, _TOP, _BOTTOM, _STEP = 220.0, 48.0, 40.0, 34.0, 90.0
_LINES = 4


@dataclass(frozen=True, slots=True)
class Point:
    """One choice of machines."""

    #: as they are called below the axis ("4", "2 x 2") and in a sentence
    label: str
    words: str
    #: predicted, and at best
    speed_up: float
    bound: float


def svg(points: Sequence[Point]) -> str:
    """Return the curve; the choices stand side by side, one step each.

    Args:
        points: at least one, in the order in which they are shown.
    """
    width = _LEFT + _STEP * max(1, len(points) - 1) + 90
    top = max(max(one.speed_up, one.bound) for one in points) or 1.0
    body = marks.text(8, 20, "Speed-up by CPUs", weight=600)
    body += marks.text(150, 20, "predicted", fill=marks.RUN)
    body += marks.text(230, 20, "at best (dashed)", fill=marks.INK3)
    for place in range(_LINES + 1):
        value = top * place / _LINES
        y = _y(value, top)
        body += marks.line((_LEFT - 6, y), (width - 20, y))
        body += marks.text(
            _LEFT - 12, y + 4, f"{value:.1f}", fill=marks.INK3, px=11, anchor="end"
        )
    body += _curve([one.bound for one in points], top, marks.EDGE, "5 4")
    body += _curve([one.speed_up for one in points], top, marks.RUN, "")
    for place, one in enumerate(points):
        x, y = _LEFT + place * _STEP, _y(one.speed_up, top)
        body += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{marks.RUN}"/>'
        body += marks.text(x + 7, y - 6, f"{one.speed_up:.2f}", px=11)
        base = _HEIGHT - _BOTTOM + 18
        body += marks.text(x, base, one.label, fill=marks.INK2, anchor="middle")
    return marks.document(width, _HEIGHT, summary(points), body)


def summary(points: Sequence[Point]) -> str:
    """Return the curve in one sentence."""
    told = ", ".join(f"{one.words} {one.speed_up:.2f}" for one in points)
    return f"Predicted speed-up: {told}"


def html_figure(points: Sequence[Point], twin: str) -> str:
    """Return the curve and its text twin, in a form that notebooks do not strip."""
    data = b64encode(svg(points).encode()).decode()
    return (
        f'<figure style="margin:0"><img alt="{escape(summary(points))}" '
        f'style="max-width:100%" src="data:image/svg+xml;base64,{data}">'
        f"<figcaption><pre>{escape(twin)}</pre></figcaption></figure>"
    )


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM - 12)


def _curve(values: Sequence[float], top: float, stroke: str, dash: str) -> str:
    places = [(_LEFT + i * _STEP, _y(value, top)) for i, value in enumerate(values)]
    return "".join(marks.line(a, b, stroke, 2, dash) for a, b in pairwise(places))
