"""Act when an object is gone, in a thread of its own.

A finalizer runs inside whatever code happens to run, and Python drops what is
raised in it: a Ctrl-C would be lost. So the only thing that happens there is one
call of C code, ``SimpleQueue.put``, which no signal handler can enter.
"""

from __future__ import annotations

import threading
import weakref
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Watch(weakref.ref[Any]):
    """Knows what is to be done when its object is gone."""

    __slots__ = ("action",)

    action: Callable[[], None]


class Reaper:
    """Runs actions of objects that are gone; its thread starts with the first."""

    def __init__(
        self, name: str, tick: Callable[[], float | None] = lambda: None
    ) -> None:
        """Name the thread; call ``tick`` now and then.

        Args:
            name: of the thread.
            tick: called in the thread after each action; returns after how many
                seconds of quiet it wants to be called again, None for never.
        """
        self._name = name
        self._tick = tick
        self._gone: SimpleQueue[Any] = SimpleQueue()
        self._put = self._gone.put
        #: by identity: a watch hashes as its object, which may have no hash
        self._watches: dict[int, Watch] = {}
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False

    def watch(self, target: Any, action: Callable[[], None]) -> Watch:
        """Run ``action`` when ``target`` is gone."""
        watch = Watch(target, self._put)
        watch.action = action
        self._watches[id(watch)] = watch
        if self._thread is None:
            self._start()
        return watch

    def drain(self) -> None:
        """Run what is to be done now, in this thread."""
        while True:
            try:
                watch = self._gone.get_nowait()
            except Empty:
                return
            if watch is None:  # the end, which is the thread's to see
                self._put(None)
                return
            self._act(watch)

    def post(self, action: Callable[[], None]) -> None:
        """Run ``action`` in the thread, after what is gone by now."""
        note = Watch(self)
        note.action = action
        self._put(note)
        if self._thread is None:
            self._start()

    def settle(self) -> None:
        """Wait until all that is gone by now has been dealt with."""
        done = threading.Event()
        self.post(done.set)
        while not self._closed and not done.wait(1.0):
            continue

    def close(self) -> None:
        """End the thread; what goes from now on is nobody's business."""
        with self._starting:
            self._closed = True
        self._put(None)
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        self._watches.clear()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(
                    target=self._run, name=self._name, daemon=True
                )
                self._thread.start()

    def _act(self, watch: Watch) -> None:
        self._watches.pop(id(watch), None)
        watch.action()

    def _run(self) -> None:
        pause = None
        while True:
            try:
                watch = self._gone.get(timeout=pause)
                if watch is None:
                    return
                self._act(watch)
            except Empty:
                pass
            pause = self._tick()
