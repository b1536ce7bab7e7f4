"""Pause, step, speed and resume among everything else that may happen.

The machines of ``test_scheduler_machine`` and ``test_slots_machine`` with a gate in
them. On top of their invariants: nothing starts that was not let through, what was
told as the next decision is the next decision, and stepping alone brings everything
to its end.
"""

import sys
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from rayteach.core import states
from rayteach.core.task import CREATION

sys.path.insert(0, str(Path(__file__).parent))

from fake_pool import FakePool
from test_scheduler_machine import Node
from test_slots_machine import SlotPool, Slots


class Counting:
    """Counts what starts while the gate is closed."""

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.started = self.allowed = 0

    @property
    def gate(self):
        return self.scheduler.gate

    def pause(self) -> None:
        self.allowed = self.started
        super().pause()

    def let(self, count: int) -> None:
        self.allowed += count
        super().let(count)

    def _do_post(self, decision) -> None:
        assert self.gate is None, "a task was posted behind the gate"
        super()._do_post(decision)

    def _do_unpark(self, decision) -> None:
        assert self.gate is None, "a worker reads the queue behind the gate"
        super()._do_unpark(decision)

    def _do_dispatch(self, decision) -> None:
        self.started += self.gate is not None and decision.task.kind != CREATION
        super()._do_dispatch(decision)

    def _do_deliver(self, decision) -> None:
        self.started += self.gate is not None and len(decision.tasks)
        super()._do_deliver(decision)

    def _do_startworker(self, decision) -> None:
        self.started += self.gate is not None and decision.actor is not None
        super()._do_startworker(decision)


def is_paused(machine) -> bool:
    return machine.pool is not None and machine.pool.gate is not None


class GatedPool(Counting, FakePool):
    pass


class GatedSlotPool(Counting, SlotPool):
    pass


class Gating:
    """The rules of the gate; ``by_steps``: how a run is brought to its end."""

    @rule()
    def pause(self):
        self.pool.pause()

    @precondition(is_paused)
    @rule(count=st.integers(1, 3))
    def let_some_through(self, count):
        self.pool.let(count)

    @precondition(is_paused)
    @rule()
    def step_and_see_what_was_told(self):
        pool = self.pool
        if pool.gate.permits or pool.gate.is_paced:
            return
        told = pool.gate.upcoming()
        pool.let(1)
        if told.task is None:
            assert pool.gate.permits == 1
        elif told.worker:
            assert (told.task.state, told.task.worker) == (states.POSTED, told.worker)
        elif told.where == "a process of its own":
            assert told.task.state == states.POSTED

    @precondition(is_paused)
    @rule()
    def slow_down(self):
        self.pool.gate.is_paced = True
        self.pool.let(1)

    @precondition(is_paused)
    @rule()
    def resume(self):
        self.pool.resume()

    @invariant()
    def nothing_starts_that_was_not_let_through(self):
        if is_paused(self):
            pool = self.pool
            assert pool.started <= pool.allowed
            mailboxes = pool.scheduler.actors.values()
            held = sum(m.permits for m in mailboxes if m.state != "dead")
            assert pool.allowed - pool.started >= pool.gate.permits + held

    @invariant()
    def what_is_told_says_where_or_why_not(self):
        if is_paused(self):
            told = self.pool.gate.upcoming()
            assert told.reason
            assert bool(told.where) == (told.task is not None)
            assert all(reason for _, reason in told.losers)

    def teardown(self):
        pool = self.pool
        if pool is not None and pool.gate is not None:
            if self.by_steps:
                self.step_to_the_end()
            else:
                pool.resume()
        super().teardown()

    def step_to_the_end(self):
        pool = self.pool
        pool.gate.is_paced = False
        pool.gate.permits = 0
        pool.run_to_quiescence()
        while pool.gate.upcoming().task is not None:
            started = pool.started
            pool.allowed = started + 1
            pool.scheduler.gate.let(1)
            pool.settle()
            pool.run_to_quiescence()
            self.books()
            assert pool.started == started + 1
        pool.gate.permits = 10**6  # what comes free when actors end
        pool.allowed += 10**6


class GatedNode(Gating, Node):
    @initialize(
        cpus=st.sampled_from([1, 2, 3, 2.5]),
        chunk=st.integers(1, 4),
        by_steps=st.booleans(),
    )
    def begin(self, cpus, chunk, by_steps):
        self.pool = GatedPool(cpus, chunk, {"camera": 1.0})
        self.by_steps = by_steps


class GatedSlots(Gating, Slots):
    @initialize(cpus=st.sampled_from([1, 2, 2.5]), by_steps=st.booleans())
    def begin(self, cpus, by_steps):
        self.pool = GatedSlotPool(cpus)
        self.by_steps = by_steps


TestGatedNode = GatedNode.TestCase
TestGatedNode.settings = settings(
    max_examples=200, stateful_step_count=60, deadline=None, derandomize=True
)

TestGatedSlots = GatedSlots.TestCase
TestGatedSlots.settings = settings(
    max_examples=150, stateful_step_count=60, deadline=None, derandomize=True
)
