"""An actor whose process dies is made anew, and what becomes of its calls."""

import sys
from pathlib import Path

import pytest

from rayteach.core.invariants import check_invariants
from rayteach.core.task import CALL, CREATION

sys.path.insert(0, str(Path(__file__).parent))

from fake_pool import FakePool


@pytest.fixture
def pool():
    return FakePool(1, 1, {"camera": 1.0})


def create(pool, restarts, **options):
    return pool.submit(kind=CREATION, retries=restarts, num_cpus=0.0, **options)


def call(pool, actor, retries=0, **options):
    return pool.submit(
        kind=CALL, actor=actor.number, retries=retries, num_cpus=0.0, **options
    )


def step_to(pool, worker, condition):
    while not condition(worker):
        assert pool.step(worker)


def process(pool):
    [worker] = pool.workers.values()
    return worker


def run_call(pool, actor, task):
    """Let the actor's process come to ``task``."""
    step_to(pool, process(pool), lambda worker: worker.running is task)


def kill(pool):
    pool.die(process(pool))
    check_invariants(pool.scheduler)


def test_an_actor_with_a_restart_left_gets_another_process(pool):
    actor = create(pool, 1)
    pool.run_to_quiescence()
    first = process(pool).number
    kill(pool)
    assert pool.scheduler.actors[actor.number].state == "restarting"
    pool.run_to_quiescence()
    assert pool.scheduler.actors[actor.number].state == "alive"
    assert process(pool).number != first


def test_when_its_restarts_are_spent_it_is_dead(pool):
    actor = create(pool, 1)
    for _ in range(2):
        pool.run_to_quiescence()
        kill(pool)
    assert pool.scheduler.actors[actor.number].state == "dead"
    assert pool.workers == {}


def test_minus_one_restarts_for_ever(pool):
    actor = create(pool, -1)
    for _ in range(5):
        pool.run_to_quiescence()
        kill(pool)
    pool.run_to_quiescence()
    assert pool.scheduler.actors[actor.number].state == "alive"


def test_a_process_that_died_before_its_constructor_costs_no_restart(pool):
    actor = create(pool, 0)
    kill(pool)
    pool.run_to_quiescence()
    assert pool.scheduler.actors[actor.number].state == "alive"


def test_calls_to_an_actor_that_was_never_alive_wait_for_it(pool):
    actor = create(pool, 1)
    one = call(pool, actor)
    step_to(pool, process(pool), lambda worker: worker.running is actor)
    kill(pool)
    pool.run_to_quiescence()
    assert pool.ended[one.number] == "done"


def test_calls_without_retries_end_and_those_with_one_run_again_in_order(pool):
    actor = create(pool, 1)
    calls = [call(pool, actor, retries) for retries in (1, 0, 1, -1)]
    run_call(pool, actor, calls[0])
    kill(pool)
    late = call(pool, actor, 1)
    pool.run_to_quiescence()
    ends = [pool.ended[one.number] for one in (*calls, late)]
    assert ends == ["done", "unavailable", "done", "done", "done"]
    worker = process(pool).number
    again = [one.number for one in (calls[0], *calls[2:], late)]
    assert pool.order[worker, None] == again


def test_only_the_call_that_had_begun_pays_with_a_retry(pool):
    actor = create(pool, 1)
    begun, waiting = call(pool, actor, 2), call(pool, actor, 2)
    run_call(pool, actor, begun)
    kill(pool)
    assert (begun.retries, begun.attempt) == (1, 1)
    assert (waiting.retries, waiting.attempt) == (2, 0)


def test_a_call_made_while_it_restarts_is_refused_unless_it_may_wait(pool):
    actor = create(pool, 1)
    pool.run_to_quiescence()
    kill(pool)
    refused, waits = call(pool, actor), call(pool, actor, 1)
    pool.run_to_quiescence()
    assert pool.ended[refused.number] == "unavailable"
    assert pool.ended[waits.number] == "done"


def test_a_call_without_its_input_waits_through_a_restart(pool):
    actor = create(pool, 1)
    pool.run_to_quiescence()
    late = pool.submit()
    one = call(pool, actor, after=[late])
    actor_process = next(w for w in pool.workers.values() if w.mode == "actor")
    pool.die(actor_process)
    pool.run_to_quiescence()
    assert pool.ended[one.number] == "done"


def test_what_an_actor_holds_is_given_back_and_taken_again(pool):
    actor = create(pool, 1, resources=(("camera", 1.0),))
    pool.run_to_quiescence()
    kill(pool)
    pool.run_to_quiescence()
    assert pool.scheduler.actors[actor.number].state == "alive"
    assert pool.node.used == {"camera": 1.0}


def test_a_killed_actor_that_restarts_is_dead_for_good(pool):
    actor = create(pool, -1)
    pool.run_to_quiescence()
    kill(pool)
    pool.end_actor(actor.number)
    pool.run_to_quiescence()
    assert pool.scheduler.actors[actor.number].state == "dead"
    check_invariants(pool.scheduler)
