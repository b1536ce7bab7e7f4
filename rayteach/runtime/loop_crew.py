"""An event loop that runs calls: coroutines in turn, plain methods in between."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, Any

from rayteach.errors import ActorExit
from rayteach.runtime.calls import Call, current
from rayteach.runtime.line import LineClosed

if TYPE_CHECKING:
    from rayteach.runtime.concurrency import ConcurrentWorker


class LoopCrew:
    """Runs all calls, and the constructor, in one thread with a loop.

    Source: Ray 2.60, async actors: a plain method of such an actor runs in the
    loop's thread too, and nothing else runs meanwhile.
    """

    def __init__(self, worker: ConcurrentWorker) -> None:
        """Start the loop."""
        self._worker = worker
        self._loop = asyncio.new_event_loop()
        self._will_flush = False
        self._thread = threading.Thread(
            target=self._serve, name="rayteach-loop", daemon=True
        )
        self._thread.start()

    @property
    def is_here(self) -> bool:
        """True in the loop's thread."""
        return threading.current_thread() is self._thread

    def begin(self, call: Call) -> None:
        """Let the call begin when the loop comes to it."""
        self._loop.call_soon_threadsafe(self._start, call)

    def stop(self, call: Call) -> None:
        """Raise ``CancelledError`` where the coroutine waits."""
        self._loop.call_soon_threadsafe(self._cancel, call)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        while True:
            try:
                self._loop.run_forever()
            except ActorExit as error:  # in a task that a call made
                self._worker.leave(error.task)
            except SystemExit as error:
                self._worker.quit(error)
            except LineClosed:
                os._exit(0)
            except KeyboardInterrupt:  # likewise; the loop lets it through
                continue

    def _start(self, call: Call) -> None:
        call.job = self._loop.create_task(self._run(call))

    def _cancel(self, call: Call) -> None:
        if call.job is not None:
            call.job.cancel()

    async def _run(self, call: Call) -> None:
        current.set(call)  # in this task's own context
        try:
            await self._answer(call)
        except asyncio.CancelledError:  # people call that cancelled, as for a task
            self._worker.raised(call, KeyboardInterrupt())
        except BaseException as error:  # noqa: BLE001 (it is the call's answer)
            self._worker.raised(call, error)
        self._worker.report_references()
        if not self._will_flush:
            self._will_flush = True
            self._loop.call_soon(self._flush)  # with others that end in this turn

    async def _answer(self, call: Call) -> None:
        todo = self._worker.enter(call)
        if todo is None:
            return
        method, args, kwargs = todo
        del todo
        value: Any = method(*args, **kwargs)
        del args, kwargs
        if asyncio.iscoroutine(value):
            value = await value
        self._worker.returned(call, value)

    def _flush(self) -> None:
        self._will_flush = False
        self._worker.line.flush()
