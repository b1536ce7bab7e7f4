"""A node's workers and its queue, as the scheduler is promised they behave.

Workers act one step at a time, whenever the test says so: take the next message
of the queue (first in, first out), start a task, end it, block, hand back what
has not started, die. What a worker sends waits in its outbox, in order, until
the driver reads it: the driver's picture is as late as the test likes.
"""

from collections import deque
from dataclasses import dataclass, field
from itertools import count

from rayteach.core import gate, states
from rayteach.core.scheduler import Scheduler
from rayteach.core.task import CALL, CREATION, TASK, Task

READING, PARKED, ACTOR = "reading", "parked", "actor"


class Function:
    """All that the scheduler asks of one."""

    mean_s = 0.0


@dataclass
class Worker:
    number: int
    mode: str
    greeted: bool = False
    #: tasks of the message in hand that have not started
    todo: deque = field(default_factory=deque)
    #: the tasks of the message in hand, and how many have started
    message: list = field(default_factory=list)
    started: int = 0
    running: Task | None = None
    #: True inside ``get``; it goes on when the driver answers
    blocked: bool = False
    #: what came by its own line
    inbox: deque = field(default_factory=deque)
    outbox: deque = field(default_factory=deque)

    @property
    def is_idle(self) -> bool:
        return self.greeted and self.running is None and not self.todo


