"""Generator tasks: their items in the driver, one ID each.

    YIELD ──► Streams.item ──► Stream (items nobody took yet) ──► next(generator)
    the task's end ──► Streams._ended ──► an error stands at its position

A generator task has one result, index 0: it says that all items are there. Its
items have the indices from 1. A :class:`Stream` holds those that nobody took;
who reads it holds the stream, so it goes with its reader: the driver's generator,
a worker's (through what it has borrowed), or the result of a dynamic one.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from rayteach.core import events, states
from rayteach.engines.base import DYNAMIC, Function, ItemGone
from rayteach.engines.failures import Failure
from rayteach.engines.pump import Waiter, attach
from rayteach.engines.state import clock
from rayteach.errors import RayteachError
from rayteach.object_id import FAILED, PENDING, STREAM_INDEX, ObjectID
from rayteach.runtime import protocol
from rayteach.runtime.streaming import NotAGenerator

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from rayteach.core.task import Task
    from rayteach.engines.pump import Pump
    from rayteach.engines.state import EngineState
    from rayteach.engines.waiting import Waiting

_REASONS = {True: "enough ready", False: "ended"}
_END = Failure.of_system(RayteachError, "the generator has ended before this item")


class Stream(ObjectID):
    """The items of one generator task, as an ID that processes can hold."""

    __slots__ = ("count", "ended", "is_dynamic", "items")

    def __init__(self, task: int, label: object, *, is_dynamic: bool) -> None:
        """Start without items."""
        super().__init__(task, STREAM_INDEX, label)
        #: by number: items that nobody took, and those that somebody waits for
        self.items: dict[int, ObjectID] = {}
        #: how many items there are so far, an error at its position included
        self.count = 0
        #: True once no more can come
        self.ended = False
        #: True if the items belong to the value of the task
        self.is_dynamic = is_dynamic

    def at(self, number: int) -> ObjectID | None:
        """Return an item, also one to come; None past the end.

        Raises:
            ItemGone: it was handed out.
        """
        one = self.items.get(number)
        if one is None:
            if number <= self.count:
                raise ItemGone
            if self.ended:
                return None
            one = self.items[number] = ObjectID(self.task, number, self.label_source)
            one.work = self.work
        return one

    def take(self, one: ObjectID) -> ObjectID | None:
        """Hand out an item that is ready; None if it turned out to be past the end.

        Raises:
            ValueError: the task's function gave no generator (a ``TaskError`` too).
        """
        if one.index > self.count:
            return None
        if _is_no_generator(one):
            raise one.data.make()
        self.items.pop(one.index, None)
        return one


class Streams:
    """Begins, fills and ends streams. Works under the engine's lock."""

    def __init__(self, state: EngineState) -> None:
        """Keep no stream: who reads it does."""
        self._state = state

    def begin(self, ids: tuple[ObjectID, ...], kind: str) -> tuple[ObjectID, ...]:
        """Make a submitted task a generator task, if ``kind`` says how it streams.

        Return the IDs of the caller: of a streaming task, the stream and the task's
        own result.
        """
        if not kind:
            return ids
        task: Task = ids[0].work
        is_dynamic = kind == DYNAMIC
        flags = protocol.STREAM | (protocol.DYNAMIC if is_dynamic else 0)
        task.function = _variant(task.function, flags)
        done = ids[0]
        stream = Stream(task.number, task.label, is_dynamic=is_dynamic)
        stream.work = task
        self._state.exported[stream.task, STREAM_INDEX] = stream
        itself = weakref.ref(done)  # not a cycle: its end must show at once
        on_done = lambda: self._ended(itself())  # noqa: E731 (the ID's own waiter)
        done.waiters = [Waiter(1, fail_fast=True, on_done=on_done)]
        if is_dynamic:
            done.contains = (stream,)
            return (done,)
        return stream, done

    def item(
        self, store: Callable[..., None], worker: int, body: tuple[int, int, Any]
    ) -> None:
        """A worker sends an item; ``store(worker, id, *stored)`` keeps it."""
        number, index, stored = body
        state = self._state
        self._note_start(worker, number)
        stream: Any = state.exported.get((number, STREAM_INDEX))
        if stream is None or stream.ended or index <= stream.count:
            if stored[0] == protocol.SEGMENT:  # nobody reads, or a second attempt
                state.storage.own(*stored[1:3])  # owned for a moment, so removed
            return
        one = stream.at(index)
        stream.count = index
        if stream.is_dynamic:
            state.exported[number, index] = one
        how, _, size, _ = stored
        if how == protocol.INLINE:
            state.add(events.ObjectCreated(clock(), (number, index), size, False, "A"))  # noqa: FBT003
        store(worker, one, *stored)

    def answer(
        self, worker: int, key: tuple[int, int], *, is_new: bool, takes: bool
    ) -> tuple[str, Any]:
        """Answer a task that reads: "item", "wait", "end", "gone" or "failed".

        The worker counts as holding the item from its first question on.
        """
        stream: Any = self._state.resolve((key[0], STREAM_INDEX), worker)
        one = failure = None
        what = "end"
        try:
            one = stream.at(key[1])
        except ItemGone:
            what = "gone"
        if one is not None:
            what, failure = _describe(stream, one, takes=takes)
        if is_new:
            self._count(worker, key, one)
        return what, failure

    def _count(self, worker: int, key: tuple[int, int], one: ObjectID | None) -> None:
        """The worker has one more ID of that key, and will tell of its end."""
        held = self._state.borrowed[worker].get(key)
        if one is None and held is not None:
            one = held[0]
        if one is not None:
            self._state.borrow(worker, one)

    def _note_start(self, worker: int, number: int) -> None:
        """An item tells that its task runs."""
        state = self._state
        task = state.scheduler.tasks.get(number)
        if task is None or task.state != states.POSTED:
            return
        slot = state.pool.board.read(worker)
        start_s = slot.start_s if slot.task == number else clock()
        state.scheduler.start(task, worker)
        state.add(events.TaskStarted(start_s, number, task.attempt, worker))

    def _ended(self, done: ObjectID | None) -> None:
        """The task is over: its error, if any, is the last item."""
        state = self._state
        if done is None:
            return
        stream: Any = state.exported.get((done.task, STREAM_INDEX))
        if stream is None:
            return
        if done.status == FAILED and stream.is_dynamic:
            done.contains = ()
        elif done.status == FAILED:
            last = stream.at(stream.count + 1)
            stream.count += 1
            state.fail(last, done.data)
        stream.ended, stream.work = True, None
        for number in tuple(stream.items):  # readers take without the lock
            if number > stream.count:
                state.fail(stream.items.pop(number), _END)


