"""``get``, ``wait`` and futures of the driver.

The caller's thread attaches a waiter to the pending IDs and lets the pump run
until it is done. Values are unpickled afterwards, outside the lock.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from rayteach.core.wait import choose
from rayteach.engines.asked import Asked
from rayteach.engines.pump import SPIN_S, Pump, Waiter, attach
from rayteach.engines.state import KEYS_LOGGED, EngineState, clock
from rayteach.engines.storage import Segment
from rayteach.errors import GetTimeoutError, ObjectLostError
from rayteach.object_id import FAILED, PENDING, ObjectID
from rayteach.runtime import serialization
from rayteach.runtime.completions import Completions
from rayteach.runtime.worker_pool import HOME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from rayteach.engines.submission import Submission


_CPUS = (os.cpu_count() or 1) - 1
"""How many may be busy while the driver keeps one to itself."""


def value_of(one: ObjectID) -> Any:
    """Return the value of an ID that is ready."""
    data = one.data
    if data is None:  # a fault took it just now, in another thread
        msg = f"{one.label} was lost while it was fetched; get() it again"
        raise ObjectLostError(msg)
    return serialization.loads(data.view() if isinstance(data, Segment) else data)


def _pending(ids: Sequence[ObjectID]) -> list[ObjectID]:
    """Return the unfinished IDs, each once: in the driver an ID is its record."""
    pending = [one for one in ids if one.status == PENDING]
    return pending if len(pending) <= 1 else list({id(o): o for o in pending}.values())


class Waiting:
    """The blocking calls of the driver's threads."""

    def __init__(self, state: EngineState, submission: Submission, pump: Pump) -> None:
        """Wait by means of ``pump``; log under the submission's run."""
        self._state = state
        self._lock = state.lock
        self._submission = submission
        self._pump = pump
        self._shield = pump.shield
        self._completions = Completions()
        #: told of each wait that begins while the session is paused or slowed
        self.on_gated: Callable[[Waiter, Sequence[ObjectID]], None] = lambda *_: None

    def get(
        self, ids: Sequence[ObjectID], timeout_s: float | None, line: int
    ) -> list[Any]:
        """Wait for values and return them in order."""
        begun_s = clock()
        with self._shield:
            states = [one.status for one in ids]
            wait = self.begin("get", ids, len(ids), timeout_s, line)
            if PENDING in states and FAILED not in states:
                pending = _pending(ids)
                self.block(pending, len(pending), timeout_s, fail_fast=True)
                states = [one.status for one in ids]
            if self._state.cluster is not None:
                deadline = None if timeout_s is None else begun_s + timeout_s
                states = self._bring(ids, states, deadline)
            self._end_get(wait, states)
        if FAILED in states:
            raise ids[states.index(FAILED)].data.make()
        if PENDING in states:
            if timeout_s is None:  # a handler swallowed the interrupt
                raise KeyboardInterrupt
            raise GetTimeoutError(self._timed_out(ids, _pending(ids), timeout_s))
        return [value_of(one) for one in ids]

    def wait(
        self,
        ids: Sequence[ObjectID],
        num_returns: int,
        timeout_s: float | None,
        line: int,
        unit: str = "s",
    ) -> list[int]:
        """Return the positions that count as ready."""
        with self._shield:
            wait = self.begin("wait", ids, num_returns, timeout_s, line, unit)
            chosen = choose((one.status != PENDING for one in ids), num_returns)
            if len(chosen) < num_returns:
                pending = _pending(ids)
                need = num_returns - (len(ids) - len(pending))
                self.block(pending, need, timeout_s, fail_fast=False)
                with self._lock:
                    chosen = choose((one.status != PENDING for one in ids), num_returns)
            reason = "enough ready" if len(chosen) >= num_returns else "timeout"
            self.end(wait, chosen, reason)
        return chosen

    def block(
        self,
        pending: list[ObjectID],
        need: int,
        timeout_s: float | None,
        *,
        fail_fast: bool,
    ) -> None:
        """Let the pump run until ``need`` of the IDs are there, or the timeout."""
        if need <= 0:  # the last one came between two looks
            return
        deadline = None if timeout_s is None else clock() + timeout_s
        waiter = Waiter(need, fail_fast=fail_fast)
        brief = False
        with self._lock:
            self._check_known(pending)
            for one in pending:
                if one.status != PENDING:
                    waiter.notify(failed=one.status == FAILED)
                    continue
                attach(waiter, one)
                brief = 0 < one.work.function.mean_s < SPIN_S
            brief = brief and self._state.scheduler.busy <= _CPUS
            if self._state.scheduler.gate is not None:
                self.on_gated(waiter, pending)
        self._pump.nudge()
        try:
            if timeout_s == 0 and not waiter.done:
                self._pump.once()
            else:
                self._pump.run_until(waiter, deadline, brief=brief)
        finally:
            if waiter.need > 0:  # a timeout, an interrupt or a failure: let go
                with self._lock:
                    for one in pending:
                        if one.waiters is not None and waiter in one.waiters:
                            one.waiters.remove(waiter)

    def _bring(
        self, ids: Sequence[ObjectID], states: list[int], deadline_s: float | None
    ) -> list[int]:
        """Let values come to the driver's node; return what the IDs are then.

        One that does not come in time counts as pending.
        """
        asked = Asked("get", list(ids), len(ids))
        waiter = Waiter(1, fail_fast=False)
        with self._lock:
            nodes = self._state.cluster
            if nodes is None or FAILED in states or not asked.is_far(HOME):
                return states
            nodes.when_here(asked, HOME, waiter.finish)
        self._pump.run_until(waiter, deadline_s)
        if asked.failure is not None:
            raise asked.failure.make()
        if not waiter.done:
            return [one.status if self._is_here(one) else PENDING for one in ids]
        return [one.status for one in ids]

    @staticmethod
    def _is_here(one: ObjectID) -> bool:
        return not isinstance(one.data, Segment) or one.data.is_on(HOME)

    def _check_known(self, pending: list[ObjectID]) -> None:
        self._state.check_open()
        self._state.check_ours(pending)

    def begin(
        self,
        kind: str,
        ids: Sequence[ObjectID],
        num_returns: int,
        timeout_s: float | None,
        line: int,
        unit: str = "s",
    ) -> int:
        """Log that a wait begins; return its number."""
        self._state.check_ours(ids)
        number = next(self._state.waits)
        keys = [(one.task, one.index) for one in ids[:KEYS_LOGGED]]
        run = self._submission.run
        self._state.log.wait_began(
            clock(), number, kind, run, line, keys, num_returns, timeout_s, unit
        )
        return number

    def _end_get(self, wait: int, states: list[int]) -> None:
        ready = [i for i, state in enumerate(states[:KEYS_LOGGED]) if state != PENDING]
        if FAILED in states:
            reason = "failed"
        else:
            reason = "timeout" if PENDING in states else "enough ready"
        self.end(wait, ready, reason)

    def end(self, wait: int, ready: Sequence[int], reason: str) -> None:
        """Log that a wait is over; ``ready`` are positions among its IDs.

        The first of them will do: no view shows thousands.
        """
        if self._shield.is_held:
            reason = "interrupted"
        self._state.log.wait_ended(clock(), wait, ready[:KEYS_LOGGED], reason)

    def _timed_out(
        self, ids: Sequence[ObjectID], missing: list[ObjectID], timeout_s: float | None
    ) -> str:
        names = ", ".join(one.label for one in missing[:3])
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""  # noqa: PLR2004
        after = f" after {timeout_s * 1000:g} ms" if timeout_s is not None else ""
        return (
            f"get timed out{after}: {len(missing)} of {len(ids)} not ready "
            f"({names}{more})"
        )

    def future_of(self, object_id: ObjectID) -> Future[Any]:
        """Return a future that gets the value; its callbacks may wait too."""
        from concurrent.futures import Future  # noqa: PLC0415 (5 ms, and rarely used)

        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()

        def fill() -> None:
            if object_id.status == FAILED:
                future.set_exception(object_id.data.make())
                return
            try:
                value = value_of(object_id)
            except Exception as error:  # noqa: BLE001 (what get() would raise)
                future.set_exception(error)
            else:
                future.set_result(value)

        done = partial(self._completions.put, fill)
        with self._shield, self._lock:
            if self._state.cluster is not None:
                asked = Asked("get", [object_id], 1)
                done = partial(self._state.cluster.when_here, asked, HOME, done)
                if object_id.status != PENDING:
                    done()
                    return future
            if object_id.status == PENDING:
                self._check_known([object_id])
                waiter = Waiter(1, fail_fast=True, on_done=done)
                attach(waiter, object_id)
                if self._state.scheduler.gate is not None:
                    self.on_gated(waiter, [object_id])
                return future
        fill()
        return future
