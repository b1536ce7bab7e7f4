"""What the driver keeps of tasks and actors that are not over."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rayteach.engines.ray.spec import Submission


class Work:
    """A task, a call or a creation that has not ended."""

    __slots__ = (
        "attempt", "blocked", "cancelled", "dependents", "entry", "error", "fading",
        "ids", "is_known", "missing", "reason", "refs", "start_s", "worker",
    )  # fmt: skip

    def __init__(self, entry: Submission, ids: Iterable[Any]) -> None:
        """Hold Ray's references of its results, and our IDs of them weakly."""
        self.entry = entry
        held = [one for one in ids if hasattr(one, "ref")]
        self.refs = [one.ref for one in held]
        self.ids = [weakref.ref(one) for one in held]
        self.attempt = 0
        #: that runs it, 0 if none does
        self.worker = 0
        self.start_s = 0.0
        #: how many inputs do not exist yet
        self.missing = 0
        self.dependents: list[Work] = []
        #: when its cancellation was asked for, None if nobody did
        self.cancelled: float | None = None
        #: why, for the log
        self.reason = ""
        #: somebody has seen that it has ended; its report is on its way
        self.is_known = False
        #: what ``get`` of it raised, where no report will come
        self.error: BaseException | None = None
        self.blocked = False

    @property
    def is_held(self) -> bool:
        """True if somebody in the driver can name a result."""
        return any(ref() is not None for ref in self.ids)


class ActorFacts:
    """What the driver knows of an actor."""

    __slots__ = (
        "handle", "is_dead", "is_detached", "is_left", "key", "label", "name",
        "number", "reason", "ref", "restarts_left", "run", "text", "worker",
    )  # fmt: skip

    def __init__(self, entry: Submission, ref: Any) -> None:
        """Start alive; ``ref`` is its identity in the driver, if it was made there."""
        self.number = entry.number
        self.label = entry.label
        self.name = entry.name
        self.run = entry.run
        self.restarts_left = entry.life[0]
        self.is_detached = entry.life[2]
        #: (namespace, name), ("", "") without a name
        self.key = ("", "")
        #: Ray's handle, held until our last one here is gone
        self.handle = ref.handle if ref is not None else None
        self.ref = weakref.ref(ref) if ref is not None else None
        self.worker = 0
        #: no handle is left, or it was killed: Ray ends it soon
        self.is_left = False
        self.is_dead = False
        #: why it ends, for the log
        self.reason = ""
        #: why it is dead, for who calls it
        self.text = ""


class WorkerFacts:
    """What the driver knows of a worker process."""

    __slots__ = ("actor", "is_here", "number", "offset_s", "pid", "reason")

    def __init__(
        self, number: int, pid: int, actor: int, *, is_here: bool, offset_s: float
    ) -> None:
        """Know it by its number."""
        self.number = number
        self.pid = pid
        self.actor = actor
        #: it runs on this machine: its end can be seen
        self.is_here = is_here
        #: what to add to its clock to have the driver's
        self.offset_s = offset_s
        #: why it ends, as far as it has said
        self.reason = ""
