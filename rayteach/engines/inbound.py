"""What workers say: results, and the calls of tasks that use rayteach."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from rayteach.core import events, states
from rayteach.core.task import CREATION
from rayteach.engines import restarts
from rayteach.engines.asked import Asked
from rayteach.engines.base import Function
from rayteach.engines.blocking import lend
from rayteach.engines.failures import Failure
from rayteach.engines.pump import Waiter
from rayteach.engines.retries import try_again
from rayteach.engines.state import KEYS_LOGGED, clock
from rayteach.errors import RayteachError
from rayteach.ids import Label, Prefix
from rayteach.object_id import ObjectID
from rayteach.runtime import protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.task import Task
    from rayteach.engines.cancelling import Cancelling
    from rayteach.engines.state import EngineState
    from rayteach.engines.submission import Submission

_MEAN_WEIGHT = 0.2
_SHORTEST_S = 1e-6
_NOT_WAITED_FOR = (*states.END_STATES, states.QUEUED)


class Inbound:
    """Reads frames of workers and tells the scheduler. Works under the lock."""

    def __init__(
        self,
        state: EngineState,
        submission: Submission,
        cancelling: Cancelling,
        requests: Callable[[int, str, Any], Any],
    ) -> None:
        """``requests(worker, name, arguments)`` answers the rare questions."""
        self._state = state
        self._submission = submission
        self._cancelling = cancelling
        self._requests = requests
        state.starts.is_up = self._hello
        #: may change what a task's ``get`` or ``wait`` asks, and its timeout
        self.ask: Callable[[int, Asked, float | None], tuple[Asked, float | None]] = (
            lambda _, asked, timeout_s: (asked, timeout_s)
        )
        self.handle: dict[int, Callable[[int, Any], None]] = {
            protocol.HELLO: self._hello,
            protocol.PARKED: self._parked,
            protocol.RETURNED: self._returned,
            protocol.SUBMIT: self._submit,
            protocol.GET: self._get,
            protocol.PUT: self._put,
            protocol.REFS: self._references,
            protocol.OUTPUT: self._output,
            protocol.REQUEST: self._request,
            protocol.DROPPED: self._dropped,
            protocol.EXITED: self._exited,
            protocol.DELAYED: self._delayed,
            protocol.SPILLED: lambda _, path: state.storage_of(path).spilled(path),
            protocol.YIELD: lambda *a: submission.streams.item(self._store, *a),
        }

    def read(self, worker: int, data: bytes, starts: list[int]) -> None:
        """Handle the frames that start at ``starts`` in ``data``."""
        result = protocol.RESULT
        for at in starts:
            kind = data[at + 4]
            if kind == result:
                self._result(worker, data, at)
            else:
                size = protocol.LENGTH.unpack_from(data, at)[0]
                body = pickle.loads(data[at + 5 : at + 4 + size])
                self.handle[kind](worker, body)

    # Results.

    def _result(self, worker: int, data: bytes, at: int) -> None:
        state = self._state
        head = protocol.RESULT_HEAD.unpack_from(data, at)
        size, _, number, start, end, status = head
        task = state.scheduler.tasks.get(number)
        payload = data[at + protocol.RESULT_HEAD.size : at + 4 + size]
        if task is None or task.state in _NOT_WAITED_FOR:
            self._discard(status, payload)  # cancelled, or redone after a crash
            return
        if task.state in (states.BLOCKED, states.RESUMING):
            reply = state.replies.pop(number, None)
            if reply is not None:  # a thread that the task left behind
                reply()
        state.direct.pop(worker, None)
        task.worker = task.worker or worker
        if task.cancellation is not None and end > task.cancellation.asked_s:
            self._discard(status, payload)
            self._cancelling.end_attempt(task, worker, start)
            return
        function = task.function
        took = max(end - start, _SHORTEST_S)
        mean = function.mean_s
        function.mean_s = mean + (took - mean) * _MEAN_WEIGHT if mean else took
        task.worker = worker
        if status == protocol.ERROR:
            self._failed(task, worker, start, end, *pickle.loads(payload))
            return
        if status == protocol.ONE_INLINE:
            state.log.finished(
                clock(), number, task.attempt, worker, start, end, len(payload)
            )
            state.scheduler.finish(task)
            state.store(task.returns[0], payload)
        else:
            self._many(task, worker, start, end, pickle.loads(payload))
        task.pins = task.payload = None
        task.inputs = task.returns = ()  # the task may be remembered for longer

    def _many(
        self, task: Task, worker: int, start: float, end: float, stored: list[Any]
    ) -> None:
        state = self._state
        now = clock()
        size = sum(one[2] for one in stored)
        state.log.finished(now, task.number, task.attempt, worker, start, end, size)
        state.scheduler.finish(task)
        if task.kind == CREATION:
            restarts.came_alive(state, task, worker)
            return
        state.lineage.remember(task, stored)
        for one, (how, data, bytes_, keys) in zip(task.returns, stored, strict=True):
            self._store(worker, one, how, data, bytes_, keys)

    def _store(
        self, worker: int, one: ObjectID, how: int, data: Any, size: int, keys: Any
    ) -> None:
        state = self._state
        if keys:
            one.contains = state.export(
                tuple(state.resolve(key, worker) for key in keys)
            )
        shared = how == protocol.SEGMENT
        if shared:
            key, node = (one.task, one.index), state.node_of(worker)
            state.add(events.ObjectCreated(clock(), key, size, shared, node))
            data = state.storage_of(data).own(data, size, one)
            state.large[key] = one
            if state.cluster is not None:
                state.cluster.holds(one, data)
        state.store(one, data)

    def _discard(self, status: int, payload: bytes) -> None:
        stored = pickle.loads(payload) if status == protocol.MANY else ()
        for how, data, size, _ in stored:
            if how == protocol.SEGMENT:
                self._state.storage_of(data).own(data, size)  # for a moment: removed

    def _failed(
        self,
        task: Task,
        worker: int,
        start: float,
        end: float,
        remote: Any,
        cause: bytes | None,
    ) -> None:
        state = self._state
        failure = Failure(remote, cause).placed(
            str(task.label), self._submission.place(task)
        )
        if failure.is_cancellation:
            self._cancelling.end_attempt(task, worker, start, "interrupted")
        elif try_again(state, task, worker, start, end, failure):
            return
        else:
            frames = failure.remote.frames
            state.add(
                events.TaskFailed(
                    clock(), task.number, task.attempt, worker, start, end,
                    failure.remote.type_name, failure.remote.message,
                    frames[-1].line if frames else 0,
                )
            )  # fmt: skip
            state.scheduler.finish(task, states.FAILED)
            for one in task.returns:
                state.fail(one, failure)
        task.pins = task.payload = None
        if task.kind == CREATION:
            self._submission.constructor_failed(task, failure)

    # The life of a worker.

    def _hello(self, worker: int, pid: int) -> None:
        handle = self._state.pool.workers.get(worker)
        if handle is None or handle.ready:
            return
        handle.ready, handle.pid = True, pid
        self._state.add(events.WorkerStarted(clock(), worker, pid))
        self._state.scheduler.worker_started(worker)

    def _parked(self, worker: int, message: int) -> None:
        self._state.parks.pop(message, None)
        self._state.scheduler.worker_parked(worker)

    def _returned(self, _: int, frames: list[bytes]) -> None:
        scheduler = self._state.scheduler
        for frame in reversed(frames):
            task = scheduler.tasks.get(protocol.task_number(frame))
            if task is not None and task.state == states.POSTED:
                self._cancelling.take_back(task)

    def _dropped(self, _: int, calls: list[int]) -> None:
        for number in calls:
            task = self._state.scheduler.tasks.get(number)
            if task is not None:
                self._cancelling.dropped(task)

    def _delayed(self, _: int, body: tuple[int, float]) -> None:
        self._state.add(events.TaskDelayed(clock(), *body))

    def _exited(self, worker: int, body: tuple[int, float, float]) -> None:
        task = self._state.scheduler.tasks.get(body[0])
        if task is not None:
            self._submission.actor_left(task, worker, *body[1:])

    def _output(self, worker: int, body: tuple[int, str, str]) -> None:
        task = self._state.scheduler.tasks.get(body[0])
        self._state.outputs.add(worker, body[0], task, *body[1:])

    # Calls from inside tasks.

    def _submit(self, worker: int, call: dict[str, Any]) -> None:
        function = call["function"]
        if isinstance(function, Function):
            function = self._submission.functions.adopt(function)
        try:
            self._submission.from_worker(worker, call, function)
        except RayteachError as error:  # its IDs carry it to whoever asks
            failure = Failure.of_system(type(error), str(error))
            for index in range(max(getattr(call["options"], "num_returns", 1), 0)):
                one = ObjectID(call["number"], index, call["name"])
                self._state.fail(one, failure)
                self._state.borrow(worker, one)

    def _put(self, worker: int, body: tuple[Any, ...]) -> None:
        task, number, (how, data, size, keys), label_number, line = body
        state = self._state
        parent = state.scheduler.tasks.get(task)
        prefix = Prefix(parent.label, "/") if parent is not None else None
        one = ObjectID(number, 0, Label(prefix, "put", label_number))
        now, run = clock(), parent.run if parent is not None else 0
        state.add(events.ObjectPut(now, (number, 0), label_number, run, line, task))
        self._store(worker, one, how, data, size, keys)
        if how == protocol.INLINE:
            node = state.node_of(worker)
            state.add(events.ObjectCreated(now, (number, 0), size, False, node))  # noqa: FBT003
        state.borrow(worker, one)

    def _references(self, worker: int, changes: list[tuple[Any, int]]) -> None:
        for key, by in changes:
            held = self._state.borrowed[worker].get(key)
            one = held[0] if held else self._state.exported.get(key)
            if one is not None:
                self._state.borrow(worker, one, by)

    def _request(self, worker: int, body: tuple[int, str, Any]) -> None:
        number, name, arguments = body
        try:
            answer = ("ok", self._requests(worker, name, arguments))
        except Exception as error:  # noqa: BLE001 (the asking task gets it)
            answer = ("error", error)
        self._reply(worker, number, answer)

    def _reply(self, worker: int, number: int, answer: Any) -> None:
        handle = self._state.pool.workers.get(worker)
        if handle is not None:
            handle.channel.send(protocol.frame(protocol.REPLY, (number, answer)))

    def _get(self, worker: int, body: tuple[Any, ...]) -> None:
        request, number, kind, keys, num_returns, timeout_s, unit, line = body
        state = self._state
        task = state.scheduler.tasks.get(number)
        try:
            ids = [state.resolve(key, worker) for key in keys]
        except RayteachError as error:
            self._reply(worker, request, ("error", error))
            return
        wait = next(state.waits)
        run = task.run if task is not None else 0
        state.add(
            events.WaitStarted(
                clock(), wait, kind, number, run, line, tuple(keys[:KEYS_LOGGED]),
                num_returns, timeout_s, unit,
            )
        )  # fmt: skip
        asked, timeout_s = self.ask(number, Asked(kind, ids, num_returns), timeout_s)

        def answer() -> None:
            positions, reason = asked.outcome()
            state.add(events.WaitReturned(clock(), wait, tuple(positions), reason))
            node = state.node_of(worker)
            self._reply(worker, request, asked.answer(positions, node))

        def reply() -> None:
            self._when_here(worker, asked, answer)

        is_far = state.cluster is not None and asked.is_far(state.node_of(worker))
        if (asked.is_satisfied and not is_far) or timeout_s == 0:
            reply()
        else:
            self._block(worker, task, asked, timeout_s, reply, wait)

    def _block(
        self,
        worker: int,
        task: Task | None,
        asked: Asked,
        timeout_s: float | None,
        reply: Callable[[], None],
        wait: int,
    ) -> None:
        state = self._state
        lends = task is not None and task.state in (states.POSTED, states.RUNNING)
        if task is not None and lends:
            lend(state, task, worker)

        def leave() -> None:
            asked.detach(waiter)
            waiter.done = True
            state.add(events.WaitReturned(clock(), wait, (), "interrupted"))

        def done() -> None:
            asked.detach(waiter)
            self._when_here(worker, asked, go_on)

        def go_on() -> None:
            if task is not None and state.open_waits.get(task.number) is leave:
                del state.open_waits[task.number]
            if task is not None and lends and attempt == _attempt_of(task):
                state.replies[task.number] = reply
                state.scheduler.unblock(task)
            else:  # it lent nothing, has ended meanwhile, or runs a second time
                reply()

        attempt = _attempt_of(task)
        waiter = Waiter(asked.missing, fail_fast=asked.kind == "get", on_done=done)
        asked.attach(waiter)
        if task is not None and lends:
            state.open_waits[task.number] = leave
        if waiter.need <= 0:  # all are there, but on other nodes
            waiter.finish()
        elif timeout_s is not None:
            state.after(timeout_s, waiter.expire)

    def _when_here(self, worker: int, asked: Asked, then: Callable[[], None]) -> None:
        """Call ``then`` once what is there is on the worker's node as well."""
        cluster, node = self._state.cluster, self._state.node_of(worker)
        if cluster is None or not asked.is_far(node):
            then()
        else:
            cluster.when_here(asked, node, then)


def _attempt_of(task: Task | None) -> tuple[int, int] | None:
    """Return which attempt is blocked, and where; None if none is."""
    if task is None or task.state != states.BLOCKED:
        return None
    return task.attempt, task.worker
