"""Start worker processes, with pauses where starting keeps failing.

The system may refuse a process (too many, no memory), a constructor may end its
own process each time, the fork server may be killed again and again. None of it
may turn into a busy loop, nor into a ``get`` that waits without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core import events
from rayteach.engines.state import clock
from rayteach.runtime.worker_pool import HOME

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core import decisions
    from rayteach.engines.state import EngineState

PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0
"""The pause after the second failure in a row, doubled each time, and its bound."""
PATIENCE = 8
"""So many refusals in a row (6 s), and what waits for the process fails."""


class Starts:
    """Asks the pool for processes. Works under the engine's lock."""

    def __init__(self, state: EngineState) -> None:
        """Nothing has failed yet."""
        self._state = state
        #: tells people, in the main thread
        self.warn: Callable[[str], None] = lambda _: None
        #: told of each process asked for that tasks share
        self.on_pool_worker: Callable[[], None] = lambda: None
        #: told of a process that there will not be: worker, actor, why
        self.failed: Callable[[int, int | None, str], None] = lambda *_: None
        #: told of a process that is there already: worker, process id
        self.is_up: Callable[[int, int], None] = lambda *_: None
        #: told of a process whose node was lost before it was asked for
        self.homeless: Callable[[int, int | None], None] = lambda *_: None
        #: fails what waits for a process: for that actor's, or for any
        self.give_up: Callable[[int | None, str], None] = lambda *_: None
        self._refusals = 0
        #: no process is asked for before this time
        self._paused_until_s = 0.0
        #: fork servers in a row that died before they had forked anything
        self._server_deaths = 0
        #: actors whose process died in the constructor: how often in a row
        self._stillborn: dict[int, int] = {}

    def start(self, decision: decisions.StartWorker) -> None:
        """Ask for a process, now or when the pause is over."""
        state, actor = self._state, decision.actor
        kind = "pool" if actor is None else "actor"
        state.add(
            events.WorkerRequested(clock(), decision.worker, decision.node, kind, actor)
        )
        if actor is None:
            self.on_pool_worker()
        due = self._paused_until_s
        if actor in self._stillborn:
            due = max(due, clock() + _pause(self._stillborn[actor]))
        if due <= clock():
            self._ask(decision)
        else:
            state.at(due, lambda: self._ask(decision))

    def _ask(self, decision: decisions.StartWorker) -> None:
        state, worker, actor = self._state, decision.worker, decision.actor
        if self._paused_until_s > clock():
            state.at(self._paused_until_s, lambda: self._ask(decision))
            return
        known = state.actors.get(actor or 0)
        if known is not None and known.failure is not None:  # killed meanwhile
            state.add(events.WorkerExited(clock(), worker, "was never started"))
            state.scheduler.worker_died(worker)
            return
        if decision.node not in (HOME, *state.pool.far):  # lost meanwhile
            self.homeless(worker, actor)
            return
        try:
            pid = state.pool.start_worker(
                worker, actor=actor, parked=decision.parked, node=decision.node
            )
        except OSError as error:
            self.failed(worker, actor, str(error))
        else:
            if pid and actor is not None:  # its work may follow its role at once
                self.is_up(worker, pid)

    def came(self) -> None:
        """A process was forked: starting works."""
        self._refusals = self._server_deaths = 0

    def refused(self, why: str) -> bool:
        """The system gave no process. Return True if waiting longer is no use."""
        self._refusals += 1
        self._paused_until_s = clock() + _pause(self._refusals)
        if self._refusals == 1:
            self.warn(f"a worker process could not be started ({why}); trying again")
        return self._refusals >= PATIENCE

    def hold_back(self, actor: int) -> None:
        """The actor's process died in its constructor: pause before the next."""
        self._stillborn[actor] = self._stillborn.get(actor, 0) + 1

    def forgive(self, actor: int) -> None:
        """The actor came to life, or never will."""
        self._stillborn.pop(actor, None)

    def restart_server(self) -> None:
        """The fork server died: start another, after a pause if that is usual."""
        self._server_deaths += 1
        self._state.pool.drop_server()
        if self._server_deaths <= 1:
            self._start_server()
            return
        self._server_later(self._server_deaths)
        if self._server_deaths >= PATIENCE:
            self.give_up(None, "the process that forks workers dies at once")

    def _server_later(self, failures: int) -> None:
        self._paused_until_s = clock() + _pause(failures)
        self._state.at(self._paused_until_s, self._start_server)

    def _start_server(self) -> None:
        try:
            self._state.pool.start_server()
        except OSError as error:
            is_hopeless = self.refused(str(error))
            self._server_later(self._refusals)
            if is_hopeless:
                self.give_up(None, str(error))


def _pause(failures: int) -> float:
    doubled: float = PAUSE_S * 2 ** min(failures - 1, 16)
    return min(doubled, LONGEST_PAUSE_S)
