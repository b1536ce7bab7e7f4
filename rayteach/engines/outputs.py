"""What workers print on its way to people: kept, labelled, handed over once.

    OUTPUT frames ──► Outputs ──► pending pieces ──► shown by the session
       (add)             │
                         └──────► ``TaskLogs``, read by ``logs()``

Only what is shown is bounded here; the logs have bounds of their own.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from rayteach.runtime.output import LOG
from rayteach.runtime.task_logs import KEPT_TASKS, TaskLogs

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import RLock

    from rayteach.core.task import Task


class Printed(NamedTuple):
    """Whole lines of one task, or a sentence of the engine."""

    #: "f-3"; "" for the engine's own sentences
    label: str
    #: the cell run that the task belongs to; None for whichever runs now
    run: int | None
    #: "stdout" or "stderr"
    stream: str
    #: one or more lines, each with its line end
    text: str


class Outputs:
    """Is fed under the engine's lock, which who asks takes here."""

    def __init__(self, directory: str, lock: RLock) -> None:
        """Keep what tasks print in ``directory``."""
        self._lock = lock
        self._logs = TaskLogs(directory)
        self._pending: deque[Printed] = deque()
        #: label and run of each task that has printed
        self._known: dict[int, tuple[str, int]] = {}
        #: the latest task of each label
        self._by_label: dict[str, int] = {}
        #: called when there is something to show; must not block
        self.news: Callable[[], None] = lambda: None

    def add(
        self, worker: int, number: int, task: Task | None, stream: str, text: str
    ) -> None:
        """Take what a worker sent; ``task`` is None if it is over."""
        if number and number not in self._logs:
            self._remember(number, task, worker)
        label, run = self._known.get(number, (f"worker {worker}", 0))
        if stream == LOG:
            text = (
                f"… more output of this task is in its log: %rayteach log {label}, or "
                f"rayteach.logs({label!r}), shows all of it (file {text})\n"
            )
            stream = "stdout"
        else:
            self._logs.add(number, text)
        self._pending.append(Printed(label, run, stream, text))
        self.news()

    def _remember(self, number: int, task: Task | None, worker: int) -> None:
        label = str(task.label) if task is not None else f"worker {worker}"
        self._known[number] = label, task.run if task is not None else 0
        self._by_label[label] = number
        if len(self._known) > KEPT_TASKS:
            earliest = next(iter(self._known))
            old, _ = self._known.pop(earliest)
            if self._by_label.get(old) == earliest:
                del self._by_label[old]

    def warn(self, text: str, run: int | None = None) -> None:
        """Say a sentence of the engine to whoever watches."""
        self._pending.append(Printed("", run, "stderr", f"rayteach: {text}\n"))
        self.news()

    def take(self) -> list[Printed]:
        """Return and forget what has not been shown."""
        with self._lock:
            taken, self._pending = self._pending, deque()
        return list(taken)

    def log(self, number: int) -> str:
        """Return everything that a task has printed so far."""
        with self._lock:
            return self._logs.read(number)

    def find(self, label: str) -> str | None:
        """Return what the latest task of that label has printed, None if nothing."""
        with self._lock:
            number = self._by_label.get(label)
            return None if number is None else self._logs.read(number)

    def labels(self) -> list[str]:
        """Return the labels of the tasks that have printed, the latest last."""
        with self._lock:
            return list(self._by_label)

    def close(self) -> None:
        """Close the files."""
        self._logs.close()
