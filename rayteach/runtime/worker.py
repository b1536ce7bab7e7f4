"""A worker process: takes tasks, runs them, sends results.

    reader   waits on the node's queue; a message holds one or several tasks
    parked   took a PARK request; waits on its own line for a task, UNPARK or EXIT
    actor    waits on its own line: one creation, then calls, in order

Results of short tasks travel together. A watchdog sees to it that nobody waits
for a neighbour: when a task has run for 2 ms, finished results go out and what
has not started goes back to the driver.
"""

from __future__ import annotations

import mmap
import os
import pickle
import socket
import sys
import time
from collections import deque
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from rayteach.errors import ActorExit, RayteachError
from rayteach.object_id import set_client_maker
from rayteach.runtime import portable, protocol, serialization, thread_limits
from rayteach.runtime.board import Board
from rayteach.runtime.failure import describe
from rayteach.runtime.lag import Lag
from rayteach.runtime.line import Line, LineClosed
from rayteach.runtime.local_modules import LocalModules
from rayteach.runtime.node_queue import RECEIVE_BYTES
from rayteach.runtime.output import TaskOutput
from rayteach.runtime.slot import Slot
from rayteach.runtime.stopping import Stopper
from rayteach.runtime.streaming import Streaming
from rayteach.runtime.traces import Traces
from rayteach.runtime.values import Values
from rayteach.runtime.watchdog import LONG_S, Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.runtime.protocol_types import WorkerStart

_clock = time.monotonic
LOOK_S = 0.0001 if (os.cpu_count() or 1) > 1 else 0.0
"""After a single task shorter than this a worker looks for the next one for as long
before it sleeps: in a chain of short tasks most of the time goes into waking up."""


