"""Every event of a run: the only vocabulary of the log.

Events are facts in the past tense. Times are monotonic seconds of the machine
(``time.monotonic``, one clock for all processes of a node). No event holds a
learner's value. Tasks, actors, functions, runs and waits are named by integers
that are unique in the session; an object is ``(task, index)``: return value
``index`` of ``task``. A ``put`` takes a task number of its own and index 0.

An actor is named by the task number of its creation; worker numbers start at 1
on each node and are never used again.
"""

from __future__ import annotations

from rayteach.core.event import Event as Event  # noqa: PLC0414 (handed on)
from rayteach.core.event import ObjectKey as ObjectKey  # noqa: PLC0414 (handed on)
from rayteach.core.gate_events import NextDecided as NextDecided  # noqa: PLC0414 (handed on)
from rayteach.core.gate_events import Paused as Paused  # noqa: PLC0414 (handed on)
from rayteach.core.gate_events import Resumed as Resumed  # noqa: PLC0414 (handed on)
from rayteach.core.gate_events import Slowed as Slowed  # noqa: PLC0414 (handed on)
from rayteach.core.gate_events import Stepped as Stepped  # noqa: PLC0414 (handed on)
from rayteach.core.node_events import CopyLost as CopyLost  # noqa: PLC0414 (handed on)
from rayteach.core.node_events import NodeSlowed as NodeSlowed  # noqa: PLC0414 (handed on)
from rayteach.core.node_events import ObjectCopied as ObjectCopied  # noqa: PLC0414 (handed on)
from rayteach.core.node_events import TaskPlaced as TaskPlaced  # noqa: PLC0414 (handed on)
from rayteach.core.node_events import TaskRedone as TaskRedone  # noqa: PLC0414 (handed on)


class SessionStarted(Event):
    """The session is open; wall-clock time for people, never for sums."""

    wall_time_s: float


class SessionEnded(Event):
    """The session is closed."""


class NodeAdded(Event):
    """A node offers its CPUs."""

    #: "A", "B", …
    node: str
    num_cpus: float
    #: custom resources as (name, amount), sorted by name
    resources: tuple[tuple[str, float], ...] = ()


class NodeLost(Event):
    """A node is gone, with what its store held."""

    node: str
    reason: str


class CellRunStarted(Event):
    """A cell began to execute (run 0 is everything outside cells)."""

    run: int
    #: the cell's id, or a hash of its source
    cell_key: str
    #: what people see, e.g. "[7]"
    cell_label: str
    #: how many times this cell has run in the session, from 1
    execution: int
    #: the cell's source, so that a line number can be shown as text
    source: str = ""


class CellRunSuperseded(Event):
    """The cell runs again: what stays of this run goes behind current runs."""

    run: int


class CellRunEnded(Event):
    """A cell came to its end."""

    run: int
    #: "done", "failed" or "interrupted"
    outcome: str


class RunSummarised(Event):
    """The log has become too long: tasks of a run that are over are only counted.

    Their own events are gone from the log.
    """

    run: int
    tasks: int
    #: how many of them failed
    failed: int
    #: seconds that they ran, blocked times left out
    work_s: float
    #: when the first of them was submitted, and when the last was
    first_s: float
    last_s: float
    #: the numbers of these tasks and of puts, as ranges (first, last)
    numbers: tuple[tuple[int, int], ...]
    #: the numbers of the waits, likewise
    waits: tuple[tuple[int, int], ...]


class FunctionDefined(Event):
    """A remote function, a method or an actor class got its number."""

    function: int
    #: name as shown in labels, e.g. "parse", "Counter" or "Counter.add"
    name: str
    #: file, or cell label, that holds the definition; "" if unknown
    where: str = ""
    #: first line of the definition, 0 if unknown
    line: int = 0
    #: bytes of its pickle with what it captures, 0 if unknown
    size_bytes: int = 0


class WorkerRequested(Event):
    """The scheduler asked for one more process."""

    worker: int
    node: str
    #: "pool" or "actor"
    kind: str
    #: the actor's number for kind "actor"
    actor: int | None = None


class WorkerStarted(Event):
    """The process answered."""

    worker: int
    pid: int


class WorkerExited(Event):
    """The process is gone."""

    worker: int
    #: "parked away", "session closed", "killed by signal 9", "actor ended" …
    reason: str


class TaskSubmitted(Event):
    """``.remote()`` was called."""

    task: int
    function: int
    #: running number of that function within its parent, actor or cell run
    number: int
    run: int
    #: line of the ``.remote()`` call: in the cell, or in the parent's file
    line: int
    #: the task that submitted it, None for the driver
    parent: int | None
    #: top-level IDs among the arguments, in order
    inputs: tuple[ObjectKey, ...] = ()
    #: the actor the call goes to (kind "call"), or itself (kind "creation")
    actor: int | None = None
    #: "task", "call" or "creation"
    kind: str = "task"
    num_returns: int = 1
    num_cpus: float = 1.0
    #: the ``name`` option, "" if none
    name: str = ""


