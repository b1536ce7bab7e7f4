"""Work of cells that ran again: it ends as soon as nobody can name what it makes.

    a cell runs again ──► supersede(run): its tasks hold their results weakly
    the last reference to a result goes ──► a note ──► review
    review ──► what is needed goes on, behind current runs; the rest ends

A superseded task is *needed* while somebody holds an ID of its results, or while
it holds a handle of an actor that is needed: its effect reaches that actor. A
superseded actor is needed while somebody other than unneeded superseded work
holds its identity. So two actors that only hold each other are not.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rayteach.core import states
from rayteach.core.task import CALL, CREATION
from rayteach.engines import naming
from rayteach.object_id import STREAM_INDEX, ActorID, ObjectID
from rayteach.runtime import protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rayteach.core.task import Task
    from rayteach.engines.base import ActorOptions
    from rayteach.engines.cancelling import Cancelling
    from rayteach.engines.state import Actor, EngineState

REASON = "superseded: its cell ran again, and nothing names what it makes"


class Fading(Sequence[ObjectID]):
    """The results of a superseded task: its own hold on them is weak.

    An ID that nobody holds any more reads as a new one, which takes what the
    task still sends and goes with it.
    """

    def __init__(
        self, task: Task, stream: ObjectID | None, gone: Callable[[int], None]
    ) -> None:
        """Call ``gone(number)`` whenever an ID of the task goes."""
        number = task.number
        tell = lambda _: gone(number)  # noqa: E731 (holds no more than the number)
        self._task = number
        self._label = task.label
        self._refs = [weakref.ref(one, tell) for one in task.returns]
        self._stream = weakref.ref(stream, tell) if stream is not None else None

    @property
    def is_held(self) -> bool:
        """True if somebody can still name a result."""
        if self._stream is not None and self._stream() is not None:
            return True
        return any(ref() is not None for ref in self._refs)

    def __len__(self) -> int:
        """Return how many results there are."""
        return len(self._refs)

    def __getitem__(self, index: Any) -> Any:
        """Return an ID, or several."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        found = self._refs[index]()
        return ObjectID(self._task, index, self._label) if found is None else found


