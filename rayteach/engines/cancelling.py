"""``cancel``: what nobody has begun never runs; what runs is interrupted.

    needs input, queued        ends here and now
    posted, still in the queue the queue is taken back, the task left out
    posted, taken by a worker  it comes back or starts within moments: look again
    running, blocked           named on the board, then SIGINT to its worker
    call in an actor's inbox   CANCEL on its line; a call that runs goes on, but
                               a coroutine gets a CancelledError

A task that could not end at once keeps a ``Cancellation`` until its worker says
that it is over: so it holds its CPU as long as it really does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rayteach.core import events, states
from rayteach.core.task import CALL, CREATION, TASK
from rayteach.engines.failures import Failure
from rayteach.engines.state import clock
from rayteach.errors import TaskCancelledError
from rayteach.runtime import protocol

if TYPE_CHECKING:
    from rayteach.core.task import Task
    from rayteach.engines.state import EngineState
    from rayteach.object_id import ObjectID

_LOOK_AGAIN_S = 0.005
_REMIND_S, _LAST_REMIND_S = 0.02, 20.0
_AGAIN_S = 0.5
"""A task that swallowed its interrupt gets another one at the earliest then."""
_UNSENT = (states.NEEDS_INPUT, states.QUEUED)


@dataclass(slots=True)
class Cancellation:
    """What was asked for a task that could not end at once."""

    asked_s: float
    force: bool
    recursive: bool
    #: why, if it was not ``cancel()``
    reason: str = ""
    #: when its worker was interrupted, 0 if it was not yet
    sent_s: float = 0.0


class Cancelling:
    """Cancels tasks and calls. Works under the engine's lock."""

    def __init__(self, state: EngineState) -> None:
        """Keep no state of its own."""
        self._state = state
        #: why tasks are cancelled just now, "" for ``cancel()``
        self.reason = ""

    def cancel_id(self, one: ObjectID, *, force: bool, recursive: bool) -> None:
        """Cancel what makes the value of ``one``, if it is not over."""
        self._state.check_ours((one,))
        if one.work is None:
            return
        if one.work.kind == CREATION:
            msg = "cancel() takes the ID of a task or call; kill() ends an actor"
            raise TypeError(msg)
        self.cancel(one.work, force=force, recursive=recursive)

    def cancel(self, task: Task, *, force: bool, recursive: bool) -> None:
        """Cancel a task or call, and what it submitted if ``recursive``.

        Raises:
            ValueError: ``force`` for a call of an actor.
        """
        if force and task.kind == CALL:
            msg = (
                f"cancel(force=True) of {task.label}: it would end the whole actor; "
                "use kill() on its handle if that is meant"
            )
            raise ValueError(msg)
        number = task.number
        if task.state in _UNSENT:
            self.end(task)
        else:
            self._ask(task, force=force, recursive=recursive)
        if recursive:
            self._children(number, force=force)

    def end(self, task: Task, reason: str = "cancel") -> None:
        """The task is over, or will never begin: it ends as cancelled."""
        state, asked = self._state, task.cancellation
        reason = (asked.reason if asked is not None else self.reason) or reason
        returns = task.returns
        state.add(events.TaskCancelled(clock(), task.number, reason))
        state.replies.pop(task.number, None)
        leave_wait = state.open_waits.pop(task.number, None)
        if leave_wait is not None:
            leave_wait()
        state.scheduler.cancel(task)
        text = f"{task.label} was cancelled"
        failure = Failure.of_system(TaskCancelledError, text)
        for one in returns:
            state.fail(one, failure)
        task.pins = task.payload = None
        task.inputs = ()  # a producer that goes on still knows the task
        if asked is not None and asked.recursive:  # those it made in the meantime
            self._children(task.number, force=asked.force)

    def end_attempt(
        self, task: Task, worker: int, start_s: float, reason: str = "cancel"
    ) -> None:
        """The worker says that the task's attempt is over."""
        if task.state == states.POSTED:
            self._started(task, worker, start_s)
        self.end(task, reason)

    def take_back(self, task: Task) -> None:
        """Nobody began the posted task: it goes back in line, unless cancelled."""
        if task.cancellation is not None:
            self.end(task)
        else:
            self._state.scheduler.take_back(task)

    def dropped(self, call: Task) -> None:
        """The actor's process took the call out of its inbox."""
        if call.state == states.POSTED:
            self.take_back(call)

    def _children(self, parent: int, *, force: bool) -> None:
        tasks = tuple(self._state.scheduler.tasks.values())
        for task in tasks:
            if task.parent != parent or task.kind == CREATION:
                continue
            if task.state not in states.END_STATES:
                self.cancel(task, force=force and task.kind == TASK, recursive=True)

    def _ask(self, task: Task, *, force: bool, recursive: bool) -> None:
        asked = task.cancellation
        if asked is None:
            asked = Cancellation(clock(), force, recursive, self.reason)
            task.cancellation = asked
        else:
            asked.force, asked.recursive = force, recursive or asked.recursive
            if clock() - asked.sent_s > _AGAIN_S:
                asked.sent_s = 0.0
        if task.kind == CALL:
            self._ask_actor(task)
        elif task.kind == TASK:
            self._stop(task)

    def _ask_actor(self, call: Task) -> None:
        worker = self._state.pool.workers.get(call.worker)
        if self._state.scheduler.actors[call.actor or 0].slots:
            self._ask_concurrent(call)
        elif worker is not None and call.state == states.POSTED:
            worker.channel.send(protocol.frame(protocol.CANCEL, call.number))
            self._signal(call, _REMIND_S)

    def _ask_concurrent(self, call: Task) -> None:
        """Its process always reads; a coroutine that runs is cancelled."""
        worker = self._state.pool.workers.get(call.worker)
        if worker is not None and not call.cancellation.sent_s:
            call.cancellation.sent_s = clock()
            worker.channel.send(protocol.frame(protocol.CANCEL, call.number))

    def _stop(self, task: Task) -> None:
        """End the task, interrupt its worker, or look again in a moment."""
        if task.state in states.END_STATES:
            return
        if task.state in _UNSENT:
            self.end(task)
            return
        asked: Cancellation = task.cancellation
        if task.state == states.POSTED and task.is_plain and self._withdraw(task):
            self.end(task)
            return
        worker = self._worker_of(task)
        pool = self._state.pool
        if worker and asked.force:
            if pool.kill_if(worker, lambda: self._worker_of(task) == worker):
                asked.sent_s = clock()
        elif worker and not asked.sent_s:
            asked.sent_s = clock()
            pool.board.ask_to_stop(worker, task.number)
            self._signal(task, _REMIND_S)
        elif task.worker and not worker:  # on its way to a worker of its own
            pool.board.ask_to_stop(task.worker, task.number)
        if not asked.sent_s:
            self._state.after(_LOOK_AGAIN_S, lambda: self._stop(task))

    def _signal(self, task: Task, pause_s: float) -> None:
        """Signal the task's worker; again, if it seems not to have heard.

        A signal that comes just before the process goes to sleep does not wake it:
        Python runs the handler when the sleep is over. A repeated one does wake it,
        and does no harm: what it means is taken off the board once.
        """
        pool = self._state.pool
        pool.interrupt(task.worker)

        def remind() -> None:
            if task.state in states.END_STATES or pause_s > _LAST_REMIND_S:
                return
            if task.kind == TASK:
                if pool.board.task_to_stop(task.worker) != task.number:
                    return
            elif task.state != states.POSTED:
                return
            self._signal(task, pause_s * 2)

        self._state.after(pause_s, remind)

    def _withdraw(self, task: Task) -> bool:
        """Leave the task out of the node's queue; False if it is not in there."""
        queue = self._state.pool.queue
        found = False
        kept = []
        head = protocol.MESSAGE.size
        for message in queue.take_back():
            if protocol.MESSAGE.unpack_from(message)[0] != task.message:
                kept.append(message)
                continue
            found = True
            frames = protocol.split_frames(memoryview(message)[head:])
            rest = [f for f in frames if protocol.task_number(f) != task.number]
            if rest:
                kept.append(message[:head] + b"".join(rest))
                self._state.messages[task.message].remove(task.number)
        queue.repost(kept)
        if found:
            task.message = 0
        return found

    def _worker_of(self, task: Task) -> int:
        """Return the worker whose board says that it runs the task, 0 if none."""
        state = self._state
        board = state.pool.board
        if task.worker:
            slot = board.read(task.worker)
            return task.worker if slot.task == task.number else 0
        for number in state.pool.workers:
            slot = board.read(number)
            if slot.task == task.number:
                self._started(task, number, slot.start_s)
                return number
        return 0

    def _started(self, task: Task, worker: int, start_s: float) -> None:
        if task.state != states.POSTED:
            return
        state = self._state
        state.scheduler.start(task, worker)
        state.add(events.TaskStarted(start_s, task.number, task.attempt, worker))
