"""What the scheduler asks of an engine. Commands are verbs.

Plain classes: one is made for every message, and the first before the first result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from rayteach.core.task import Task


class _Decision:
    """Equal to another of its kind with equal fields."""

    __slots__: tuple[str, ...] = ()

    def _values(self) -> list[Any]:
        return [getattr(self, name) for name in self.__slots__]

    def __eq__(self, other: object) -> bool:
        """Compare class and fields."""
        if not isinstance(other, _Decision) or type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Show the fields by name."""
        pairs = zip(self.__slots__, self._values(), strict=True)
        inside = ", ".join(f"{name}={value!r}" for name, value in pairs)
        return f"{type(self).__name__}({inside})"


class StartWorker(_Decision):
    """Start a process on ``node`` under the number ``worker``."""

    __slots__ = ("actor", "node", "parked", "worker")

    def __init__(
        self, node: str, worker: int, actor: int | None = None, parked: bool = False
    ) -> None:
        """Take the fields in this order."""
        self.node = node
        self.worker = worker
        #: the actor it is for, None for the pool
        self.actor = actor
        #: True: it begins parked, waiting for its own line
        self.parked = parked


class Post(_Decision):
    """Put ``tasks`` into the node's queue, in this order."""

    __slots__ = ("node", "tasks")

    def __init__(self, node: str, tasks: list[Task]) -> None:
        """Take the fields in this order."""
        self.node = node
        self.tasks = tasks


class Park(_Decision):
    """Put ``count`` requests into the queue: who takes one leaves the queue."""

    __slots__ = ("count", "node")

    def __init__(self, node: str, count: int) -> None:
        """Take the fields in this order."""
        self.node = node
        self.count = count


class Unpark(_Decision):
    """Let a parked worker read the queue again."""

    __slots__ = ("worker",)

    def __init__(self, worker: int) -> None:
        """Take the fields in this order."""
        self.worker = worker


class Dispatch(_Decision):
    """Send ``task`` to that very worker."""

    __slots__ = ("task", "worker")

    def __init__(self, task: Task, worker: int) -> None:
        """Take the fields in this order."""
        self.task = task
        self.worker = worker


class Deliver(_Decision):
    """Send these calls to the actor's process, in this order."""

    __slots__ = ("actor", "tasks")

    def __init__(self, actor: int, tasks: list[Task]) -> None:
        """Take the fields in this order."""
        self.actor = actor
        self.tasks = tasks


class Resume(_Decision):
    """Answer the blocked task: it has a CPU again."""

    __slots__ = ("task",)

    def __init__(self, task: Task) -> None:
        """Take the fields in this order."""
        self.task = task


class Abandon(_Decision):
    """The task cannot run: ``cause`` failed (None: its actor is dead)."""

    __slots__ = ("cause", "task")

    def __init__(self, task: Task, cause: Task | None) -> None:
        """Take the fields in this order."""
        self.task = task
        self.cause = cause


class Place(_Decision):
    """The task got a node, for a reason in words; said where there are several."""

    __slots__ = ("node", "reason", "task")

    def __init__(self, task: Task, node: str, reason: str) -> None:
        """Take the fields in this order."""
        self.task = task
        self.node = node
        self.reason = reason


class Rest(_Decision):
    """Starts are spaced out: call ``Gate.let`` again after a while."""

    __slots__ = ()


Decision: TypeAlias = (
    "StartWorker | Post | Park | Unpark | Dispatch | Deliver | Resume | Abandon | "
    "Place | Rest"
)
