"""Which parked workers a node lets go."""

import sys
from pathlib import Path

import pytest

from rayteach.core.invariants import check_invariants

sys.path.insert(0, str(Path(__file__).parent))

from fake_pool import FakePool


@pytest.fixture
def pool():
    """Return a pool of one CPU with four parked workers."""
    made = FakePool(1, 1, {})
    for _ in range(4):
        made.submit(num_cpus=0.0)
    made.run_to_quiescence()
    return made


def test_nobody_goes_at_the_first_look(pool):
    parked = list(pool.node.parked)
    assert len(parked) > 1
    assert pool.node.retire(0) == []
    assert pool.node.parked == parked


def test_those_that_were_not_needed_since_the_last_look_go(pool):
    first, *others = pool.node.parked
    pool.node.retire(1)
    assert pool.node.retire(1) == [first, *others[:-1]]
    assert pool.node.parked == others[-1:]
    check_invariants(pool.scheduler)


def test_who_was_needed_meanwhile_counts_as_needed(pool):
    pool.node.retire(0)
    pool.submit(num_cpus=0.0)
    pool.run_to_quiescence()
    last = pool.node.parked[-1]
    assert last not in pool.node.retire(0)


def test_who_leaves_gets_no_task_and_its_end_is_no_loss(pool):
    pool.node.retire(0)
    gone = pool.node.retire(0)
    one = pool.submit(num_cpus=0.0)
    for worker in gone:
        assert pool.workers[worker].inbox == type(pool.workers[worker].inbox)()
        pool.die(pool.workers[worker])
        check_invariants(pool.scheduler)
    pool.run_to_quiescence()
    assert pool.ended[one.number] == "done"
