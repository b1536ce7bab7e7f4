"""A thread of the driver: fetches what workers tell, and looks who is still there."""

from __future__ import annotations

import logging
import pickle
import threading
from typing import TYPE_CHECKING, Any

import ray

from rayteach.engines.ray import failing
from rayteach.engines.ray.spec import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.engines.ray.book import Book

_log = logging.getLogger(__name__)
BUSY_S, IDLE_S = 0.25, 2.0
"""So long a fetch waits for news, while something is under way and otherwise."""
_LOOK_S = 0.25
_NODES_S = 2.0
_SWEPT = 200
"""So many references are looked at in one sweep."""
SETTLE_S = 3.0
"""Reports of what has ended are waited for at most so long."""


class Collector:
    """See the module."""

    def __init__(
        self,
        book: Book,
        lock: threading.RLock,
        recorder: Any,
        offset_s: float,
        tidy: Callable[[], None],
    ) -> None:
        """Fetch from ``recorder``, whose clock is ours minus ``offset_s``."""
        self._book = book
        self._lock = lock
        self._news = threading.Condition(lock)
        self._recorder = recorder
        self._offset_s = offset_s
        self._tidy = tidy
        self._stops = False
        self._looked_s = self._counted_s = 0.0
        self._thread = threading.Thread(
            target=self._run, name="rayteach-collector", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Take what was told so far, and end the thread."""
        self._stops = True
        try:
            self._recorder.wake.remote()
        except Exception:  # noqa: BLE001 (Ray is gone already)
            _log.debug("the recorder is gone", exc_info=True)
        if threading.current_thread() is not self._thread:
            self._thread.join(SETTLE_S)

    def settle(self, timeout_s: float = SETTLE_S) -> None:
        """Wait until all that is known to have ended has been told of."""
        if threading.current_thread() is self._thread:
            return
        deadline = clock() + timeout_s
        with self._news:
            while not self._stops:
                self._close_known(only_errors=True)
                waits = [w for w in self._book.works.values() if w.is_known]
                left_s = deadline - clock()
                if not waits or left_s <= 0:
                    break
                self._news.wait(min(left_s, BUSY_S))
            self._close_known(only_errors=False)

    def wait_for(self, holds: Callable[[], bool], timeout_s: float = 1.0) -> None:
        """Wait until something is known, or give up."""
        with self._news:
            self._news.wait_for(lambda: self._stops or holds(), timeout_s)

    def _close_known(self, *, only_errors: bool) -> None:
        for work in list(self._book.works.values()):
            if work.is_known and (work.error is not None or not only_errors):
                if work.error is None and work.refs:
                    work.error = self._error_of(work)
                self._book.close_by_error(clock(), work)

    def _error_of(self, work: Any) -> BaseException | None:
        error = failing.error_of(work.refs[0])
        if error is None or isinstance(error, ray.exceptions.GetTimeoutError):
            return None
        return failing.made(error, work.entry.label)

    def _run(self) -> None:
        while not self._stops:
            wait_s = BUSY_S if self._book.works or self._book.dying else IDLE_S
            try:
                batches = ray.get(self._recorder.drain.remote(wait_s))
            except Exception:  # noqa: BLE001 (Ray is gone, or the recorder)
                if not self._stops:
                    _log.debug("nothing is observed any more", exc_info=True)
                return
            try:
                self._take(batches)
            except Exception:  # noqa: BLE001 (one bad report ends no session)
                _log.exception("a report could not be read")

    def _take(self, batches: list[tuple[int, bytes]]) -> None:
        with self._news:
            for worker, batch in batches:
                shift_s = self._shift_of(worker)
                for name, arguments in pickle.loads(batch):
                    self._tell(name, arguments, shift_s)
            self._tidy()
            self._watch()
            self._news.notify_all()

    def _shift_of(self, worker: int) -> float:
        facts = self._book.workers.get(worker)
        return self._offset_s + (facts.offset_s if facts is not None else 0.0)

    def _tell(self, name: str, arguments: tuple[Any, ...], shift_s: float) -> None:
        """Carry one report out, with its times on our clock."""
        if name == "hello":
            shift_s = self._offset_s + arguments[4][3]
        if shift_s:
            arguments = _shifted(name, arguments, shift_s)
        getattr(self._book, name)(*arguments)

    def _watch(self) -> None:
        now_s = clock()
        if now_s - self._looked_s >= _LOOK_S:
            self._looked_s = now_s
            self._book.look_at_workers(now_s)
            self._sweep(now_s)
        if now_s - self._counted_s >= _NODES_S:
            self._counted_s = now_s
            self._book.nodes.look(ray.nodes())

    def _sweep(self, now_s: float) -> None:
        """Find out what has ended without a word: cancelled, or with its process."""
        del now_s
        found = []
        for work in self._book.works.values():
            asked = work.cancelled is not None or work.is_known
            if asked and work.refs and work.error is None:
                found.append(work)
                if len(found) == _SWEPT:
                    break
        if not found:
            return
        refs = list(dict.fromkeys(work.refs[0] for work in found))
        there = set(
            ray.wait(refs, num_returns=len(refs), timeout=0, fetch_local=False)[0]
        )
        for work in found:
            if work.refs and work.refs[0] in there:
                error = self._error_of(work)
                if error is not None and not _is_told(error):
                    work.error = error
                    self._book.close_by_error(clock(), work)


def _is_told(error: BaseException) -> bool:
    """Tell whether the error is the task's own: its report is on its way."""
    from rayteach.errors import TaskError  # noqa: PLC0415 (only on an error)

    return isinstance(error, TaskError)


def _shifted(name: str, arguments: tuple[Any, ...], by_s: float) -> tuple[Any, ...]:
    time_s, *rest = arguments
    if name in ("ended", "cancelled"):
        how = rest[0]
        moved = how._replace(start_s=how.start_s + by_s, end_s=how.end_s + by_s)
        return time_s + by_s, moved
    if name == "hello":
        number, born_s, *others = rest
        return time_s + by_s, number, born_s + by_s, *others
    return time_s + by_s, *rest
