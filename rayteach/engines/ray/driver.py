"""The engine in the driver: our API on the one side, real Ray on the other."""

from __future__ import annotations

import os
import threading
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import ray

from rayteach.engines import state as numbering
from rayteach.engines.base import Context
from rayteach.engines.outputs import Outputs
from rayteach.engines.ray import failing, recorder
from rayteach.engines.ray.absent import NoDirecting, NoFaults, NoGating, NoWatch
from rayteach.engines.ray.book import Book
from rayteach.engines.ray.cell_work import RayCellWork
from rayteach.engines.ray.client import Here, RayClient
from rayteach.engines.ray.collecting import Collector
from rayteach.engines.ray.nodes import described
from rayteach.engines.ray.spec import clock
from rayteach.engines.ray.submission import Submissions
from rayteach.engines.state import KEYS_LOGGED, OWN_BITS
from rayteach.errors import (
    ActorDiedError,
    ActorHandleNotFoundError,
    ActorUnavailableError,
    RayteachError,
    TaskError,
)
from rayteach.runtime.interrupts import driver_shield

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rayteach.engines.ray.log import RayLog
    from rayteach.engines.ray.opening import RayProcesses
    from rayteach.engines.ray.spec import Submission
    from rayteach.object_id import ObjectID

_DRIVERS = 1 << 40


