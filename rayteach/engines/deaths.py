"""What follows when a worker, or the fork server, is gone."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from rayteach.core import events, states
from rayteach.core.task import TASK
from rayteach.engines.failures import Failure
from rayteach.engines.restarts import Restarts
from rayteach.engines.state import clock
from rayteach.errors import (
    ActorDiedError,
    OutOfMemoryError,
    RayteachError,
    WorkerCrashedError,
)
from rayteach.runtime import protocol
from rayteach.runtime.board import Slot
from rayteach.runtime.worker_pool import HOME

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.task import Task
    from rayteach.engines.cancelling import Cancelling
    from rayteach.engines.memory import Ending
    from rayteach.engines.state import EngineState
    from rayteach.engines.submission import Submission

    Read = Callable[[int, bytes, list[int]], None]

_RECHECK_S = 0.02
"""Between taking a message and saying so on the board, a worker needs less."""


class Deaths:
    """Buries workers. Works under the engine's lock."""

    def __init__(
        self, state: EngineState, submission: Submission, cancelling: Cancelling
    ) -> None:
        """Keep no state of its own."""
        self._state = state
        self._submission = submission
        self._cancelling = cancelling
        self._restarts = Restarts(state, cancelling)
        state.starts.give_up = self._give_up
        state.starts.failed = self._not_started
        state.starts.homeless = lambda worker, actor: self._never_came(
            worker, actor, "was never started: its node is gone"
        )

    def bury(self, worker: int, code: int) -> None:
        """The process of ``worker`` is gone and all it sent has been read."""
        state = self._state
        handle = state.pool.forget(worker)
        if handle is None:
            return
        reason = handle.why_ended or state.faults.pop(worker, "") or _in_words(code)
        slot = state.pool.board.read(worker)
        state.add(events.WorkerExited(clock(), worker, reason))
        state.scheduler.worker_died(worker)
        state.borrowed.pop(worker, None)
        if state.cluster is None:
            state.storage.bury(f"w{worker}")
        else:
            state.cluster.bury(handle.node, worker)
        direct = state.direct.pop(worker, None)
        if handle.actor is not None:
            ending = state.endings.pop(handle.actor, None)
            reason = ending.reason if ending else reason
            self._bury_actor(handle.actor, worker, slot, reason)
            return
        if direct is not None and direct.state not in states.END_STATES:
            self._lose(direct, worker, slot, reason, started=slot.task == direct.number)
        if slot.message in state.parks:
            state.scheduler.park_lost(state.parks.pop(slot.message))
        elif slot.message:
            self._lose_message(worker, slot, reason)
        elif not handle.why_ended:
            state.after(_RECHECK_S, lambda: self._find_missing(None))

    def refused(self, worker: int, errno: int) -> None:
        """The system gave no process for ``worker``."""
        handle = self._state.pool.forget(worker)
        if handle is not None:
            self._not_started(worker, handle.actor, os.strerror(errno))

    def _not_started(self, worker: int, actor: int | None, why: str) -> None:
        state = self._state
        is_hopeless = state.starts.refused(why)
        self._never_came(worker, actor, f"could not be started ({why})")
        if is_hopeless:
            self._give_up(actor, why)

    def _never_came(self, worker: int, actor: int | None, reason: str) -> None:
        state = self._state
        state.add(events.WorkerExited(clock(), worker, reason))
        state.scheduler.worker_died(worker)
        if actor is not None:
            self._bury_actor(actor, worker, Slot(0, 0, 0, 0, 0.0), reason)

    def _give_up(self, actor: int | None, why: str) -> None:
        """No process can be had: fail what waits for one rather than wait on."""
        state = self._state
        text = f"no process could be started for it: {why}. Close other programs"
        if actor is not None:
            known = state.actors[actor]
            failure = Failure.of_system(ActorDiedError, f"{known.label} died: {text}")
            self._submission.end_actor(actor, failure, "no process could be started")
        elif not any(w.ready and w.actor is None for w in state.pool.workers.values()):
            self._empty_queue()
            for task in list(state.scheduler.tasks.values()):
                if task.kind == TASK and task.state in (states.QUEUED, states.POSTED):
                    self._fail(task, 0, clock(), f"{task.label} cannot run: {text}")

    def _empty_queue(self) -> None:
        """Nobody may take now what is about to fail; requests to park stay."""
        queue, parks = self._state.pool.queue, self._state.parks
        numbered = [(protocol.MESSAGE.unpack_from(m)[0], m) for m in queue.take_back()]
        queue.repost([message for number, message in numbered if number in parks])

    def _bury_actor(self, actor: int, worker: int, slot: Slot, reason: str) -> None:
        known = self._state.actors.get(actor)
        if known is None or known.failure is not None:
            return
        if self._restarts.try_again(actor, known, worker, slot, reason):
            return
        if known.released:
            text = f"{known.label} is gone: its last handle was dropped"
            why = "no handle left"
        else:
            text = (
                f"{known.label} died: its process {reason}. Its state is lost; "
                "create it again"
            )
            why = f"its process {reason}"
        failure = Failure.of_system(ActorDiedError, text)
        self._submission.end_actor(actor, failure, why)

    def _lose_message(self, worker: int, slot: Slot, reason: str) -> None:
        state = self._state
        numbers = state.messages.pop(slot.message, ())
        for position in range(len(numbers), 0, -1):
            task = state.task_in(slot.message, numbers[position - 1])
            if task is not None and task.state != states.QUEUED:
                started = position <= slot.started
                self._lose(task, worker, slot, reason, started=started)

    def _lose(
        self, task: Task, worker: int, slot: Slot, reason: str, *, started: bool
    ) -> None:
        state = self._state
        state.replies.pop(task.number, None)
        attempt, now = task.attempt, clock()
        ending = state.endings.get(task.number)
        if ending is not None:
            if self._is_held(task, ending):
                state.after(
                    _RECHECK_S,
                    lambda: self._lose(task, worker, slot, reason, started=started),
                )
                return
            del state.endings[task.number]
            if task.state in states.END_STATES:
                return
        start = slot.start_s if slot.task == task.number else now
        if task.cancellation is not None:
            if started:
                self._cancelling.end_attempt(task, worker, start)
            else:
                self._cancelling.end(task)
            return
        if state.scheduler.lose(task, started=started):
            if started:
                state.add(
                    events.AttemptLost(
                        now, task.number, attempt, worker, start, now,
                        ending.reason if ending else f"worker {worker} {reason}",
                    )
                )  # fmt: skip
            return
        text = (
            f"the worker that ran {task.label} {reason}, and no retry is left "
            "(option max_retries)"
        )
        if ending:
            self._fail(task, worker, start, ending.text, OutOfMemoryError)
        else:
            self._fail(task, worker, start, text)

    def _fail(
        self,
        task: Task,
        worker: int,
        start: float,
        text: str,
        kind: type[RayteachError] = WorkerCrashedError,
    ) -> None:
        state, now = self._state, clock()
        state.add(
            events.TaskFailed(
                now, task.number, task.attempt, worker, start, now, kind.__name__, text
            )
        )
        failure = Failure.of_system(kind, text)
        returns = task.returns
        state.scheduler.finish(task, states.FAILED)
        for one in returns:
            state.fail(one, failure)
        task.pins = task.payload = None

    def _is_held(self, task: Task, ending: Ending) -> bool:
        """Tell whether another attempt would come too soon."""
        if task.cancellation is not None or task.state in states.END_STATES:
            return False
        return task.retries != 0 and ending.holds(self._state)

    def _find_missing(self, suspects: set[int] | None) -> None:
        """Redo messages that a worker took with it before it could say so.

        A living worker may be between taking a message and its note on the
        board: only what is missing at two looks (``suspects``) is redone, and
        declared void for a worker that was stopped just there.
        """
        state = self._state
        waiting = state.pool.queue.take_back()
        state.pool.queue.repost(waiting)
        present = {protocol.MESSAGE.unpack_from(message)[0] for message in waiting}
        present |= {state.pool.board.read(w).message for w in state.pool.workers}
        missing = {
            number
            for number in state.messages
            if number not in present and self._posted_in(number)
        }
        missing |= state.parks.keys() - present
        if suspects is None:
            if missing:
                state.after(_RECHECK_S, lambda: self._find_missing(missing))
            return
        redone = sorted(missing & suspects, reverse=True)
        for number in redone:
            state.pool.board.void(number)
        noted = {state.pool.board.read(w).message for w in state.pool.workers}
        for number in redone:
            if number not in noted:  # else its worker runs it, or says VOIDED
                self.voided(0, number)

    def voided(self, _: int, message: int) -> None:
        """Nobody has the message, or a worker put it away: hand it out again."""
        state = self._state
        if message in state.parks:
            state.scheduler.park_lost(state.parks.pop(message))
        for task in reversed(self._posted_in(message)):
            self._cancelling.take_back(task)

    def _posted_in(self, message: int) -> list[Task]:
        state = self._state
        numbers = state.messages.get(message, ())
        tasks = (state.task_in(message, number) for number in numbers)
        return [t for t in tasks if t is not None and t.state == states.POSTED]

    def everything(self, read: Read) -> None:
        """The driver's fork server died, and its workers with it: start anew."""
        self.whole_node(HOME, read, self._state.starts.restart_server)

    def whole_node(self, node: str, read: Read, then: Callable[[], None]) -> None:
        """The fork server of a node died, and all its workers with it.

        ``read`` is told what workers had sent before; ``then`` comes after that and
        before they are buried.
        """
        pool = self._state.pool
        workers = [n for n, worker in pool.workers.items() if worker.node == node]
        for worker in workers:  # they die a little later than the server
            pool.kill(worker)
            if node != HOME:
                pool.workers[worker].why_ended = f"went with node {node}"
        for worker in workers:
            for received in pool.last_words(worker):
                read(worker, *received)
        then()
        for worker in workers:
            self.bury(worker, -signal.SIGKILL)


def _in_words(code: int) -> str:
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = "unknown"
        return f"was killed by signal {-code} ({name})"
    return f"exited with code {code}"
