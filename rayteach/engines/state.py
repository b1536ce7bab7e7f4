"""What the parts of the local engine share."""

from __future__ import annotations

import heapq
import threading
import time
import weakref
from collections import defaultdict, deque
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from rayteach.core import events
from rayteach.core.scheduler import Scheduler
from rayteach.engines.outputs import Outputs
from rayteach.errors import ActorHandleNotFoundError, RayteachError
from rayteach.object_id import FAILED, READY, ActorID, ObjectID
from rayteach.runtime.worker_pool import HOME

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from rayteach.core.task import Task
    from rayteach.engines.base import ActorOptions, Function
    from rayteach.engines.failures import Failure
    from rayteach.engines.lineage import Lineage
    from rayteach.engines.memory import Ending
    from rayteach.engines.nodes import Nodes
    from rayteach.engines.starts import Starts
    from rayteach.engines.storage import Storage
    from rayteach.runtime.worker_pool import WorkerPool
    from rayteach.trace.log import EventLog

clock = time.monotonic
KEYS_LOGGED = 64
"""A get or wait on more IDs logs the first of them: a drain stays linear."""


_NUMBERS = count(1)
"""Never used again in this process: an old ID names nothing in a new session."""
OWN_BITS = (1 << 40) - 1
"""The number of a worker's task holds the worker above these bits."""
_MANY = 8
"""More IDs than that are looked at all at once."""
_TASK = attrgetter("task")


class Actor:
    """What the engine keeps of an actor beside the scheduler's mailbox."""

    __slots__ = (
        "counts", "failure", "is_plain", "is_restarting", "kept", "key", "label",
        "meta", "methods", "name", "recipe", "ref", "released", "task_retries",
    )  # fmt: skip

    def __init__(
        self,
        ref: ActorID,
        label: object,
        key: tuple[str, str],
        options: ActorOptions,
        meta: Any,
    ) -> None:
        """Start alive; ``ref`` is held weakly: handles keep an actor alive."""
        self.ref = weakref.ref(ref)
        #: its identity, if it lives without handles too
        self.kept = ref if options.is_detached else None
        self.label = label
        self.name = options.name
        #: namespace and name
        self.key = key
        self.meta = meta
        #: attempts of its calls after its process died, where they say nothing
        self.task_retries = options.max_task_retries
        #: the creation to be done again, if it may be
        self.recipe: Any = None
        #: True from the death of its process until the constructor is done again
        self.is_restarting = False
        #: False if its calls have retries, or cannot go to it now
        self.is_plain = not self.task_retries
        #: calls so far per method, for labels
        self.counts: dict[str, int] = {}
        #: what stands for each method that has been called
        self.methods: dict[str, Function] = {}
        #: True once the last handle is gone
        self.released = False
        #: why it is dead, None while it lives
        self.failure: Failure | None = None


class Notes(deque[int]):
    """Actors whose last handle went away; filled from ``__del__``."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` with every note."""
        super().__init__()
        self._wake = wake

    def append(self, number: int) -> None:
        """Leave a note. Takes no lock: it may run inside any other code."""
        super().append(number)
        self._wake()


