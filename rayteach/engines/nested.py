"""The client inside a worker: a task uses rayteach as the driver does.

Submissions are sent and forgotten: the worker numbers its own tasks, so
``.remote()`` returns at once. ``get`` and ``wait`` ask the driver, which lends
the task's CPU until the answer is there.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from rayteach.core.task import CALL, CREATION, TASK
from rayteach.engines.arguments import split_arguments
from rayteach.engines.base import (
    STREAMING,
    ActorOptions,
    Context,
    Function,
    TaskOptions,
)
from rayteach.engines.functions import describe, number_of
from rayteach.engines.held_id import HeldID, Key
from rayteach.engines.nested_streams import NestedItems
from rayteach.ids import Label
from rayteach.object_id import STREAM_INDEX, ActorID, ObjectID, set_client
from rayteach.runtime import protocol, serialization
from rayteach.runtime.object_store import write_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from rayteach.runtime.protocol_types import WorkerStart
    from rayteach.runtime.worker import Worker

_WORKER_SHIFT = 40
"""Task numbers of worker *w* start at ``w << 40`` plus the session's first number;
JavaScript reads them exactly."""


class NestedClient:
    """See the module; the methods are those of ``engines.base.Engine``."""

    def __init__(self, worker: Worker, start: WorkerStart) -> None:
        """Speak through ``worker``'s line."""
        self.session_hex = start["session_hex"]
        self._namespace = start["namespace"]
        self._worker = worker
        self._directory = start["directory"]
        self._numbers = count((start["worker"] << _WORKER_SHIFT) + start["first"] + 1)
        self._notes: deque[tuple[Key, int]] = deque()
        self._known: weakref.WeakValueDictionary[Key, ObjectID] = (
            weakref.WeakValueDictionary()
        )
        self._shipped: weakref.WeakKeyDictionary[Any, Function] = (
            weakref.WeakKeyDictionary()
        )
        self._counts: dict[str, int] = {}
        self._parent = 0
        self.items = NestedItems(self._ask, self._made, self.wait, worker.line.shield)
        set_client(self)

    def report_references(self) -> None:
        """Tell the driver which IDs came to be held, and which no longer are."""
        while self._notes:
            changes: dict[Key, int] = {}
            while self._notes:
                key, by = self._notes.popleft()
                changes[key] = changes.get(key, 0) + by
            sent = [(key, by) for key, by in changes.items() if by]
            # Births first: a death in the same message must find its ID known.
            sent.sort(key=lambda change: -change[1])
            if sent:
                self._worker.line.gather(protocol.frame(protocol.REFS, sent))

    def adopt(self, task: int, index: int, label: str) -> ObjectID:
        """Return this worker's ID for a key that came out of a pickle."""
        known = self._known.get((task, index))
        if known is None:
            known = HeldID(task, index, label, self._notes)
            self._known[task, index] = known
            self._notes.append(((task, index), 1))
        return known

    def _made(self, task: int, index: int, label: object) -> ObjectID:
        """Return an ID that the driver counts as held from its submission on."""
        one = HeldID(task, index, label, self._notes)
        self._known[task, index] = one
        return one

    # Submitting.

    def register(self, target: Callable[..., Any], name: str) -> Function:
        """Make a function or class shippable."""
        known = self._shipped.get(target)
        if known is not None and known.name == name:
            return known
        data, captured = serialization.dumps_code(target)
        number = number_of(name, data, self._worker.modules.salt)
        path = f"{self._directory}/f{number:016x}"
        if not os.path.exists(path):  # noqa: PTH110 (a plain path)
            write_file(path, data)
        function = describe(target, name, number)
        function.captured = captured
        self._shipped[target] = function
        return function

    def submit(
        self,
        function: Function,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: TaskOptions,
        line: int,
    ) -> list[ObjectID]:
        """Submit a child of the running task."""
        name = options.name or function.name
        ids, call = self._describe(
            TASK, function, name, None, args, kwargs, options, line
        )
        self._send(call)
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
        args = [method, *args]
        ids, call = self._describe(
            CALL, None, method, actor, args, kwargs, options, line
        )
        self._send(call)
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
        ids, call = self._describe(
            CREATION, function, function.name, None, args, kwargs, options, line
        )
        call["meta"] = meta
        ref: Any = ids[0]
        if not options.name:
            self._send(call)
            return ref, meta
        # Whether the name is free is decided where all names are known.
        existing = self._ask("create_actor", call)
        return (ref, meta) if existing is None else self._known_actor(*existing)

    def _send(self, call: dict[str, Any]) -> None:
        with self._worker.line.shield:
            self.report_references()
            self._worker.line.flush(protocol.frame(protocol.SUBMIT, call))

    def _describe(
        self,
        kind: str,
        function: Function | None,
        name: str,
        actor: ObjectID | None,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: Any,
        line: int,
    ) -> tuple[list[ObjectID], dict[str, Any]]:
        """Return the IDs of a new submission, and what the driver must know."""
        args, kwargs, inputs = split_arguments(args, kwargs)
        payload = serialization.dumps((args, kwargs))
        pins = payload.contains + ((actor,) if actor is not None else ())
        pins += function.captured if function is not None else ()
        number, count_ = next(self._numbers), self._count(name)
        returns = 1 if kind == CREATION else max(options.num_returns, 0)
        label = Label(None, name, count_)
        call = {
            "parent": self._worker.task,
            "number": number,
            "function": function,
            "kind": kind,
            "actor": actor.task if actor is not None else None,
            "name": name,
            "count": count_,
            "line": line,
            "inputs": [(one.task, one.index) for one in inputs],
            "pins": [(one.task, one.index) for one in pins],
            "payload": self._worker.store(payload)[:3],
            "options": options,
        }
        if kind == CREATION:
            call["actor"] = number
        ids = [self._made(number, index, label) for index in range(returns)]
        if kind != CREATION and options.stream == STREAMING:
            ids.insert(0, self._made(number, STREAM_INDEX, label))
        return ids, call

    def _count(self, name: str) -> int:
        if self._parent != self._worker.task:
            self._parent = self._worker.task
            self._counts = {}
        number = self._counts.get(name, 0) + 1
        self._counts[name] = number
        return number

    def put(self, value: Any, line: int) -> ObjectID:
        """Store a value."""
        if isinstance(value, ObjectID):
            msg = "put() of an ObjectID: it names a stored value already"
            raise TypeError(msg)
        payload = serialization.dumps(value)
        with self._worker.line.shield:
            stored = self._worker.store(payload)
            number, count_ = next(self._numbers), self._count("put")
            one = self._made(number, 0, Label(None, "put", count_))
            body = (self._worker.task, number, stored, count_, line)
            self.report_references()
            self._worker.line.flush(protocol.frame(protocol.PUT, body))
        return one

    # Waiting.

    def get(
        self, ids: Sequence[ObjectID], timeout_s: float | None, line: int
    ) -> list[Any]:
        """Wait for values; the task's CPU is lent meanwhile."""
        answer = self._wait("get", ids, len(ids), timeout_s, "s", line)
        return [self._worker.read_value(how, _as_bytes(data)) for how, data in answer]

    def wait(
        self,
        ids: Sequence[ObjectID],
        num_returns: int,
        timeout_s: float | None,
        line: int,
        unit: str = "s",
    ) -> list[int]:
        """Return the positions that count as ready."""
        found: list[int] = self._wait("wait", ids, num_returns, timeout_s, unit, line)
        return found

    def _wait(
        self,
        kind: str,
        ids: Sequence[ObjectID],
        num_returns: int,
        timeout_s: float | None,
        unit: str,
        line: int,
    ) -> Any:
        keys = [(one.task, one.index) for one in ids]
        worker, wait, begun_s = self._worker, object(), time.monotonic()
        with worker.line.shield:
            self.report_references()
            worker.relieve(everything=True)
            worker.waits[wait] = worker.task
        try:
            what, answer = worker.line.ask(
                protocol.GET, worker.task, kind, keys, num_returns, timeout_s, unit,
                line,
            )  # fmt: skip
        except KeyboardInterrupt:
            worker.interrupted_wait = worker.task
            raise
        finally:
            task = worker.waits.pop(wait)
            worker.lag.waited(task, time.monotonic() - begun_s)
        if what == "failed":
            raise answer.make()
        if what == "error":
            raise answer
        return answer

    def future_of(self, object_id: ObjectID) -> Future[Any]:
        """Return a future that a thread of its own fills."""
        from concurrent.futures import Future  # noqa: PLC0415 (rare in tasks)

        future: Future[Any] = Future()

        def fill() -> None:
            try:
                future.set_result(self.get([object_id], None, 0)[0])
            except BaseException as error:  # noqa: BLE001 (the future carries it)
                future.set_exception(error)

        threading.Thread(target=fill, daemon=True).start()
        return future

    # Questions.

    def _ask(self, name: str, arguments: Any) -> Any:
        with self._worker.line.shield:
            self.report_references()
        what, answer = self._worker.line.ask(protocol.REQUEST, name, arguments)
        if what == "error":
            raise answer
        return answer

    def cancel(self, object_id: ObjectID, *, force: bool, recursive: bool) -> None:
        """Cancel the task or call that makes the value; a finished one is left."""
        key = (object_id.task, object_id.index)
        self._ask("cancel", (key, force, recursive))

    @property
    def running_task(self) -> int:
        """Number of the task or call that asks, 0 if none does."""
        return self._worker.task

    @property
    def is_actor(self) -> bool:
        """True in an actor's process."""
        return bool(self._worker.actor_number)

    def context(self) -> Context:
        """Say what runs here."""
        worker = self._worker
        number = worker.task
        name, actor_name = self._ask("names", number) if number else ("", "")
        return Context(
            self.session_hex, worker.number, number, worker.actor_number, name,
            actor_name, worker.node, self._namespace,
        )  # fmt: skip

    def no_room(self, size: int, *, is_disk: bool) -> Exception:
        """Return the error for a value that fits nowhere."""
        return cast("Exception", self._ask("no_room", (size, is_disk)))

    def kill(self, actor: ObjectID, *, no_restart: bool = True) -> None:
        """End an actor at once."""
        self._ask("kill", ((actor.task, actor.index), no_restart))

    def get_actor(self, name: str, namespace: str = "") -> tuple[ActorID, Any]:
        """Return the living actor of that name."""
        return self._known_actor(*self._ask("get_actor", (name, namespace)))

    def named_actors(self, namespace: str | None = "") -> list[tuple[str, str]]:
        """Return (namespace, name) of living actors; of all namespaces for None."""
        return cast("list[tuple[str, str]]", self._ask("named_actors", namespace))

    def _known_actor(self, number: int, label: str, meta: Any) -> tuple[ActorID, Any]:
        """Return the ID of an actor that the driver counts as held here."""
        ref: Any = self._known.get((number, 0))
        if ref is not None:
            self._notes.append(((number, 0), -1))  # held already, counted twice
        else:
            ref = self._made(number, 0, label)
        return ref, meta

    def nodes(self) -> list[dict[str, Any]]:
        """Describe the nodes."""
        return cast("list[dict[str, Any]]", self._ask("nodes", None))

    def available(self) -> dict[str, float]:
        """Return what is not in use."""
        return cast("dict[str, float]", self._ask("available", None))


def _as_bytes(data: Any) -> Any:
    return data.encode() if isinstance(data, str) else data


def make_client(worker: Worker, start: WorkerStart) -> NestedClient:
    """Return the client; the worker calls this by the module's name."""
    if start["slots"]:
        from rayteach.engines import nested_async  # noqa: PLC0415 (it builds on us)

        return nested_async.make_client(worker, start)
    return NestedClient(worker, start)
