"""The scheduler with nodes that come and go, in any order of facts.

All that ``test_scheduler_machine`` does, on up to three nodes: books hold, no node
ever has more CPUs in use than it has, and every task has exactly one end.
"""

import sys
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from rayteach.core import cluster
from rayteach.core.placement import NO_WISH, PACK, SPREAD, Wish
from rayteach.core.task import CALL, CREATION

sys.path.insert(0, str(Path(__file__).parent))

from fake_pool import FakePool
from test_scheduler_machine import Node

MOST_NODES = 3
WISHES = [NO_WISH, Wish("A"), Wish("B"), Wish("C"), Wish("", SPREAD), Wish("", PACK)]
picks = st.integers(0, 1 << 16)


class NodesPool(FakePool):
    """Workers of several nodes; direct ones never meet the queue of node A."""

    def __init__(self, cpus, chunk, resources):
        super().__init__(cpus, chunk, resources)
        self.node_of = {}
        self.wishes = {}
        self.placed = {}
        self.names = iter("BCDEFGHIJKLMNOPQRSTUVWXYZ")

    def join(self, cpus, resources):
        placement = cluster.begin(self.scheduler)
        placement.wish_of = lambda task: self.wishes.get(task.number, NO_WISH)
        cluster.join(self.scheduler, next(self.names), cpus, resources)
        self.settle()

    @property
    def may_join(self):
        return len(self.scheduler.nodes) < MOST_NODES

    def lose_node(self, name):
        cluster.leave(self.scheduler, name)
        for worker in [w for w in self.workers.values() if self.is_on(w, name)]:
            self.die(worker)
        self.settle()

    def is_on(self, worker, name):
        return self.node_of[worker.number].name == name

    def in_use(self, name):
        """CPUs of tasks that really run on the node, and of its actors."""
        total = 0.0
        for worker in self.workers.values():
            node, task = self.node_of[worker.number], worker.running
            if node.name != name:
                continue
            if worker.mode == "actor":
                total += node.claims.get(worker.number, 0.0)
            elif task is not None and not worker.blocked:
                total += task.num_cpus
        return total

    def _do_startworker(self, decision):
        super()._do_startworker(decision)
        self.node_of[decision.worker] = self.scheduler.nodes[decision.node]

    def _do_place(self, decision):
        assert decision.task.node is self.scheduler.nodes[decision.node]
        assert decision.reason
        assert ": " not in decision.reason  # what follows is left out of saved runs
        self.placed[decision.task.number] = decision.node


class Nodes(Node):
    @initialize(
        cpus=st.sampled_from([1, 2, 2.5]),
        chunk=st.integers(1, 4),
        more=st.lists(st.sampled_from([1, 2, 3]), max_size=2),
    )
    def begin(self, cpus, chunk, more):
        self.pool = NodesPool(cpus, chunk, {"camera": 1.0})
        for one in more:
            self.pool.join(one, {"camera": 1.0})

    @precondition(
        lambda self: self.pool and len(self.pool.scheduler.nodes) < MOST_NODES
    )
    @rule(cpus=st.sampled_from([0.5, 1, 2]), camera=st.booleans())
    def add_node(self, cpus, camera):
        self.pool.join(cpus, {"camera": 1.0} if camera else {})

    @precondition(lambda self: self.pool and len(self.pool.scheduler.nodes) > 1)
    @rule(pick=picks)
    def lose_node(self, pick):
        names = [name for name in self.pool.scheduler.nodes if name != "A"]
        self.pool.lose_node(names[pick % len(names)])

    @rule(wish=st.sampled_from(WISHES), kind=st.sampled_from(["task", CREATION]))
    def submit_with_a_wish(self, wish, kind):
        number = len(self.pool.submitted) + 1
        self.pool.wishes[number] = wish
        retries = 3 if kind == "task" else -1
        task = self.pool.submit(kind=kind, num_cpus=1.0, retries=retries)
        assert task.number == number

    @rule(pick=picks)
    def an_input_is_lost(self, pick):
        """A task that could have started waits for a value that is made again."""
        tasks = [t for t in self.pool.scheduler.tasks.values() if t.state == "queued"]
        tasks = [t for t in tasks if t.kind != CALL and self.pool.scheduler.placement]
        if tasks:
            again = self.pool.submit(retries=3)
            task = tasks[pick % len(tasks)]
            if again is not task and again.number not in self.pool.ended:
                cluster.need_again(self.pool.scheduler, task, [again])
                self.pool.settle()

    @invariant()
    def no_node_has_more_in_use_than_it_has(self):
        if self.pool is not None:
            for name, node in self.pool.scheduler.nodes.items():
                assert self.pool.in_use(name) <= node.num_cpus + 1e-9

    @invariant()
    def books(self):
        if self.pool is not None:
            check = sys.modules["rayteach.core.invariants"].check_invariants
            check(self.pool.scheduler)

    def teardown(self):
        if self.pool is None:
            return
        pool = self.pool
        pool.run_to_quiescence()
        self.books()
        stuck = [t.number for t in pool.submitted if t.number not in pool.ended]
        assert not stuck or self.wait_for_actors(stuck), stuck
        assert not len(pool.scheduler.placement or ())
        for (_, caller), numbers in pool.order.items():
            assert numbers == sorted(numbers), f"caller {caller}: {numbers}"


TestNodes = Nodes.TestCase
TestNodes.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, derandomize=True
)
