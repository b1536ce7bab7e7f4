"""``retry_exceptions``: an error that is worth another attempt."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from rayteach.core import events
from rayteach.engines.state import clock

if TYPE_CHECKING:
    from rayteach.core.task import Task
    from rayteach.engines.failures import Failure
    from rayteach.engines.state import EngineState


def class_name(one: type) -> str:
    """Return how an exception class is named in options: it pickles everywhere."""
    return f"{one.__module__}.{one.__qualname__}"


def try_again(
    state: EngineState,
    task: Task,
    worker: int,
    start_s: float,
    end_s: float,
    failure: Failure,
) -> bool:
    """Queue another attempt of a task that raised; False if this one counts."""
    wanted = task.options.retry_exceptions
    if not wanted or not _is_wanted(wanted, failure):
        return False
    attempt = task.attempt
    if not state.scheduler.retry(task):
        return False
    remote = failure.remote
    state.add(
        events.AttemptLost(
            clock(), task.number, attempt, worker, start_s, end_s,
            f"raised {remote.type_name}: {remote.message}",
        )
    )  # fmt: skip
    return True


def _is_wanted(wanted: bool | tuple[str, ...], failure: Failure) -> bool:
    if isinstance(wanted, bool):
        return wanted
    if failure.cause is None:  # it did not pickle: its own name must do
        return failure.remote.type_name in {one.rpartition(".")[2] for one in wanted}
    error = pickle.loads(failure.cause)
    return any(class_name(one) in wanted for one in type(error).__mro__)
