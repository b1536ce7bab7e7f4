"""Two runs on one time axis: the answer of ``run.compare(other)``."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from rayteach.trace.compare import Comparison
from rayteach.trace.views import words
from rayteach.widgets import layout, still_timeline, text_timeline
from rayteach.widgets import svg as marks

if TYPE_CHECKING:
    from rayteach.trace.views.rows import Rows

_WIDTH_PX = 900.0
_NAMED = 5


class RunComparison(Comparison):
    """What differs between two runs: sentences, a table, both timelines.

    Attributes:
        differences: the numbers of both, in a fixed order.
    """

    def to_text(self, width: int = 80) -> str:
        """Return sentences, the table, and both timelines on one axis.

        Args:
            width: characters per line, at least 40.
        """
        paint = text_timeline.Paint(color=False)
        parts = [super().to_text()]
        for title, rows in zip(("first", "second"), self._both, strict=True):
            lines = text_timeline.timeline(rows, max(width, 40), paint, self._length_s)
            parts += ["", f"{title} {_only(rows, self._other(rows))}".rstrip(), *lines]
        return "\n".join(parts)

    __repr__ = to_text

    def _repr_html_(self) -> str:
        """Show both timelines in a notebook, the text below."""
        data = b64encode(self.svg().encode()).decode()
        told = " ".join(self.sentences())
        return (
            f'<figure style="margin:0"><img alt="{escape(told)}" '
            f'style="max-width:100%" src="data:image/svg+xml;base64,{data}">'
            f"<figcaption><pre>{escape(super().to_text())}</pre></figcaption></figure>"
        )

    def svg(self) -> str:
        """Return the two timelines, one below the other, on one axis."""
        body, top = "", 8.0
        for title, rows in zip(("First run", "Second run"), self._both, strict=True):
            more = _only(rows, self._other(rows))
            body += marks.text(8, top + 12, title, weight=600)
            body += marks.text(110, top + 12, more, fill=marks.INK2)
            drawn, height = still_timeline.draw(
                rows, _WIDTH_PX, top + 18, self._length_s
            )
            body += drawn
            top += 18 + height + 10
        told = " ".join(self.sentences())
        return marks.document(_WIDTH_PX, top, told, body)

    @property
    def _length_s(self) -> float:
        spans = (layout.span(rows) for rows in self._both)
        return max(stop_s - start_s for start_s, stop_s in spans)

    def _other(self, rows: Rows) -> Rows:
        first, second = self._both
        return second if rows is first else first


def _only(rows: Rows, other: Rows) -> str:
    """Say which tasks stand in one timeline and have none alike in the other."""
    left = Counter(task.function for task in other.tasks.values())
    found: list[str] = []
    for task in rows.tasks.values():
        if left[task.function]:
            left[task.function] -= 1
        else:
            found.append(task.label)
    if not found:
        return ""
    return f"(only here: {words.listing(found, _NAMED)})"
