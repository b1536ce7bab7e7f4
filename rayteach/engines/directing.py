"""Follow a schedule on the real pool: who starts next, how each wait ends.

    chooser ──► core.directed.Directed (a gate) ──► starts, one by one
       └──────► DirectedWaiting, Inbound.ask ─────► what get and wait return

A :class:`rayteach.core.score.Score` repeats a recorded run, a
:class:`rayteach.core.exploring.Explorer` makes choices of its own. Timeouts do not
count in seconds here: a wait times out where the schedule says so.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from rayteach.core.directed import Directed
from rayteach.core.exploring import Explorer
from rayteach.core.score import KEYS_KNOWN, Form, Score
from rayteach.engines.asked import Asked
from rayteach.engines.failures import Failure
from rayteach.engines.pump import Waiter
from rayteach.engines.waiting import Waiting
from rayteach.errors import GetTimeoutError, RayteachError
from rayteach.object_id import PENDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rayteach.core.score import Answer
    from rayteach.engines.dispatch import Dispatcher
    from rayteach.engines.inbound import Inbound
    from rayteach.engines.local import LocalEngine
    from rayteach.engines.pump import Pump
    from rayteach.engines.state import EngineState
    from rayteach.engines.submission import Submission
    from rayteach.object_id import ObjectID

_LOOK_S = 0.02
_LOOKS = 15
"""After so many looks without any event a schedule is taken to be stuck."""


class Directing:
    """One per session; its calls come from the driver's main thread."""

    def __init__(
        self,
        engine: LocalEngine,
        state: EngineState,
        pump: Pump,
        inbound: Inbound,
        dispatcher: Dispatcher,
    ) -> None:
        """Begin with nothing to follow."""
        self._engine = engine
        self._state = state
        self._pump = pump
        self._inbound = inbound
        self._settle = dispatcher.settle
        #: what answers get, wait and tasks otherwise
        self._usual = engine.waiting, inbound.ask
        self._waiting: DirectedWaiting | None = None
        self._chooser: Score | Explorer | None = None
        self._gate: Directed | None = None
        #: what threads of the driver wait for
        self._waiters: list[Waiter] = []
        #: how many events there were at the last look, and looks without any since
        self._seen = self._looks = 0

    def begin(self, chooser: Score | Explorer) -> None:
        """Follow a schedule from here on.

        Raises:
            RayteachError: one is being followed, or the session is paused.
        """
        if self._chooser is not None:
            raise RayteachError("a schedule is being followed already: one at a time")
        gate = Directed(self._state.scheduler, chooser)
        gate.driver_waits = self._driver_waits
        engine = self._engine
        engine.gating.direct(gate, self._began_to_wait)
        with self._pump.shield, self._state.lock:
            self._chooser, self._gate = chooser, gate
            waiting = DirectedWaiting(
                self._state, engine.submission, self._pump, self, chooser
            )
            waiting.on_gated = self._began_to_wait
            engine.waiting = self._waiting = waiting
            self._inbound.ask = self._ask
            gate.open()
            self._look()
            self._settle()
        self._pump.kick()

    def finish(self) -> None:
        """Let all that was submitted come to its end, as the schedule says."""
        waiter = Waiter(1, fail_fast=False)
        with self._pump.shield:
            with self._state.lock:
                self._waiters.append(waiter)
                self._settle()
                self._end_if_idle(waiter)
            if not waiter.done:
                self._pump.kick()
                self._pump.run_until(waiter, None)
            with self._state.lock:
                self.left(waiter)

    def end(self) -> None:
        """Follow no schedule any more."""
        with self._pump.shield:
            with self._state.lock:
                self._chooser = self._gate = self._waiting = None
                self._waiters.clear()
                self._engine.waiting, self._inbound.ask = self._usual
            self._engine.gating.undirect()

    # The driver waits, or something seems to be stuck.

    def _driver_waits(self) -> bool:
        self._waiters = [one for one in self._waiters if not one.done]
        return bool(self._waiters)

    def _began_to_wait(self, waiter: Waiter, _: Sequence[ObjectID]) -> None:
        self._waiters.append(waiter)
        if self._waiting is not None:
            self._waiting.began(waiter)
        self._settle()

    def left(self, waiter: Waiter) -> None:
        """A wait is over, also if it was not done."""
        if waiter in self._waiters:
            self._waiters.remove(waiter)

    def _look(self) -> None:
        """Look again and again whether anything happens."""
        gate, chooser = self._gate, self._chooser
        if gate is None or chooser is None:
            return
        events = len(self._state.log)
        self._looks = self._looks + 1 if events == self._seen else 0
        self._seen = events
        is_stuck = self._looks >= _LOOKS and not gate.is_waiting_for_a_worker
        if is_stuck and gate.is_quiet(ignore_slots=True):
            self._looks = 0
            if isinstance(chooser, Score):
                chooser.give_way()
            else:
                chooser.is_impatient = True
            self._settle()
        self._state.after(_LOOK_S, self._look)

    def _end_if_idle(self, waiter: Waiter) -> None:
        """End the last wait once nothing can start any more."""
        gate = self._gate
        if gate is None or waiter.done:
            return
        is_quiet = gate.is_quiet(ignore_slots=self._looks > 1)
        left = isinstance(self._chooser, Score) and self._chooser.starts
        is_idle = is_quiet and not (gate.startable() or left)
        if is_idle and not gate.is_waiting_for_a_worker:
            waiter.finish()
            return
        self._state.after(_LOOK_S, partial(self._end_if_idle, waiter))

    # What a task's get or wait asks.

    def _ask(
        self, caller: int, asked: Asked, timeout_s: float | None
    ) -> tuple[Asked, float | None]:
        chooser = self._chooser
        if isinstance(chooser, Score):
            form = form_of(asked.kind, asked.ids, asked.num_returns, timeout_s)
            answer = chooser.answer(caller, form)
            if answer is None or not fits(answer, form.kind, asked.ids):
                return asked, None if timeout_s is not None else timeout_s
            return AnsweredAsked(asked, answer), None
        if isinstance(chooser, Explorer) and timeout_s is not None:
            if asked.is_satisfied:
                return asked, None
            name = chooser.name_wait(caller, asked.kind)
            return TimedAsked(asked, name, chooser), None
        return asked, timeout_s


