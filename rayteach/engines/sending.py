"""Tasks and calls on their way to workers, where there are several nodes.

Each worker's frames go in order. Before one goes, its large inputs are brought to
the worker's node; a task whose input was lost meanwhile goes back and waits for it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from rayteach.core import cluster, events, states
from rayteach.core.task import CREATION, TASK
from rayteach.engines.failures import Failure
from rayteach.engines.pump import Waiter, attach
from rayteach.engines.state import clock
from rayteach.engines.storage import Segment
from rayteach.errors import ObjectLostError
from rayteach.object_id import ARGUMENTS_INDEX, FAILED, PENDING

if TYPE_CHECKING:
    from rayteach.core.task import Task
    from rayteach.engines.copying import Copies
    from rayteach.engines.dispatch import Dispatcher
    from rayteach.engines.state import EngineState
    from rayteach.engines.submission import Submission
    from rayteach.runtime.nursery import WorkerHandle


class Sending:
    """Works under the engine's lock."""

    def __init__(
        self,
        state: EngineState,
        copies: Copies,
        dispatcher: Dispatcher,
        submission: Submission,
    ) -> None:
        """Nothing is on its way."""
        self._state = state
        self._copies = copies
        self._dispatcher = dispatcher
        self._submission = submission
        #: what each worker is to get, in order
        self._boxes: dict[int, deque[Task]] = {}

    def send(self, worker: int, tasks: list[Task]) -> None:
        """Send tasks or calls to the worker, behind what it was sent before."""
        box = self._boxes.get(worker)
        if box is not None:  # the first of them waits for something
            box.extend(tasks)
            return
        self._boxes[worker] = deque(tasks)
        self._advance(worker)

    def _advance(self, worker: int) -> None:
        """Send what can go; whatever holds the first one up calls again."""
        box = self._boxes.get(worker)
        while box:
            task = box[0]
            handle = self._state.pool.workers.get(worker)
            is_meant = task.worker == worker and task.state == states.POSTED
            if handle is None or not is_meant:
                box.popleft()
            elif self._is_ready(task, handle):
                box.popleft()
                handle.channel.send(self._dispatcher.frame(task, handle.node))
            elif task.state == states.POSTED:
                return
        self._boxes.pop(worker, None)

    def _is_ready(self, task: Task, handle: WorkerHandle) -> bool:
        """Tell whether the task can go; else see to it, or end it."""
        failed = next((one for one in task.inputs if one.status == FAILED), None)
        pending = [one for one in task.inputs if one.status == PENDING]
        if failed is not None:
            self._state.direct.pop(handle.number, None)
            self._state.scheduler.abandon(task, failed.work)
        elif pending and task.kind == TASK:
            self._state.direct.pop(handle.number, None)
            producers = [one.work for one in pending]
            cluster.need_again(self._state.scheduler, task, producers)
        elif pending:
            again = Waiter(
                1, fail_fast=True, on_done=lambda: self._advance(handle.number)
            )
            attach(again, pending[0])
        else:
            return self._is_here(task, handle)
        return False

    def _is_here(self, task: Task, handle: WorkerHandle) -> bool:
        """Tell whether all bytes are on the node; else bring them."""
        node, payload = handle.node, task.payload
        far = {
            one.data.path: ((one.task, one.index), one.data)
            for one in task.inputs
            if isinstance(one.data, Segment) and not one.data.is_on(node)
        }
        if isinstance(payload, Segment) and not payload.is_on(node):
            key = task.number, ARGUMENTS_INDEX
            if not self._state.has_node(payload.node):
                text = f"the arguments of {task.label} were lost with node "
                failure = Failure.of_system(ObjectLostError, text + payload.node)
                self._refuse(task, handle.number, failure)
                return False
            far[payload.path] = (key, payload)
        if not far:
            return True

        def look_again(failure: Failure | None) -> None:
            is_meant = task.worker == handle.number and task.state == states.POSTED
            if failure is not None and is_meant:
                self._refuse(task, handle.number, failure)
            self._advance(handle.number)

        self._copies.bring(list(far.values()), node, look_again)
        return False

    def _refuse(self, task: Task, worker: int, failure: Failure) -> None:
        """The task cannot be sent: it fails."""
        state, now, remote = self._state, clock(), failure.remote
        state.direct.pop(worker, None)
        state.add(
            events.TaskFailed(
                now, task.number, task.attempt, 0, now, now, remote.type_name,
                remote.message,
            )
        )  # fmt: skip
        returns = task.returns
        state.scheduler.finish(task, states.FAILED)
        for one in returns:
            state.fail(one, failure)
        task.pins = task.payload = None
        if task.kind == CREATION:
            self._submission.constructor_failed(task, failure)
