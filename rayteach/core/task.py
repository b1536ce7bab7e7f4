"""What the scheduler knows of a task, an actor call or an actor creation."""

from __future__ import annotations

from typing import Any

from rayteach.core import states

TASK, CALL, CREATION = "task", "call", "creation"


class Task:
    """One unit of work. Only the scheduler changes ``state``.

    A plain class with slots: a hundred thousand of them live at once.
    """

    __slots__ = (
        "actor",
        "attempt",
        "cancellation",
        "dependents",
        "function",
        "inputs",
        "is_plain",
        "kind",
        "label",
        "line",
        "message",
        "missing",
        "node",
        "num_cpus",
        "number",
        "options",
        "parent",
        "payload",
        "pins",
        "resources",
        "retries",
        "returns",
        "run",
        "state",
        "worker",
    )

    #: number in the session
    number: int
    #: what to run; opaque to the scheduler but for its ``mean_s``
    function: Any
    #: TASK, CALL or CREATION
    kind: str
    #: cell run it belongs to
    run: int
    #: number of the submitting task, None for the driver
    parent: int | None
    #: number of the actor, for CALL and CREATION
    actor: int | None
    #: CPUs it holds while it runs
    num_cpus: float
    #: custom resources it holds while it runs
    resources: tuple[tuple[str, float], ...]
    #: True if any free worker of the node's queue may take it
    is_plain: bool
    #: attempts left after a worker death; -1 for ever
    retries: int
    #: attempts made so far
    attempt: int
    #: one of ``core.states``
    state: str
    #: how many inputs do not exist yet
    missing: int
    #: tasks that wait for this one, None if none do
    dependents: list[Task] | None
    #: where it was placed
    node: Any
    #: the worker that has it, 0 if none is known
    worker: int
    # The engine's own fields; the scheduler never looks at them.
    #: what was asked when it could not end at once, None if nobody cancels it
    cancellation: Any
    #: makes the label people see, on demand
    label: Any
    #: pickled arguments
    payload: Any
    #: number of the queue message it travels in
    message: int
    #: IDs among the arguments
    inputs: tuple[Any, ...]
    #: IDs of the results
    returns: tuple[Any, ...]
    #: whatever must live until the task has ended
    pins: Any
    #: what was asked of the submission
    options: Any
    #: line of the submission
    line: int

    def __init__(
        self,
        number: int,
        function: Any,
        *,
        kind: str = TASK,
        run: int = 0,
        parent: int | None = None,
        actor: int | None = None,
        num_cpus: float = 1.0,
        resources: tuple[tuple[str, float], ...] = (),
        retries: int = 0,
    ) -> None:
        """Make a task that is not yet known to the scheduler."""
        self.number = number
        self.function = function
        self.kind = kind
        self.run = run
        self.parent = parent
        self.actor = actor
        self.num_cpus = num_cpus
        self.resources = resources
        self.is_plain = kind == TASK and num_cpus == 1.0 and not resources
        self.retries = retries
        self.attempt = self.missing = self.worker = self.message = self.line = 0
        self.state = states.NEEDS_INPUT
        self.dependents = self.node = self.cancellation = None
        self.label = self.payload = self.pins = self.options = None
        self.inputs = self.returns = ()

    def again(self) -> Task:
        """Return a task that does the same under the same number.

        It was never submitted and returns nothing yet.
        """
        other = Task(
            self.number, self.function, kind=self.kind, run=self.run,
            parent=self.parent, actor=self.actor, num_cpus=self.num_cpus,
            resources=self.resources, retries=self.retries,
        )  # fmt: skip
        other.label, other.options, other.line = self.label, self.options, self.line
        other.payload, other.pins = self.payload, self.pins
        other.inputs = self.inputs
        return other
