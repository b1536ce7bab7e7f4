"""What ``%rayteach`` does with whole runs: cancel, compare, predict, save, reset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from rayteach.api import observe, session
from rayteach.core.events import CellRunStarted
from rayteach.errors import RayteachError
from rayteach.object_id import ObjectID
from rayteach.trace.fold import RowFold

if TYPE_CHECKING:
    from rayteach.api.open_session import Session
    from rayteach.api.run import Run
    from rayteach.trace.views.rows import Rows, TaskRow


def _session(what: str) -> Session:
    found = session.current()
    if found is None:
        msg = f"no session is open: there is nothing to {what}"
        raise UsageError(msg)
    return found


def _rows(of: Session) -> Rows:
    fold = RowFold(of.log, of.start_s)
    fold.advance()
    return fold.rows(None)


# Cancelling.


def cancel(names: list[str]) -> str:
    """Cancel the tasks of these labels; without one, all that is not over.

    Raises:
        UsageError: no unfinished task has one of the labels.
    """
    of = _session("cancel")
    unfinished = [
        task
        for task in _rows(of).tasks.values()
        if not task.end and task.kind != "creation"
    ]
    chosen = [_named(name, unfinished) for name in names] if names else unfinished
    done = [task for task in reversed(chosen) if of.engine.cancel_task(task.id)]
    if not done:
        return "Nothing is running or waiting: nothing to cancel."
    if names:
        return f"Cancelled: {', '.join(task.label for task in reversed(done))}."
    return f"Cancelled everything that was not over: {_number(len(done), 'task')}."


def _named(name: str, unfinished: list[TaskRow]) -> TaskRow:
    """Return the newest task of a label, with or without its cell in front."""
    for task in reversed(unfinished):
        if name in (task.label, task.label.rpartition(" ")[2]):
            return task
    names = ", ".join(one.label.rpartition(" ")[2] for one in unfinished[-5:])
    msg = f"no unfinished task is called {name!r}; there is {names or 'none at all'}"
    raise UsageError(msg)


def unfinished_names() -> list[str]:
    """Return the labels of what `%rayteach cancel` can take, for completion."""
    of = session.current()
    if of is None:
        return []
    return [
        task.label.rpartition(" ")[2]
        for task in _rows(of).tasks.values()
        if not task.end and task.kind != "creation"
    ]


# Comparing.


def compare(labels: list[str]) -> str:
    """Compare two runs: those of two numbers, or a cell's last two.

    Args:
        labels: the numbers that stood before the cells, e.g. ["5", "8"]; none for
            the last two runs of the cell that started tasks last.

    Raises:
        UsageError: there are no such runs.
    """
    of = _session("compare")
    runs = _runs(of)
    if labels:
        first, second = (_labelled(label, runs) for label in labels)
    else:
        first, second = _last_two(runs)
    names = runs[first][1], runs[second][1]
    text = observe.numbered(of, first).compare(observe.numbered(of, second)).to_text()
    return f"First: cell {names[0]}. Second: cell {names[1]}.\n{text}"


def _runs(of: Session) -> dict[int, tuple[str, str]]:
    """Return key and label of each cell run that started tasks, oldest first."""
    fold = RowFold(of.log, of.start_s)
    fold.advance()
    started = [e for e in of.log.events() if isinstance(e, CellRunStarted)]
    return {
        e.run: (e.cell_key, e.cell_label) for e in started if fold.rows(e.run).tasks
    }


def _labelled(label: str, runs: dict[int, tuple[str, str]]) -> int:
    wanted = f"[{label.strip('[]')}]"
    for run, (_, shown) in runs.items():
        if shown == wanted:
            return run
    known = ", ".join(shown for _, shown in runs.values()) or "none"
    msg = f"no run {wanted} started tasks; those that did: {known}"
    raise UsageError(msg)


def _last_two(runs: dict[int, tuple[str, str]]) -> tuple[int, int]:
    newest_first = list(reversed(runs))
    for at, run in enumerate(newest_first):
        for earlier in newest_first[at + 1 :]:
            if runs[earlier][0] == runs[run][0]:
                return earlier, run
    msg = (
        "no cell has started tasks twice yet: run one again, or name two runs, e.g. "
        "`%rayteach compare 5 8`"
    )
    raise UsageError(msg)


# The last run: predictions and files.


def last_run() -> Run:
    """Return the run that started the latest task.

    Raises:
        UsageError: no task has been started yet.
    """
    try:
        return observe.last_run()
    except RayteachError as error:
        raise UsageError(str(error)) from None


def what_if(cpus: list[float]) -> str:
    """Predict the last run on other CPUs."""
    try:
        return last_run().what_if(cpus).to_text()
    except (ValueError, RayteachError) as error:
        raise UsageError(str(error)) from None


def save(path: str) -> str:
    """Write the last run to a file."""
    run = last_run()
    try:
        run.save(path)
    except OSError as error:
        msg = f"cannot write {path} ({error.strerror}); name another file"
        raise UsageError(msg) from None
    return f"The last run is in {path}; `%rayteach open {path}` shows it."


def load(path: str) -> Run:
    """Return the run in a file."""
    try:
        return observe.load(path)
    except OSError as error:
        msg = f"cannot read {path} ({error.strerror}); name what `save` wrote"
        raise UsageError(msg) from None
    except RayteachError as error:
        raise UsageError(str(error)) from None


# Beginning anew.


def reset() -> str:
    """End all tasks and actors of the session, and let everything start as usual."""
    of = _session("reset")
    of.engine.gating.resume()
    rows = _rows(of)
    ended = [task for task in rows.tasks.values() if not task.end]
    calls = [task for task in reversed(ended) if task.kind != "creation"]
    cancelled = sum(of.engine.cancel_task(task.id) for task in calls)
    alive = [actor for actor in rows.actors.values() if actor.ended_s is None]
    for actor in alive:
        of.engine.kill(ObjectID(actor.id))
    return (
        f"Cancelled {_number(cancelled, 'task')}, ended "
        f"{_number(len(alive), 'actor')}. IDs keep the values that are there."
    )


def restart() -> Any:
    """Close the session and open one with the same CPUs and resources."""
    old = session.current()
    if old is None:
        return session.init()
    cpus, resources = old.num_cpus, old.resources
    session.shutdown()
    return session.init(num_cpus=cpus, resources=resources)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
