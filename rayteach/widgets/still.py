"""The still picture of a run: graph and timeline, for places without widgets."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

from rayteach.trace.views import words
from rayteach.widgets import layout, still_graph, still_timeline, text
from rayteach.widgets import svg as marks

if TYPE_CHECKING:
    from rayteach.trace.views.rows import Rows, TaskRow

MOST_NODES = 500
"""Nodes of the graph; the picture says when it leaves some out."""

MOST_ROWS = 200
"""Rows of the table beside the picture."""

WIDTH = 900.0


def svg(rows: Rows) -> str:
    """Return the picture of a run as it is now; the light theme.

    Past a handful of alike tasks a layer shows them as one group with counts.
    """
    nodes = layout.graph(rows, rows.now_s, MOST_NODES)
    width = max(WIDTH, still_graph.needed_width(nodes))
    body, top = _header(rows, width)
    if not rows.tasks:
        note = "No task yet. Call a remote function to see it here."
        body += marks.text(8, top + 22, note, fill=marks.INK2, px=13)
        return marks.document(width, top + 40, summary(rows), body)
    drawn, height = still_graph.draw(nodes, width, top + 12)
    body += drawn
    top += height + 16
    if len(rows.tasks) > layout.MOST_TASKS or len(nodes) == MOST_NODES:
        note = "The graph shows the first tasks only."
        body += marks.text(8, top + 6, note, fill=marks.INK3, px=11)
        top += 16
    body += marks.line((0, top), (width, top))
    drawn, height = still_timeline.draw(rows, width, top + 6)
    top += height + 10
    failures, height = _failures(rows, top)
    body += drawn + failures
    return marks.document(width, top + height, summary(rows), body)


def summary(rows: Rows) -> str:
    """Return the picture in one sentence."""
    counted = words.counted(list(rows.tasks.values()), rows.now_s)
    where = f"cell {rows.run.cell}" if rows.run.cell else "session"
    start_s, stop_s = layout.span(rows)
    return f"Run of {where}: {counted}, {words.duration(stop_s - start_s)}"


MOST_DRAWN = 5_000
"""Tasks of a run that is drawn for a notebook: beyond, a cell would end 0.1 s later."""


def html_figure(rows: Rows) -> str:
    """Return the picture, a table and the text, in a form that notebooks keep."""
    if len(rows.tasks) > MOST_DRAWN:
        words_of_it = f"{escape(summary(rows))}. That is too much for a still picture."
        return f'<figure style="margin:0"><p>{words_of_it}</p></figure>'
    words_of_it = (
        f"<pre style='font-family:monospace'>{escape(text.structure(rows))}</pre>"
    )
    data = b64encode(svg(rows).encode()).decode()
    alt = escape(summary(rows))
    picture = (
        f'<img alt="{alt}" style="max-width:100%" '
        f'src="data:image/svg+xml;base64,{data}">'
    )
    return (
        f'<figure style="margin:0">{picture}<figcaption>'
        f"<details><summary>The tasks as a table</summary>{_table(rows)}</details>"
        f"<details><summary>The run as text</summary>{words_of_it}</details>"
        "</figcaption></figure>"
    )


_ORDER = (
    words.RUNNING,
    words.BLOCKED,
    words.QUEUED,
    words.NEEDS_INPUT,
    words.DONE,
    words.FAILED,
    words.CANCELLED,
    words.CANNOT_RUN,
)


def _header(rows: Rows, width: float) -> tuple[str, float]:
    """Draw the title and a count with its mark per state."""
    counts = words.counts(list(rows.tasks.values()), rows.now_s)
    where = f"cell {rows.run.cell}" if rows.run.cell else "the session"
    title = f"Run of {where}"
    if rows.run.execution > 1:
        title = f"Run {rows.run.execution} of {where}"
    body = marks.line((0, 0.5), (width, 0.5), marks.EDGE)
    body += marks.text(8, 21, title, weight=600)
    x = 8 + marks.text_width(title) + 30
    for state in _ORDER:
        if state in counts:
            word = f"{counts[state]} {state}"
            body += marks.glyph(state, x, 17)
            body += marks.text(x + 10, 21, word, fill=marks.INK2)
            x += marks.text_width(word) + 30
    start_s, stop_s = layout.span(rows)
    took = words.duration(stop_s - start_s)
    body += marks.text(width - 8, 21, took, fill=marks.INK2, anchor="end")
    return body + marks.line((0, 31), (width, 31)), 32.0


def _failures(rows: Rows, top: float) -> tuple[str, float]:
    """Draw each failure's error and line below the picture."""
    failed = [task for task in rows.tasks.values() if task.end == words.FAILED]
    body = ""
    for index, task in enumerate(failed[:5]):
        y = top + index * 20
        where = f", line {task.error_line}" if task.error_line else ""
        error = task.error.splitlines()[0] if task.error else "failed"
        body += marks.line((8, y), (8, y + 18), marks.FAIL, 3)
        body += marks.text(18, y + 13, f"{task.label}{where}", weight=600)
        x = 18 + marks.text_width(f"{task.label}{where}") + 16
        body += marks.text(x, y + 13, error[:100], fill=marks.FAIL)
    return body, len(failed[:5]) * 20 + (6 if failed else 0)


def _table(rows: Rows) -> str:
    head = "".join(f"<th>{name}</th>" for name in ("task", "state", "needs", "why"))
    tasks = list(rows.tasks.values())
    body = "".join(_table_row(task, rows) for task in tasks[:MOST_ROWS])
    more = len(tasks) - MOST_ROWS
    note = f"<p>and {more} more tasks</p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def _table_row(task: TaskRow, rows: Rows) -> str:
    made = (rows.objects.get(key) for key in task.inputs)
    needs = layout.names([one.label for one in made if one is not None])
    state = words.state(task, rows.now_s)
    values = (task.label, state, needs, task.story)
    return "<tr>" + "".join(f"<td>{escape(value)}</td>" for value in values) + "</tr>"