class Superseding:
    """Ends superseded work that nobody needs. Works under the engine's lock."""

    def __init__(
        self,
        state: EngineState,
        cancelling: Cancelling,
        end_actor: Callable[[int, str, str], None],
    ) -> None:
        """End actors with ``end_actor(number, text, reason)``."""
        self._state = state
        self._cancelling = cancelling
        self._end_actor = end_actor
        #: cell runs that were followed by another of the same cell
        self.runs: set[int] = set()
        self._is_noted = False

    def supersede(self, run: int) -> bool:
        """The cell of ``run`` runs again. Return True if something of it is alive."""
        self.runs.add(run)
        scheduler = self._state.scheduler
        for node in scheduler.nodes.values():
            node.put_behind(run)
            scheduler.touch(node)
        self._recall(run)
        return bool(self._tasks() or self._actors())

    def _recall(self, run: int) -> None:
        """Take the run's tasks out of the node's queue: others go first now."""
        state = self._state
        wanted = {
            task.number: task
            for task in self._tasks()
            if task.run == run and task.state == states.POSTED and task.message
        }
        messages = {task.message for task in wanted.values()}
        if not messages:
            return
        head = protocol.MESSAGE.size
        kept: list[bytes] = []
        found: list[Any] = []
        for message in state.pool.queue.take_back():
            number = protocol.MESSAGE.unpack_from(message)[0]
            if number not in messages:
                kept.append(message)
                continue
            rest: list[Any] = []
            for frame in protocol.split_frames(memoryview(message)[head:]):
                mine = protocol.task_number(frame) in wanted
                (found if mine else rest).append(frame)
            state.messages[number] = [protocol.task_number(one) for one in rest]
            if rest:
                kept.append(message[:head] + b"".join(rest))
        state.pool.queue.repost(kept)
        for frame in reversed(found):
            task = wanted[protocol.task_number(frame)]
            task.message = 0
            self._cancelling.take_back(task)

    def note(self, number: int) -> None:
        """An ID of a superseded task is gone."""
        self._is_noted = True
        task = self._state.scheduler.tasks.get(number)
        if task is not None and task.kind == CALL and not _is_held(task):
            # So the actor goes with its last handle that somebody can name.
            task.pins = without(task.pins, task.actor or 0)

    def released(self, number: int) -> None:
        """An actor's last handle is gone.

        It ends at once if its cell ran again, or if all that it does is cancelled or
        of such cells.
        """
        mailbox = self._state.scheduler.actors.get(number)
        if mailbox is None:
            return
        running = mailbox.in_flight.values()
        is_left = bool(running) and all(
            one.cancellation is not None or one.run in self.runs for one in running
        )
        if is_left or mailbox.creation.run in self.runs:
            pool = self._state.pool
            for worker in list(pool.workers.values()):
                if worker.actor == number:
                    pool.kill(worker.number)
            self._is_noted = True

    def settle(self) -> None:
        """Review if there is news; called after the notes were read."""
        if self._is_noted:
            self._is_noted = False
            self.review()

    def review(self) -> None:
        """End what nobody needs."""
        if not self.runs:
            return
        tasks = sorted(self._tasks(), key=lambda task: -task.number)
        for task in tasks:
            self._fade(task)
        for number in self._actors():
            creation = self._state.scheduler.actors[number].creation
            if creation.state not in states.END_STATES:
                self._fade(creation)
        needed_actors, needed = _Marking(self._state, tasks, self._actors()).mark()
        for task in tasks:  # the newest first: so what they hold is free by then
            if task.number not in needed and not _is_held(task):
                self._cancel(task)
        for number, known in self._actors().items():
            if number not in needed_actors:
                text = f"{known.label} is gone: its cell ran again"
                self._end_actor(number, text, "superseded")
        alive = {task.run for task in self._tasks()}
        for number in self._actors():
            alive.add(self._state.scheduler.actors[number].creation.run)
        self.runs &= alive

    def free_name(self, options: ActorOptions) -> None:
        """Take a name from an actor whose cell ran again: a new one gets it."""
        key = naming.key_of(self._state, options)
        known = self._actors().get(self._state.named.get(key, 0))
        if known is not None:
            del self._state.named[key]
            known.name = ""

    def _tasks(self) -> list[Task]:
        tasks = self._state.scheduler.tasks.values()
        return [t for t in tasks if t.run in self.runs and t.kind != CREATION]

    def _actors(self) -> dict[int, Actor]:
        state = self._state
        found = {}
        for number, known in state.actors.items():
            mailbox = state.scheduler.actors.get(number)
            if known.failure is None and mailbox is not None:
                kept = known.kept
                if mailbox.creation.run in self.runs and kept is None:
                    found[number] = known
        return found

    def _fade(self, task: Task) -> None:
        if isinstance(task.returns, Fading) or not task.returns:
            return
        state = self._state
        stream = state.exported.get((task.number, STREAM_INDEX))
        task.returns = Fading(task, stream, state.notes.append)  # type: ignore[assignment]
        stream = None
        if task.kind == CALL and not _is_held(task):
            task.pins = without(task.pins, task.actor or 0)

    def _cancel(self, task: Task) -> None:
        if task.state in states.END_STATES or task.cancellation is not None:
            return
        self._cancelling.reason = REASON
        try:
            self._cancelling.cancel(task, force=False, recursive=False)
        finally:
            self._cancelling.reason = ""