class DriverItems:
    """Reads streams for the driver's threads; see ``engines.base.Items``."""

    def __init__(self, state: EngineState, waiting: Waiting, pump: Pump) -> None:
        """Wait as ``get`` and ``wait`` do."""
        self._state = state
        self._waiting = waiting
        self.shield = pump.shield

    def item(self, stream: Any, number: int, line: int) -> ObjectID | None:
        """Wait for an item and hand it out; None if the stream ends before it.

        Every call is logged as a wait, so that a run looks the same however late
        its items came.
        """
        with self.shield:
            what, one = self.peek(stream, number)
            named = one or ObjectID(stream.task, number)
            waiting = self._waiting
            wait = waiting.begin("wait", [named], 1, None, line)
            if what == "wait":
                waiting.block([named], 1, None, fail_fast=False)
            is_item = what != "end" and number <= stream.count
            waiting.end(wait, [0] if is_item else [], _REASONS[is_item])
            if what == "wait" and named.status == PENDING:
                raise KeyboardInterrupt
            return stream.take(named) if is_item else None

    def peek(self, stream: Any, number: int) -> tuple[str, ObjectID | None]:
        """Say what ``item`` would find: "item", "wait" or "end"."""
        self._state.check_ours((stream,))
        with self.shield, self._state.lock:
            one: ObjectID | None = stream.at(number)
        if one is None:
            return "end", None
        return "wait" if one.status == PENDING else "item", one

    def ready(self, stream: Any, number: int) -> Future[None]:
        """Return a future that the pump's leader fills."""
        from concurrent.futures import Future  # noqa: PLC0415 (5 ms, rarely used)

        future: Future[None] = Future()
        future.set_running_or_notify_cancel()
        one = self.peek(stream, number)[1]
        with self.shield, self._state.lock:
            if one is not None and one.status == PENDING:
                self._state.check_open()
                done = lambda: future.set_result(None)  # noqa: E731 (one line of it)
                attach(Waiter(1, fail_fast=True, on_done=done), one)
                return future
        future.set_result(None)
        return future


def _describe(stream: Stream, one: ObjectID, *, takes: bool) -> tuple[str, Any]:
    if one.status == PENDING:
        return "wait", None
    if _is_no_generator(one):
        return "failed", one.data
    if takes:
        stream.take(one)
    return "item", None


def _is_no_generator(one: ObjectID) -> bool:
    if one.status != FAILED:
        return False
    found: bool = one.data.remote.type_name == NotAGenerator.__name__
    return found


def _variant(function: Function, flags: int) -> Function:
    """Return the function for one generator task.

    It learns no mean time, so such a task travels alone: its items come when it
    has begun, and nobody waits behind it.
    """
    made = Function(
        function.number, function.name, function.flags | flags, function.where,
        function.line,
    )  # fmt: skip
    made.captured = function.captured
    return made
