"""Faults that a learner asks for: a worker ends, a value is lost, a node is slow.

The rules that follow are those of real faults; a fault of this kind only leaves its
name in what the log says of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.core import events, states
from rayteach.core.sizes import human
from rayteach.core.task import CALL
from rayteach.engines.state import clock
from rayteach.engines.storage import Segment
from rayteach.object_id import FAILED, PENDING, ObjectID

if TYPE_CHECKING:
    from rayteach.core.task import Task
    from rayteach.engines.node_control import NodeControl
    from rayteach.engines.pump import Pump
    from rayteach.engines.state import EngineState

_AT_WORK = (states.POSTED, states.RUNNING, states.BLOCKED, states.RESUMING)
_READING_S = 1.0
"""Who was told just now where a value lies opens it within this time."""
MOST = 100.0
"""The factor that a node can be slowed down by."""


class Faults:
    """One per session; its calls may come from any thread of the driver."""

    def __init__(self, state: EngineState, nodes: NodeControl, pump: Pump) -> None:
        """Break nothing yet."""
        self._state = state
        self._nodes = nodes
        self._pump = pump

    # Processes.

    def kill_worker(self, number: int) -> None:
        """End the process of a worker at once.

        Raises:
            ValueError: there is no such worker.
        """
        with self._pump.shield:
            with self._state.lock:
                self._state.check_open()
                self._end(number, "was ended with kill_worker()")
            self._pump.kick()

    def kill_worker_of(self, one: ObjectID) -> None:
        """End the process that runs the task.

        Raises:
            ValueError: it does not run.
        """
        state = self._state
        with self._pump.shield:
            self._pump.once()  # what has finished is known to have
            with state.lock:
                state.check_open()
                state.check_ours((one,))
                task = state.scheduler.tasks.get(one.task)
                worker = self._worker_of(task) if task is not None else 0
                is_hit = worker and self._hit(worker, one.task, task)
            self._pump.kick()
        if not is_hit:
            msg = f"{one.label} does not run now: there is no worker to kill"
            raise ValueError(msg)

    def kill_actor(self, number: int) -> None:
        """End the process of an actor at once; it restarts by its options.

        Raises:
            ValueError: it has no process.
        """
        state = self._state
        with self._pump.shield:
            with state.lock:
                state.check_open()
                known = state.actors.get(number)
                worker = self._process_of(number)
                if known is None or not worker:
                    name = known.label if known is not None else f"actor {number}"
                    msg = f"{name} has no process: nothing to kill"
                    raise ValueError(msg)
                self._end(worker, "was ended as a fault")
            self._pump.kick()

    def _end(self, number: int, reason: str) -> None:
        pool = self._state.pool
        handle = pool.workers.get(number)
        if handle is None:
            known = ", ".join(str(n) for n, w in pool.workers.items() if w.pid)
            there = f"there are {known}" if known else "there is none yet"
            msg = f"there is no worker {number}; {there}"
            raise ValueError(msg)
        if not handle.pid:
            msg = f"worker {number} is still being started: nothing to kill yet"
            raise ValueError(msg)
        self._state.faults[number] = reason
        pool.kill(number)

    def _hit(self, worker: int, number: int, task: Task | None) -> bool:
        """End the worker if it still runs that task."""
        pool = self._state.pool
        if task is not None and task.kind == CALL:  # its process is its own
            self._end(worker, "was ended with kill_worker()")
            return True
        if not pool.kill_if(worker, lambda: pool.board.read(worker).task == number):
            return False
        self._state.faults[worker] = "was ended with kill_worker()"
        return True

    def _worker_of(self, task: Task) -> int:
        """Return the worker that runs the task now, 0 if none does."""
        pool = self._state.pool
        if task.state not in _AT_WORK:
            return 0
        if task.kind == CALL:
            return self._process_of(task.actor or 0)
        found = (n for n in pool.workers if pool.board.read(n).task == task.number)
        return next(found, 0)

    def _process_of(self, actor: int) -> int:
        workers = self._state.pool.workers.items()
        return next((n for n, w in workers if w.actor == actor and w.pid), 0)

    # Values.

    def lose(self, one: ObjectID) -> None:
        """Take all copies of a value; it is made again if that is known how.

        Raises:
            ValueError: it is not in a store.
            OSError: no process can be made (the first time only).
        """
        state = self._state
        with self._pump.shield:
            with state.lock:
                state.check_open()
                state.check_ours((one,))
                segment = self._stored(one)
                nodes = self._nodes.several()
                self._keep_for_readers(one, segment)
                now = clock()
                for part in (segment, *segment.copies.values()):
                    key = one.task, one.index
                    state.add(events.CopyLost(now, key, part.node))
                    state.storage_of(part.path).disown(part)
                nodes.lineage.lost([one], "with lose_object()")
                self._nodes.settle()
            self._pump.kick_all()

    def lose_key(self, task: int, index: int) -> None:
        """Lose the value of that key.

        Raises:
            ValueError: it is not in a store.
        """
        one = self._state.large.get((task, index))
        if one is None:
            msg = (
                "this value lies in no store: small ones travel in messages, and one "
                "that nobody holds any more is gone"
            )
            raise ValueError(msg)
        self.lose(one)

    def _stored(self, one: ObjectID) -> Segment:
        if one.status == PENDING:
            msg = f"{one.label} does not exist yet: there is nothing to lose"
            raise ValueError(msg)
        if one.status == FAILED:
            msg = f"an error stands in the place of {one.label}: nothing to lose"
            raise ValueError(msg)
        if not isinstance(one.data, Segment):
            size = human(len(one.data))
            msg = (
                f"{one.label} is small ({size}): it travels in messages and lies in no "
                "store. Values from 100 KiB on can be lost"
            )
            raise ValueError(msg)  # noqa: TRY004 (it is an ID, of a small value)
        return one.data

    def _keep_for_readers(self, one: ObjectID, segment: Segment) -> None:
        """Whoever was told where the value lies reads it to the end."""
        state = self._state
        for task in state.scheduler.tasks.values():
            if task.state in _AT_WORK and any(i is one for i in task.inputs):
                task.pins = (task.pins, segment)
        held = [segment]
        state.after(_READING_S, held.clear)

    # Nodes.

    def slow_down(self, node: str, factor: float) -> None:
        """Let all that runs on a node take ``factor`` times as long; 1 for no longer.

        Raises:
            ValueError: there is no such node.
        """
        state = self._state
        with self._pump.shield, state.lock:
            state.check_open()
            if not isinstance(node, str) or node not in state.scheduler.nodes:
                known = ", ".join(state.scheduler.nodes)
                msg = f"there is no node {node!r}; there are {known}"
                raise ValueError(msg)
            drag = 0.0 if factor == 1 else factor
            state.pool.slow[node] = drag
            for number, worker in state.pool.workers.items():
                if worker.node == node:
                    state.pool.board.slow_down(number, drag)
            state.add(events.NodeSlowed(clock(), node, factor))


def checked_factor(factor: Any) -> float:
    """Return how many times as long things are to take.

    Raises:
        ValueError: it is no number from 1 to ``MOST``.
    """
    is_number = isinstance(factor, (int, float)) and not isinstance(factor, bool)
    if not is_number or not 1 <= factor <= MOST:
        msg = (
            f"factor={factor!r}: how many times as long everything takes there, a "
            f"number from 1 (as usual) to {MOST:g}"
        )
        raise ValueError(msg)
    return float(factor)
