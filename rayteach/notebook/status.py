"""The words of ``%rayteach``: a status page that a learner understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach._version import __version__
from rayteach.notebook import holding
from rayteach.notebook.contracts import Session, open_session
from rayteach.trace.fold import RowFold
from rayteach.trace.views import words
from rayteach.widgets import text as text_twin

if TYPE_CHECKING:
    from rayteach.notebook.extension import Extension
    from rayteach.trace.views.rows import Rows


def rows_of(session: Session, run: int | None) -> Rows:
    """Return the rows of a run as they are now."""
    fold = RowFold(session.log, session.start_s)
    fold.advance()
    return fold.rows(run)


def as_text(rows: Rows, *, full: bool) -> str:
    """Return the text twin: the structure, or everything."""
    text = text_twin.full(rows) if full else text_twin.structure(rows)
    return text.rstrip("\n")


def page(extension: Extension) -> str:
    """Return the answer to ``%rayteach status``."""
    session = open_session(extension.sessions)
    lines = [f"rayteach {__version__}", ""]
    lines += _no_session() if session is None else _session(session)
    lines += [f"Starts:     {line}" for line in holding.lines()[:2]]
    lines += ["", *_last_run(extension), auto_line(on=extension.views.auto)]
    lines += [tracebacks_line(full=extension.tracebacks.full)]
    return "\n".join([*lines, "", "%rayteach help lists what you can do."])


def _no_session() -> list[str]:
    return [
        "No session is open. The first .remote() opens one by itself;",
        "`%rayteach init --num-cpus 4` opens one with 4 CPUs now.",
    ]


def _session(session: Session) -> list[str]:
    now = session.status()
    used, total = now["cpus_in_use"], now["num_cpus"]
    running, waiting = now["tasks_running"], now["tasks_waiting"]
    return [
        "A session is open.",
        f"CPUs:       {used:g} of {total:g} in use, {total - used:g} free",
        f"Tasks now:  {running} running, {waiting} waiting",
    ]


def _last_run(extension: Extension) -> list[str]:
    if extension.cells.last_run is None:
        return ["Last run:   no cell has started a task yet"]
    rows = rows_of(*extension.cells.last_run)
    counted = words.counted(list(rows.tasks.values()), rows.now_s)
    where = f"cell {rows.run.cell}" if rows.run.cell else "outside cells"
    return [f"Last run:   {where}, tasks: {counted}"]


def auto_line(*, on: bool) -> str:
    """Say whether views appear by themselves."""
    if on:
        return "Views:      appear by themselves under a cell that starts tasks"
    return "Views:      only when you ask with `%rayteach show`"


def tracebacks_line(*, full: bool) -> str:
    """Say how errors are shown."""
    if full:
        return "Errors:     with every frame (`%rayteach tracebacks short` changes it)"
    return "Errors:     with your own lines (`%rayteach tracebacks full` shows all)"
