"""Errors on their way through Ray: ours inside Ray's, and back again."""

from __future__ import annotations

import pickle
from typing import Any

import ray
from ray import exceptions as of_ray

from rayteach import errors
from rayteach.engines.failures import Failure
from rayteach.engines.retries import class_name
from rayteach.errors import RayteachError, RemoteCause, TaskCancelledError
from rayteach.runtime.failure import describe

_LIMIT = 2000
"""Characters of a text of Ray's that are kept."""


class Raised(Exception):  # noqa: N818 (it carries an error)
    """A task's own error, with all that people are told of it."""

    def __init__(self, remote: RemoteCause, cause: bytes | None) -> None:
        """Keep the description and the pickled exception."""
        super().__init__(remote, cause)
        self.remote = remote
        self.cause = cause

    def __str__(self) -> str:
        """Return what Ray's own tools show."""
        return f"{self.remote.type_name}: {self.remote.message}"

    @property
    def failure(self) -> Failure:
        """The same as the local engine keeps it."""
        return Failure(self.remote, self.cause)


class Again(Raised):
    """The same, for errors that the task's options retry."""


def wrapped(
    error: BaseException, label: str, place: str, retry: bool | tuple[str, ...]
) -> Raised:
    """Return ``error`` as it travels."""
    failure = Failure(*describe(error)).placed(label, place)
    kind = Again if _is_retried(error, retry) else Raised
    return kind(failure.remote, failure.cause)


def _is_retried(error: BaseException, retry: bool | tuple[str, ...]) -> bool:
    if isinstance(retry, bool):
        return retry
    names = {_short(one) for one in retry}
    return any(_short(class_name(one)) in names for one in type(error).__mro__)


def _short(name: str) -> str:
    """Leave out where a class was made: a local one forgets it on its way."""
    module, _, rest = name.partition(".<locals>.")
    return f"{module.rpartition('.')[0]}.{rest.rpartition('.')[2]}" if rest else name


def made(error: BaseException, label: str) -> BaseException:
    """Return what to raise for an error that Ray's ``get`` raised."""
    if isinstance(error, of_ray.RayTaskError):
        return _of_task(error.cause, label)
    if isinstance(error, of_ray.TaskCancelledError):
        return TaskCancelledError(f"{label} was cancelled")
    if isinstance(error, of_ray.WorkerCrashedError):
        return errors.WorkerCrashedError(
            f"{label}: its worker process, or that of a task that it needs, died, and "
            "no retry is left"
        )
    if isinstance(error, of_ray.RayError):
        kind: Any = getattr(errors, type(error).__name__, RayteachError)
        found: BaseException = kind(_text(error))
        return found
    return error


def _of_task(cause: Any, label: str) -> BaseException:
    """Return what to raise for what a task raised, or what Ray said in its place."""
    if isinstance(cause, Raised):
        return cause.failure.make()
    if isinstance(cause, KeyboardInterrupt):
        return TaskCancelledError(f"{label} was cancelled")
    if isinstance(cause, of_ray.RayError):
        return made(cause, label)
    text = str(cause).strip() or type(cause).__name__
    remote = RemoteCause(type(cause).__name__, text, task_label=label)
    return Failure(remote, _pickled(cause)).make()


def _text(error: BaseException) -> str:
    return str(error)[:_LIMIT]


def _pickled(error: BaseException) -> bytes | None:
    try:
        return pickle.dumps(error)
    except Exception:  # noqa: BLE001 (then its text must do)
        return None


def error_of(ref: Any) -> BaseException | None:
    """Return what ``get`` of a reference that is ready would raise."""
    try:
        ray.get(ref, timeout=0)
    except Exception as error:  # noqa: BLE001 (it is the answer)
        return error
    return None
