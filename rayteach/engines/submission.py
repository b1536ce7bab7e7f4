"""Make tasks, calls and actors known: from the driver and from workers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from rayteach.core import events, states
from rayteach.core.task import CALL, CREATION, Task
from rayteach.engines import naming, restarts, slots
from rayteach.engines.arguments import write
from rayteach.engines.base import Function, TaskOptions
from rayteach.engines.failures import Failure
from rayteach.engines.state import Actor, clock
from rayteach.engines.streams import Streams
from rayteach.errors import ActorDiedError
from rayteach.ids import Label, Prefix
from rayteach.object_id import FAILED, PENDING, ActorID, ObjectID
from rayteach.runtime import protocol
from rayteach.runtime.serialization import Payload, pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.engines.base import ActorOptions
    from rayteach.engines.dispatch import Dispatcher
    from rayteach.engines.functions import FunctionStore
    from rayteach.engines.state import EngineState


class Submission:
    """Makes tasks of calls. Works under the engine's lock but for ``pack``."""

    def __init__(
        self, state: EngineState, dispatcher: Dispatcher, functions: FunctionStore
    ) -> None:
        """Number labels per cell run."""
        self.functions = functions
        self.streams = Streams(state)
        #: run that submissions of the driver belong to, and people's name of it
        self.run = 0
        self.run_labels: dict[int, str] = {0: ""}
        #: told once per run, in the submitting thread
        self.on_first: Callable[[int], None] = lambda _: None
        self._state = state
        self._dispatcher = dispatcher
        #: how many tasks of each name the current run has
        self.counts: dict[str, int] = {}
        self._announced: set[int] = set()
        dispatcher.on_stillborn = self._stillborn

    def begin_run(self, run: int, label: str) -> None:
        """Number labels from 1 again."""
        self.run = run
        self.run_labels[run] = label
        self.counts = {}

    def place(self, task: Task) -> str:
        """Return where the task was submitted, e.g. ``cell [7], line 4``."""
        cell = self.run_labels.get(task.run, "")
        line = task.line
        parts = [f"cell {cell}"] if cell else []
        if line:
            parts.append(f"line {line}")
        return ", ".join(parts)

    def number(self, name: str) -> int:
        """Return the next running number of ``name`` in the current run."""
        number = self.counts.get(name, 0) + 1
        self.counts[name] = number
        return number

    def announce(self) -> None:
        """Tell once that this run has started something (main thread only)."""
        if self.run in self._announced:
            return
        if threading.current_thread() is threading.main_thread():
            self._announced.add(self.run)
            self.on_first(self.run)

    def pack(
        self, args: Any, kwargs: dict[str, Any]
    ) -> tuple[Any, tuple[ObjectID, ...]]:
        """Pickle arguments (outside the lock); return payload and IDs inside."""
        payload = pack((args, kwargs))
        if isinstance(payload, bytes):
            if len(payload) <= protocol.INLINE_LIMIT:
                return payload, ()
            payload = Payload([payload], len(payload), ())
        self._state.check_ours(payload.contains)
        if payload.size <= protocol.INLINE_LIMIT:
            return payload.to_bytes(), payload.contains
        return write(self._state.storage, payload), payload.contains

    def task(
        self,
        function: Function,
        packed: tuple[Any, tuple[ObjectID, ...]],
        inputs: tuple[ObjectID, ...],
        options: TaskOptions,
        line: int,
    ) -> tuple[ObjectID, ...]:
        """Submit a task of the driver."""
        state = self._state
        number = next(state.numbers)
        task = Task(
            number, function, run=self.run, num_cpus=options.num_cpus,
            resources=options.resources, retries=options.max_retries,
        )  # fmt: skip
        name = options.name or function.name
        count = self.number(name)
        task.label = Label(None, name, count)
        self._log(task, count, line, inputs, options)
        ids = self._enter(task, packed, inputs, options, line)
        return self.streams.begin(ids, options.stream)

    def call(
        self,
        actor: int,
        method: str,
        packed: tuple[Any, tuple[ObjectID, ...]],
        inputs: tuple[ObjectID, ...],
        options: TaskOptions,
        line: int,
        handle: Any = None,
    ) -> tuple[ObjectID, ...]:
        """Submit a call of the driver to an actor's method."""
        state = self._state
        known = state.actors[actor]
        count = known.counts[method] = known.counts.get(method, 0) + 1
        task = Task(
            next(state.numbers), self.method(known, method), kind=CALL,
            run=self.run, actor=actor, num_cpus=0.0,
            retries=restarts.retries_of(known, options),
        )  # fmt: skip
        task.label = Label(Prefix(known.label, "."), method, count)
        self._log(task, count, line, inputs, options)
        packed = (packed[0], (*packed[1], handle) if handle else packed[1])
        ids = self._enter(task, packed, inputs, options, line)
        return self.streams.begin(ids, options.stream)

    def create(
        self,
        function: Function,
        packed: tuple[Any, tuple[ObjectID, ...]],
        inputs: tuple[ObjectID, ...],
        options: ActorOptions,
        line: int,
        meta: Any,
    ) -> ActorID:
        """Create an actor for the driver."""
        number = next(self._state.numbers)
        count = self.number(function.name)
        task = Task(
            number, function, kind=CREATION, run=self.run, actor=number,
            num_cpus=options.num_cpus or 0.0, resources=options.resources,
            retries=options.max_restarts,
        )  # fmt: skip
        task.label = Label(None, function.name, count)
        return self._create(task, count, packed, inputs, options, line, meta)

    def _create(
        self,
        task: Task,
        count: int,
        packed: Any,
        inputs: tuple[ObjectID, ...],
        options: ActorOptions,
        line: int,
        meta: Any,
    ) -> ActorID:
        state = self._state
        naming.check_free(state, options)
        ref = ActorID(task.number, task.label, state.notes)
        key = naming.key_of(state, options)
        known = Actor(ref, task.label, key, options, meta)
        state.actors[task.number] = known
        if options.name:
            state.named[key] = task.number
        shown = TaskOptions(task.num_cpus, name=options.name)
        self._log(task, count, line, inputs, shown)
        task.returns = (ref,)
        self._enter(task, packed, inputs, TaskOptions(), line)
        if options.max_restarts:
            known.recipe = task.again()
        slots.give(state, task.number, options.slots)
        return ref

    def from_worker(self, worker: int, call: dict[str, Any], function: Any) -> None:
        """Submit what a task submitted; its worker holds the IDs."""
        state = self._state
        parent = state.scheduler.tasks.get(call["parent"])
        run = parent.run if parent is not None else 0
        prefix = Prefix(parent.label, "/") if parent is not None else None
        kind, options = call["kind"], call["options"]
        inputs = tuple(state.resolve(key, worker) for key in call["inputs"])
        pins = tuple(state.resolve(key, worker) for key in call["pins"])
        cpus = options.num_cpus or 0.0 if kind != CALL else 0.0
        task = Task(
            call["number"], function, kind=kind, run=run, parent=call["parent"],
            actor=call["actor"], num_cpus=cpus,
            resources=() if kind == CALL else options.resources,
        )  # fmt: skip
        name, count, line = call["name"], call["count"], call["line"]
        stored, data, size = call["payload"]
        packed = (state.storage.own(data, size) if stored else data, pins)
        if kind == CREATION:
            task.retries = options.max_restarts
            task.label = Label(prefix, name, count)
            actor = self._create(
                task, count, packed, inputs, options, line, call["meta"]
            )
            state.borrow(worker, actor)
            return
        if kind == CALL:
            known = state.actors.get(call["actor"])
            if known is not None:
                task.retries = restarts.retries_of(known, options)
                task.function = self.method(known, name)
                name = f"{known.label}.{name}"
        else:
            task.retries = options.max_retries
        task.label = Label(prefix, name, count)
        self._log(task, count, line, inputs, options)
        made = self._enter(task, packed, inputs, options, line)
        for one in self.streams.begin(made, options.stream):
            state.borrow(worker, one)

    def constructor_failed(self, task: Task, failure: Failure) -> None:
        """The actor never came to life: later calls say why."""
        text = (
            f"{task.label} died: its constructor raised "
            f"{failure.remote.type_name}: {failure.remote.message}"
        )
        self.end_actor(
            task.number,
            Failure.of_system(ActorDiedError, f"{text}\n{failure.remote.full_text}"),
            "its constructor failed",
        )

    def actor_left(self, task: Task, worker: int, start: float, end: float) -> None:
        """The actor's method called ``exit_actor()``."""
        state = self._state
        known = state.actors.get(task.actor or 0)
        if known is None or known.failure is not None:
            return
        text = f"{known.label} ended itself with exit_actor() in {task.label}"
        failure = Failure.of_system(ActorDiedError, text)
        if task.kind == CALL:
            state.add(
                events.TaskFailed(
                    clock(), task.number, task.attempt, worker, start, end,
                    ActorDiedError.__name__, text,
                )
            )  # fmt: skip
            state.scheduler.finish(task, states.FAILED)
            for one in task.returns:
                state.fail(one, failure)
        self.end_actor(task.actor or 0, failure, "exit_actor")

    def names(self, number: int) -> tuple[str, str]:
        """Return the names of a running task and of its actor, "" for none."""
        task = self._state.scheduler.tasks.get(number)
        if task is None:
            return "", ""
        known = self._state.actors.get(task.actor or 0)
        name = task.options.name or task.function.name
        return name, known.name if known is not None else ""

    def _stillborn(self, task: Task, failure: Failure) -> None:
        text = f"{task.label} never came to life: {failure.remote.message}"
        failure = Failure.of_system(ActorDiedError, text)
        self.end_actor(task.number, failure, "its creation cannot run")

    def end_actor(self, number: int, failure: Failure, reason: str) -> None:
        """The actor is dead for good: its calls fail, its process goes."""
        state = self._state
        known = state.actors.get(number)
        if known is None or known.failure is not None:
            return
        known.failure, known.is_plain = failure, False
        known.kept = known.recipe = None
        state.starts.forgive(number)
        if known.name and state.named.get(known.key) == number:
            del state.named[known.key]
        state.add(events.ActorExited(clock(), number, reason))
        mailbox = state.scheduler.actors.get(number)
        calls = state.scheduler.actor_died(number)
        for call in calls:
            state.replies.pop(call.number, None)
            state.scheduler.abandon(call)
        if mailbox is not None:
            creation = mailbox.creation
            if creation.state not in states.END_STATES:
                state.scheduler.abandon(creation)
            else:  # the mailbox is remembered, what it was made from is not
                creation.inputs = creation.returns = ()
            for worker in list(state.pool.workers.values()):
                if worker.actor == number:
                    worker.channel.send(protocol.frame(protocol.EXIT, None))

    def method(self, known: Actor, method: str) -> Function:
        """Return the function that stands for an actor's method."""
        found = known.methods.get(method)
        if found is None:
            name = f"{known.meta[0]}.{method}"
            found = known.methods[method] = self.functions.adopt(
                Function(hash(name) & 0xFFFFFFFFFFFFFFFF, name, 0, "", 0)
            )
        return found

    def _log(
        self,
        task: Task,
        count: int,
        line: int,
        inputs: tuple[ObjectID, ...],
        options: TaskOptions,
    ) -> None:
        self._state.add(
            events.TaskSubmitted(
                clock(), task.number, task.function.number, count, task.run, line,
                task.parent, tuple((one.task, one.index) for one in inputs),
                task.actor, task.kind, options.num_returns, task.num_cpus,
                options.name,
            )
        )  # fmt: skip

    def _enter(
        self,
        task: Task,
        packed: tuple[Any, tuple[ObjectID, ...]],
        inputs: tuple[ObjectID, ...],
        options: TaskOptions,
        line: int,
    ) -> tuple[ObjectID, ...]:
        state = self._state
        task.payload, pins = packed
        task.options, task.line = options, line
        task.inputs = inputs
        if pins:
            task.pins = state.export(pins)
        if not task.returns:
            count, label = max(options.num_returns, 0), task.label
            if count == 1:
                task.returns = (ObjectID(task.number, 0, label),)
            else:
                task.returns = tuple(
                    ObjectID(task.number, i, label) for i in range(count)
                )
        for one in task.returns:
            one.work = task
        self.schedule(task)
        return task.returns

    def schedule(self, task: Task) -> None:
        """Hand a task whose fields are filled in to the scheduler."""
        state = self._state
        producers: list[Task] = []
        failed = None
        for one in task.inputs:
            if one.status == PENDING:
                producers.append(one.work)
            elif one.status == FAILED:
                failed = one
        state.scheduler.submit(task, producers)
        if failed is not None:
            state.scheduler.abandon(task, failed.work)
        elif task.kind == CALL:
            restarts.check_actor(state, task)
