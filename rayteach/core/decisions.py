"""What the scheduler asks of an engine. Commands are verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rayteach.core.task import Task


@dataclass(slots=True)
class StartWorker:
    """Start a process on ``node`` under the number ``worker``."""

    node: str
    worker: int
    #: the actor it is for, None for the pool
    actor: int | None = None
    #: True: it begins parked, waiting for its own line
    parked: bool = False


@dataclass(slots=True)
class Post:
    """Put ``tasks`` into the node's queue, in this order."""

    node: str
    tasks: list[Task]


@dataclass(slots=True)
class Park:
    """Put ``count`` requests into the queue: who takes one leaves the queue."""

    node: str
    count: int


@dataclass(slots=True)
class Unpark:
    """Let a parked worker read the queue again."""

    worker: int


@dataclass(slots=True)
class Dispatch:
    """Send ``task`` to that very worker."""

    task: Task
    worker: int


@dataclass(slots=True)
class Deliver:
    """Send these calls to the actor's process, in this order."""

    actor: int
    tasks: list[Task]


@dataclass(slots=True)
class Resume:
    """Answer the blocked task: it has a CPU again."""

    task: Task


@dataclass(slots=True)
class Abandon:
    """The task cannot run: ``cause`` failed (None: its actor is dead)."""

    task: Task
    cause: Task | None


@dataclass(slots=True)
class Rest:
    """Starts are spaced out: call ``Gate.let`` again after a while."""


Decision: TypeAlias = (
    "StartWorker | Post | Park | Unpark | Dispatch | Deliver | Resume | Abandon | Rest"
)
