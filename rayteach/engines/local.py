"""The local engine: tasks and actors in real processes on this machine.

    api ──► LocalEngine ──► Submission ──► core.Scheduler ──► Dispatcher ──► workers
              ▲ get, wait                        ▲                             │
              └── Pump ◄── Inbound / Deaths ─────┴──────── results, deaths ◄───┘

All state sits behind one lock. Pickling of arguments and results happens
outside of it, in the thread that asks.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from rayteach.core import events
from rayteach.engines import naming
from rayteach.engines.arguments import split_arguments
from rayteach.engines.awaiting import Awaiting
from rayteach.engines.base import Context
from rayteach.engines.cancelling import Cancelling
from rayteach.engines.cell_work import CellWork
from rayteach.engines.census import Census
from rayteach.engines.deaths import Deaths
from rayteach.engines.directing import Directing
from rayteach.engines.dispatch import Dispatcher
from rayteach.engines.failures import Failure
from rayteach.engines.functions import FunctionStore
from rayteach.engines.gating import Gating
from rayteach.engines.inbound import Inbound
from rayteach.engines.memory import MemoryWatch
from rayteach.engines.node_control import NodeControl
from rayteach.engines.plain import PlainPath
from rayteach.engines.pump import Pump
from rayteach.engines.putting import Putting
from rayteach.engines.questions import Questions
from rayteach.engines.reading import Reading
from rayteach.engines.state import EngineState, Notes, clock
from rayteach.engines.storage import open_storage
from rayteach.engines.streams import DriverItems
from rayteach.engines.submission import Submission
from rayteach.engines.surroundings import SurroundingsWatch
from rayteach.engines.waiting import Waiting
from rayteach.errors import ActorDiedError, RayteachError
from rayteach.object_id import ActorID, ObjectID
from rayteach.runtime import session_dir
from rayteach.runtime.memory_gauge import MemoryGauge
from rayteach.runtime.worker_pool import HOME, WorkerPool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from rayteach.engines.base import ActorOptions, Function, TaskOptions
    from rayteach.engines.faults import Faults
    from rayteach.runtime.launch import ForkServerProcess
    from rayteach.trace.log import EventLog

_NESTED = "rayteach.engines.nested"
SHORT_S = 0.0002
"""Tasks known to be shorter than this are handed over a few at a time…"""
_SETTLE_EVERY = 32
"""…this many, or when somebody waits, or within PATIENCE_S: each hand-over wakes
a worker, which costs more than such a task."""
_PUMP_EVERY = 64


class LocalEngine:
    """See the module; the methods are those of ``engines.base.Engine``."""

    def __init__(
        self,
        log: EventLog,
        num_cpus: float,
        resources: dict[str, float],
        namespace: str,
        server: ForkServerProcess,
        object_store_memory: int | None = None,
    ) -> None:
        """Work through ``server``; workers come with the first tasks."""
        gauge = MemoryGauge()  # its limits are checked before anything else is made
        session_dir.sweep()
        self.session_hex = os.urandom(16).hex()
        self.num_cpus = num_cpus
        self.log = log
        self._pool = WorkerPool(server, _NESTED, self.session_hex)
        self._state = state = EngineState(self._pool, log)
        self._lock = state.lock
        state.namespace = self._pool.namespace = namespace
        #: what tasks print
        self.outputs = state.outputs
        self._dispatcher = Dispatcher(state)
        self.storage = open_storage(state, object_store_memory)
        self._functions = FunctionStore(
            str(self._pool.directory), state.function_defined, state.export
        )
        self.submission = Submission(state, self._dispatcher, self._functions)
        self._plain = PlainPath(state, self.submission)
        self._cancelling = Cancelling(state)
        questions = Questions(self, state, self.submission, self._cancelling)
        inbound = Inbound(state, self.submission, self._cancelling, questions.answer)
        inbound.handle.update(Awaiting(state).handlers)
        deaths = Deaths(state, self.submission, self._cancelling)
        self._reading = Reading(
            state, self._dispatcher, inbound, deaths, self.submission
        )
        self._submits = 0
        self._add_node(num_cpus, resources)
        self._pump = Pump(
            self._pool.poller,
            self._reading.on_poll,
            state.next_deadline,
            self._reading.settle,
        )
        self._shield = self._pump.shield
        self._putting = Putting(state, self.submission, self._pump, HOME)
        self.waiting = Waiting(state, self.submission, self._pump)
        self.gating = Gating(
            state, self._dispatcher, self._cancelling, self._pump, self.waiting
        )
        self.directing = Directing(self, state, self._pump, inbound, self._dispatcher)
        self.items = DriverItems(state, self.waiting, self._pump)
        state.notes = Notes(self._pump.nudge)
        self.surroundings = SurroundingsWatch(state, self._functions, self._shield)
        self._census = Census(state)
        self.cluster = NodeControl(state, self.submission, deaths, inbound, self._pump)
        self._memory = MemoryWatch(state, gauge)
        self.cells = CellWork(
            state, self._reading, self._cancelling, self._pump, self._end_actor
        )

    def _add_node(self, num_cpus: float, resources: dict[str, float]) -> None:
        state, known = self._state, tuple(resources.items())
        state.add(events.NodeAdded(clock(), HOME, num_cpus, known))
        state.scheduler.add_node(HOME, num_cpus, resources)

    # Submitting.

    def register(self, target: Callable[..., Any], name: str) -> Function:
        """Make a function or class shippable."""
        return self._functions.register(target, name)

    def submit(
        self,
        function: Function,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: TaskOptions,
        line: int,
    ) -> list[ObjectID]:
        """Submit a task."""
        args, kwargs, inputs = split_arguments(args, kwargs)
        if inputs:
            self._state.check_ours(inputs)
        submission = self.submission
        packed = submission.pack(args, kwargs)
        with self._shield, self._lock:
            self._state.check_open()
            if options.is_plain and not packed[1]:
                ids = [self._plain.task(function, packed[0], inputs, options, line)]
            else:
                ids = list(submission.task(function, packed, inputs, options, line))
            self._submitted(function, self._state.scheduler.busy)
        submission.announce()
        return ids

    def call(
        self,
        actor: ObjectID,
        method: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: TaskOptions,
        line: int,
    ) -> list[ObjectID]:
        """Submit a call of an actor's method."""
        args, kwargs, inputs = split_arguments(args, kwargs)
        state, submission = self._state, self.submission
        state.check_ours((actor, *inputs))
        packed = submission.pack([method, *args], kwargs)
        with self._shield, self._lock:
            state.check_open()
            known = state.actors[actor.task]
            function = submission.method(known, method)
            busy = state.scheduler.in_flight(actor.task)
            if options.is_plain and not packed[1] and known.is_plain:
                ids = [
                    self._plain.call(
                        known, function, method, packed[0], inputs, options, line, actor
                    )
                ]
            else:
                ids = list(
                    submission.call(
                        actor.task, method, packed, inputs, options, line, actor
                    )
                )
            self._submitted(function, busy)
        submission.announce()
        return ids

    def create_actor(
        self,
        function: Function,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: ActorOptions,
        line: int,
        meta: Any,
    ) -> tuple[ActorID, Any]:
        """Create an actor."""
        args, kwargs, inputs = split_arguments(args, kwargs)
        self._state.check_ours(inputs)
        packed = self.submission.pack(args, kwargs)
        with self._shield, self._lock:
            self._state.check_open()
            if options.name:
                self._reading.drain_notes()  # a name may have come free just now
                self.cells.free_name(options)
            if naming.is_wanted(self._state, options):
                return self.get_actor(options.name, options.namespace)
            ref = self.submission.create(function, packed, inputs, options, line, meta)
            self._submitted()
        self.submission.announce()
        return ref, meta

    def put(self, value: Any, line: int) -> ObjectID:
        """Store a value."""
        return self._putting.put(value, line)

    def _submitted(self, function: Function | None = None, busy: int = 0) -> None:
        """Hand it over now, or soon if it is short and others are on their way."""
        self._submits += 1
        if (
            function is None
            or not busy
            or not 0 < function.mean_s < SHORT_S
            or not self._submits % _SETTLE_EVERY
        ):
            self._dispatcher.settle()
        else:
            self._pump.nudge()
        if not self._submits % _PUMP_EVERY:
            self._pump.once()

    # Waiting: see ``engines.waiting``.

    def get(
        self, ids: Sequence[ObjectID], timeout_s: float | None, line: int
    ) -> list[Any]:
        """Wait for values and return them in order."""
        return self.waiting.get(ids, timeout_s, line)

    def wait(
        self,
        ids: Sequence[ObjectID],
        num_returns: int,
        timeout_s: float | None,
        line: int,
        unit: str = "s",
    ) -> list[int]:
        """Return the positions that count as ready."""
        return self.waiting.wait(ids, num_returns, timeout_s, line, unit)

    def future_of(self, object_id: ObjectID) -> Future[Any]:
        """Return a future that gets the value."""
        return self.waiting.future_of(object_id)

    # Actors and questions.

    def cancel(self, object_id: ObjectID, *, force: bool, recursive: bool) -> None:
        """Cancel the task or call that makes the value; a finished one is left."""
        with self._shield:
            self._pump.once()  # what has finished is known to have
            with self._lock:
                self._state.check_open()
                self._cancelling.cancel_id(object_id, force=force, recursive=recursive)
                self._dispatcher.settle()
            self._pump.kick()  # who leads may wait for it

    def cancel_task(self, number: int) -> bool:
        """Cancel a task by its number; False if it is over."""
        with self._lock:
            task = self._state.scheduler.tasks.get(number)
            returns = task.returns if task is not None else ()
        for one in returns[:1]:
            self.cancel(one, force=False, recursive=True)
        return bool(returns)

    def kill(self, actor: ObjectID, *, no_restart: bool = True) -> None:
        """End an actor at once; calls that have not ended fail."""
        with self._shield, self._lock:
            self._state.check_open()
            self._state.check_ours((actor,))
            known = self._state.actors[actor.task]
            if not no_restart:
                self._pool.kill_actor(actor.task)
                return
            text = f"{known.label} was killed with kill()"
            self._end_actor(actor.task, text, "killed")
        self._pump.kick()  # who leads may wait for one of its calls

    def _end_actor(self, number: int, text: str, reason: str) -> None:
        self._pool.kill_actor(number)
        failure = Failure.of_system(ActorDiedError, text)
        self.submission.end_actor(number, failure, reason)
        self._dispatcher.settle()

    def get_actor(self, name: str, namespace: str = "") -> tuple[ActorID, Any]:
        """Return the living actor of that name."""
        with self._shield, self._lock:
            self._state.check_open()
            return naming.find(self._state, name, namespace)

    def named_actors(self, namespace: str | None = "") -> list[tuple[str, str]]:
        """Return (namespace, name) of living actors; of all namespaces for None."""
        with self._shield, self._lock:
            self._reading.drain_notes()
            return naming.listed(self._state, namespace)

    def drain_notes(self) -> None:
        """End the actors whose last handle is gone: a name may come free."""
        self._reading.drain_notes()

    def context(self) -> Context:
        """Say what runs here: the driver."""
        return Context(self.session_hex, node=HOME, namespace=self._state.namespace)

    def nodes(self) -> list[dict[str, Any]]:
        """Describe the nodes."""
        return self._census.nodes()

    def available(self) -> dict[str, float]:
        """Return what is not in use, as Ray's ``available_resources``."""
        return self._census.available()

    def adopt(self, task: int, index: int, label: str) -> ObjectID:
        """Return the driver's ID for a key that came out of a pickle."""
        one = self._state.exported.get((task, index))
        if one is None:
            msg = f"ObjectID({label}) is not known here: its last reference is gone"
            raise RayteachError(msg)
        return one

    @property
    def faults(self) -> Faults:
        """What a learner may break."""
        return self.cluster.faults

    # Watching and closing.

    def sample(self) -> None:
        """Log the start of tasks that are seen running now."""
        self._reading.sample()

    def log_of(self, object_id: ObjectID) -> str:
        """Return everything that a task has printed so far."""
        self._state.check_ours((object_id,))
        return self.outputs.log(object_id.task)

    def status(self) -> dict[str, Any]:
        """Count CPUs in use and tasks by state."""
        return self._census.status()

    def close(self) -> None:
        """End every process; unfinished IDs fail, waiting threads return."""
        with self._shield:
            self._pump.once()  # what has been printed is shown
            with self._lock:
                if self._state.closed:
                    return
                self._state.closed = True
                text = "the session was shut down before this value was there"
                failure = Failure.of_system(RayteachError, text)
                for task in list(self._state.scheduler.tasks.values()):
                    for one in task.returns:
                        self._state.fail(one, failure)
            self._memory.close()
            self._pump.close()
            self.storage.close()
            self.cluster.close()
            self._pool.close()
            self._state.outputs.close()
            session_dir.release(self._pool.directory, self._pool.spill)
            self._shield.remove()

    def disown(self) -> None:
        """A forked child lets go of the parent's sockets."""
        self.cluster.disown()
        self._pool.disown()

    @property
    def directory(self) -> str:
        """The session's directory in shared memory."""
        return str(self._pool.directory)

    @property
    def is_interrupted(self) -> bool:
        """True while an interrupt waits for the main thread."""
        return self._shield.is_held
