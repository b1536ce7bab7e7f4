"""A payload that raises in the worker: what a task gets whose arguments fit nowhere."""

from __future__ import annotations

import pickle
from typing import Any


class _Refusal:
    """Arguments that raise when a worker reads them: the task fails with the error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __reduce__(self) -> tuple[Any, ...]:
        return _refuse, (type(self.error), str(self.error))


def _refuse(kind: type[Exception], text: str) -> None:
    raise kind(text)


def refusal(error: Exception) -> bytes:
    """Return a task's payload that raises ``error`` in the worker."""
    return pickle.dumps(_Refusal(error), 5)
