"""When memory runs short, a task goes before the machine does.

    a quarter second ──► tasks run? ──► memory short? ──► end one worker, look again

Who goes first: the newest task that can be run again, then the newest that
cannot, then the newest actor. Who uses next to nothing stays: to end it would
help nobody. The task runs again when one of those beside it has ended.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rayteach.core import states
from rayteach.engines.state import clock
from rayteach.runtime.memory_gauge import in_words

if TYPE_CHECKING:
    from rayteach.core.task import Task
    from rayteach.engines.state import EngineState
    from rayteach.runtime.memory_gauge import Level, MemoryGauge
    from rayteach.runtime.nursery import WorkerHandle

LOOK_S = 0.25
"""Between two looks…"""
CLOSE_S = 0.05
"""…and when it may soon be short."""
_CLOSE = 0.8
WORTH_BYTES = 32 * 1024 * 1024
"""A worker that uses less is not ended."""
_AT_WORK = (states.POSTED, states.RUNNING)
_WAITING = (states.BLOCKED, states.RESUMING)
HOLD_S = 60.0
"""A task is not kept from running again for longer."""


@dataclass(slots=True)
class Ending:
    """A worker that we ended: why, and what follows for its task."""

    #: "ended because memory ran short: it used 1.2 GB"
    reason: str
    #: of the error, if no attempt follows
    text: str = ""
    #: (worker, task) that used much beside it: the next attempt waits for one of them
    others: tuple[tuple[int, int], ...] = ()
    until_s: float = 0.0

    def holds(self, state: EngineState) -> bool:
        """Tell whether the next attempt would meet the same neighbours."""
        return bool(self.others) and (
            clock() < self.until_s and all(_is_at_work(state, *o) for o in self.others)
        )


def _is_at_work(state: EngineState, worker: int, number: int) -> bool:
    """Tell whether the task runs; one that waits may wait for the one that is held."""
    task = state.scheduler.tasks.get(number)
    if task is None or task.state not in _AT_WORK or worker not in state.pool.workers:
        return False
    return state.pool.board.read(worker).task == number


@dataclass(slots=True)
class _Candidate:
    worker: WorkerHandle
    #: the task that it runs, None for an actor
    task: Task | None
    #: the later, the newer
    since: float
    used: int

    @property
    def order(self) -> tuple[int, float]:
        """The smallest goes first."""
        if self.task is None:
            return 2, -self.since
        return int(self.task.retries == 0), -self.since


class MemoryWatch:
    """A thread that sleeps, and looks only while there are tasks."""

    def __init__(self, state: EngineState, gauge: MemoryGauge) -> None:
        """Start the thread, which measures with ``gauge``."""
        self._state = state
        self._gauge = gauge
        self._end = threading.Event()
        #: workers that were ended and whose death is not known yet
        self._ended: set[int] = set()
        self._thread = threading.Thread(
            target=self._run, name="rayteach-memory", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._end.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        pause_s = LOOK_S
        while not self._end.wait(pause_s):
            pause_s = LOOK_S
            if self._state.scheduler.tasks:
                pause_s = self._look()

    def _look(self) -> float:
        """End one worker if memory is short; return the seconds to the next look."""
        pool = self._state.pool
        workers = tuple(pool.workers.values())
        self._ended &= {worker.number for worker in workers}
        if self._ended:
            return CLOSE_S  # what they hold is about to come free
        pids = [worker.pid for worker in workers if worker.pid]
        level = self._gauge.level(pids, pool.server_pid)
        if level.share > 1:
            self._relieve(level)
        return CLOSE_S if level.share > _CLOSE else LOOK_S

    def _relieve(self, level: Level) -> None:
        state = self._state
        with state.lock:
            if state.closed:
                return
            found = sorted(self._candidates(), key=lambda one: one.order)
            if not found:
                return
            first = found[0]
            task, worker = first.task, first.worker.number
            if not state.pool.kill_if(worker, lambda: self._is_still(first)):
                return
            self._ended.add(worker)
            if task is None:
                self._note_actor(first, level)
                return
            if len(found) == 1:
                task.retries = 0  # nobody else is in its way: it would end the same
            self._note_task(task, first.used, level, found[1:])

    def _candidates(self) -> list[_Candidate]:
        state, found = self._state, []
        for worker in state.pool.workers.values():
            used = self._gauge.used_by(worker.pid, state.pool.server_pid)
            if not worker.pid or used < WORTH_BYTES:
                continue
            if worker.actor is not None:
                found.append(_Candidate(worker, None, worker.number, used))
                continue
            slot = state.pool.board.read(worker.number)
            task = state.scheduler.tasks.get(slot.task)
            if task is not None and task.state in _AT_WORK + _WAITING:
                found.append(_Candidate(worker, task, slot.start_s, used))
        return found

    def _is_still(self, one: _Candidate) -> bool:
        slot = self._state.pool.board.read(one.worker.number)
        return one.task is None or slot.task == one.task.number

    def _note_task(
        self, task: Task, used: int, level: Level, others: list[_Candidate]
    ) -> None:
        state = self._state
        what = f"ended because memory ran short: it used {in_words(used)}"
        text = (
            f"{task.label} was {what}, and {level.words}. Work on smaller pieces, run "
            "fewer at a time (a larger num_cpus), or keep less in the notebook"
        )
        beside = [(o.worker.number, o.task.number) for o in others if o.task]
        until_s = clock() + HOLD_S
        state.endings[task.number] = Ending(what, text, tuple(beside), until_s)
        after = "it will run again" if task.retries else "it fails"
        state.outputs.warn(
            f"{task.label} was {what} ({level.words}); {after}", task.run
        )

    def _note_actor(self, one: _Candidate, level: Level) -> None:
        state = self._state
        number = one.worker.actor or 0
        what = f"was ended because memory ran short: it used {in_words(one.used)}"
        state.endings[number] = Ending(what)
        known = state.actors.get(number)
        if known is not None:
            state.outputs.warn(f"{known.label} {what} ({level.words})")
