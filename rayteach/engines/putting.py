"""``put`` of the driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.core import events
from rayteach.engines.state import clock
from rayteach.ids import Label
from rayteach.object_id import ObjectID
from rayteach.runtime import protocol, serialization

if TYPE_CHECKING:
    from rayteach.engines.pump import Pump
    from rayteach.engines.state import EngineState
    from rayteach.engines.submission import Submission


class Putting:
    """Stores values of the driver's threads."""

    def __init__(
        self, state: EngineState, submission: Submission, pump: Pump, node: str
    ) -> None:
        """Number labels as the submission does; the values lie on ``node``."""
        self._state = state
        self._submission = submission
        self._shield = pump.shield
        self._node = node
        state.storage.protect(pump.shield)

    def put(self, value: Any, line: int) -> ObjectID:
        """Store a value."""
        if isinstance(value, ObjectID):
            msg = "put() of an ObjectID: it names a stored value already"
            raise TypeError(msg)
        state = self._state
        payload = serialization.dumps(value)
        state.check_ours(payload.contains)
        shared = payload.size > protocol.INLINE_LIMIT
        with self._shield:
            state.check_open()
            data: Any = state.storage.write(payload) if shared else payload.to_bytes()
            with state.lock:
                state.check_open()
                one = self._named(payload.contains, payload.size, line, shared=shared)
                if shared:
                    state.storage.name(data, one)
                    state.large[one.task, one.index] = one
                    if state.cluster is not None:
                        state.cluster.holds(one, data)
                state.store(one, data)
        self._submission.announce()
        return one

    def _named(
        self, contains: tuple[ObjectID, ...], size: int, line: int, *, shared: bool
    ) -> ObjectID:
        """Return a new ID, whose value the log knows of."""
        state, run = self._state, self._submission.run
        number, count = next(state.numbers), self._submission.number("put")
        one = ObjectID(number, 0, Label(None, "put", count))
        one.contains = state.export(contains)
        now = clock()
        state.add(events.ObjectPut(now, (number, 0), count, run, line))
        state.add(events.ObjectCreated(now, (number, 0), size, shared, self._node))
        return one
