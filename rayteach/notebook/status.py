"""The words of ``%rayteach``: a status page that a learner understands."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING

from IPython.core import release

from rayteach._version import __version__
from rayteach.notebook import holding
from rayteach.notebook.contracts import Session, open_session
from rayteach.trace.fold import RowFold
from rayteach.trace.views import words
from rayteach.widgets import text as text_twin

if TYPE_CHECKING:
    from rayteach.notebook.extension import Extension
    from rayteach.trace.views.rows import Rows


_SHOWN = 3
"""So many waiting tasks say why they wait."""


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
    lines += [tracebacks_line(full=extension.tracebacks.full), *_host(extension)]
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
    rows = rows_of(session, None)
    return [
        "A session is open.",
        f"CPUs:       {used:g} of {total:g} in use, {total - used:g} free"
        + _lent(rows),
        f"Tasks now:  {running} running, {waiting} waiting",
        *_waiting(rows),
        *_processes(rows),
        _objects(rows),
        "Listening:  none; nothing here opens a port",
    ]


def _lent(rows: Rows) -> str:
    lent = [
        t for t in rows.tasks.values() if words.state(t, rows.now_s) == words.BLOCKED
    ]
    cpus = sum(task.num_cpus for task in lent)
    return f"; {cpus:g} lent by tasks that wait in get" if cpus else ""


def _waiting(rows: Rows) -> list[str]:
    waiting = [t for t in rows.tasks.values() if not t.end and not t.attempts]
    lines = [f"            {t.label}: {t.story}" for t in waiting[:_SHOWN] if t.story]
    if len(waiting) > _SHOWN:
        lines.append(f"            … and {len(waiting) - _SHOWN} more")
    return lines


def _processes(rows: Rows) -> list[str]:
    alive = [worker for worker in rows.workers.values() if worker.ended_s is None]
    actors = [actor for actor in rows.actors.values() if actor.ended_s is None]
    pool = sum(worker.kind == "pool" for worker in alive)
    nodes = [f"{n.id} ({n.num_cpus:g} CPUs)" for n in rows.nodes.values()]
    names = [f"{a.label} named {a.name!r}" if a.name else a.label for a in actors]
    return [
        f"Nodes:      {words.listing(nodes) or 'none'}",
        f"Workers:    {pool} for tasks, {len(alive) - pool} for actors",
        f"Actors:     {words.listing(names) or 'none'}",
    ]


def _objects(rows: Rows) -> str:
    there = [
        one
        for one in rows.objects.values()
        if one.created_s is not None and one.released_s is None
    ]
    shared = sum(one.size_bytes or 0 for one in there if one.shared)
    return f"Objects:    {shared:,} bytes of large values in shared memory"


def _host(extension: Extension) -> list[str]:
    versions = [f"Python {platform.python_version()}", f"IPython {release.version}"]
    kernel = sys.modules.get("ipykernel")
    if kernel is not None:
        versions.append(f"ipykernel {kernel.__version__}")
    answered = extension.views.answered
    live = (
        "views are live here"
        if answered
        else "no view has answered yet: pictures here may be still"
    )
    return [f"Here:       {', '.join(versions)}; {live}"]


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