class Worker:
    """One process's whole life, in its main thread."""

    def __init__(
        self, start: WorkerStart, line: socket.socket, queue: socket.socket
    ) -> None:
        """Take the start message and the two inherited sockets."""
        self.number, self.node = start["worker"], start["node"]
        self.directory = start["directory"]
        self.line = Line(line)
        self.values = Values(start, self.line)
        #: the task that runs now, 0 between tasks
        self.task = 0
        #: frames of the current message that have not started
        self.todo: deque[memoryview] = deque()
        self.started_s = 0.0
        self.actor: Any = None
        #: number of the actor's creation, 0 in the pool
        self.actor_number = start["actor"] or 0
        #: True in a process that a task forked
        self.is_forked = False
        os.register_at_fork(after_in_child=lambda: vars(self).update(is_forked=True))
        #: waits of threads, each with the task that it lends the CPU of
        self.waits: dict[object, int] = {}
        #: the task that was interrupted in a wait: what it lent stays lent
        self.interrupted_wait = 0
        #: True if the task ended while a thread of it waits: its CPU is not ours
        self.has_lent = False
        self._queue = queue
        #: True if the last message was one short task: the next may follow at once
        self._was_brief = False
        #: the current message; a new one overwrites it (pages come as they are used)
        self._received = memoryview(mmap.mmap(-1, RECEIVE_BYTES))
        self._board = Board(f"{self.directory}/board")
        self._stopper = Stopper(
            self._board, self.number, self.line, actor=start["actor"] is not None
        )
        self.lag = Lag(self._board, self.number)
        self._functions: dict[int, Any] = {}
        self.modules = LocalModules(self.directory)
        #: BLAS threads of the running task, 0 for one
        self._threads = 0
        self._watchdog = Watchdog(self)
        self._output = TaskOutput(self, self.directory)
        self._parked = start["parked"] or start["actor"] is not None
        #: serves ``rayteach`` calls of tasks; made when a task first needs it
        self._client: Any = None
        self._start = start
        set_client_maker(self._make_client)

    def _make_client(self) -> Any:
        module = import_module(self._start["client"])
        self._client = client = module.make_client(self, self._start)
        return client

    def report_references(self) -> None:
        """Tell the driver which IDs this process holds, and which no longer."""
        if self._client is not None:
            self._client.report_references()

    def run(self) -> None:
        """Work until the driver closes the queue or says EXIT."""
        self._output.install()
        self._traces = Traces(
            self._output.open_descriptors, watch=not self.actor_number
        )
        self.modules.install()
        self.line.flush(protocol.frame(protocol.HELLO, os.getpid()))
        while True:
            if self._parked:
                self._serve_line()
            else:
                self._serve_queue()

    # The two places to take work from.

    def _serve_queue(self) -> None:
        size = (self._look() if self._was_brief else 0) or self._receive()
        if not size:
            raise LineClosed
        view = self._received[:size]
        number = protocol.MESSAGE.unpack_from(view)[0]
        self._board.begin(self.number, number)
        if self._board.is_void(number):  # its tasks were handed out again
            self.line.flush(protocol.frame(protocol.VOIDED, number))
            self._board.begin(self.number, 0)
            return
        if view[protocol.MESSAGE.size + 4] == protocol.PARK:  # it travels alone
            self._parked = True
            self.line.flush(protocol.frame(protocol.PARKED, number))
            self._board.begin(self.number, 0)
            return
        self.todo.extend(protocol.split_frames(view[protocol.MESSAGE.size :]))
        if len(self.todo) > 1:
            self._watchdog.watch()
        done = 0
        while self.todo:
            try:
                frame = self.todo.popleft()
            except IndexError:  # the watchdog was quicker
                break
            done += 1
            self._run(frame, done)
        self._watchdog.rest()
        self._was_brief = done == 1 and _clock() - self.started_s < LOOK_S
        self._parked = self.has_lent
        self.line.flush(protocol.frame(protocol.PARKED, 0) if self._parked else b"")
        self._board.begin(self.number, 0)

    def _receive(self) -> int:
        if portable.IS_LINUX:
            return self._queue.recv_into(self._received)
        while True:  # this queue does not tell of its end, but the line does
            if not portable.wait_for(self._queue, unless_ended=self.line.fileno()):
                return 0
            with suppress(BlockingIOError):  # else somebody was quicker
                return self._queue.recv_into(self._received, 0, socket.MSG_DONTWAIT)

    def _look(self) -> int:
        """Receive without sleeping; return 0 if nothing came within ``LOOK_S``."""
        receive, buffer = self._queue.recv_into, self._received
        end_s = _clock() + LOOK_S
        while _clock() < end_s:
            try:
                return receive(buffer, 0, socket.MSG_DONTWAIT)
            except BlockingIOError:
                portable.let_others_run()
        return 0

    def _serve_line(self) -> None:
        self._stopper.catch_up()
        if self._was_brief and not self.line.has_frames:
            self.line.look(LOOK_S)
        frame = memoryview(self.line.next_frame())
        kind = frame[4]
        if kind in (protocol.TASK, protocol.CREATE, protocol.CALL, protocol.BIG):
            if self.line.has_gathered:
                self._watchdog.watch()
            self._run(frame, 1)
            if not self.line.has_frames or kind != protocol.CALL:
                self._watchdog.rest()
                self.line.flush()
                self._board.begin(self.number, 0)
            self._was_brief = _clock() - self.started_s < LOOK_S
        elif kind == protocol.UNPARK:
            self._parked = False
        elif kind == protocol.EXIT:
            raise LineClosed

    def relieve(self, *, everything: bool = False) -> None:
        """Send finished results; hand back what has not started.

        Called by the watchdog, and by the main thread before it blocks.
        """
        if not everything and _clock() - self.started_s < LONG_S:
            return
        back = []
        while True:
            try:
                frame = self.todo.pop()
            except IndexError:
                break
            back.append(bytes(frame))
        if back:
            back.reverse()
            self.line.flush(protocol.frame(protocol.RETURNED, back))
        else:
            self.line.flush()

    # One task.

    def _run(self, frame: memoryview, number: int) -> None:
        if frame[4] == protocol.BIG:
            frame = self.values.view(pickle.loads(frame[protocol.KIND.size :])[1])
        head = protocol.TASK_HEAD.unpack_from(frame)
        _, kind, task, function, _attempt, flags, inputs, returns = head
        self.task = task
        self.started_s = start = _clock()
        self._board.start(self.number, task, number, start)
        try:
            call, args, kwargs = self._load(
                kind, function, flags, inputs, frame[protocol.TASK_HEAD.size :]
            )
            if flags & protocol.STREAM or returns > 1:
                call = Streaming(self, task, call, flags)
            value = self._call(task, call, args, kwargs)
            del args, kwargs
            status, payload = self._pack(value, returns)
            self.report_references()  # what the value holds must be known
        except ActorExit:
            self._leave(task, start)
        except SystemExit as error:
            self._die(error)
        except LineClosed:
            raise
        except BaseException as error:  # noqa: BLE001 (all of it is the answer)
            self._stopper.close()
            status, payload = protocol.ERROR, self._failure(error)
            args = kwargs = None  # noqa: F841 (their IDs go now: it may park for long)
        if self.is_forked:
            os._exit(0)  # a child that the task forked: the answer is its parent's
        self._output.end_task()
        if self._traces.touched:
            self._traces.undo()
        size = protocol.RESULT_HEAD.size - 4 + len(payload)
        end = _clock()
        if end - start > LONG_S and (delay := self._watchdog.delays.of(end - start)):
            self.line.gather(protocol.frame(protocol.DELAYED, (task, delay)))
        result = protocol.RESULT_HEAD.pack(
            size, protocol.RESULT, task, start, end, status
        )
        self.line.gather(result + payload)
        self.has_lent = self.interrupted_wait == task or (
            bool(self.waits) and task in self.waits.values()
        )
        value, call = None, str  # the IDs that go with them are reported behind it
        self.report_references()
        self.task = 0

    def _call(
        self, task: int, call: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> Any:
        try:
            self._stopper.open(task)
            value = call(*args, **kwargs)
            if self.lag.factor[0]:
                self.lag.spend(task, self.started_s)
            return value
        finally:
            self._stopper.close()

    def _load(
        self, kind: int, function: int, flags: int, count: int, body: memoryview
    ) -> tuple[Callable[..., Any], Any, Any]:
        if kind != protocol.CALL:
            if function not in self._functions and self.modules.meet(function):
                self._functions.clear()  # they hold parts of what is stale
            if flags >> protocol.THREADS != self._threads:
                self._threads = flags >> protocol.THREADS
                thread_limits.limit(self._threads or 1)
        inputs: list[Any] = []
        if count:
            stored, at = protocol.read_inputs(body, count)
            inputs = [self.read_value(how, data) for how, data in stored]
            body = body[at:]
        if flags & protocol.PAYLOAD_FILE:
            body = self.values.view(str(body, "utf-8"))
        elif serialization.has_buffers(body):
            body = memoryview(bytes(body))  # arrays may outlive the message
        args, kwargs = serialization.loads(body)
        if inputs:
            args = [inputs[a.position] if type(a) is Slot else a for a in args]
            kwargs = {
                k: inputs[v.position] if type(v) is Slot else v
                for k, v in kwargs.items()
            }
        if kind == protocol.CALL:
            return getattr(self.actor, args[0]), args[1:], kwargs
        if kind == protocol.CREATE:
            return self._construct, [self.function(function, flags), *args], kwargs
        return self.function(function, flags), args, kwargs

    def _construct(self, cls: type, *args: Any, **kwargs: Any) -> None:
        self.actor = cls(*args, **kwargs)

    def read_value(self, stored: int, data: Any) -> Any:
        """Return the value of an INLINE payload or a SEGMENT path."""
        if stored == protocol.SEGMENT:
            return serialization.loads(self.values.view(str(data, "utf-8")))
        return serialization.loads(bytes(data))

    def function(self, number: int, flags: int) -> Any:
        """Return the function or class, loaded once unless it must be fresh."""
        known = self._functions.get(number)
        if known is None or flags & protocol.FRESH:
            with open(f"{self.directory}/f{number:016x}", "rb") as file:  # noqa: PTH123
                known = pickle.loads(file.read())
            if not flags & protocol.FRESH:
                self._functions[number] = known
        return known

    def _pack(self, value: Any, returns: int) -> tuple[int, bytes]:
        if returns == 1:
            packed = serialization.pack(value)
            if isinstance(packed, bytes):
                if len(packed) <= protocol.INLINE_LIMIT:
                    return protocol.ONE_INLINE, packed
                packed = serialization.Payload([packed], len(packed), ())
            elif packed.size <= protocol.INLINE_LIMIT and not packed.contains:
                return protocol.ONE_INLINE, packed.to_bytes()
            return protocol.MANY, pickle.dumps([self.store(packed)], 5)
        if returns == 0:
            return protocol.MANY, pickle.dumps([], 5)
        if not isinstance(value, (tuple, list)):
            msg = f"num_returns={returns}, but the task returned {type(value).__name__}"
            raise TypeError(msg)
        if len(value) != returns:
            msg = f"num_returns={returns}, but the task returned {len(value)} values"
            raise ValueError(msg)
        return protocol.MANY, pickle.dumps(self.values.store_all(value), 5)

    def store(self, payload: serialization.Payload) -> tuple[Any, ...]:
        """Return (stored, bytes or path, size, keys inside)."""
        return self.values.store(payload)

    def _failure(self, error: BaseException) -> bytes:
        return pickle.dumps(describe(error), 5)

    def _leave(self, task: int, start: float) -> NoReturn:
        """``exit_actor()``: say so after all that was done, then end."""
        if self.is_forked:
            os._exit(0)
        self._output.end_task()
        self.report_references()
        body = (task, start, _clock())
        self.line.flush(protocol.frame(protocol.EXITED, body))
        raise LineClosed

    def _die(self, error: SystemExit) -> None:
        """``sys.exit`` in a task ends the worker, as any process would end."""
        if not self.is_forked:
            self._output.end_task()
            self.line.flush()
        code = (
            error.code if isinstance(error.code, int) else int(error.code is not None)
        )
        os._exit(code)


def _kind(start: WorkerStart) -> type[Worker]:
    if not start["slots"]:
        return Worker
    from rayteach.runtime.concurrency import ConcurrentWorker  # noqa: PLC0415 (a kind)

    return ConcurrentWorker


def main(start: WorkerStart, line: socket.socket, queue: socket.socket) -> None:
    """Run a worker in this process until the driver is done with it."""
    try:
        _kind(start)(start, line, queue).run()
    except (LineClosed, ConnectionError):
        pass
    except RayteachError as error:
        sys.__stderr__ and sys.__stderr__.write(f"{error}\n")
    finally:
        os._exit(0)