class ArgumentsShipped(Event):
    """A task's pickled arguments are too large for a message: they lie in the store.

    Sent when the task is handed to a worker.
    """

    task: int
    size_bytes: int
    #: fingerprints of some of the bytes, counted from both ends; (0, 0): unknown
    marks: tuple[int, int] = (0, 0)
    #: what writing them took, 0 if unknown
    took_s: float = 0.0


class TaskReady(Event):
    """The last missing input came to exist (not sent for tasks without any)."""

    task: int


class TaskStarted(Event):
    """A worker began an attempt. May follow late, or only as part of the end."""

    task: int
    #: from 0
    attempt: int
    worker: int


class TaskBlocked(Event):
    """A running task waits inside ``get`` or ``wait``; its CPU is lent."""

    task: int


class TaskResumed(Event):
    """A blocked task has a CPU again."""

    task: int


class TaskFinished(Event):
    """An attempt came to its own end; ``time_s`` is when the driver knew."""

    task: int
    attempt: int
    worker: int
    start_s: float
    end_s: float
    #: bytes of all return values together
    size_bytes: int = 0


class TaskDelayed(Event):
    """Told before a task's end, if that was much: it had to wait for a core.

    Its function was ready to go on while the machine ran something else.
    """

    task: int
    delay_s: float


class AttemptLost(Event):
    """A worker died, or the error is retried: another attempt follows."""

    task: int
    attempt: int
    worker: int
    start_s: float
    end_s: float
    reason: str


class TaskFailed(Event):
    """The task is over with an error of its own, or its worker died."""

    task: int
    attempt: int
    #: 0 if it never reached a worker
    worker: int
    start_s: float
    end_s: float
    error_type: str
    message: str
    #: line of the innermost learner's frame, 0 if unknown
    error_line: int = 0


class TaskCancelled(Event):
    """The task was cancelled; if it had started, its attempt ends here."""

    task: int
    #: "cancel", "interrupt", "superseded" …
    reason: str


class TaskUnrunnable(Event):
    """The task will never run: an ancestor failed, or its actor is dead."""

    task: int
    #: the ancestor whose failure it inherits, None if the actor is dead
    cause: int | None
    error_type: str = ""


class ObjectCreated(Event):
    """A value exists (for a return value it follows its task's end)."""

    object: ObjectKey
    size_bytes: int
    #: True if it lies in shared memory, False if it travels inline
    shared: bool
    node: str


class ObjectPut(Event):
    """``put`` was called; ``ObjectCreated`` follows."""

    object: ObjectKey
    number: int
    run: int
    line: int
    parent: int | None = None


class ObjectSpilled(Event):
    """Shared memory had no room: the value lies on disk from now on."""

    object: ObjectKey
    size_bytes: int


class ObjectReleased(Event):
    """The last reference to a shared object is gone, and its memory is free.

    Sent for values in shared memory or on disk; inline ones go without a word.
    """

    object: ObjectKey


class ActorStarted(Event):
    """The constructor returned; calls can run."""

    actor: int
    worker: int


class ActorRestarting(Event):
    """Its process died and is made anew: the state is lost, handles stay.

    ``ActorStarted`` follows when the constructor has returned once more.
    """

    actor: int
    #: what became of the process, e.g. "was killed by signal 9 (SIGKILL)"
    reason: str
    #: how often it may still restart; -1 for ever
    restarts_left: int


class SlotsGiven(Event):
    """The actor may run several calls at once (not sent for one at a time)."""

    actor: int
    #: how many
    slots: int


class ActorExited(Event):
    """The actor is dead for good."""

    actor: int
    #: "no handle left", "killed", "exit_actor", "its process died (signal 9)" …
    reason: str


class WaitStarted(Event):
    """``get`` or ``wait`` was called (by the driver if ``task`` is None)."""

    wait: int
    #: "get" or "wait"
    kind: str
    task: int | None
    run: int
    line: int
    objects: tuple[ObjectKey, ...]
    #: what must be ready for a return: all for "get"
    num_returns: int
    timeout_s: float | None = None
    #: "ms" or "s": how the learner wrote the timeout
    unit: str = "s"


class WaitReturned(Event):
    """The call came back."""

    wait: int
    #: positions of the IDs returned as ready, in input order
    ready: tuple[int, ...]
    #: "enough ready", "timeout", "failed", "interrupted" or, of a generator, "ended"
    reason: str