def form_of(
    kind: str, ids: Sequence[Any], num_returns: int, timeout_s: float | None
) -> Form:
    """Return what tells a wait apart from others of the same caller."""
    return Form(kind, min(len(ids), KEYS_KNOWN), num_returns, timeout_s is not None)


def fits(answer: Answer, kind: str, ids: Sequence[ObjectID]) -> bool:
    """Tell whether a recorded answer can be given to this wait."""
    if kind == "get":
        return answer.reason == "timeout"  # others come as they come
    return all(at < len(ids) for at in answer.positions)


class AnsweredAsked(Asked):
    """A wait of a task whose answer is known from the recorded run."""

    def __init__(self, asked: Asked, answer: Answer) -> None:
        """Wait for exactly what was returned then."""
        super().__init__(asked.kind, asked.ids, asked.num_returns)
        self._answer = answer
        chosen = answer.positions if self.kind == "wait" else ()
        due = {self.ids[at] for at in chosen}
        self.pending = [one for one in self.pending if one in due]

    @property
    def missing(self) -> int:
        """Return how many of those are not there."""
        return sum(one.status == PENDING for one in self.pending)

    @property
    def is_satisfied(self) -> bool:
        """True if all of them are."""
        return self.missing <= 0

    def outcome(self) -> tuple[list[int], str]:
        """Return what was returned then."""
        return list(self._answer.positions), self._answer.reason

    def answer(self, positions: list[int]) -> tuple[str, Any]:
        """Return what to send to the task."""
        if self.kind == "wait":
            return "ok", positions
        text = f"get timed out on {len(self.ids)} IDs, as in the recorded run"
        return "failed", Failure.of_system(GetTimeoutError, text)


