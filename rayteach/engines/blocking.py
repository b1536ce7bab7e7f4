"""A task that begins to wait lends its CPU; that may be the first news of its start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core import events, states
from rayteach.engines.state import clock

if TYPE_CHECKING:
    from rayteach.core.task import Task
    from rayteach.engines.state import EngineState


def lend(state: EngineState, task: Task, worker: int) -> None:
    """The task waits on ``worker``; works under the engine's lock."""
    if task.state == states.POSTED:
        slot = state.pool.board.read(worker)
        start_s = slot.start_s if slot.task == task.number else clock()
        state.add(events.TaskStarted(start_s, task.number, task.attempt, worker))
    state.scheduler.start(task, worker)
    state.scheduler.block(task, worker)
    state.add(events.TaskBlocked(clock(), task.number))
