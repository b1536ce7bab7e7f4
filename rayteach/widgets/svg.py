"""Small pieces of SVG: tokens of the light theme, marks, texts that fit."""

from __future__ import annotations

from html import escape

from rayteach.trace.views import words

BG, BG2, RULE, EDGE = "#ffffff", "#f4f6f8", "#e1e5ea", "#818d9a"
INK, INK2, INK3 = "#18202a", "#46515d", "#616c78"
RUN, ON_RUN = "#1763a6", "#ffffff"
WAIT, WAIT_INK = "#b57b00", "#875800"
DONE, DONE_FILL = "#616c78", "#e0e5ea"
FAIL, FAIL_SOFT = "#9c1040", "#fbe6ec"
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"

_NARROW, _WIDE = "ijltfrI.,:;'|!()[]-/ ", "mwMW@%…\N{MULTIPLICATION SIGN}"


def text_width(text: str, px: float = 12) -> float:
    """Return how wide a text may come out: the widest of the usual fonts.

    A picture cannot ask its reader's fonts, so this errs on the wide side.
    """
    units = 0.0
    for char in text:
        if char in _NARROW:
            units += 0.42
        elif char in _WIDE:
            units += 1.0
        else:
            units += 0.66 if char.islower() or char.isdigit() else 0.76
    return units * px


def shorter(label: str) -> tuple[str, ...]:
    """Return a label and its shorter forms: outer-1/f-3, f-3, 3."""
    last = label.rpartition("/")[2].rpartition(".")[2]
    return tuple(dict.fromkeys((label, last, last.rpartition("-")[2])))


def fit(label: str, room: float, px: float = 12) -> str:
    """Return the longest form of a label that fits, or ""."""
    return next((t for t in shorter(label) if text_width(t, px) <= room), "")


def text(  # one piece of text has many properties
    x: float,
    y: float,
    what: str,
    *,
    fill: str = INK,
    px: float = 12,
    anchor: str = "start",
    weight: int = 400,
) -> str:
    """Return a text; ``y`` is its baseline."""
    where = f'x="{x:.1f}" y="{y:.1f}" fill="{fill}" font-size="{px:g}"'
    more = "" if anchor == "start" else f' text-anchor="{anchor}"'
    more += "" if weight == 400 else f' font-weight="{weight}"'  # noqa: PLR2004
    return f"<text {where}{more}>{escape(what)}</text>"


def line(  # two ends and a look
    start: tuple[float, float],
    end: tuple[float, float],
    stroke: str = RULE,
    width: float = 1,
    dash: str = "",
) -> str:
    """Return a straight line."""
    (x1, y1), (x2, y2) = start, end
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" fill="none" '
        f'stroke="{stroke}" stroke-width="{width:g}"{dashed}/>'
    )


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str = "none",
    stroke: str = "",
    radius: float = 2,
    dash: str = "",
    stroke_width: float = 1,
) -> str:
    """Return a rectangle."""
    edge = f' stroke="{stroke}" stroke-width="{stroke_width:g}"' if stroke else ""
    edge += f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.5, width):.1f}" '
        f'height="{height:g}" rx="{radius:g}" fill="{fill}"{edge}/>'
    )


def _ring(x: float, y: float, stroke: str, more: str = "") -> str:
    where = f'cx="{x:.1f}" cy="{y:.1f}" r="4.5"'
    return f'<circle {where} fill="none" stroke="{stroke}" stroke-width="1.6"{more}/>'


def _path(data: str, stroke: str, width: float = 1.6, fill: str = "none") -> str:
    ends = 'stroke-linecap="round" stroke-linejoin="round"'
    return (
        f'<path d="{data}" fill="{fill}" stroke="{stroke}" '
        f'stroke-width="{width:g}" {ends}/>'
    )


def glyph(state: str, x: float, y: float, on: str = "") -> str:
    """Return the mark of a state, centred; ``on`` is its colour on a filled bar."""
    draw = _GLYPHS.get(state)
    return "" if draw is None else draw(x, y, on)


def _needs_input(x: float, y: float, _on: str) -> str:
    return _ring(x, y, WAIT, ' stroke-dasharray="2.2 1.9"')


def _queued(x: float, y: float, _on: str) -> str:
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.5" fill="{WAIT}"/>'
    return _ring(x, y, WAIT) + dot


def _running(x: float, y: float, on: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{on or RUN}"/>'


def _blocked(x: float, y: float, _on: str) -> str:
    bars = f"M{x - 1.5:.1f} {y - 2.2:.1f}v4.4M{x + 1.5:.1f} {y - 2.2:.1f}v4.4"
    return _ring(x, y, RUN) + _path(bars, RUN, 1.5)


def _done(x: float, y: float, on: str) -> str:
    return _path(f"M{x - 4:.1f} {y:.1f}l3 3.2 5.2-6.4", on or DONE, 1.8)


def _failed(x: float, y: float, _on: str) -> str:
    diamond = f'<path d="M{x:.1f} {y - 6:.1f}l6 6-6 6-6-6z" fill="{FAIL}"/>'
    return diamond + _path(f"M{x - 2:.1f} {y - 2:.1f}l4 4m0-4l-4 4", BG, 1.5)


def _never(x: float, y: float, _on: str) -> str:
    return _ring(x, y, EDGE) + _path(f"M{x - 3:.1f} {y + 3:.1f}l6-6", EDGE)


_GLYPHS = {
    words.NEEDS_INPUT: _needs_input,
    words.QUEUED: _queued,
    words.RUNNING: _running,
    words.BLOCKED: _blocked,
    words.DONE: _done,
    words.FAILED: _failed,
    words.CANCELLED: _never,
    words.CANNOT_RUN: _never,
}


def document(width: float, height: float, label: str, body: str) -> str:
    """Return a picture with its description for screen readers."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" '
        f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="{escape(label)}" font-family="{escape(FONT)}">'
        f'<defs><pattern id="hatch" width="6" height="6" '
        f'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="{BG}"/>'
        f'<rect width="2" height="6" fill="#a9c8e6"/></pattern></defs>'
        f'<rect width="100%" height="100%" fill="{BG}"/>{body}</svg>'
    )
