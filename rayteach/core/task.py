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
        "dependents",
        "function",
        "inputs",
        "is_plain",
        "kind",
        "label",
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
        #: number in the session
        self.number = number
        #: what to run; opaque to the scheduler but for its ``mean_s``
        self.function = function
        #: TASK, CALL or CREATION
        self.kind = kind
        #: cell run it belongs to
        self.run = run
        #: number of the submitting task, None for the driver
        self.parent = parent
        #: number of the actor, for CALL and CREATION
        self.actor = actor
        #: CPUs it holds while it runs
        self.num_cpus = num_cpus
        #: custom resources it holds while it runs
        self.resources = resources
        #: True if any free worker of the node's queue may take it
        self.is_plain = kind == TASK and num_cpus == 1.0 and not resources
        #: attempts left after a worker death
        self.retries = retries
        #: attempts made so far
        self.attempt = 0
        self.state = states.NEEDS_INPUT
        #: how many inputs do not exist yet
        self.missing = 0
        #: tasks that wait for this one, None if none do
        self.dependents: list[Task] | None = None
        #: where it was placed
        self.node: Any = None
        #: the worker that has it, 0 if none is known
        self.worker = 0
        # The engine's own fields; the scheduler never looks at them.
        #: makes the label people see, on demand
        self.label: Any = None
        #: pickled arguments
        self.payload: Any = None
        #: number of the queue message it travels in
        self.message = 0
        #: IDs among the arguments
        self.inputs: tuple[Any, ...] = ()
        #: IDs of the results
        self.returns: tuple[Any, ...] = ()
        #: whatever must live until the task has ended
        self.pins: Any = None
        self.options: Any = None
