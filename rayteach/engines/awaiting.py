"""IDs that a call of an async actor awaits, and what it says of its calls.

    AWAIT    the call waits for a value, and goes on with other things meanwhile
    FORGET   it does not want the value any more
    STARTED  calls that have run for a while: no board shows several at once

A call counts as blocked while it awaits some ID, so an actor that holds CPUs lends
them while all its calls wait. Answers but the last do not wait for the CPU:
``gather`` would never end if the first took the CPU that the second needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.core import events, states
from rayteach.engines.asked import Asked
from rayteach.engines.blocking import lend
from rayteach.engines.pump import Waiter
from rayteach.engines.state import clock
from rayteach.errors import RayteachError
from rayteach.runtime import protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.task import Task
    from rayteach.engines.state import EngineState

_UNSTARTED = (states.POSTED, states.RUNNING)


class Awaiting:
    """Answers ``await id``. Works under the engine's lock."""

    def __init__(self, state: EngineState) -> None:
        """Start with nothing awaited."""
        self._state = state
        #: open requests, by worker and request
        self._open: dict[tuple[int, int], Callable[[], None]] = {}
        #: how many IDs a call awaits
        self._counts: dict[int, int] = {}
        #: what to do with each frame
        self.handlers: dict[int, Callable[[int, Any], None]] = {
            protocol.AWAIT: self._await,
            protocol.FORGET: self._forget,
            protocol.STARTED: self._started,
        }

    def _await(self, worker: int, body: tuple[int, int, tuple[int, int]]) -> None:
        request, number, key = body
        try:
            asked = Asked("get", [self._state.resolve(key, worker)], 1)
        except RayteachError as error:
            self._reply(worker, request, ("error", error))
            return
        if asked.is_satisfied:
            self._reply(worker, request, asked.answer([0]))
            return
        task = self._state.scheduler.tasks.get(number)
        wait = self._log(task, key)
        if task is not None:
            self._block(task, worker)
        self._open_request(worker, request, task, asked, wait)

    def _open_request(
        self, worker: int, request: int, task: Task | None, asked: Asked, wait: int
    ) -> None:
        state = self._state

        def end(reason: str) -> None:
            del self._open[worker, request]
            asked.detach(waiter)
            waiter.done = True
            ready = (0,) if reason != "interrupted" else ()
            state.add(events.WaitReturned(clock(), wait, ready, reason))
            answer = asked.answer([0]) if ready else ("ok", None)
            self._answer(task, lambda: self._reply(worker, request, answer))

        waiter = Waiter(1, fail_fast=True, on_done=lambda: end(asked.outcome()[1]))
        asked.attach(waiter)
        self._open[worker, request] = lambda: end("interrupted")

    def _forget(self, worker: int, request: int) -> None:
        leave = self._open.get((worker, request))
        if leave is not None:
            leave()

    def _started(self, worker: int, calls: list[tuple[int, float]]) -> None:
        state = self._state
        for number, start_s in calls:
            task = state.scheduler.tasks.get(number)
            if task is not None and task.state == states.POSTED:
                state.scheduler.start(task, worker)
                state.add(events.TaskStarted(start_s, number, task.attempt, worker))

    def _log(self, task: Task | None, key: tuple[int, int]) -> int:
        wait = next(self._state.waits)
        number, run = (task.number, task.run) if task is not None else (None, 0)
        self._state.add(
            events.WaitStarted(clock(), wait, "get", number, run, 0, (key,), 1)
        )
        return wait

    def _block(self, task: Task, worker: int) -> None:
        state = self._state
        self._counts[task.number] = self._counts.get(task.number, 0) + 1
        if task.state in _UNSTARTED:
            lend(state, task, worker)

    def _answer(self, task: Task | None, reply: Callable[[], None]) -> None:
        if task is None:
            reply()
            return
        left = self._counts.pop(task.number, 1) - 1
        if left:
            self._counts[task.number] = left
        if left or task.state != states.BLOCKED:
            reply()
            return
        self._state.replies[task.number] = reply
        self._state.scheduler.unblock(task)

    def _reply(self, worker: int, request: int, answer: Any) -> None:
        handle = self._state.pool.workers.get(worker)
        if handle is not None:
            handle.channel.send(protocol.frame(protocol.REPLY, (request, answer)))
