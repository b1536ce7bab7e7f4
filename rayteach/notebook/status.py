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
from rayteach.trace.views.objects import DISK
from rayteach.widgets import text as text_twin

if TYPE_CHECKING:
    from rayteach.notebook.extension import Extension
    from rayteach.trace.views.rows import ObjectRow, Rows, TaskRow


_SUBSHELLS = 7
"""From this ipykernel on, messages of widgets are heard while a cell runs."""

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
    session.sample()  # who runs now, not only who has told
    now = session.status()
    used, total = now["cpus_in_use"], now["num_cpus"]
    rows = rows_of(session, None)
    tasks = rows.tasks.values()
    lent = [t for t in tasks if words.state(t, rows.now_s) == words.BLOCKED]
    doing = words.counted([t for t in tasks if not t.end], rows.now_s)
    return [
        "A session is open.",
        f"CPUs:       {used:g} of {total:g} in use, {total - used:g} free"
        + _lent(lent),
        f"Tasks now:  {'none' if doing == 'no tasks' else doing}",
        *_waiting(rows),
        *_processes(rows),
        _objects(rows),
        "Listening:  nobody: no port is open, all goes through pipes to own children",
    ]


def _lent(lent: list[TaskRow]) -> str:
    cpus = sum(task.num_cpus for task in lent)
    names = words.listing([task.label for task in lent if task.num_cpus])
    verb = "is" if len(lent) == 1 else "are"
    return f"; {cpus:g} lent while {names} {verb} blocked in get" if cpus else ""


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
    large = [one for one in there if one.shared]
    on_disk = [one for one in large if any(place == DISK for place, _ in one.copies)]
    text = f"Objects:    {_sizes(large)} in shared memory"
    if on_disk:
        text += f" ({_sizes(on_disk)} of them on disk)"
    return f"{text}; {len(there) - len(large)} small ones inline"


def _sizes(objects: list[ObjectRow]) -> str:
    total = sum(one.size_bytes or 0 for one in objects)
    one = len(objects) == 1
    return f"{len(objects)} large {'value' if one else 'values'}, {total:,} bytes,"


def _host(extension: Extension) -> list[str]:
    versions = [f"Python {platform.python_version()}", f"IPython {release.version}"]
    kernel = sys.modules.get("ipykernel")
    if kernel is not None:
        versions.append(f"ipykernel {kernel.__version__}")
    return [
        f"Here:       {', '.join(versions)}",
        f"            {_abilities(extension)}",
    ]


def _abilities(extension: Extension) -> str:
    """Say whether views are live here, and when their buttons act."""
    if not extension.views.answered:
        return "no view has answered yet: pictures are still, pause by %rayteach pause"
    kernel = sys.modules.get("ipykernel")
    hears = kernel is not None and kernel.version_info[0] >= _SUBSHELLS
    when = "while a cell runs" if hears else "between cells (ipykernel 7 has more)"
    return f"views are live; their buttons act {when}"


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
