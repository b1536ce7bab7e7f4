"""The scheduler against a node that does anything it may, in any order.

After every event the books hold (``check_invariants``) and no more CPUs are
really in use than there are; at the end every task has had exactly one end.
"""

import sys
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

from fake_pool import FakePool

MOST_DEATHS = 8
picks = st.integers(0, 1 << 16)


class Node(RuleBasedStateMachine):
    pool = None

    @initialize(cpus=st.sampled_from([1, 2, 3, 2.5]), chunk=st.integers(1, 4))
    def begin(self, cpus, chunk):
        self.pool = FakePool(cpus, chunk, {"camera": 1.0})

    def some(self, picked, can):
        workers = [w for w in self.pool.workers.values() if can(w)]
        return workers[picked % len(workers)] if workers else None

    def inputs(self, picked):
        recent = self.pool.submitted[-6:]
        return [task for at, task in enumerate(recent) if picked >> at & 1]

    # The driver submits.

    @rule(inputs=picks, retries=st.sampled_from([0, 1, 3]))
    def submit_plain(self, inputs, retries):
        self.pool.submit(after=self.inputs(inputs & inputs >> 3), retries=retries)

    @rule(count=st.integers(2, 8))
    def submit_many(self, count):
        for _ in range(count):
            self.pool.submit(retries=3)

    @rule(cpus=st.sampled_from([0.0, 0.5, 1.0, 2.0]), camera=st.booleans(), pick=picks)
    def submit_special(self, cpus, camera, pick):
        cpus = min(cpus, self.pool.node.num_cpus)
        resources = (("camera", 1.0),) if camera or cpus == 1.0 else ()
        self.pool.submit(num_cpus=cpus, resources=resources, retries=pick % 3)

    @rule(
        cpus=st.sampled_from([0.0, 0.0, 0.5, 1.0]),
        pick=picks,
        restarts=st.sampled_from([0, 1, 2, -1]),
    )
    def create_actor(self, cpus, pick, restarts):
        after = self.inputs(pick & pick >> 4)
        options = {"kind": CREATION, "num_cpus": cpus, "retries": restarts}
        self.pool.submit(after=after, **options)

    @precondition(lambda self: self.pool and self.pool.scheduler.actors)
    @rule(
        pick=picks,
        caller=st.sampled_from([None, 1, 2]),
        inputs=picks,
        retries=st.sampled_from([0, 0, 1, -1]),
    )
    def call(self, pick, caller, inputs, retries):
        actors = list(self.pool.scheduler.actors)
        actor = actors[pick % len(actors)]
        after = self.inputs(inputs & inputs >> 4)
        options = {"kind": CALL, "actor": actor, "parent": caller, "num_cpus": 0.0}
        self.pool.submit(after=after, retries=retries, **options)

    @precondition(lambda self: self.pool and len(self.pool.scheduler.actors) > 1)
    @rule(pick=picks)
    def kill_actor(self, pick):
        actors = list(self.pool.scheduler.actors)
        self.pool.end_actor(actors[pick % len(actors)])

    @rule(pick=picks)
    def cancel(self, pick):
        tasks = self.pool.can_cancel()
        if tasks:
            self.pool.cancel(tasks[pick % len(tasks)])

    # Workers act, and the driver hears of it sooner or later.

    @rule(pick=picks, times=st.integers(1, 12))
    def go_on(self, pick, times):
        for turn in range(times):
            worker = self.some(pick + turn, lambda _: True)
            if worker is not None:
                self.pool.step(worker)
                self.books()

    @rule(reads=st.booleans(), starts=st.booleans())
    def everybody_takes_work(self, reads, starts):
        for worker in list(self.pool.workers.values()):
            if not worker.greeted:
                self.pool.hello(worker)
            while reads and worker.outbox:
                self.pool.read(worker)
                self.books()
        for worker in self.pool.workers.values():
            if self.pool.can_take(worker):
                self.pool.take(worker)
            if starts and worker.running is None and worker.todo:
                self.pool.start(worker)

    @rule()
    def everybody_is_heard(self):
        for worker in list(self.pool.workers.values()):
            while worker.outbox:
                self.pool.read(worker)
                self.books()

    @rule(pick=picks)
    def greet(self, pick):
        worker = self.some(pick, lambda w: not w.greeted)
        if worker is not None:
            self.pool.hello(worker)

    @rule(pick=picks)
    def take(self, pick):
        worker = self.some(pick, self.pool.can_take)
        if worker is not None:
            self.pool.take(worker)

    @rule(pick=picks)
    def start(self, pick):
        worker = self.some(pick, lambda w: w.running is None and w.todo)
        if worker is not None:
            self.pool.start(worker)

    @rule(pick=picks, how=st.sampled_from(["done", "done", "failed", "retry"]))
    def finish(self, pick, how):
        worker = self.some(pick, lambda w: w.running is not None and not w.blocked)
        if worker is not None:
            self.pool.finish(worker, how)

    @rule(pick=picks)
    def block(self, pick):
        worker = self.some(pick, lambda w: w.running is not None and not w.blocked)
        if worker is not None:
            self.pool.block(worker)

    @rule(pick=picks)
    def finish_while_a_thread_waits(self, pick):
        worker = self.some(pick, lambda w: w.blocked)
        if worker is not None:
            self.pool.finish(worker, "done")

    @rule(pick=picks)
    def unblock(self, pick):
        blocked = self.pool.blocked_tasks()
        if blocked:
            self.pool.unblock(blocked[pick % len(blocked)])

    @rule(keep=st.integers(0, 2))
    def let_idle_workers_go(self, keep):
        """They end by themselves, as the engine's EXIT makes them."""
        for number in self.pool.node.retire(keep):
            self.pool.die(self.pool.workers[number])
            self.pool.deaths -= 1

    @rule(pick=picks)
    def hand_back(self, pick):
        worker = self.some(pick, lambda w: w.running is not None and not w.blocked)
        if worker is not None:
            self.pool.hand_back(worker)

    @rule(pick=picks)
    def read(self, pick):
        worker = self.some(pick, lambda w: w.outbox)
        if worker is not None:
            self.pool.read(worker)

    @precondition(lambda self: self.pool and self.pool.deaths < MOST_DEATHS)
    @rule(pick=picks)
    def die(self, pick):
        worker = self.some(pick, lambda _: True)
        if worker is not None:
            self.pool.die(worker)

    # What must hold.

    @invariant()
    def books(self):
        if self.pool is not None:
            check_invariants(self.pool.scheduler)
            assert self.pool.cpus_in_use() <= self.pool.node.num_cpus + 1e-9

    def teardown(self):
        if self.pool is None:
            return
        pool = self.pool
        pool.run_to_quiescence()
        self.books()
        stuck = [t.number for t in pool.submitted if t.number not in pool.ended]
        states_of = {t.number: t.state for t in pool.submitted if t.number in stuck}
        held = any(n != 0 for n in pool.node.claims.values())
        assert not stuck or (held and self.wait_for_actors(stuck)), states_of
        assert all(task.state in states.END_STATES for task in pool.submitted
                   if task.number in pool.ended)  # fmt: skip
        for (_, caller), numbers in pool.order.items():
            assert numbers == sorted(numbers), f"caller {caller}: {numbers}"

    def wait_for_actors(self, stuck):
        """What waits for the CPUs of living actors runs when they are gone."""
        pool = self.pool
        for number in list(pool.scheduler.actors):
            pool.end_actor(number)
            for worker in [w for w in pool.workers.values() if w.mode == "actor"]:
                pool.die(worker)
            pool.run_to_quiescence()
        return all(number in pool.ended for number in stuck)


TestNode = Node.TestCase
TestNode.settings = settings(
    max_examples=200, stateful_step_count=60, deadline=None, derandomize=True
)
