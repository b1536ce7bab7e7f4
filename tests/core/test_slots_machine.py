"""Actors that run several calls at once, in any order of events.

A process starts every call that it is sent at once; what it says waits in order
until the driver reads it. Tasks compete for the CPUs that actors lend.
"""

import sys
from collections import deque
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from rayteach.core import states
from rayteach.core.invariants import check_invariants
from rayteach.core.task import CALL, CREATION

sys.path.insert(0, str(Path(__file__).parent))

from fake_pool import ACTOR, FakePool

picks = st.integers(0, 1 << 16)
_WAITING = (states.BLOCKED, states.RESUMING)


class SlotPool(FakePool):
    """Calls of an actor with slots are all running; ``said`` is what it sent."""

    def __init__(self, cpus):
        super().__init__(cpus, 1, {})
        self.running = {}
        self.waiting = set()
        self.said = deque()

    def _do_deliver(self, decision):
        mailbox = self.scheduler.actors[decision.actor]
        if not mailbox.slots:
            super()._do_deliver(decision)
            return
        for task in decision.tasks:
            self.running[task.number] = task
            self.order.setdefault((task.actor, task.parent), []).append(task.number)
        assert len(self.calls_of(decision.actor)) <= mailbox.slots

    def _do_resume(self, decision):
        super()._do_resume(decision)
        self.waiting.discard(decision.task.number)

    def calls_of(self, actor):
        return [t for t in self.running.values() if t.actor == actor]

    def at_work(self, actor):
        calls = self.calls_of(actor)
        return [t for t in calls if t.number not in self.waiting]

    def say(self, what, task):
        if what == "block":
            self.waiting.add(task.number)
        else:
            del self.running[task.number]
            self.waiting.discard(task.number)
        self.said.append((what, task))

    def hear(self):
        what, task = self.said.popleft()
        worker = self.scheduler.actors[task.actor].worker
        if task.state in states.END_STATES:
            pass
        elif what == "block":
            if task.state in (states.POSTED, states.RUNNING):
                self.scheduler.start(task, worker)
                self.scheduler.block(task, worker)
        else:
            self._end(task, what)
            self.scheduler.finish(task, what)
        self.settle()

    def end_actor(self, number):
        self.running = {n: t for n, t in self.running.items() if t.actor != number}
        super().end_actor(number)

    def cpus_lent_twice(self):
        """CPUs that actors use for calls while they count as lent."""
        return [
            number
            for number, mailbox in self.scheduler.actors.items()
            if mailbox.is_lent and mailbox.slots and mailbox.state == "alive"
            for task in self.at_work(number)
            if task.state not in (*_WAITING, *states.END_STATES)
        ]

    def run_to_quiescence(self):
        """Calls end too; what they wait for comes."""
        while True:
            super().run_to_quiescence()
            if self.said:
                self.hear()
                continue
            done = [t for t in self.running.values() if t.number not in self.waiting]
            if not done:
                return
            self.say("done", done[0])


class Slots(RuleBasedStateMachine):
    pool = None

    @initialize(cpus=st.sampled_from([1, 2, 2.5]))
    def begin(self, cpus):
        self.pool = SlotPool(cpus)

    def one(self, picked, tasks):
        tasks = list(tasks)
        return tasks[picked % len(tasks)] if tasks else None

    @rule(pick=picks)
    def submit_task(self, pick):
        self.pool.submit(retries=pick % 2)

    @precondition(lambda self: self.pool and len(self.pool.scheduler.actors) < 3)
    @rule(cpus=st.sampled_from([0.0, 0.5, 1.0]), slots=st.sampled_from([0, 1, 2, 3]))
    def create_actor(self, cpus, slots):
        task = self.pool.submit(kind=CREATION, num_cpus=cpus)
        self.pool.scheduler.actors[task.number].slots = slots

    @precondition(lambda self: self.pool and self.pool.scheduler.actors)
    @rule(pick=picks, caller=st.sampled_from([None, 1, 2]), after=st.booleans())
    def call(self, pick, caller, after):
        actor = self.one(pick, self.pool.scheduler.actors)
        inputs = self.pool.submitted[-1:] if after else ()
        options = {"kind": CALL, "actor": actor, "parent": caller, "num_cpus": 0.0}
        self.pool.submit(after=inputs, **options)

    @rule(pick=picks)
    def step(self, pick):
        worker = self.one(pick, self.pool.workers.values())
        if worker is not None:
            self.pool.step(worker)

    @rule(pick=picks)
    def block_worker(self, pick):
        busy = (w for w in self.pool.workers.values() if w.running and not w.blocked)
        worker = self.one(pick, busy)
        if worker is not None:
            self.pool.block(worker)

    @rule(pick=picks, how=st.sampled_from(["block", "block", "done", "failed"]))
    def say(self, pick, how):
        busy = (
            t for t in self.pool.running.values() if t.number not in self.pool.waiting
        )
        task = self.one(pick, busy)
        if task is not None:
            self.pool.say(how, task)

    @rule(pick=picks)
    def end_with_a_wait_left_behind(self, pick):
        task = self.one(pick, self.pool.running.values())
        if task is not None:
            self.pool.say("done", task)

    @precondition(lambda self: self.pool and self.pool.said)
    @rule()
    def hear(self):
        self.pool.hear()

    @rule(pick=picks)
    def unblock(self, pick):
        task = self.one(pick, self.pool.blocked_tasks())
        if task is not None:
            self.pool.unblock(task)

    @rule(pick=picks)
    def cancel(self, pick):
        tasks = (t for t in self.pool.can_cancel() if t.kind == CALL)
        task = self.one(pick, tasks)
        if task is not None:
            self.pool.cancel(task)

    @precondition(lambda self: self.pool and len(self.pool.scheduler.actors) > 2)
    @rule(pick=picks)
    def bury_actor(self, pick):
        actors = [w for w in self.pool.workers.values() if w.mode == ACTOR]
        worker = self.one(pick, actors)
        if worker is not None:
            self.pool.die(worker)

    @invariant()
    def books(self):
        if self.pool is not None:
            check_invariants(self.pool.scheduler)
            assert self.pool.cpus_in_use() <= self.pool.node.num_cpus + 1e-9
            assert not self.pool.cpus_lent_twice()

    def teardown(self):
        if self.pool is None:
            return
        pool = self.pool
        pool.run_to_quiescence()
        self.books()
        while actors := [w for w in pool.workers.values() if w.mode == ACTOR]:
            pool.die(actors[0])  # others may wait for the CPUs it held
            pool.run_to_quiescence()
        stuck = {
            t.number: t.state for t in pool.submitted if t.number not in pool.ended
        }
        assert not stuck
        for (_, caller), numbers in pool.order.items():
            assert numbers == sorted(numbers), f"caller {caller}: {numbers}"


TestSlots = Slots.TestCase
TestSlots.settings = settings(
    max_examples=100, stateful_step_count=60, deadline=None, derandomize=True
)