class TimedAsked(Asked):
    """A wait of a task that times out when the schedule says so."""

    def __init__(self, asked: Asked, name: str, explorer: Explorer) -> None:
        """Be known to ``explorer`` under a name."""
        super().__init__(asked.kind, asked.ids, asked.num_returns)
        self._name, self._explorer = name, explorer

    def attach(self, waiter: Waiter) -> None:
        """Let the explorer end the wait as well."""
        super().attach(waiter)
        self._explorer.timed[self._name] = waiter.expire

    def detach(self, waiter: Waiter) -> None:
        """Time out no more."""
        super().detach(waiter)
        self._explorer.timed.pop(self._name, None)


class DirectedWaiting(Waiting):
    """The driver's get and wait while a schedule is followed."""

    def __init__(
        self,
        state: EngineState,
        submission: Submission,
        pump: Pump,
        directing: Directing,
        chooser: Score | Explorer,
    ) -> None:
        """Ask ``chooser`` how waits end."""
        super().__init__(state, submission, pump)
        self._directing = directing
        self._chooser = chooser
        #: the name of the wait that begins now, if it may time out
        self._timed = ""
        #: the waiter of the wait that began last
        self._latest: Waiter | None = None

    def get(
        self, ids: Sequence[ObjectID], timeout_s: float | None, line: int
    ) -> list[Any]:
        """Return values, or time out as the schedule says."""
        if timeout_s is not None:
            answer = self._answer("get", ids, len(ids), timeout_s)
            if answer is not None:
                with self._shield:
                    wait = self.begin("get", ids, len(ids), timeout_s, line)
                    self.end(wait, answer.positions, answer.reason)
                text = f"get timed out on {len(ids)} IDs, as in the recorded run"
                raise GetTimeoutError(text)
        return super().get(ids, timeout_s, line)

    def wait(
        self,
        ids: Sequence[ObjectID],
        num_returns: int,
        timeout_s: float | None,
        line: int,
        unit: str = "s",
    ) -> list[int]:
        """Return the positions that the schedule says, or those that are ready."""
        answer = self._answer("wait", ids, num_returns, timeout_s)
        if answer is None:
            return super().wait(ids, num_returns, timeout_s, line, unit)
        with self._shield:
            wait = self.begin("wait", ids, num_returns, timeout_s, line, unit)
            due = [ids[at] for at in answer.positions]
            pending = [one for one in due if one.status == PENDING]
            self.block(pending, len(pending), None, fail_fast=False)
            self.end(wait, answer.positions, answer.reason)
        return list(answer.positions)

    def block(
        self,
        pending: list[ObjectID],
        need: int,
        timeout_s: float | None,
        *,
        fail_fast: bool,
    ) -> None:
        """Wait without looking at the clock."""
        chooser, self._timed = self._chooser, ""
        if isinstance(chooser, Explorer) and timeout_s is not None and need > 0:
            self._timed = chooser.name_wait(None, "get" if fail_fast else "wait")
        name = self._timed
        try:
            super().block(pending, need, None, fail_fast=fail_fast)
        finally:
            with self._lock:
                if isinstance(chooser, Explorer):
                    chooser.timed.pop(name, None)
                if self._latest is not None:
                    self._directing.left(self._latest)

    def began(self, waiter: Waiter) -> None:
        """A wait of the driver begins; the schedule may end it."""
        self._latest = waiter
        if self._timed and isinstance(self._chooser, Explorer):
            self._chooser.timed[self._timed] = waiter.expire
            self._timed = ""

    def _answer(
        self,
        kind: str,
        ids: Sequence[ObjectID],
        num_returns: int,
        timeout_s: float | None,
    ) -> Answer | None:
        if not isinstance(self._chooser, Score):
            return None
        with self._lock:
            form = form_of(kind, ids, num_returns, timeout_s)
            answer = self._chooser.answer(None, form)
        return answer if answer is not None and fits(answer, kind, ids) else None
