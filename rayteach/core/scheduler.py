"""The scheduler: facts in, decisions out. No process, thread or clock in here.

One method per fact (``submit``, ``finish``, ``lose``, ``block`` …). Each takes
the task itself rather than an event object: at 100,000 tasks a second an object
per event is what one would notice. Decisions gather in ``out``; the engine takes
them with :meth:`Scheduler.decide` after each batch of facts.

States change here only, through the table of :mod:`rayteach.core.states`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core import lending, restarting, states
from rayteach.core.decisions import Abandon, Decision, Deliver, Resume
from rayteach.core.mailbox import Mailbox
from rayteach.core.node_state import DIRECT, NodeState
from rayteach.core.places import Places
from rayteach.core.task import CALL, CREATION, TASK, Task
from rayteach.errors import InvalidTransition

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from rayteach.core.gate import Gate

_TRANSITIONS = states.TRANSITIONS
_ON_A_CPU = (states.POSTED, states.RUNNING)


class Scheduler(Places):
    """All unfinished tasks, all nodes, all actors of a session."""

    def __init__(self, story: Callable[[Task], Sequence[str]] | None = None) -> None:
        """Start empty. ``story`` tells a task's history for error messages."""
        super().__init__()
        self.tasks: dict[int, Task] = {}
        self.actors: dict[int, Mailbox] = {}
        #: tasks whose last input came to exist, since the last ``decide``
        self.became_ready: list[Task] = []
        #: tasks that ask for more than any node has, since the engine last looked
        self.infeasible: list[Task] = []
        self._story = story
        self._mail: dict[int, Mailbox] = {}
        #: in the way of all starts while the session is paused or slowed
        self.gate: Gate | None = None

    def add_node(
        self, name: str, num_cpus: float, resources: dict[str, float] | None = None
    ) -> None:
        """Offer a node's CPUs and custom resources."""

        def new_worker() -> int:
            worker = next(self._workers)
            self._worker_node[worker] = node
            return worker

        node = NodeState(
            name, num_cpus, dict(resources or {}), new_worker, self._change
        )
        self.nodes[name] = node
        if self.placement is None and self._plain_node is None and num_cpus >= 1:
            self._plain_node = node

    # Facts about tasks.

    def submit(self, task: Task, producers: Sequence[Task] = ()) -> None:
        """A task, call or creation was submitted; ``producers`` are unfinished."""
        self.tasks[task.number] = task
        for producer in producers:
            if producer.dependents is None:
                producer.dependents = []
            producer.dependents.append(task)
        task.missing = len(producers)
        if task.kind == CREATION:
            self.actors[task.number] = Mailbox(task, -1 if self.gate is None else 0)
        if task.kind == CALL:
            mailbox = self.actors[task.actor or 0]
            if not task.missing:
                self._change(task, states.QUEUED)
            mailbox.add(task)
            self._mail[mailbox.creation.number] = mailbox
        elif not task.missing:
            self._queue(task)

    def submit_plain(self, task: Task) -> bool:
        """``submit`` for a plain task without inputs: what most tasks are.

        Return False, and do nothing, if no node has a CPU for it.
        """
        node = self._plain_node
        if node is None:
            return False
        self._change(task, states.QUEUED)
        self.tasks[task.number] = task
        task.node = node
        node.queue.append(task)
        self._touched[node.name] = node
        return True

    def finish(self, task: Task, end: str = states.DONE) -> None:
        """A task came to an end of its own: ``DONE`` or ``FAILED``."""
        was = task.state
        self._change(task, end)
        if task.is_plain and was in _ON_A_CPU:  # what most tasks are
            del self.tasks[task.number]
            node: NodeState = task.node
            node.posted -= 1
            if node.has_line or self.gate is not None or self._plain_node is None:
                self._touched[node.name] = node
        else:
            self._end(task, was)
        if task.kind == CREATION and end == states.DONE:
            self._created(task)
        dependents, task.dependents = task.dependents, None
        if not dependents:
            return
        if end == states.DONE:
            for dependent in dependents:
                self._input_exists(dependent)
        else:
            self._abandon(dependents, task)

    def cancel(self, task: Task) -> None:
        """The task ends as cancelled, whatever it was doing."""
        was = task.state
        self._change(task, states.CANCELLED)
        self._end(task, was)
        dependents, task.dependents = task.dependents, None
        self._abandon(dependents or [], task)

    def abandon(self, task: Task, cause: Task | None = None) -> None:
        """The task cannot run: an input had failed already, or its actor is dead."""
        self._abandon([task], cause)

    def start(self, task: Task, worker: int) -> None:
        """The driver learned that ``worker`` runs the task."""
        if task.state == states.POSTED:
            self._change(task, states.RUNNING)
        task.worker = worker

    def lose(self, task: Task, *, started: bool) -> bool:
        """The task's worker died. Return True if another attempt follows."""
        if started:
            if task.retries == 0 or task.kind != TASK:
                return False
            task.retries -= task.retries > 0
            task.attempt += 1
        self.take_back(task)
        return True

    def retry(self, task: Task) -> bool:
        """The task raised. Return True if another attempt follows."""
        worker, node, is_plain = task.worker, task.node, task.is_plain
        if not self.lose(task, started=True):
            return False
        if not is_plain and node.roles.get(worker) == DIRECT:
            node.worker_free(worker)
        return True

    def take_back(self, task: Task) -> None:
        """The task goes back to the front of its line."""
        was = task.state
        self._change(task, states.QUEUED)
        if task.kind == CALL:
            mailbox = self.actors[task.actor or 0]
            mailbox.put_back([task])
            self.look_at(mailbox)
            return
        self._left(task, was)
        task.worker = 0
        self.first_in_line(task)

    def first_in_line(self, task: Task) -> None:
        """A task that had a node stands in front again, here or at any other."""
        node: NodeState = task.node
        self._touched[node.name] = node
        if self.placement is None:
            node.enqueue(task, front=True)
        elif not self.placement.add(task, front=True):
            self.infeasible.append(task)

    def block(self, task: Task, worker: int) -> None:
        """A running task waits in ``get`` or ``wait``: its CPU is lent."""
        self._change(task, states.BLOCKED)
        task.worker = worker
        lending.lend(self, task, worker)

    def unblock(self, task: Task) -> None:
        """What a blocked task waited for is there: it wants its CPU back."""
        self._change(task, states.RESUMING)
        lending.want_back(self, task)

    def wait_again(self, task: Task, producers: Sequence[Task]) -> None:
        """A queued task waits for inputs that ``producers`` make once more."""
        self._change(task, states.NEEDS_INPUT)
        if self.placement is not None:
            self.placement.forget(task)
        task.missing = len(producers)
        for producer in producers:
            if producer.dependents is None:
                producer.dependents = []
            producer.dependents.append(task)

    # What ``lending`` and ``gate`` decide.

    def resume(self, task: Task) -> None:
        """A call, or a constructor, goes on."""
        self._change(task, states.RUNNING)
        self.out.append(Resume(task))

    def look_at(self, mailbox: Mailbox) -> None:
        """Look at the mailbox with the next decisions."""
        self._mail[mailbox.creation.number] = mailbox

    # Facts about workers and actors.

    def worker_died(self, worker: int) -> None:
        """A process is gone; its tasks are reported one by one by ``lose``."""
        node = self._worker_node.pop(worker, None)
        if worker in self.lenders:
            lending.forget(self, self.lenders[worker])
        if node is not None:
            node.worker_died(worker)
            self._touched[node.name] = node

    def actor_died(self, actor: int) -> list[Task]:
        """The actor is dead for good. Return its unfinished calls."""
        mailbox = self.actors.get(actor)
        if mailbox is None or mailbox.state == "dead":
            return []
        mailbox.state = "dead"
        lending.forget(self, mailbox)
        creation = mailbox.creation
        if creation.node is not None and creation.worker:
            creation.node.leave(creation)
        return list(mailbox.all_calls())

    def restart_actor(
        self, actor: int, again: Task, begun: Container[int], *, counts: bool
    ) -> list[Task]:
        """See ``restarting.restart``; return calls that the engine must end."""
        steps = (self._change, self._queue)
        return restarting.restart(self, actor, again, begun, steps, counts=counts)

    @property
    def has_news(self) -> bool:
        """True if ``decide`` may have something to say."""
        return bool(self._touched or self._mail or self.out or self.infeasible) or (
            self.placement is not None and self.placement.has_news
        )

    @property
    def busy(self) -> int:
        """Plain tasks that are with a worker or on their way to one."""
        node = self._plain_node
        return node.posted if node is not None else 0

    def decide(self) -> list[Decision]:
        """Return all decisions since the last call."""
        touched, mail = self._touched, self._mail
        place = self.placement
        if place is not None and (touched or place.has_news):
            for node in place.settle(self.out, force=self.gate is not None):
                touched[node.name] = node
        if self.gate is not None:
            self.gate.admit(touched, mail)
        while touched or mail:
            if mail:
                self.deliver(mail.popitem()[1])
            if touched:
                node = touched.popitem()[1]
                node.admit(self.out)
                if node.recalled:
                    lending.granted(self, node)
        decisions, self.out = self.out, []
        return decisions

    def in_flight(self, actor: int) -> int:
        """Calls that lie in the actor's process and have not ended."""
        mailbox = self.actors.get(actor)
        return len(mailbox.in_flight) if mailbox is not None else 0

    # Inside.

    def _change(self, task: Task, state: str) -> None:
        if (task.state, state) not in _TRANSITIONS:
            story = tuple(self._story(task)) if self._story else ()
            raise InvalidTransition(f"task {task.number}", task.state, state, story)
        task.state = state

    def _queue(self, task: Task) -> None:
        self._change(task, states.QUEUED)
        if self.placement is not None:
            if not self.placement.add(task):
                self.infeasible.append(task)
            return
        node = self._plain_node
        if not task.is_plain:
            node = next((n for n in self.nodes.values() if n.can_ever_run(task)), None)
        if node is None:
            self.infeasible.append(task)
            return
        task.node = node
        node.enqueue(task)
        self._touched[node.name] = node

    def _input_exists(self, task: Task) -> None:
        task.missing -= 1
        if task.missing or task.state != states.NEEDS_INPUT:
            return
        self.became_ready.append(task)
        if task.kind == CALL:
            self._change(task, states.QUEUED)
            mailbox = self.actors[task.actor or 0]
            mailbox.ready(task)
            self._mail[mailbox.creation.number] = mailbox
        else:
            self._queue(task)

    def _left(self, task: Task, was: str) -> None:
        """Free what a task in state ``was`` held on its node."""
        if task.kind != TASK or was in (states.NEEDS_INPUT, states.QUEUED):
            return  # an actor keeps what it holds until its process is gone
        node: NodeState = task.node
        if task.is_plain and was in (states.BLOCKED, states.RESUMING):
            return  # a thread of it waits: its worker parks by itself
        node.leave(task)
        self._touched[node.name] = node

    def _end(self, task: Task, was: str) -> None:
        self.tasks.pop(task.number, None)
        if task.kind == CALL:
            mailbox = self.actors.get(task.actor or 0)
            if mailbox is not None:
                mailbox.remove(task)
                if mailbox.has_line:
                    self._mail[mailbox.creation.number] = mailbox
                if mailbox.creation.num_cpus:
                    lending.balance(self, mailbox)
            return
        self._left(task, was)
        if task.kind == TASK and not task.is_plain and task.worker:
            node: NodeState = task.node
            if node.roles.get(task.worker) == DIRECT:
                node.worker_free(task.worker)

    def _created(self, task: Task) -> None:
        # On failure the engine calls actor_died with the constructor's error.
        mailbox = self.actors[task.number]
        mailbox.state, mailbox.worker = "alive", task.worker
        self._mail[task.number] = mailbox
        lending.balance(self, mailbox)

    def deliver(self, mailbox: Mailbox) -> None:
        """Send the calls that can go now."""
        if mailbox.state != "alive":
            return
        if mailbox.is_held_back:
            lending.balance(self, mailbox)
            return
        tasks = mailbox.take()
        if tasks:
            for task in tasks:
                self._change(task, states.POSTED)
                task.worker = mailbox.worker
            self.out.append(Deliver(mailbox.creation.number, tasks))

    def _abandon(self, tasks: list[Task], cause: Task | None) -> None:
        line = list(tasks)
        while line:
            task = line.pop()
            if task.state in states.END_STATES:
                continue
            was = task.state
            self._change(task, states.UNRUNNABLE)
            self._end(task, was)
            self.out.append(Abandon(task, cause))
            if task.kind == CREATION:
                line.extend(self.actor_died(task.number))
            if task.dependents:
                line.extend(task.dependents)
                task.dependents = None
