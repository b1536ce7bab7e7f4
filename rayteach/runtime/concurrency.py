"""A worker whose actor runs several calls at once.

    main thread  reads the line: hands calls over, stops or drops cancelled ones
    threads      one for each call that runs, if no method is async
    loop thread  otherwise: all calls, plain methods and the constructor too

The driver sends no more calls than may run at once, so each begins when it comes,
in the order of the line. A call that does not begin (the loop is held up) can
still be dropped; a coroutine that runs is cancelled; a plain method goes on.
"""

from __future__ import annotations

import os
import pickle
import threading
import time
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from rayteach.errors import ActorExit
from rayteach.object_id import get_client
from rayteach.runtime import protocol
from rayteach.runtime.calls import Call, current, has_async_methods
from rayteach.runtime.line import LineClosed
from rayteach.runtime.loop_crew import LoopCrew
from rayteach.runtime.streaming import Streaming
from rayteach.runtime.thread_crew import ThreadCrew
from rayteach.runtime.watchdog import LONG_S
from rayteach.runtime.worker import Worker

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from rayteach.runtime.protocol_types import WorkerStart

clock = time.monotonic
_EMPTY = memoryview(b"")
_WORK = (protocol.CALL, protocol.CREATE, protocol.BIG)


class Crew(Protocol):
    """Runs calls."""

    def begin(self, call: Call) -> None:
        """Let the call begin, behind those handed over before."""

    def stop(self, call: Call) -> None:
        """The running call is cancelled."""


class ConcurrentWorker(Worker):
    """An actor's process that runs several calls at once."""

    def __init__(
        self, start: WorkerStart, line: socket.socket, queue: socket.socket
    ) -> None:
        """Take what every worker takes."""
        self._own_task = 0
        self._calls: dict[int, Call] = {}
        #: calls that the driver does not know to run
        self._untold: dict[int, Call] = {}
        self._calls_lock = threading.Lock()
        #: held by whoever tells the driver of references
        self.references_lock = threading.Lock()
        self._crew: Crew | None = None
        super().__init__(start, line, queue)
        self.line.drops_calls = False

    @property
    def task(self) -> int:
        """Number of the call that asks; in a foreign thread, of the only one."""
        call = current.get()
        if call is not None:
            return call.number
        if len(self._calls) == 1:
            return next(iter(self._calls), 0)
        return self._own_task

    @task.setter
    def task(self, number: int) -> None:
        self._own_task = number

    @property
    def is_in_loop(self) -> bool:
        """True in the thread of the actor's event loop."""
        crew = self._crew
        return isinstance(crew, LoopCrew) and crew.is_here

    # The main thread.

    def _serve_line(self) -> None:
        frame = memoryview(self.line.next_frame())
        kind = frame[4]
        if kind in _WORK:
            if kind == protocol.BIG:
                frame = self._unfold(frame)
            self._take(frame)
        elif kind == protocol.CANCEL:
            self._cancel(pickle.loads(frame[protocol.KIND.size :]))
        elif kind == protocol.EXIT:
            raise LineClosed

    def _unfold(self, frame: memoryview) -> memoryview:
        return self.values.view(pickle.loads(frame[protocol.KIND.size :])[1])

    def _take(self, frame: memoryview) -> None:
        call = Call(frame)
        if self._crew is None:
            get_client()  # now: later, two threads might make one each
            self._crew = LoopCrew(self) if self._is_async(call) else ThreadCrew(self)
            if isinstance(self._crew, ThreadCrew):
                self._run(frame, 1)
                self.line.flush()
                self._board.begin(self.number, 0)
                return
            self._board.start(self.number, call.number, 1, clock())
        with self._calls_lock:
            self._calls[call.number] = self._untold[call.number] = call
            self._watchdog.watch()
        self._crew.begin(call)

    def _is_async(self, creation: Call) -> bool:
        try:
            return has_async_methods(self.function(creation.function, creation.flags))
        except Exception:  # noqa: BLE001 (it is raised again where it is answered)
            return False

    def _cancel(self, number: int) -> None:
        with self._calls_lock:
            call = self._calls.get(number)
            if call is not None and not call.start_s:
                self._forget(call)
        if call is None or self._crew is None:
            return  # it is over
        if call.start_s:
            self._crew.stop(call)
        else:
            self.line.flush(protocol.frame(protocol.DROPPED, [number]))

    def _forget(self, call: Call) -> None:
        self._calls.pop(call.number, None)
        self._untold.pop(call.number, None)

    # What the crews ask for.

    def enter(self, call: Call) -> tuple[Callable[..., Any], Any, Any] | None:
        """The call begins: return what to run; None if it was dropped."""
        with self._calls_lock:
            if call.number not in self._calls:
                return None
            call.start_s = clock()
        body, call.body = call.body, _EMPTY
        method, args, kwargs = self._load(
            call.kind, call.function, call.flags, call.inputs, body
        )
        if call.flags & protocol.STREAM or call.returns > 1:
            method = Streaming(self, call.number, method, call.flags)
        return method, args, kwargs

    def returned(self, call: Call, value: Any) -> None:
        """Gather the answer of a call that returned ``value``."""
        self._end_if_forked()
        status, payload = self._pack(value, call.returns)
        self.report_references()  # what the value holds must be known
        self._answer(call, status, payload)

    def raised(self, call: Call, error: BaseException) -> None:
        """Gather the answer of a call that raised; may end the process."""
        if isinstance(error, SystemExit) and not isinstance(error, ActorExit):
            self.quit(error)
        self._end_if_forked()
        if isinstance(error, ActorExit):
            self.leave(error.task or call.number)
        if isinstance(error, LineClosed):
            os._exit(0)
        self._answer(call, protocol.ERROR, self._failure(error))

    def leave(self, number: int) -> NoReturn:
        """Call ``number`` said ``exit_actor()``: send what was done, then end."""
        call = self._calls.get(number)
        try:
            self._leave(number, call.start_s if call is not None else clock())
        except LineClosed:
            os._exit(0)

    def quit(self, error: SystemExit) -> None:
        """Somebody said ``sys.exit``: that ends an actor's process."""
        self._die(error)

    def _end_if_forked(self) -> None:
        """In a child that a call forked: the answer is its parent's.

        Before any lock is taken, which another thread may have held at the fork.
        """
        if self.is_forked:
            os._exit(0)

    def _answer(self, call: Call, status: int, payload: bytes) -> None:
        self._output.end_task()
        size = protocol.RESULT_HEAD.size - 4 + len(payload)
        head = protocol.RESULT_HEAD.pack(
            size, protocol.RESULT, call.number, call.start_s, clock(), status
        )
        with self._calls_lock:
            self._forget(call)
        self.line.gather(head + payload)
        if call.kind == protocol.CREATE:
            self._board.begin(self.number, 0)

    # What other parts of the worker ask for.

    def relieve(self, *, everything: bool = False) -> None:
        """Send what is finished, and which calls have run for a while."""
        latest = clock() - (0.0 if everything else LONG_S)
        with self._calls_lock:
            calls = [c for c in self._untold.values() if 0.0 < c.start_s <= latest]
            for call in calls:
                del self._untold[call.number]
            if not self._untold:
                self._watchdog.rest()
        if calls:
            told = [(call.number, call.start_s) for call in calls]
            self.line.gather(protocol.frame(protocol.STARTED, told))
        self.line.flush()
