"""Pause, step, speed and resume: the engine's side of ``core.gate``.

    pause    the gate closes; what nobody has begun is taken back, from the node's
             queue at once, from actors' inboxes by CANCEL; what a worker has in
             hand has begun or comes back within milliseconds, which pause awaits
    held     a ``get`` that cannot return before somebody says resume, where no
             view answers, says so and lets the session go on: nothing hangs

Every change is an event, and so is what comes next: views only read the log.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from rayteach.core import events, gate, states
from rayteach.engines.pump import Waiter
from rayteach.engines.state import clock
from rayteach.errors import RayteachError
from rayteach.object_id import PENDING
from rayteach.runtime import protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rayteach.core.gate import Gate, Upcoming
    from rayteach.core.task import Task
    from rayteach.engines.cancelling import Cancelling
    from rayteach.engines.dispatch import Dispatcher
    from rayteach.engines.pump import Pump
    from rayteach.engines.state import EngineState
    from rayteach.engines.waiting import Waiting
    from rayteach.object_id import ObjectID

PATIENCE_S = 2.0
"""A ``get`` that nobody lets go on does so by itself after this long."""
_LOOK_S = 0.002
_ASK_AGAIN = 10
"""After so many looks calls are asked back once more."""
_GIVE_UP_S = 1.0
"""A worker that neither begins nor returns what it took is stopped itself."""
_SHOWN_PER_S = 20.0
"""At a higher speed nobody can read what comes next: it is not logged."""
_AT_WORK = (states.POSTED, states.RUNNING)


def checked_count(count: Any) -> int:
    """Return how many starts to let through.

    Raises:
        ValueError: it is not a whole number from 1.
    """
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        msg = f"step({count!r}): how many starts to let through, a whole number from 1"
        raise ValueError(msg)
    return count


def checked_speed(per_second: Any) -> float:
    """Return how many starts per second to let through.

    Raises:
        ValueError: it is not a number above 0, or not finite.
    """
    is_number = isinstance(per_second, (int, float)) and per_second is not True
    if not is_number or not 0 < per_second < float("inf"):
        msg = (
            f"speed({per_second!r}): how many starts per second, a number above 0; "
            "resume() is full speed, pause() stops"
        )
        raise ValueError(msg)
    return float(per_second)


class Gating:
    """One per session; its calls may come from any thread of the driver."""

    def __init__(
        self,
        state: EngineState,
        dispatcher: Dispatcher,
        cancelling: Cancelling,
        pump: Pump,
        waiting: Waiting,
    ) -> None:
        """Begin with everything flowing."""
        self._state = state
        self._dispatcher = dispatcher
        self._cancelling = cancelling
        self._pump = pump
        self._waiting = waiting
        #: seconds that a ``get`` waits for a view before the session goes on
        self.patience_s = PATIENCE_S
        #: asks whatever views there are to answer; must not block
        self.ask_views: Callable[[], None] = lambda: None
        #: tells whether a view has answered since then (monotonic seconds)
        self.is_watched: Callable[[float], bool] = lambda _since_s: False
        #: starts per second while the session is slowed, else 0
        self._rate = 0.0
        self._last_let_s = 0.0
        #: tells timers of an earlier speed from those of this one
        self._turn = 0
        self._told: tuple[object, ...] | None = None
        dispatcher.on_rest = self._rest
        dispatcher.on_gated = self._tell
        waiting.on_gated = self._hold

    # What the user asks for.

    @property
    def mode(self) -> str:
        """Return "flow", "paused" or "slowed"."""
        if self._state.scheduler.gate is None:
            return "flow"
        return "slowed" if self._rate else "paused"

    def pause(self) -> None:
        """Start nothing from here on; what runs goes on."""
        with self._pump.shield:
            with self._state.lock:
                self._state.check_open()
                if self.mode != "paused":
                    self._state.add(events.Paused(clock()))
                self._close(0.0)
                self._hold_all()
            self._wait_until_quiet()
        self.ask_views()  # they look, too

    def step(self, count: int = 1) -> None:
        """Let the next ``count`` starts through; pauses first if need be."""
        if self.mode != "paused":
            self.pause()
        with self._pump.shield, self._state.lock:
            self._state.check_open()
            closed = self._state.scheduler.gate or gate.close(self._state.scheduler)
            self._state.add(events.Stepped(clock(), count))
            closed.let(count)
            self._dispatcher.settle()
        self._pump.kick()
        self.ask_views()

    def speed(self, per_second: float) -> None:
        """Let at most so many starts through per second."""
        with self._pump.shield:
            with self._state.lock:
                self._state.check_open()
                self._state.add(events.Slowed(clock(), per_second))
                self._close(per_second)
            self._wait_until_quiet()
            with self._state.lock:
                self._let_paced(self._turn)
                self._dispatcher.settle()
            self._pump.kick()
        self.ask_views()

    def resume(self, reason: str = "") -> None:
        """Start everything as usual again; nothing if it does."""
        with self._pump.shield, self._state.lock:
            self._state.check_open()
            if self.mode == "flow":
                return
            self._state.add(events.Resumed(clock(), reason))
            self._rate, self._told = 0.0, None
            self._turn += 1
            gate.open_wide(self._state.scheduler)
            self._dispatcher.settle()
        self._pump.kick()
        self.ask_views()

    def direct(self, directed: Gate, hold: Callable[..., None]) -> None:
        """Let another gate decide; ``hold`` is told of waits. See ``directing``."""
        with self._pump.shield:
            with self._state.lock:
                self._state.check_open()
                if self.mode != "flow":
                    msg = "the session is paused or slowed: rayteach.resume() first"
                    raise RayteachError(msg)
                self._state.scheduler.gate = directed
                self._waiting.on_gated = hold
                self._dispatcher.on_gated = lambda: None
                self._close(0.0)
            self._wait_until_quiet()

    def undirect(self) -> None:
        """Let everything start as usual again."""
        with self._pump.shield, self._state.lock:
            self._waiting.on_gated = self._hold
            self._dispatcher.on_gated = self._tell
            self._turn += 1
            if not self._state.closed:
                gate.open_wide(self._state.scheduler)
                self._dispatcher.settle()
        self._pump.kick()

    def upcoming(self) -> Upcoming | None:
        """Return the next decision, None while everything flows."""
        with self._state.lock:
            closed = self._state.scheduler.gate
            return closed.upcoming() if closed is not None else None

    def in_words(self) -> list[str]:
        """Return what holds starts up and what comes next, [] while all flows."""
        with self._state.lock:
            mode, found = self.mode, self.upcoming()
            closed = self._state.scheduler.gate
            if found is None or closed is None:
                return []
            said = "The session is paused: what runs goes on, nothing starts."
            if mode == "slowed":
                said = f"Starts are spaced out: at most {self._rate:g} per second."
            following = f"nothing: {found.reason}"
            if found.task is not None:
                label = found.task.label
                following = f"{label} on {found.where}, because it is {found.reason}"
            losers = [f"  not next: {task.label} {why}" for task, why in found.losers]
            rest = closed.waiting() - len(losers) - (found.task is not None)
            more = [f"  and {rest} more in line"] if rest > 0 else []
            return [said, f"Next: {following}", *losers, *more]

    # Closing.

    def _close(self, rate: float) -> None:
        scheduler = self._state.scheduler
        self._rate, self._told = rate, None
        self._turn += 1
        gate.close(scheduler)
        self._take_back_queue()
        self._ask_calls_back()
        gate.put_in_order(scheduler)
        self._dispatcher.settle()

    def _take_back_queue(self) -> None:
        state, kept = self._state, []
        for message in reversed(state.pool.queue.take_back()):
            number = protocol.MESSAGE.unpack_from(message)[0]
            if number in state.parks:
                kept.append(message)
                continue
            for task_number in reversed(state.messages.pop(number, [])):
                task = state.task_in(number, task_number)
                if task is not None and task.state == states.POSTED:
                    task.message = 0
                    self._cancelling.take_back(task)
        state.pool.queue.repost(kept[::-1])

    def _ask_calls_back(self) -> None:
        """Ask for calls in inboxes; the last one first, so that none is overtaken."""
        pool = self._state.pool
        for number, calls in self._unsure_calls():
            worker = pool.workers.get(number)
            if worker is not None:
                frames = [protocol.frame(protocol.CANCEL, c.number) for c in calls]
                worker.channel.send(b"".join(reversed(frames)))
                pool.interrupt(number)

    def _unsure_calls(self) -> Iterator[tuple[int, list[Task]]]:
        """Yield workers and calls that were sent there and are not seen to run."""
        for mailbox in self._state.scheduler.actors.values():
            if mailbox.slots or not mailbox.in_flight:
                continue  # with slots each call starts as it comes
            runs = self._state.pool.board.read(mailbox.worker).task
            calls = [t for t in mailbox.in_flight.values() if t.state == states.POSTED]
            calls = [call for call in calls if call.number != runs]
            if calls:
                yield mailbox.worker, calls

    def _unsure_tasks(self) -> bool:
        """Tell whether a worker has a task in hand that it may yet begin."""
        state = self._state
        slots = [state.pool.board.read(number) for number in state.pool.workers]
        begun = {slot.message: slot.started for slot in slots}
        for message, numbers in state.messages.items():
            for number in numbers[begun.get(message, 0) :]:
                task = state.task_in(message, number)
                if task is not None and task.state == states.POSTED:
                    return True
        return False

    def _wait_until_quiet(self) -> None:
        """Return when all that was sent has begun or is back."""
        waiter, turn = Waiter(1, fail_fast=False), self._turn
        give_up_s, looks = clock() + _GIVE_UP_S, 0

        def look() -> None:
            nonlocal looks
            looks += 1
            unsure = self._unsure_tasks() or next(self._unsure_calls(), None)
            if turn != self._turn or not unsure or clock() > give_up_s:
                waiter.finish()
                return
            if not looks % _ASK_AGAIN:
                self._ask_calls_back()
            self._state.after(_LOOK_S, look)

        with self._state.lock:
            look()
        if not waiter.done:
            self._pump.kick()
            self._pump.run_until(waiter, give_up_s)
        with self._state.lock:
            if turn == self._turn:
                gate.put_in_order(self._state.scheduler)
                self._dispatcher.on_gated()

    # Speed.

    def _rest(self) -> None:
        """A start has gone through: the next one follows after a while."""
        turn = self._turn
        self._state.after(1 / self._rate, partial(self._let_paced, turn))

    def _let_paced(self, turn: int) -> None:
        closed = self._state.scheduler.gate
        if turn != self._turn or closed is None:
            return
        now = clock()
        due = int((now - self._last_let_s) * self._rate) if closed.is_paced else 1
        closed.is_paced, self._last_let_s = True, now
        closed.let(max(1, min(due, int(self._rate))))

    # What comes next.

    def _tell(self) -> None:
        """Log what comes next, if that is news."""
        found = self.upcoming()
        if found is None or self._rate > _SHOWN_PER_S:
            return
        number = found.task.number if found.task is not None else None
        losers = tuple((task.number, why) for task, why in found.losers)
        told = (number, found.worker, found.where, found.reason, losers)
        if told != self._told:
            self._told = told
            self._state.add(events.NextDecided(clock(), *told))

    # A wait that nobody would end.

    def _hold(self, waiter: Waiter, pending: Sequence[ObjectID]) -> None:
        """A thread of the driver begins to wait behind the gate."""
        self.ask_views()
        again = partial(self._look_at_wait, waiter, tuple(pending), clock())
        self._state.after(self.patience_s, again)

    def _hold_all(self) -> None:
        """Threads wait already when the gate closes."""
        held: dict[Waiter, list[ObjectID]] = {}
        for task in self._state.scheduler.tasks.values():
            for one in task.returns:
                for waiter in one.waiters or ():
                    if waiter.on_done is None:
                        held.setdefault(waiter, []).append(one)
        for waiter, pending in held.items():
            self._hold(waiter, pending)

    def _look_at_wait(
        self, waiter: Waiter, pending: Sequence[ObjectID], since_s: float
    ) -> None:
        closed = self._state.scheduler.gate
        is_over = not any(one.waiters and waiter in one.waiters for one in pending)
        if waiter.done or is_over or closed is None:
            return
        is_stuck = closed.is_shut and self._needs_start(waiter, pending)
        if is_stuck and not self.is_watched(since_s):
            self._go_on()
            return
        again = partial(self._look_at_wait, waiter, pending, since_s)
        self._state.after(self.patience_s, again)

    def _needs_start(self, waiter: Waiter, pending: Sequence[ObjectID]) -> bool:
        """Tell whether the wait cannot end without another start."""
        coming = [one for one in pending if one.status == PENDING]
        return sum(not self._is_held(one) for one in coming) < waiter.need

    def _is_held(self, one: ObjectID) -> bool:
        tasks = self._state.scheduler.tasks
        task = tasks.get(one.task)
        if task is None or task.state in _AT_WORK:
            return False
        if task.state in (states.BLOCKED, states.RESUMING):
            return not any(other.state in _AT_WORK for other in tasks.values())
        return True

    def _go_on(self) -> None:
        self._state.outputs.warn(
            "the session is paused, and no view answers that could resume it: it "
            "goes on by itself. rayteach.resume() does so at once"
        )
        self.resume("no view answered")
