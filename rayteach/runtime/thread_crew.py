"""Threads that run calls: as many as run at once, and no more."""

from __future__ import annotations

import os
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from rayteach.runtime.calls import Call, current
from rayteach.runtime.line import LineClosed

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.runtime.concurrency import ConcurrentWorker


class ThreadCrew:
    """Runs each call in a thread; a thread that is free takes the next one."""

    def __init__(self, worker: ConcurrentWorker) -> None:
        """Start no thread yet."""
        self._worker = worker
        self._calls: SimpleQueue[Call] = SimpleQueue()
        self._lock = threading.Lock()
        #: threads that wait for a call, less the calls that wait for a thread
        self._free = 0
        #: who takes a call holds it until the call begins: calls begin in order
        self._next = threading.Lock()

    def begin(self, call: Call) -> None:
        """Hand the call to a thread."""
        self._calls.put(call)
        with self._lock:
            self._free -= 1
            if self._free >= 0:
                return
            self._free += 1
        threading.Thread(target=self._work, name="rayteach-call", daemon=True).start()

    def stop(self, call: Call) -> None:
        """A plain method goes on to its end; its result is dropped."""

    def _work(self) -> None:
        while True:
            try:
                self._next_call()
            except LineClosed:
                os._exit(0)
            with self._lock:
                self._free += 1

    def _next_call(self) -> None:
        todo: tuple[Callable[..., Any], Any, Any] | None = None
        failed: BaseException | None = None
        with self._next:
            call = self._calls.get()
            token = current.set(call)
            try:
                todo = self._worker.enter(call)
            except BaseException as error:  # noqa: BLE001 (it is the call's answer)
                failed = error
        try:
            if failed is not None:
                self._worker.raised(call, failed)
            elif todo is not None:
                self._run(call, *todo)
        finally:
            todo = failed = None  # the IDs that go with them are reported
            self._worker.report_references()
            current.reset(token)
        self._worker.line.flush()

    def _run(self, call: Call, method: Any, args: Any, kwargs: Any) -> None:
        try:
            value = method(*args, **kwargs)
            if self._worker.lag.factor[0]:
                self._worker.lag.spend(call.number, call.start_s)
            self._worker.returned(call, value)
        except BaseException as error:  # noqa: BLE001 (it is the call's answer)
            self._worker.raised(call, error)
