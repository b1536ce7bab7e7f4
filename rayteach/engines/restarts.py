"""An actor's process died: make it anew, and say what becomes of its calls.

    constructor had not begun    again, at no cost
    max_restarts left            again; the state is lost, the handle stays
    else                         dead for good

While it restarts, a call without a retry (``max_task_retries``) that could go now
raises ``ActorUnavailableError``; one with a retry waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core import events, states
from rayteach.engines.failures import Failure
from rayteach.engines.state import clock
from rayteach.errors import ActorUnavailableError

if TYPE_CHECKING:
    from rayteach.core.mailbox import Mailbox
    from rayteach.core.task import Task
    from rayteach.engines.base import TaskOptions
    from rayteach.engines.cancelling import Cancelling
    from rayteach.engines.state import Actor, EngineState
    from rayteach.runtime.board import Slot

_NOTHING = b"\x80\x05N."
"""``None``, pickled: the value of a creation's own ID."""
_ADVICE = "calls with the option max_task_retries wait for it"


class Restarts:
    """Makes actors anew. Works under the engine's lock."""

    def __init__(self, state: EngineState, cancelling: Cancelling) -> None:
        """Keep no state of its own."""
        self._state = state
        self._cancelling = cancelling

    def try_again(
        self, actor: int, known: Actor, worker: int, slot: Slot, reason: str
    ) -> bool:
        """Make the actor's process anew; False if it is dead for good."""
        state = self._state
        mailbox = state.scheduler.actors[actor]
        creation, ref = mailbox.creation, known.ref()
        was_made = creation.state == states.DONE
        counts = creation.state != states.POSTED or slot.task == creation.number
        if ref is None or (counts and not mailbox.restarts):
            return False
        again = creation
        if was_made:
            again = known.recipe.again()
            again.returns = (ref,)
        elif counts:
            self._log_attempt(creation, worker, slot, reason)
            state.starts.hold_back(actor)
        begun = self._let_go(mailbox, worker, slot, reason)
        refused = state.scheduler.restart_actor(actor, again, begun, counts=counts)
        known.is_restarting = mailbox.state == "restarting"
        known.is_plain = known.is_plain and not known.is_restarting
        if counts:
            state.add(events.ActorRestarting(clock(), actor, reason, mailbox.restarts))
        for call in refused:
            refuse(state, known, call, worker, begun=call.number in begun)
        return True

    def _let_go(
        self, mailbox: Mailbox, worker: int, slot: Slot, reason: str
    ) -> set[int]:
        """Take calls off the dead process; return those that may have begun."""
        state, begun = self._state, set()
        for call in list(mailbox.in_flight.values()):
            state.replies.pop(call.number, None)
            leave_wait = state.open_waits.pop(call.number, None)
            if leave_wait is not None:
                leave_wait()
            has_begun = call.state != states.POSTED or slot.task == call.number
            if has_begun or mailbox.slots:  # several at once: nobody knows which
                begun.add(call.number)
            if call.cancellation is not None:
                self._cancelling.end(call)
            elif call.number in begun and call.retries:
                self._log_attempt(call, worker, slot, reason)
        return begun

    def _log_attempt(self, task: Task, worker: int, slot: Slot, reason: str) -> None:
        now = clock()
        start = slot.start_s if slot.task == task.number else now
        self._state.add(
            events.AttemptLost(
                now, task.number, task.attempt, worker, start, now,
                f"worker {worker} {reason}",
            )
        )  # fmt: skip


def came_alive(state: EngineState, creation: Task, worker: int) -> None:
    """The constructor has returned: the actor takes calls (again)."""
    state.add(events.ActorStarted(clock(), creation.number, worker))
    state.store(creation.returns[0], _NOTHING)
    state.starts.forgive(creation.number)
    known = state.actors.get(creation.number)
    if known is not None:
        known.is_restarting = False
        known.is_plain = not known.task_retries


def retries_of(known: Actor, options: TaskOptions) -> int:
    """Return how often a call may be run again after its actor's death."""
    own = options.max_task_retries
    return known.task_retries if own is None else own


def check_actor(state: EngineState, call: Task) -> None:
    """A new call whose actor is dead ends; one whose actor restarts may wait."""
    known = state.actors.get(call.actor or 0)
    if known is None:
        return
    if known.failure is not None:
        state.scheduler.abandon(call)
    elif known.is_restarting and not call.retries and not call.missing:
        refuse(state, known, call, begun=False)


def refuse(
    state: EngineState, known: Actor, call: Task, worker: int = 0, *, begun: bool
) -> None:
    """End a call that cannot wait for the actor's restart."""
    what = "may have run in part" if begun else "has not run"
    text = f"{known.label} is restarting: {call.label} {what}; {_ADVICE}"
    now = clock()
    state.add(
        events.TaskFailed(
            now, call.number, call.attempt, worker if begun else 0, now, now,
            ActorUnavailableError.__name__, text,
        )
    )  # fmt: skip
    failure = Failure.of_system(ActorUnavailableError, text)
    state.scheduler.finish(call, states.FAILED)
    for one in call.returns:
        state.fail(one, failure)
    call.pins = call.payload = None
