"""Hand-made scenes: an actor that holds CPUs, and what becomes of them."""

import pytest
from fake_pool import FakePool

from rayteach.core import states
from rayteach.core.invariants import check_invariants
from rayteach.core.task import CALL, CREATION


@pytest.fixture
def pool():
    """Return one CPU."""
    made = FakePool(1, 1, {})
    yield made
    made.run_to_quiescence()
    check_invariants(made.scheduler)


def actor(pool, **options):
    creation = pool.submit(kind=CREATION, num_cpus=1.0, **options)
    pool.run_to_quiescence()
    (worker,) = (w for w in pool.workers.values() if w.mode == "actor")
    return creation.number, worker


def call(pool, number):
    return pool.submit(kind=CALL, actor=number, num_cpus=0.0)


def begin(pool, worker):
    pool.take(worker)
    pool.start(worker)
    return worker.running


def test_an_idle_actor_keeps_its_cpu(pool):
    actor(pool)
    task = pool.submit()
    pool.run_to_quiescence()
    assert task.state == states.POSTED


def test_an_actor_that_waits_lends_its_cpu_and_takes_it_back(pool):
    number, worker = actor(pool)
    waits, task = call(pool, number), pool.submit()
    begin(pool, worker)
    pool.block(worker)
    pool.read(worker)
    assert pool.scheduler.actors[number].is_lent
    pool.run_to_quiescence()
    assert (waits.state, task.state) == (states.DONE, states.DONE)
    assert pool.node.claims == {worker.number: 1.0}


def test_it_goes_on_only_when_it_has_its_cpu_back(pool):
    number, worker = actor(pool)
    waits = call(pool, number)
    begin(pool, worker)
    pool.block(worker)
    pool.read(worker)
    pool.submit()
    (other,) = (w for w in pool.workers.values() if w.mode == "reading")
    pool.hello(other)
    pool.read(other)
    begin(pool, other)
    pool.unblock(waits)
    assert waits.state == states.RESUMING
    assert worker.blocked
    pool.finish(other, "done")
    while other.outbox:
        pool.read(other)
    pool.run_to_quiescence()
    assert waits.state == states.DONE


def test_an_actor_that_dies_while_it_wants_its_cpu_back_leaves_the_line(pool):
    number, worker = actor(pool)
    waits = call(pool, number)
    begin(pool, worker)
    pool.block(worker)
    pool.read(worker)
    pool.submit()
    (other,) = (w for w in pool.workers.values() if w.mode == "reading")
    pool.hello(other)
    pool.read(other)
    begin(pool, other)
    pool.unblock(waits)
    pool.die(worker)
    assert waits.state == states.UNRUNNABLE
    pool.run_to_quiescence()
    assert pool.node.claims == {}
    assert not pool.scheduler.lenders


def test_a_call_that_is_cancelled_while_it_waits_gives_the_cpu_back(pool):
    number, worker = actor(pool)
    waits = call(pool, number)
    begin(pool, worker)
    pool.block(worker)
    pool.read(worker)
    pool.cancel(waits)
    assert not pool.scheduler.actors[number].is_lent
    assert pool.node.claims == {worker.number: 1.0}