class EngineState:
    """Everything guarded by the one lock of the local engine."""

    def __init__(self, pool: WorkerPool, log: EventLog) -> None:
        """Start with no task."""
        self.pool = pool
        self.log = log
        self.lock = threading.RLock()
        self.scheduler = Scheduler()
        self.numbers = _NUMBERS
        #: IDs with a smaller number are of an earlier session
        self.first = pool.first = next(_NUMBERS)
        self.waits = count(1)
        self.actors: dict[int, Actor] = {}
        #: living actors by (namespace, name)
        self.named: dict[tuple[str, str], int] = {}
        #: where names count unless options say otherwise
        self.namespace = "default"
        #: IDs that left the driver, so that a key that comes back finds its ID
        self.exported: weakref.WeakValueDictionary[tuple[int, int], ObjectID] = (
            weakref.WeakValueDictionary()
        )
        #: the IDs of values in stores
        self.large: weakref.WeakValueDictionary[tuple[int, int], ObjectID] = (
            weakref.WeakValueDictionary()
        )
        #: per worker: IDs it holds, and how often
        self.borrowed: dict[int, dict[tuple[int, int], list[Any]]] = defaultdict(dict)
        #: direct tasks by worker
        self.direct: dict[int, Task] = {}
        #: queue messages that may hold unfinished tasks: the tasks' numbers
        self.messages: dict[int, list[int]] = {}
        #: queue messages that ask a reader to park, not answered yet: their node
        self.parks: dict[int, str] = {}
        #: (when, tie, what to do), soonest first
        self.timers: list[tuple[float, int, Callable[[], None]]] = []
        #: what tasks print
        self.outputs = Outputs(str(pool.directory), self.lock)
        #: replies that wait for their task to have a CPU again
        self.replies: dict[int, Callable[[], None]] = {}
        #: ends the wait of a blocked task that will not come back from it
        self.open_waits: dict[int, Callable[[], None]] = {}
        #: tasks and actors whose process was ended by us: why
        self.endings: dict[int, Ending] = {}
        #: workers that a learner has ended: why
        self.faults: dict[int, str] = {}
        self.closed = False
        self._ties = count()

    def add(self, event: events.Event) -> None:
        """Log an event."""
        self.log.append(event)

    def function_defined(self, function: Function) -> None:
        """Log a function seen for the first time."""
        self.add(
            events.FunctionDefined(
                clock(),
                function.number,
                function.name,
                function.where,
                function.line,
                function.size_bytes,
            )
        )

    def check_open(self) -> None:
        """Raise if the session is closed."""
        if self.closed:
            msg = "the session is closed; run rayteach.init() to start another"
            raise RayteachError(msg)

    def check_ours(self, ids: Collection[ObjectID]) -> None:
        """Raise if an ID is of an earlier session."""
        first = self.first
        if len(ids) > _MANY:  # of this session, of the driver: nearly always
            tasks = list(map(_TASK, ids))
            if first <= min(tasks) and max(tasks) <= OWN_BITS:
                return
        for one in ids:
            if one.task & OWN_BITS < first:
                msg = f"{one!r} belongs to a session that has been shut down"
                raise ActorHandleNotFoundError(msg)

    def after(self, delay_s: float, action: Callable[[], None]) -> None:
        """Run ``action`` under the lock, by the pump, ``delay_s`` from now."""
        self.at(clock() + delay_s, action)

    def at(self, when_s: float, action: Callable[[], None]) -> None:
        """Run ``action`` under the lock, by the pump, at ``when_s``."""
        heapq.heappush(self.timers, (when_s, next(self._ties), action))

    def run_timers(self) -> None:
        """Run what is due."""
        while self.timers and self.timers[0][0] <= clock():
            heapq.heappop(self.timers)[2]()

    def next_deadline(self) -> float | None:
        """Return when the next timer is due."""
        timers = self.timers
        return timers[0][0] if timers else None

    notes: Any = ()
    #: the book of stored values
    storage: Storage
    #: the other nodes, None as long as there is one
    cluster: Nodes | None = None
    #: knows how lost values are made again; set by the engine
    lineage: Lineage
    #: asks for worker processes; set by the dispatcher
    starts: Starts

    def storage_of(self, path: str) -> Storage:
        """Return the book of the store that holds the file."""
        return self.storage if self.cluster is None else self.cluster.storage_of(path)

    def has_node(self, name: str) -> bool:
        """Tell whether the node lives."""
        return name == HOME or name in self.pool.far

    def storage_on(self, node: str) -> Storage:
        """Return the book of a node's store."""
        found = self.cluster.storages.get(node) if self.cluster is not None else None
        return found or self.storage

    def node_of(self, worker: int) -> str:
        """Return the node of a worker that lives, or did a moment ago."""
        handle = self.pool.workers.get(worker)
        return handle.node if handle is not None else HOME

    def task_in(self, message: int, number: int) -> Task | None:
        """Return a task that still travels in that message, None if it does not."""
        task = self.scheduler.tasks.get(number)
        return task if task is not None and task.message == message else None

    # Values.

    def store(self, one: ObjectID, data: Any) -> None:
        """The value of ``one`` is there."""
        one.data = data
        one.status = READY
        one.work = None
        self.notify(one)

    def fail(self, one: ObjectID, failure: Failure) -> None:
        """An error stands in place of the value."""
        one.data = failure
        one.status = FAILED
        one.work = None
        self.notify(one)

    def notify(self, one: ObjectID) -> None:
        """Tell everybody who waits for ``one``."""
        waiters, one.waiters = one.waiters, None
        if waiters:
            failed = one.status == FAILED
            for waiter in waiters:
                waiter.notify(failed=failed)

    def resolve(self, key: tuple[int, int], worker: int = 0) -> ObjectID:
        """Return the ID of a key that a worker sent."""
        one = self.exported.get(key)
        if one is None:
            held = self.borrowed.get(worker, {}).get(key)
            if held is None:
                msg = f"object {key} is not known: its last reference is gone"
                raise RayteachError(msg)
            one = held[0]
        return one

    def export(self, ids: tuple[ObjectID, ...]) -> tuple[ObjectID, ...]:
        """Remember IDs that leave the driver."""
        for one in ids:
            self.exported[one.task, one.index] = one
        return ids

    def borrow(self, worker: int, one: ObjectID, by: int = 1) -> None:
        """A worker holds ``one`` once more (or less)."""
        held = self.borrowed[worker]
        key = (one.task, one.index)
        entry = held.setdefault(key, [one, 0])
        entry[1] += by
        if entry[1] <= 0:
            del held[key]
        else:
            self.exported[key] = one
