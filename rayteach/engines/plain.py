"""The short way of submission, for what asks for nothing special.

Most tasks and calls of the driver take their defaults and pass plain values.
For them this does what ``Submission`` does, in as few steps as can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.core.task import CALL, Task
from rayteach.engines.state import clock
from rayteach.object_id import ObjectID

if TYPE_CHECKING:
    from rayteach.engines.base import Function, TaskOptions
    from rayteach.engines.state import Actor, EngineState
    from rayteach.engines.submission import Submission


class PlainPath:
    """Submits under the engine's lock; the arguments are pickled already."""

    def __init__(self, state: EngineState, submission: Submission) -> None:
        """Number as ``submission`` does."""
        self._state = state
        self._submission = submission

    def task(
        self,
        function: Function,
        payload: Any,
        inputs: tuple[ObjectID, ...],
        options: TaskOptions,
        line: int,
    ) -> ObjectID:
        """Submit a task; ``options.is_plain`` holds."""
        state, submission = self._state, self._submission
        number = next(state.numbers)
        run = submission.run
        task = Task(number, function, run=run, retries=options.max_retries)
        name = function.name
        counts = submission.counts
        count = counts[name] = counts.get(name, 0) + 1
        task.label = label = f"{name}-{count}"
        task.payload, task.options, task.line = payload, options, line
        one = ObjectID(number, 0, label)
        one.work = task
        task.returns = (one,)
        keys = [(key.task, key.index) for key in inputs] if inputs else ()
        state.log.submitted(clock(), number, function.number, count, run, line, keys)
        if inputs or not state.scheduler.submit_plain(task):
            task.inputs = inputs
            submission.schedule(task)
        return one

    def call(
        self,
        known: Actor,
        function: Function,
        method: str,
        payload: Any,
        inputs: tuple[ObjectID, ...],
        options: TaskOptions,
        line: int,
        handle: ObjectID,
    ) -> ObjectID:
        """Submit a call of a living actor's method; ``handle`` keeps it alive."""
        state, run = self._state, self._submission.run
        number, actor = next(state.numbers), handle.task
        task = Task(number, function, kind=CALL, run=run, actor=actor, num_cpus=0.0)
        count = known.counts[method] = known.counts.get(method, 0) + 1
        task.label = label = f"{known.label}.{method}-{count}"
        task.payload, task.options, task.line = payload, options, line
        task.pins = handle
        one = ObjectID(number, 0, label)
        one.work = task
        task.returns = (one,)
        keys = [(key.task, key.index) for key in inputs] if inputs else ()
        state.log.called(
            clock(), number, function.number, count, run, line, actor, keys
        )
        task.inputs = inputs
        if inputs:
            self._submission.schedule(task)
        else:
            state.scheduler.submit(task)
        return one