class FakePool:
    """The engine and its processes in one: carries out decisions, tells facts."""

    def __init__(self, cpus: float, chunk: int, resources: dict[str, float]) -> None:
        self.scheduler = Scheduler()
        self.scheduler.add_node("A", cpus, resources)
        self.node = self.scheduler.nodes["A"]
        self.chunk = chunk
        self.queue = deque()
        self.workers: dict[int, Worker] = {}
        self.numbers = count(1)
        self.submitted: list[Task] = []
        self.ended: dict[int, str] = {}
        self.order: dict[tuple, list[int]] = {}
        self.deaths = 0
        #: how often the gate asked for some time
        self.rests = 0

    # What the driver does.

    def submit(self, *, after=(), **options) -> Task:
        task = Task(next(self.numbers), Function, **options)
        if task.kind == CREATION:
            task.actor = task.number
        task.inputs = tuple(after)
        self.submitted.append(task)
        unfinished = [one for one in after if one.state not in states.END_STATES]
        self.scheduler.submit(task, unfinished)
        failed = [one for one in after if self.ended.get(one.number, "done") != "done"]
        if failed:
            self.scheduler.abandon(task, failed[0])
        elif task.kind == CALL and self.scheduler.actors[task.actor].state == "dead":
            self.scheduler.abandon(task)
        elif task.kind == CALL and self._must_refuse(task):
            self._end(task, "unavailable")
            self.scheduler.finish(task, states.FAILED)
        self.settle()
        return task

    def _must_refuse(self, task: Task) -> bool:
        is_restarting = self.scheduler.actors[task.actor].state == "restarting"
        return is_restarting and not task.retries and not task.missing

    def settle(self) -> None:
        while True:
            found = self.scheduler.decide()
            for decision in found:
                getattr(self, f"_do_{type(decision).__name__.lower()}")(decision)
            if not found:
                return

    def _do_startworker(self, decision) -> None:
        mode = ACTOR if decision.actor else PARKED if decision.parked else READING
        self.workers[decision.worker] = Worker(decision.worker, mode)

    def _do_post(self, decision) -> None:
        for at in range(0, len(decision.tasks), self.chunk):
            self.queue.append(decision.tasks[at : at + self.chunk])

    def _do_park(self, decision) -> None:
        self.queue.extend("PARK" for _ in range(decision.count))

    def _do_unpark(self, decision) -> None:
        if decision.worker in self.workers:
            self.workers[decision.worker].inbox.append("UNPARK")

    def _do_dispatch(self, decision) -> None:
        if decision.worker in self.workers:
            self.workers[decision.worker].inbox.append(decision.task)

    def _do_deliver(self, decision) -> None:
        number = self.scheduler.actors[decision.actor].worker
        if number in self.workers:
            self.workers[number].inbox.extend(decision.tasks)

    def _do_resume(self, decision) -> None:
        if decision.task.worker in self.workers:
            self.workers[decision.task.worker].blocked = False

    def _do_rest(self, _decision) -> None:
        self.rests += 1

    def _do_abandon(self, decision) -> None:
        self._end(decision.task, "cannot run")

    def _end(self, task: Task, how: str) -> None:
        if task.kind == CREATION and self.ended.get(task.number) == "done":
            return  # its actor is made anew
        assert task.number not in self.ended, f"task {task.number} ended twice"
        self.ended[task.number] = how

    def pause(self) -> None:
        """Close the gate and take back what nobody has taken."""
        gate.close(self.scheduler)
        messages, self.queue = list(self.queue), deque()
        for message in reversed(messages):
            if message == "PARK":
                self.queue.appendleft(message)
                continue
            for task in reversed(message):
                if task.state == states.POSTED:
                    self.scheduler.take_back(task)
        for worker in self.workers.values():
            calls = [t for t in worker.inbox if getattr(t, "kind", "") == CALL]
            if calls and not self.scheduler.actors[calls[0].actor].slots:
                worker.inbox = deque(x for x in worker.inbox if x not in calls)
                worker.outbox.append(("returned", calls))
        gate.put_in_order(self.scheduler)
        self.settle()

    def let(self, count: int) -> None:
        self.scheduler.gate.let(count)
        self.settle()

    def resume(self) -> None:
        gate.open_wide(self.scheduler)
        self.settle()

    # What workers do.

    def can_take(self, worker: Worker) -> bool:
        line = self.queue if worker.mode == READING else worker.inbox
        return worker.is_idle and bool(line)

    def hello(self, worker: Worker) -> None:
        worker.greeted = True
        worker.outbox.append(("hello", None))

    def take(self, worker: Worker) -> None:
        """Take the next message, or the next frame of its own line."""
        if worker.mode == READING:
            message = self.queue.popleft()
            if message == "PARK":
                worker.mode = PARKED
                worker.outbox.append(("parked", None))
            else:
                worker.message, worker.started = list(message), 0
                worker.todo.extend(message)
            return
        frame = worker.inbox.popleft()
        if frame == "UNPARK":
            worker.mode = READING
        else:
            worker.message, worker.started = [frame], 0
            worker.todo.append(frame)

    def start(self, worker: Worker) -> None:
        task = worker.todo.popleft()
        worker.running = task
        worker.started += 1
        undone = [i for i in task.inputs if self.ended.get(i.number) != "done"]
        assert not undone, f"task {task.number} started before its inputs"
        if task.kind == CALL:
            self.order.setdefault((worker.number, task.parent), []).append(task.number)

    def finish(self, worker: Worker, how: str) -> None:
        worker.outbox.append((how, worker.running))
        if worker.blocked and worker.mode == READING:  # its CPU is lent
            worker.mode = PARKED
            worker.outbox.append(("parked", None))
        worker.running, worker.blocked = None, False
        if not worker.todo:
            worker.message = []

    def block(self, worker: Worker) -> None:
        worker.blocked = True
        self.hand_back(worker)
        worker.outbox.append(("block", worker.running))

    def hand_back(self, worker: Worker) -> None:
        if worker.mode == READING and worker.todo:
            worker.outbox.append(("returned", list(worker.todo)))
            worker.todo.clear()

    def die(self, worker: Worker) -> None:
        """Read all it sent, then bury it, as ``engines.deaths`` does."""
        self.deaths += 1
        while worker.outbox:
            self.read(worker)
        del self.workers[worker.number]
        self.scheduler.worker_died(worker.number)
        if worker.mode == ACTOR:
            for number, mailbox in list(self.scheduler.actors.items()):
                if worker.number in (mailbox.worker, mailbox.creation.worker):
                    self._lose_actor(number, worker)
        else:
            direct = [x for x in worker.inbox if x != "UNPARK"]
            tasks = worker.message + direct
            for position, task in reversed(list(enumerate(tasks, 1))):
                if self._is_with(task, worker):
                    self._lose(task, started=position <= worker.started)
        self.settle()

    def _is_with(self, task: Task, worker: Worker) -> bool:
        alive = task.state not in (*states.END_STATES, states.QUEUED)
        return alive and task in (*worker.message, *worker.inbox)

    def _lose(self, task: Task, *, started: bool) -> None:
        if not self.scheduler.lose(task, started=started):
            self._end(task, "failed")
            self.scheduler.finish(task, states.FAILED)

    def _lose_actor(self, number: int, worker: Worker) -> None:
        mailbox = self.scheduler.actors[number]
        creation, again = mailbox.creation, mailbox.creation
        begun = {worker.running.number} if worker.running else set()
        counts = creation.state == states.DONE or creation.number in begun
        if mailbox.state == "dead" or (counts and not mailbox.restarts):
            self.end_actor(number)
            return
        if creation.state == states.DONE:
            again = Task(number, Function, kind=CREATION, actor=number)
            again.num_cpus, again.resources = creation.num_cpus, creation.resources
        for call in self.scheduler.restart_actor(number, again, begun, counts=counts):
            self._end(call, "unavailable")
            self.scheduler.finish(call, states.FAILED)

    def end_actor(self, number: int) -> None:
        """Kill the actor, or bury it."""
        mailbox = self.scheduler.actors[number]
        for call in self.scheduler.actor_died(number):
            self.scheduler.abandon(call)
        if mailbox.creation.state not in states.END_STATES:
            self.scheduler.abandon(mailbox.creation)
        self.settle()

    # What the driver hears.

    def read(self, worker: Worker) -> None:
        """Read the oldest thing that the worker sent."""
        what, body = worker.outbox.popleft()
        if what == "hello":
            self.scheduler.worker_started(worker.number)
        elif what == "parked":
            self.scheduler.worker_parked(worker.number)
        elif what == "returned":
            for task in reversed(body):
                if task.state == states.POSTED:
                    self.scheduler.take_back(task)
        elif body.state in (*states.END_STATES, states.QUEUED):
            worker.blocked = False
        elif what == "block":
            self.scheduler.start(body, worker.number)
            self.scheduler.block(body, worker.number)
        elif what == "retry" and self._retried(body, worker):
            pass
        else:
            what = "failed" if what == "retry" else what
            body.worker = worker.number
            self._end(body, what)
            self.scheduler.finish(body, what)
            if body.kind == CREATION and what == "failed":
                self.end_actor(body.number)
        self.settle()

    def _retried(self, task: Task, worker: Worker) -> bool:
        task.worker = worker.number
        return self.scheduler.retry(task)

    def can_cancel(self) -> list[Task]:
        waiting = (states.NEEDS_INPUT, states.QUEUED)
        tasks = self.scheduler.tasks.values()
        return [t for t in tasks if t.state in waiting and t.kind != CREATION]

    def cancel(self, task: Task) -> None:
        self._end(task, "cancelled")
        self.scheduler.cancel(task)
        self.settle()

    def unblock(self, task: Task) -> None:
        self.scheduler.unblock(task)
        self.settle()

    # What really is.

    def cpus_in_use(self) -> float:
        """CPUs of tasks that really run now, and of actors that hold theirs."""
        total = 0.0
        for worker in self.workers.values():
            task = worker.running
            if task is not None and task.kind == TASK and not worker.blocked:
                total += task.num_cpus
            if worker.mode == ACTOR:
                total += self.node.claims.get(worker.number, 0.0)
        return total

    def blocked_tasks(self) -> list[Task]:
        tasks = self.scheduler.tasks.values()
        return [task for task in tasks if task.state == states.BLOCKED]

    def step(self, worker: Worker) -> bool:
        """Do the next thing that worker and driver can do; False if there is none."""
        if worker.outbox:
            self.read(worker)
        elif not worker.greeted:
            self.hello(worker)
        elif worker.running is not None and not worker.blocked:
            self.finish(worker, "done")
        elif self.can_take(worker):
            self.take(worker)
        elif worker.running is None and worker.todo:
            self.start(worker)
        else:
            return False
        return True

    def run_to_quiescence(self) -> None:
        """Let everybody do all they can."""
        moved = True
        while moved:
            moved = any(self.step(worker) for worker in list(self.workers.values()))
            for task in self.blocked_tasks():
                self.unblock(task)
                moved = True
