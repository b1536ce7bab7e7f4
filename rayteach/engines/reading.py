"""The pump's side of the engine: what to do when a descriptor has something."""

from __future__ import annotations

import contextlib
import select
from typing import TYPE_CHECKING, Any

from rayteach.core import events, states
from rayteach.engines.failures import Failure
from rayteach.errors import ActorDiedError
from rayteach.runtime import protocol

if TYPE_CHECKING:
    from rayteach.engines.deaths import Deaths
    from rayteach.engines.dispatch import Dispatcher
    from rayteach.engines.inbound import Inbound
    from rayteach.engines.state import EngineState
    from rayteach.engines.submission import Submission
    from rayteach.engines.superseding import Superseding


class Reading:
    """Reads workers and the fork server; applies timers and notes."""

    #: hears of results that nobody holds any more
    superseding: Superseding

    def __init__(
        self,
        state: EngineState,
        dispatcher: Dispatcher,
        inbound: Inbound,
        deaths: Deaths,
        submission: Submission,
    ) -> None:
        """Wire the parts together."""
        self._state = state
        self._pool = state.pool
        self._lock = state.lock
        self._dispatcher = dispatcher
        self._inbound = inbound
        self._deaths = deaths
        self._submission = submission
        inbound.handle[protocol.VOIDED] = deaths.voided

    def settle(self) -> None:
        """Carry out what has been decided."""
        with self._lock:
            if not self._state.closed:
                self.drain_notes()
                self._dispatcher.settle()

    def on_poll(self, found: list[tuple[int, int]]) -> None:
        """Handle the poll's result; [] after a time-out."""
        with self._lock:
            if self._state.closed:
                return
            for fd, event in found:
                worker = self._pool.by_fd.get(fd)
                if worker == 0:
                    self._read_server()
                elif worker is not None:
                    self._read_worker(worker, event)
            if self._state.timers:
                self._state.run_timers()
            if self._state.notes:
                self.drain_notes()
            if self._state.scheduler.has_news:
                self._dispatcher.settle()
            self._pool.queue.flush()

    def _read_worker(self, number: int, event: int) -> None:
        worker = self._pool.workers.get(number)
        if worker is None:
            if number < 0 and self._state.cluster is not None:
                self._state.cluster.read(number)
            return
        if event & select.POLLOUT:
            worker.channel.flush()
        if not event & ~select.POLLOUT:
            return
        received = worker.channel.receive()
        if received is not None:
            self._inbound.read(number, *received)
        else:  # end of its stream: it is dying, or closed what it must not
            self._pool.kill(number)
            with contextlib.suppress(OSError, KeyError, ValueError):
                self._pool.poller.unregister(worker.channel.fileno())
            worker.ended = True

    def _read_server(self) -> None:
        message = self._pool.server_message()
        if message is None:
            self._deaths.everything(self._inbound.read)
            return
        what, worker, code = message
        if what == "refused":
            if worker:  # else it was to be a spare
                self._deaths.refused(worker, code)
            return
        if what == "forked":
            self._state.starts.came()
        handle = self._pool.workers.get(worker)
        if what != "exited" or handle is None:
            return
        for received in self._pool.last_words(worker):
            self._inbound.read(worker, *received)
        self._deaths.bury(worker, code)

    def drain_notes(self) -> None:
        """End the actors whose last handle went away."""
        notes: Any = self._state.notes
        if not notes:
            return
        while notes:
            number = notes.popleft()
            known = self._state.actors.get(number)
            if known is None:
                self.superseding.note(number)
                continue
            if known.failure is not None:
                continue
            self.superseding.released(number)
            known.released = True
            text = f"{known.label} is gone: its last handle was dropped"
            self._submission.end_actor(
                number, Failure.of_system(ActorDiedError, text), "no handle left"
            )
        self.superseding.settle()

    def sample(self) -> None:
        """Log the start of tasks that are seen running now."""
        with self._lock:
            if self._state.closed:
                return
            for number in tuple(self._pool.workers):
                slot = self._pool.board.read(number)
                task = self._state.scheduler.tasks.get(slot.task)
                if task is None or not slot.task:
                    continue
                if task.state == states.POSTED:
                    self._state.scheduler.start(task, number)
                    self._state.add(
                        events.TaskStarted(
                            slot.start_s, task.number, task.attempt, number
                        )
                    )
