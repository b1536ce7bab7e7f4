"""How tasks, actors and workers end: the part of the book that is about lives."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from rayteach.core import events
from rayteach.core.task import CALL, CREATION
from rayteach.engines.ray.census import Nodes
from rayteach.engines.ray.recorder import boot_id
from rayteach.engines.ray.work import ActorFacts, Work, WorkerFacts

if TYPE_CHECKING:
    from rayteach.trace.log import EventLog

_DRIVERS = 1 << 40
"""Numbers from here on were given by workers."""


class Lives:
    """Tables of what is not over, and how it ends."""

    def __init__(self, log: EventLog) -> None:
        """Write to ``log``."""
        self.log = log
        self.works: dict[int, Work] = {}
        #: tasks that ended without a value, and the class of their error
        self.failed: dict[int, str] = {}
        self.actors: dict[int, ActorFacts] = {}
        self.workers: dict[int, WorkerFacts] = {}
        self.nodes = Nodes(log)
        #: actors that will be seen to end
        self.dying: set[int] = set()
        #: values in Ray's store
        self.shared: set[tuple[int, int]] = set()
        self._functions: set[int] = set()
        self._worker_nodes: dict[int, str] = {}
        self._ended_nested: set[int] = set()

    def seen(self, number: int) -> Any:
        """Return a set that holds ``number`` if its task is known to have ended."""
        if number < _DRIVERS:
            return (number,)  # the driver tells of its own at once
        return self._ended_nested

    def label_of(self, actor: int) -> str:
        """Return an actor's label."""
        facts = self.actors.get(actor)
        return facts.label if facts is not None else f"actor {actor}"

    def is_leaving(self, key: tuple[str, str]) -> bool:
        """Tell whether the latest actor of that name has ended, or is about to."""
        latest = None
        for facts in self.actors.values():
            if facts.key == key:
                latest = facts
        return latest is not None and (latest.is_left or latest.is_dead)

    def node_of(self, worker: int) -> str:
        """Return the name of a worker's node."""
        return self.nodes.name(self._worker_nodes.get(worker, ""))

    # Tasks.

    def over(self, time_s: float, work: Work) -> None:
        """Its results exist."""
        self._close(work)
        for one in work.dependents:
            one.missing -= 1
            if not one.missing and one.entry.number in self.works:
                self.log.append(events.TaskReady(time_s, one.entry.number))
        work.dependents = []

    def gone(self, time_s: float, work: Work, error: str) -> None:
        """It ended without results: what needs them cannot run."""
        self._close(work)
        self.failed[work.entry.number] = error
        dependents, work.dependents = work.dependents, []
        for one in dependents:
            if one.entry.number in self.works:
                self.unrunnable(time_s, one, work.entry.number, error)

    def _close(self, work: Work) -> None:
        number = work.entry.number
        self.works.pop(number, None)
        work.refs = []
        if number >= _DRIVERS:
            self._ended_nested.add(number)

    def unrunnable(
        self, time_s: float, work: Work, cause: int | None, error: str
    ) -> None:
        """An input of it will never exist, or its actor is dead."""
        number = work.entry.number
        self.log.append(events.TaskUnrunnable(time_s, number, cause, error))
        self.gone(time_s, work, error)
        if work.entry.kind == CREATION:
            text = f"{work.entry.label} never came to life: an input failed ({error})"
            self.actor_died(time_s, number, "its creation cannot run", text)

    def call_off(self, time_s: float, work: Work) -> None:
        """It was cancelled."""
        reason = work.reason or "cancel"
        self.log.append(events.TaskCancelled(time_s, work.entry.number, reason))
        self.gone(time_s, work, "TaskCancelledError")

    def lost(
        self, time_s: float, work: Work, reason: str, end_s: float | None = None
    ) -> None:
        """An attempt came to nothing, another follows."""
        end_s = time_s if end_s is None else end_s
        self.log.append(
            events.AttemptLost(
                time_s, work.entry.number, work.attempt, work.worker, work.start_s,
                end_s, reason,
            )
        )  # fmt: skip
        work.attempt += 1
        work.worker, work.start_s = 0, 0.0

    def running(self, time_s: float, work: Work) -> None:
        """A constructor runs: its process is the actor's."""
        del time_s
        if work.entry.kind == CREATION:
            facts = self.actors.get(work.entry.number)
            if facts is not None:
                facts.worker = work.worker

    def close_by_error(self, time_s: float, work: Work) -> None:
        """Nobody will tell how it ended, but ``get`` of it raises ``work.error``."""
        error = type(work.error).__name__ if work.error is not None else ""
        entry = work.entry
        if work.error is None:
            start_s = work.start_s or time_s
            self.log.finished(
                time_s, entry.number, work.attempt, work.worker, start_s, time_s, 0
            )
            self.over(time_s, work)
        elif error == "TaskCancelledError":
            self.call_off(time_s, work)
        elif entry.kind == CALL and not work.worker:
            self.unrunnable(time_s, work, None, error)
        else:
            message = str(work.error).partition("\n")[0]
            self.log.append(
                events.TaskFailed(
                    time_s, entry.number, work.attempt, work.worker,
                    work.start_s or time_s, time_s, error, message,
                )
            )  # fmt: skip
            self.gone(time_s, work, error)

    # Workers and actors.

    def hello(
        self, time_s: float, number: int, born_s: float, actor: int, facts: Any
    ) -> None:
        """A worker process has got its first task."""
        pid, node, boot, offset_s = facts
        is_here = boot == boot_id()
        worker = WorkerFacts(number, pid, actor, is_here=is_here, offset_s=offset_s)
        self.workers[number] = worker
        self._worker_nodes[number] = node
        kind = "actor" if actor else "pool"
        name = self.nodes.name(node)
        self.log.append(
            events.WorkerRequested(born_s, number, name, kind, actor or None)
        )
        self.log.append(events.WorkerStarted(time_s, number, pid))
        known = self.actors.get(actor)
        if known is not None:
            if known.worker and known.worker in self.workers:
                self.worker_ended(time_s, known.worker)
            known.worker = number

    def leaves(self, _time_s: float, number: int, code: int) -> None:
        """A task ends its process with ``sys.exit``."""
        worker = self.workers.get(number)
        if worker is not None:
            worker.reason = f"exited with status {code}"

    def worker_ended(self, time_s: float, number: int) -> None:
        """A worker's process is gone."""
        worker = self.workers.pop(number, None)
        if worker is None:
            return
        works = [work for work in self.works.values() if work.worker == number]
        reason = worker.reason or ("died" if works or worker.actor else "parked away")
        facts = self.actors.get(worker.actor)
        if facts is not None and (facts.is_left or facts.is_dead):
            reason = "actor ended"
        self.log.append(events.WorkerExited(time_s, number, reason))
        if facts is not None:
            self._actor_lost(time_s, facts, f"its process {reason}")
            return
        for work in works:
            retries = work.entry.retries
            if work.cancelled is None and (retries < 0 or work.attempt < retries):
                self.lost(time_s, work, f"its worker {reason}")
            else:
                work.is_known = True

    def _actor_lost(self, time_s: float, facts: ActorFacts, reason: str) -> None:
        if facts.is_dead:
            return
        if not facts.is_left and facts.restarts_left:
            facts.restarts_left -= facts.restarts_left > 0
            facts.worker = 0
            self.log.append(
                events.ActorRestarting(
                    time_s, facts.number, reason, facts.restarts_left
                )
            )
            return
        text = facts.text or f"{facts.label} died: {reason}"
        self.actor_died(time_s, facts.number, facts.reason or reason, text)

    def actor_died(self, time_s: float, number: int, reason: str, text: str) -> None:
        """It is dead for good; what is still in its line cannot run."""
        facts = self.actors.get(number)
        if facts is None or facts.is_dead:
            return
        facts.is_dead, facts.text, facts.handle = True, text, None
        self.dying.discard(number)
        self.log.append(events.ActorExited(time_s, number, reason))
        for work in list(self.works.values()):
            if work.entry.actor == number:
                work.is_known = True

    def look_at_workers(self, time_s: float) -> None:
        """Find out which processes of this machine are gone."""
        for number, worker in list(self.workers.items()):
            if not worker.is_here:
                continue
            try:
                os.kill(worker.pid, 0)
            except ProcessLookupError:
                self.worker_ended(time_s, number)
            except PermissionError:
                continue
