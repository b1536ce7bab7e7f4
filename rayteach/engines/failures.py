"""An error kept in place of a value; every ``get`` raises a new copy of it."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from rayteach.errors import (
    RayteachError,
    RemoteCause,
    TaskCancelledError,
    UnserializableException,
    task_error,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class Failure:
    """What a failed ID holds."""

    __slots__ = ("cause", "kind", "remote")

    def __init__(
        self,
        remote: RemoteCause,
        cause: bytes | None = None,
        kind: Callable[[str], RayteachError] | None = None,
    ) -> None:
        """A task's own error; or, with ``kind``, an error of the system."""
        self.remote = remote
        self.cause = cause
        self.kind = kind

    @classmethod
    def of_system(cls, kind: Callable[[str], RayteachError], text: str) -> Failure:
        """Return a failure that raises ``kind(text)``."""
        return cls(RemoteCause(getattr(kind, "__name__", "Error"), text), None, kind)

    @property
    def is_cancellation(self) -> bool:
        """True if the task was cancelled rather than wrong."""
        return (
            self.kind is TaskCancelledError
            or self.remote.type_name == KeyboardInterrupt.__name__
        )

    def placed(self, label: str, submitted_at: str) -> Failure:
        """Return the failure with the task's label and place of submission."""
        if self.kind is not None or self.remote.task_label:
            return self
        remote = self.remote.but(task_label=label, submitted_at=submitted_at)
        return Failure(remote, self.cause)

    def make(self) -> RayteachError:
        """Return a new exception to raise."""
        if self.kind is not None:
            return self.kind(self.remote.message)
        if self.cause is None:
            cause: BaseException = UnserializableException(
                f"{self.remote.type_name}: {self.remote.message}"
            )
        else:
            cause = pickle.loads(self.cause)
        if isinstance(cause, KeyboardInterrupt):
            return TaskCancelledError(f"{self.remote.task_label} was cancelled")
        return task_error(self.remote, cause)
