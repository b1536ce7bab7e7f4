"""Several nodes on this machine: they come, they go, they die.

Made with the second node; a session of one node has none of this. The driver is on
node A, whose processes are those that every session has, and one copier.
"""

from __future__ import annotations

import re
import weakref
from typing import TYPE_CHECKING, Any

from rayteach.core import cluster, events
from rayteach.engines.copying import Copies
from rayteach.engines.pump import Waiter, attach
from rayteach.engines.sending import Sending
from rayteach.engines.state import clock
from rayteach.engines.storage import Segment, Storage, who_holds
from rayteach.engines.wishes import bytes_of, wish_of
from rayteach.object_id import FAILED, PENDING, ObjectID
from rayteach.runtime.node_process import CopierHandle, NodeProcess
from rayteach.runtime.object_store import Places, default_limit
from rayteach.runtime.worker_pool import HOME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rayteach.engines.asked import Asked
    from rayteach.engines.deaths import Deaths
    from rayteach.engines.dispatch import Dispatcher
    from rayteach.engines.failures import Failure
    from rayteach.engines.inbound import Inbound
    from rayteach.engines.state import EngineState
    from rayteach.engines.submission import Submission

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Nodes:
    """All nodes of a session. Works under the engine's lock."""

    def __init__(
        self,
        state: EngineState,
        dispatcher: Dispatcher,
        submission: Submission,
        deaths: Deaths,
        inbound: Inbound,
        shield: Any,
    ) -> None:
        """Begin with the driver's node.

        Raises:
            OSError: no process can be made.
        """
        self._state = state
        self._deaths = deaths
        self._inbound = inbound
        self._shield = shield
        #: all names that nodes have or had
        self.used = {HOME}
        #: by the number under which a descriptor is polled
        self._listeners: dict[int, Callable[[], None]] = {}
        self.storages: dict[str, Storage] = {HOME: state.storage}
        self._stores = {str(state.pool.directory): state.storage}
        self.copiers: dict[str, CopierHandle] = {}
        self.copies = Copies(state, self)
        self.lineage = state.lineage
        self._sending = Sending(state, self.copies, dispatcher, submission)
        self.send = self._sending.send
        #: the IDs of large values, by their file
        self._holders: weakref.WeakValueDictionary[str, ObjectID] = (
            weakref.WeakValueDictionary()
        )
        placement = cluster.begin(state.scheduler)
        placement.wish_of, placement.bytes_of = wish_of, bytes_of
        self._start_copier(HOME, state.pool.home_copier())

    # Coming.

    def add(
        self,
        name: str | None,
        num_cpus: float,
        resources: dict[str, float],
        object_store_memory: int | None,
    ) -> str:
        """Start a node; return its name.

        Raises:
            ValueError: the name cannot be one, or is or was another node's.
            OSError: no process can be made.
        """
        name = self._free_name() if name is None else self._checked(name)
        pool, state = self._state.pool, self._state
        process = NodeProcess(name, pool)
        try:
            copier = CopierHandle(process.nursery, process.store, process.spill)
        except OSError:
            process.close()
            raise
        self.used.add(name)
        pool.far[name] = process
        self._open_store(process, object_store_memory)
        self._listen(process.nursery.fileno(), lambda: self._heard(name))
        self._start_copier(name, copier)
        state.add(
            events.NodeAdded(clock(), name, num_cpus, tuple(sorted(resources.items())))
        )
        cluster.join(state.scheduler, name, num_cpus, resources)
        return name

    def _open_store(self, process: NodeProcess, limit: int | None) -> None:
        state, folder = self._state, process.store
        storage = Storage(
            Places(folder, process.spill, "d"), limit or default_limit(folder),
            state.log.append, state.outputs.warn, process.name,
        )  # fmt: skip
        storage.who = lambda key: who_holds(state, key)
        storage.protect(self._shield)
        self.storages[process.name] = self._stores[folder] = storage

    def _free_name(self) -> str:
        names: list[str] = [*_LETTERS, *(f"N{number}" for number in range(27, 1000))]
        return next(name for name in names if name not in self.used)

    def _checked(self, name: Any) -> str:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            msg = f"name={name!r}: a node's name is a str of letters, digits, _ . -"
            raise ValueError(msg)
        if name in self.used:
            msg = f"name={name!r}: another node has it, or had it; choose a new one"
            raise ValueError(msg)
        return str(name)

    # Listening to nodes.

    def _listen(self, fd: int, heard: Callable[[], None]) -> None:
        number = -fd - 1
        self._listeners[number] = heard
        self._state.pool.watch(fd, number)

    def _ignore(self, fd: int) -> None:
        self._listeners.pop(-fd - 1, None)
        self._state.pool.ignore(fd)

    def read(self, number: int) -> None:
        """A descriptor of a node has something."""
        heard = self._listeners.get(number)
        if heard is not None:
            heard()

    def _heard(self, name: str) -> None:
        """The node's fork server reports, or is dead."""
        message = self._state.pool.far[name].nursery.message()
        if message is None:
            self.lost(name, "its process died")
            return
        what, worker, code = message
        if what == "refused":
            if worker:
                self._deaths.refused(worker, code)
        elif what == "forked":
            self._state.starts.came()
        elif worker in self._state.pool.workers:
            for received in self._state.pool.last_words(worker):
                self._inbound.read(worker, *received)
            self._deaths.bury(worker, code)

    def _start_copier(self, name: str, copier: CopierHandle) -> None:
        self.copiers[name] = copier
        self._listen(copier.control.fileno(), lambda: self._copier_said(name))

    def _drop_copier(self, name: str) -> None:
        copier = self.copiers.pop(name)
        self._ignore(copier.control.fileno())
        copier.close()

    def _copier_said(self, name: str) -> None:
        said = self.copiers[name].heard()
        if said is None:
            self._copier_died(name)
        for what, *message in said or ():
            if what == "came":
                self.copies.came(*message)
            elif what == "failed":
                self.copies.failed(*message)
            else:
                self.storage_of(message[0]).spilled(message[0])

    def _copier_died(self, name: str) -> None:
        """Start another, unless it went with its node."""
        pool = self._state.pool
        self._drop_copier(name)
        try:
            if name == HOME:
                copier = pool.home_copier()
            else:
                far = pool.far[name]
                copier = CopierHandle(far.nursery, far.store, far.spill)
        except OSError:  # the node dies as well, or will when it is asked next
            return
        self._start_copier(name, copier)
        self.copies.copier_lost(name)

    # What the rest of the engine asks.

    def storage_of(self, path: str) -> Storage:
        """Return the book of the store that holds the file."""
        return self._stores.get(path.rpartition("/")[0], self._state.storage)

    def holds(self, one: ObjectID, segment: Segment) -> None:
        """The value of ``one`` lies in ``segment``."""
        self._holders[segment.path] = one

    def held_on(self, node: str) -> list[ObjectID]:
        """Return the IDs whose value, or a copy of it, lies on the node."""
        found = {  # each once, even if its value has had several files by now
            id(one): one
            for one in list(self._holders.values())
            if isinstance(one.data, Segment) and one.data.is_on(node)
        }
        return list(found.values())

    def bury(self, node: str, worker: int) -> None:
        """A worker died: clean up what it left in its node's store."""
        storage = self.storages.get(node)
        if storage is not None:
            storage.bury(f"w{worker}")

    def when_here(self, asked: Asked, node: str, then: Callable[[], None]) -> None:
        """Call ``then`` when all values that were asked for are on the node.

        Also when one has failed, or cannot be stored there (``asked.failure``).
        """

        def look(failure: Failure | None = None) -> None:
            if failure is not None:
                asked.failure = failure
            pending = [one for one in asked.ids if one.status == PENDING]
            is_over = asked.failure is not None or any(
                one.status == FAILED for one in asked.ids
            )
            if is_over:
                then()
            elif pending:
                waiter = Waiter(1, fail_fast=True, on_done=look)
                attach(waiter, pending[0])
            elif asked.is_far(node):
                self.copies.bring(far(asked.ids, node), node, look)
            else:
                then()

        look()

    # Going.

    def check(self, name: Any, verb: str) -> None:
        """Raise ``ValueError`` if the node cannot be removed or killed."""
        if name == HOME:
            msg = f"node {HOME} is the notebook's own: {verb} another one"
            raise ValueError(msg)
        if name not in self._state.pool.far:
            known = ", ".join([HOME, *self._state.pool.far])
            msg = f"there is no node {name!r}; there are {known}"
            raise ValueError(msg)

    def kill(self, name: str) -> None:
        """End a node at once, as if its machine had lost its power."""
        self._state.pool.far[name].kill()
        self.lost(name, "it was killed with kill_node()")

    def lost(self, name: str, reason: str) -> None:
        """A node is gone, with all that its store held."""
        process = self._state.pool.far.get(name)
        if process is None:
            return
        process.kill()
        state = self._state
        state.add(events.NodeLost(clock(), name, reason))
        if name in state.scheduler.nodes:
            cluster.leave(state.scheduler, name)

        def dismiss() -> None:
            del state.pool.far[name]
            self._ignore(process.nursery.fileno())
            if name in self.copiers:
                self._drop_copier(name)
            self.storages.pop(name).close()
            del self._stores[process.store]
            self._lose_values(name)

        self._deaths.whole_node(name, self._inbound.read, dismiss)
        self.copies.node_lost(name)
        process.close()

    def _lose_values(self, name: str) -> None:
        """Every ID whose value lay on the node gets another copy, or is lost."""
        lost, now = [], clock()
        for one in self.held_on(name):
            segment: Segment = one.data
            key = one.task, one.index
            self._state.add(events.CopyLost(now, key, name))
            if segment.node != name:
                del segment.copies[name]
            elif segment.copies:
                self._promote(one, segment)
            else:
                lost.append(one)
        ordered = sorted(lost, key=lambda one: (one.task, one.index))
        self.lineage.lost(ordered, f"with node {name}")

    def _promote(self, one: ObjectID, segment: Segment) -> None:
        """One of the copies stands for the value from here on."""
        node = min(segment.copies)
        copy = segment.copies.pop(node)
        copy.copies = segment.copies
        one.data = copy
        self.storages[node].name(copy, one)
        self.holds(one, copy)

    def close(self) -> None:
        """End all nodes; the pool ends their processes."""
        for copier in self.copiers.values():
            copier.close()
        for name, storage in self.storages.items():
            if name != HOME:
                storage.close()

    def disown(self) -> None:
        """Close a forked child's copies of the sockets."""
        for copier in self.copiers.values():
            copier.close()


def far(ids: Sequence[ObjectID], node: str) -> list[tuple[tuple[int, int], Segment]]:
    """Return which values do not lie on the node, each once."""
    found = {
        one.data.path: ((one.task, one.index), one.data)
        for one in ids
        if isinstance(one.data, Segment) and not one.data.is_on(node)
    }
    return list(found.values())
