"""The client inside an actor that runs several calls at once."""

from __future__ import annotations

import warnings
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from rayteach.engines.nested import NestedClient
from rayteach.runtime import protocol
from rayteach.runtime.calls import current
from rayteach.runtime.completions import Completions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rayteach.object_id import ObjectID
    from rayteach.runtime.concurrency import ConcurrentWorker
    from rayteach.runtime.protocol_types import WorkerStart


class ConcurrentClient(NestedClient):
    """See ``NestedClient``; knows several running calls apart."""

    _worker: ConcurrentWorker

    def __init__(self, worker: ConcurrentWorker, start: WorkerStart) -> None:
        """Speak through ``worker``'s line."""
        super().__init__(worker, start)
        self._completions = Completions()
        self._has_warned: set[str] = set()

    def report_references(self) -> None:
        """Tell the driver which IDs are held: births before their use, in order."""
        with self._worker.references_lock:
            super().report_references()

    def _count(self, name: str) -> int:
        call = current.get()
        if call is None:
            return super()._count(name)
        number = call.counts.get(name, 0) + 1
        call.counts[name] = number
        return number

    def _wait(
        self,
        kind: str,
        ids: Sequence[ObjectID],
        num_returns: int,
        timeout_s: float | None,
        unit: str,
        line: int,
    ) -> Any:
        if self._worker.is_in_loop and kind not in self._has_warned:
            self._has_warned.add(kind)
            instead = "await the ID" if kind == "get" else "use `await asyncio.wait`"
            warnings.warn(
                f"{kind}() in an async actor (line {line}) holds up its event loop: no "
                f"other call of it goes on meanwhile; {instead} instead",
                RuntimeWarning,
                stacklevel=4,
            )
        return super()._wait(kind, ids, num_returns, timeout_s, unit, line)

    def future_of(self, object_id: ObjectID) -> Future[Any]:
        """Return a future; the call that asks counts as waiting until it is done."""
        worker, line = self._worker, self._worker.line
        future: Future[Any] = Future()

        def done(answer: Any) -> None:
            self._completions.put(lambda: _fill(future, worker, answer))

        self.report_references()
        key = (object_id.task, object_id.index)
        number = line.ask_later(protocol.AWAIT, done, worker.task, key)

        def forget(_: Future[Any]) -> None:
            if future.cancelled():
                line.forget_later(number)

        future.add_done_callback(forget)
        return future


def _fill(future: Future[Any], worker: ConcurrentWorker, answer: Any) -> None:
    if not future.set_running_or_notify_cancel():
        return
    what, found = answer
    try:
        if what != "ok":
            raise found.make() if what == "failed" else found  # noqa: TRY301
        ((how, data),) = found
        data = data.encode() if isinstance(data, str) else data
        value = worker.read_value(how, data)
    except BaseException as error:  # noqa: BLE001 (the future carries it)
        future.set_exception(error)
    else:
        future.set_result(value)


def make_client(worker: Any, start: WorkerStart) -> NestedClient:
    """Return the client of such an actor."""
    return ConcurrentClient(worker, start)
