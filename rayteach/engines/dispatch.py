"""Carry out the scheduler's decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.core import decisions, events
from rayteach.core.task import CALL, CREATION, TASK
from rayteach.engines.failures import Failure
from rayteach.engines.idle import Idle
from rayteach.engines.starts import Starts
from rayteach.engines.state import clock
from rayteach.engines.storage import Segment, refusal
from rayteach.errors import ObjectStoreFullError, OutOfDiskError, TaskCancelledError
from rayteach.object_id import FAILED
from rayteach.runtime import protocol, thread_limits
from rayteach.runtime.serialization import Payload

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.task import Task
    from rayteach.engines.state import EngineState

_KIND = {TASK: protocol.TASK, CALL: protocol.CALL, CREATION: protocol.CREATE}
_PARK = protocol.frame(protocol.PARK, None)
_UNPARK = protocol.frame(protocol.UNPARK, None)
MESSAGE_S = 0.005
"""How much work may travel in one message."""
MESSAGE_TASKS = 64
_ENOUGH = 16
"""With so many tasks per reader in line, the next ones need not be spread."""
_FORGET_EVERY = 1024


class Dispatcher:
    """Turns decisions into frames and processes. Works under the engine's lock."""

    def __init__(self, state: EngineState) -> None:
        """Write big frames into the object store."""
        self._state = state
        self._posts = 0
        self._warned: set[str] = set()
        #: told when an actor will never come to life
        self.on_stillborn: Callable[[Task, Failure], None] = lambda *_: None
        #: told after every batch of decisions while the gate is closed
        self.on_gated: Callable[[], None] = lambda: None
        #: asked for some time before the next start
        self.on_rest: Callable[[], None] = lambda: None
        state.starts = Starts(state)
        state.starts.warn = state.outputs.warn
        state.starts.on_pool_worker = Idle(state).arm
        self._carry: dict[type, Any] = {
            decisions.Post: self._post,
            decisions.Park: self._park,
            decisions.Unpark: self._unpark,
            decisions.Dispatch: self._dispatch,
            decisions.Deliver: self._deliver,
            decisions.StartWorker: state.starts.start,
            decisions.Resume: self._resume,
            decisions.Abandon: self._abandon,
            decisions.Rest: lambda _: self.on_rest(),
        }

    def settle(self) -> None:
        """Carry out everything the scheduler has decided."""
        scheduler = self._state.scheduler
        while True:
            found = scheduler.decide()
            for decision in found:
                self._carry[type(decision)](decision)
            if scheduler.became_ready:
                now = clock()
                for task in scheduler.became_ready:
                    self._state.add(events.TaskReady(now, task.number))
                scheduler.became_ready.clear()
            if scheduler.infeasible:
                self._warn_infeasible()
            if not (found and scheduler.has_news):
                break
        if scheduler.gate is not None:
            self.on_gated()

    def frame(self, task: Task) -> bytes:
        """Return the frame of a task whose inputs all exist."""
        inputs = []
        for one in task.inputs:
            data = one.data
            if isinstance(data, Segment):
                inputs.append((protocol.SEGMENT, data.path.encode()))
            else:
                inputs.append((protocol.INLINE, data))
        payload, flags = task.payload, task.function.flags
        if task.num_cpus >= 2:  # noqa: PLR2004
            cpus = min(int(task.num_cpus), thread_limits.MOST)
            flags |= cpus << protocol.THREADS
        if isinstance(payload, Segment):
            flags |= protocol.PAYLOAD_FILE
            self._note_shipment(task.number, payload)
            payload = payload.path.encode()
        data = protocol.task_frame(
            _KIND[task.kind],
            task.number,
            task.function.number,
            task.attempt,
            flags,
            inputs,
            len(task.returns) if task.kind != CREATION else 0,
            payload,
        )
        if len(data) > protocol.MESSAGE_LIMIT:
            return self._big_frame(task, data)
        return data

    def _note_shipment(self, task: int, arguments: Segment) -> None:
        """Log large arguments with the first worker that gets them."""
        shipment, arguments.shipment = arguments.shipment, None
        if shipment is not None:
            self._state.add(
                events.ArgumentsShipped(clock(), task, arguments.size, *shipment)
            )

    def _big_frame(self, task: Task, data: bytes) -> bytes:
        """Return a small frame for a big one, which goes through the store."""
        try:
            stored = self._state.storage.write(Payload([data], len(data), ()))
        except (ObjectStoreFullError, OutOfDiskError) as error:  # the task fails
            return protocol.task_frame(
                _KIND[task.kind], task.number, task.function.number, task.attempt,
                task.function.flags, [], len(task.returns), refusal(error),
            )  # fmt: skip
        task.pins = (task.pins, stored)
        return protocol.frame(protocol.BIG, (task.number, stored.path))

    def _post(self, decision: decisions.Post) -> None:
        tasks = decision.tasks
        if len(tasks) == 1:
            self._send(tasks, self.frame(tasks[0]))
            return
        node = self._state.scheduler.nodes[decision.node]
        readers = max(1, node.readers)
        at, end = 0, len(tasks)
        enough = node.posted - end >= _ENOUGH * readers
        share = end if enough else end // (2 * readers)
        while at < end:
            size = self._chunk(tasks[at], share)
            frames = b""
            first = at
            while at < end and at - first < size:
                data = self.frame(tasks[at])
                if frames and len(frames) + len(data) > protocol.MESSAGE_LIMIT:
                    break
                frames = frames + data if frames else data
                at += 1
            self._send(tasks[first:at], frames)

    def _chunk(self, task: Task, share: int) -> int:
        mean_s: float = task.function.mean_s
        if share <= 1 or mean_s <= 0 or task.retries == 0 or task.attempt:
            return 1
        fit = int(MESSAGE_S / mean_s)
        return max(1, min(MESSAGE_TASKS, fit, share))

    def _send(self, tasks: list[Task], frames: bytes) -> None:
        state = self._state
        number = state.pool.queue.post(frames)
        for task in tasks:
            task.message = number
        state.messages[number] = [task.number for task in tasks]
        self._posts += 1
        if not self._posts % _FORGET_EVERY:
            state.messages = {
                message: numbers
                for message, numbers in state.messages.items()
                if any(state.task_in(message, number) for number in numbers)
            }

    def _park(self, decision: decisions.Park) -> None:
        for _ in range(decision.count):
            self._state.parks[self._state.pool.queue.post(_PARK)] = decision.node

    def _unpark(self, decision: decisions.Unpark) -> None:
        worker = self._state.pool.workers.get(decision.worker)
        if worker is not None:
            worker.channel.send(_UNPARK)

    def _dispatch(self, decision: decisions.Dispatch) -> None:
        worker = self._state.pool.workers.get(decision.worker)
        self._state.direct[decision.worker] = decision.task
        decision.task.message = 0
        if worker is not None:
            worker.channel.send(self.frame(decision.task))

    def _deliver(self, decision: decisions.Deliver) -> None:
        mailbox = self._state.scheduler.actors[decision.actor]
        worker = self._state.pool.workers.get(mailbox.worker)
        if worker is not None:
            worker.channel.send(b"".join(map(self.frame, decision.tasks)))

    def _resume(self, decision: decisions.Resume) -> None:
        task = decision.task
        self._state.add(events.TaskResumed(clock(), task.number))
        reply = self._state.replies.pop(task.number, None)
        if reply is not None:
            reply()

    def _abandon(self, decision: decisions.Abandon) -> None:
        state, task, cause = self._state, decision.task, decision.cause
        failure = self.failure_above(task, cause)
        state.add(
            events.TaskUnrunnable(
                clock(),
                task.number,
                cause.number if cause is not None else None,
                failure.remote.type_name,
            )
        )
        for one in task.returns:
            state.fail(one, failure)
        task.pins = task.payload = None
        task.inputs = ()  # as after a cancellation
        if task.kind == CREATION:
            self.on_stillborn(task, failure)
            task.inputs = task.returns = ()  # its mailbox remembers the task

    def failure_above(self, task: Task, cause: Task | None) -> Failure:
        """Return the failure that a task inherits."""
        for one in task.inputs:
            if one.status == FAILED:
                found: Failure = one.data
                return found
        if cause is not None and cause.returns and cause.returns[0].status == FAILED:
            inherited: Failure = cause.returns[0].data
            return inherited
        actor = self._state.actors.get(task.actor or 0)
        if actor is not None and actor.failure is not None:
            return actor.failure
        text = f"{task.label} cannot run: a task before it was cancelled"
        return Failure.of_system(TaskCancelledError, text)

    def _warn_infeasible(self) -> None:
        for task in self._state.scheduler.infeasible:
            asks = [f"{task.num_cpus:g} CPUs"]
            asks += [f"{amount:g} {name}" for name, amount in task.resources]
            text = (
                f"{task.label} stays pending: it asks for {' and '.join(asks)}, more "
                "than any node has. Ask for less, or give the session more in init()"
            )
            if text not in self._warned:
                self._warned.add(text)
                self._state.outputs.warn(text, task.run)
        self._state.scheduler.infeasible.clear()