class _Marking:
    """Which superseded work is needed, found from what the driver can name."""

    def __init__(
        self, state: EngineState, tasks: list[Task], actors: dict[int, Actor]
    ) -> None:
        self._state = state
        self._tasks = tasks
        self._actors = actors
        self._needed: set[int] = set()
        #: pool workers that run one of the tasks
        self._at = {task.worker: task for task in tasks if task.worker}

    def mark(self) -> tuple[set[int], set[int]]:
        """Return the numbers of actors and of tasks that are needed."""
        alive = {number for number in self._actors if self._has_outsiders(number)}
        waiting = []
        for task in self._tasks:
            if _is_held(task):
                self._take(task, alive)
            else:
                waiting.append(task)
        asked: set[int] = set()
        while True:
            before = len(self._needed) + len(alive)
            for task in [t for t in waiting if t.number not in self._needed]:
                if any(self._survives(n, alive) for n in _handles(task)):
                    self._take(task, alive)
            for number in alive - asked:
                asked.add(number)
                self._take_worker(self._worker_of(number), alive)
            if len(self._needed) + len(alive) == before:
                return alive, self._needed

    def _survives(self, actor: int, alive: set[int]) -> bool:
        if actor in self._actors:
            return actor in alive
        known = self._state.actors.get(actor)
        return known is not None and known.failure is None

    def _take(self, task: Task, alive: set[int]) -> None:
        self._needed.add(task.number)
        alive.update(n for n in _handles(task) if n in self._actors)
        if task.worker:
            self._take_worker(task.worker, alive)

    def _take_worker(self, worker: int, alive: set[int]) -> None:
        held = self._state.borrowed.get(worker, {})
        alive.update(number for number, _ in held if number in self._actors)

    def _worker_of(self, actor: int) -> int:
        return self._state.scheduler.actors[actor].worker

    def _has_outsiders(self, number: int) -> bool:
        """Tell whether anything but this work holds the actor's identity.

        What we do not know of counts as an outsider: then the actor stays.
        """
        known = self._actors[number]
        ours = sum(1 for one in self._held_by_tasks() if one.task == number)
        for worker in self._workers():
            ours += (number, 0) in self._state.borrowed.get(worker, {})
        return _references(known.ref) > ours

    def _held_by_tasks(self) -> Iterator[ObjectID]:
        seen: set[int] = set()
        for task in self._tasks:
            yield from _pinned(task.pins, seen)

    def _workers(self) -> set[int]:
        """Return the workers of these actors, and those that run these tasks."""
        found = {self._worker_of(number) for number in self._actors}
        return (found | set(self._at)) - {0}


def _is_held(task: Task) -> bool:
    returns: Any = task.returns
    return not isinstance(returns, Fading) or returns.is_held


def _handles(task: Task) -> set[int]:
    """Return the actors that a task can reach."""
    found = {one.task for one in _pinned(task.pins, set())}
    captured = getattr(task.function, "captured", ())
    found |= {one.task for one in captured if isinstance(one, ActorID)}
    if task.kind == CALL and task.actor:
        found.add(task.actor)
    return found


def _pinned(pins: Any, seen: set[int]) -> Iterator[ObjectID]:
    """Yield the handles in a task's pins; tuples that are shared only once."""
    if isinstance(pins, ActorID):
        yield pins
    elif isinstance(pins, tuple) and id(pins) not in seen:
        seen.add(id(pins))
        for one in pins:
            yield from _pinned(one, seen)


def without(pins: Any, actor: int) -> Any:
    """Return a task's pins but for the handles of one actor."""
    if isinstance(pins, ActorID):
        return None if pins.task == actor else pins
    if isinstance(pins, tuple):
        return tuple(without(one, actor) for one in pins)
    return pins


def _references(ref: weakref.ref[Any]) -> int:
    """Return how many hold what ``ref`` points to, 0 if it is gone."""
    return _counted(ref) - _OWN


def _counted(ref: weakref.ref[Any]) -> int:
    one = ref()
    return sys.getrefcount(one) if one is not None else 0


class _Probe:
    """Held once, to learn what counting itself adds on this Python."""


_probe = _Probe()
_OWN = _counted(weakref.ref(_probe)) - 1