class RayEngine(RayClient):
    """See the module; the methods are those of ``engines.base.Engine``."""

    def __init__(self, log: RayLog, processes: RayProcesses, namespace: str) -> None:
        """Work through Ray as ``processes`` has started or joined it."""
        self.log = log
        self._processes = processes
        self._lock = threading.RLock()
        self.outputs = Outputs(str(processes.directory), self._lock)
        book = Book(log, self.outputs)
        #: IDs with a smaller number are of an earlier session
        self.first = next(numbering._NUMBERS)  # noqa: SLF001 (one count per process)
        numbers = numbering._NUMBERS  # noqa: SLF001 (as above)
        super().__init__(os.urandom(16).hex(), namespace, numbers, book)
        self.book: Book = book
        self.notes: deque[int] = deque()
        self.closed = False
        self.submission = Submissions()
        self.gating = NoGating()
        self.directing = NoDirecting()
        self.faults = NoFaults()
        self.surroundings = NoWatch()
        self.book.nodes.look(ray.nodes())
        self.num_cpus = sum(
            one["Resources"].get("CPU", 0.0) for one in self.nodes() if one["Alive"]
        )
        self._node: str = ray.get_runtime_context().get_node_id()
        self._recorder = recorder.open_recorder(
            self.session_hex, str(processes.directory), namespace
        )
        offset_s = recorder.offset_to(self._recorder)
        self._collector = Collector(
            book, self._lock, self._recorder, -offset_s, self._drain_notes
        )
        self.cells = RayCellWork(self, self._lock)
        log.catch_up = self._collector.settle

    # What the client asks.

    def here(self) -> Here:
        """Say where a submission is made: in the cell that runs."""
        found = self.submission
        label = found.run_labels.get(found.run, "")
        return Here(None, found.run, label, "", found.counts)

    @property
    def node(self) -> str:
        """Ray's ID of the driver's node."""
        return self._node

    @property
    def recorder(self) -> Any:
        """The session's recorder."""
        return self._recorder

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Hold interrupts of the main thread, and the lock."""
        with driver_shield(), self._lock:
            yield

    def check(self, ids: Sequence[ObjectID]) -> None:
        """Raise if an ID is of an earlier session, or none is open."""
        if self.closed:
            msg = "the session is closed; run rayteach.init() to start another"
            raise RayteachError(msg)
        for one in ids:
            if one.task & OWN_BITS < self.first and one.task < _DRIVERS:
                msg = f"{one!r} belongs to a session that has been shut down"
                raise ActorHandleNotFoundError(msg)

    def _enter(self, *args: Any, **kwargs: Any) -> list[ObjectID]:
        self.check(())
        with self.guard():
            ids = super()._enter(*args, **kwargs)
        self.submission.announce()
        return ids

    def create_actor(self, *args: Any, **kwargs: Any) -> Any:
        """Create an actor."""
        self.check(())
        options = args[3]
        with self.guard():
            if options.name:
                self._drain_notes()
                self.cells.free_name(options)
        with driver_shield():
            ref, meta = super().create_actor(*args, **kwargs)
            if options.name and ref.task in self.book.actors:
                key = (options.namespace or self.namespace, options.name)
                self.book.actors[ref.task].key = key
        self.submission.announce()
        return ref, meta

    def submitted(self, time_s: float, entry: Submission, ids: Sequence[Any]) -> None:
        """Write a submission down."""
        with self._lock:
            self.book.submitted(time_s, entry, ids)

    def _begin(
        self,
        kind: str,
        ids: Sequence[Any],
        num_returns: int,
        timeout_s: float | None,
        unit: str,
        line: int,
    ) -> Any:
        keys = [(one.task, one.index) for one in ids[:KEYS_LOGGED]]
        with self.guard():
            return self.book.wait_began(
                clock(), None, kind, None, self.submission.run, line, keys,
                num_returns, timeout_s, unit,
            )  # fmt: skip

    def _end(
        self, wait: Any, ids: Sequence[Any], ready: Sequence[int], reason: str
    ) -> None:
        with self.guard():
            keys = [(ids[at].task, ids[at].index) for at in ready]
            if reason == "enough ready" and len(ids) > KEYS_LOGGED:
                keys = [(one.task, one.index) for one in ids]
            self.book.wait_ended(clock(), wait, ready, reason, keys=keys)

    def made(self, one: ObjectID, error: BaseException) -> BaseException:
        """Return what ``get`` of an ID raises; the book learns of it."""
        found = failing.made(error, one.label)
        with self.guard():
            work = self.book.works.get(one.task)
            if work is not None:
                work.is_known = True
                if not isinstance(found, TaskError):
                    work.error = found
            number = work.entry.actor if work is not None else None
        if isinstance(found, (ActorDiedError, ActorUnavailableError)):
            return self._of_actor(one, number, found)
        return found

    def _of_actor(
        self, one: ObjectID, number: int | None, found: BaseException
    ) -> BaseException:
        """Say of what the actor died, as far as it is known here."""
        del one
        if isinstance(found, ActorDiedError) and number is not None:
            facts = self.book.actors.get(number)
            self._collector.wait_for(lambda: facts is None or facts.is_dead)
            if facts is not None and facts.text:
                return ActorDiedError(f"{facts.text}\n{found}")
        return found

    # Actors and questions.

    def cancel(self, object_id: ObjectID, *, force: bool, recursive: bool) -> None:
        """Cancel the task or call that makes the value; a finished one is left."""
        with driver_shield():
            super().cancel(object_id, force=force, recursive=recursive)

    def cancel_task(self, number: int) -> bool:
        """Cancel a task by its number; False if it is over."""
        with self._lock:
            work = self.book.works.get(number)
            refs = list(work.refs) if work is not None else []
            if refs:
                self.book.was_cancelled(clock(), number)
        for ref in refs[:1]:
            self.let_submissions_pass()
            ray.cancel(ref)
        return bool(refs)

    def drain_notes(self) -> None:
        """Let go of the actors whose last handle is gone: a name may come free."""
        with self.guard():
            self._drain_notes()

    def _drain_notes(self) -> None:
        while self.notes:
            number = self.notes.popleft()
            facts = self.book.actors.get(number)
            if facts is None or facts.is_dead or facts.handle is None:
                continue
            facts.handle = None  # Ray ends it when it has done what was asked
            may_live = facts.is_detached or number in self.exported
            if not facts.is_left and not may_live:
                facts.is_left, facts.reason = True, "no handle left"
                facts.text = f"{facts.label} has no handle left"
                self.book.dying.add(number)

    def get_actor(self, name: str, namespace: str = "") -> Any:
        """Return the living actor of that name."""
        self.check(())
        self.drain_notes()
        return super().get_actor(name, namespace)

    def named_actors(self, namespace: str | None = "") -> list[tuple[str, str]]:
        """Return (namespace, name) of living actors; of all namespaces for None."""
        self.check(())
        self.drain_notes()
        return super().named_actors(namespace)

    def context(self) -> Context:
        """Say what runs here: the driver."""
        name = self.book.nodes.name(self._node)
        return Context(self.session_hex, node=name, namespace=self.namespace)

    def nodes(self) -> list[dict[str, Any]]:
        """Describe the nodes."""
        return described(ray.nodes())

    # Watching and closing.

    def sample(self) -> None:
        """Let go of what nobody holds; reports come by themselves."""
        with self._lock:
            self._drain_notes()

    def log_of(self, object_id: ObjectID) -> str:
        """Return everything that a task has printed so far."""
        self.check((object_id,))
        self._collector.settle()
        return self.outputs.log(object_id.task)

    def settle(self) -> None:
        """Wait until what is known to have ended has been told of."""
        self._collector.settle()

    def status(self) -> dict[str, Any]:
        """Count CPUs in use and tasks by state."""
        with self._lock:
            works = list(self.book.works.values())
            running = sum(bool(work.worker) for work in works)
            actors = sum(not one.is_dead for one in self.book.actors.values())
            workers = len(self.book.workers)
        free = self.available().get("CPU", 0.0)
        return {
            "cpus_in_use": max(0.0, self.num_cpus - free),
            "num_cpus": self.num_cpus,
            "tasks_running": running,
            "tasks_waiting": len(works) - running,
            "workers": workers,
            "actors": actors,
        }

    def close(self) -> None:
        """End what was started; a cluster that was joined goes on."""
        with driver_shield():
            if self.closed:
                return
            self._collector.settle(0.5)
            self.closed = True
            self._collector.close()
            with suppress(Exception):  # Ray may be gone already
                ray.kill(self._recorder)
            self._processes.close()
            self.outputs.close()
            driver_shield().remove()

    def disown(self) -> None:
        """A forked child has no part in Ray."""
        self.closed = True
