"""The gate by hand: what is held, what goes through, what is told before."""

import pytest
from fake_pool import FakePool
from test_slots_machine import SlotPool

from rayteach.core import states
from rayteach.core.invariants import check_invariants
from rayteach.core.task import CALL, CREATION


@pytest.fixture
def pool():
    made = FakePool(2, 2, {"camera": 1.0})
    yield made
    if made.scheduler.gate is not None:
        made.resume()
    made.run_to_quiescence()
    check_invariants(made.scheduler)
    assert all(task.number in made.ended for task in made.submitted)


def settle(pool):
    """Let workers greet, take, start and park, but end nothing."""
    moved = True
    while moved:
        moved = False
        for worker in list(pool.workers.values()):
            if worker.outbox:
                pool.read(worker)
            elif not worker.greeted:
                pool.hello(worker)
            elif pool.can_take(worker):
                pool.take(worker)
            elif worker.running is None and worker.todo:
                pool.start(worker)
            else:
                continue
            moved = True


def running(pool):
    settle(pool)
    return [w.running.number for w in pool.workers.values() if w.running]


def end(pool, number):
    for worker in pool.workers.values():
        if worker.running is not None and worker.running.number == number:
            pool.finish(worker, "done")
            break
    settle(pool)


def told(pool):
    found = pool.scheduler.gate.upcoming()
    return found.task.number if found.task is not None else None, found


def test_what_was_posted_comes_back_and_what_runs_goes_on(pool):
    tasks = [pool.submit() for _ in range(6)]
    assert running(pool) == [1, 2]
    pool.pause()
    assert [task.state for task in tasks[2:]] == [states.QUEUED] * 4
    end(pool, 1)
    assert running(pool) == [2]
    assert [task.number for task in pool.node.queue] == [3, 4, 5, 6]


def test_a_step_lets_one_start_through(pool):
    pool.pause()
    for _ in range(4):
        pool.submit()
    assert running(pool) == []
    pool.let(1)
    assert running(pool) == [1]
    end(pool, 1)
    assert running(pool) == []


def test_steps_that_cannot_start_yet_are_kept(pool):
    pool.pause()
    for _ in range(4):
        pool.submit()
    pool.let(3)
    assert running(pool) == [1, 2]
    assert pool.scheduler.gate.permits == 1
    end(pool, 2)
    assert running(pool) == [1, 3]


def test_a_pause_takes_back_steps_that_were_not_used(pool):
    pool.pause()
    for _ in range(4):
        pool.submit()
    pool.let(3)
    pool.pause()
    end(pool, 1)
    assert running(pool) == []


def test_the_worker_is_the_free_one_with_the_lowest_number(pool):
    for _ in range(2):
        pool.submit()
    settle(pool)
    end(pool, 1)
    end(pool, 2)
    pool.pause()
    settle(pool)
    one = pool.submit()
    assert sorted(pool.node.parked) == [1, 2]
    pool.node.parked[:] = [1, 2]
    number, found = told(pool)
    assert (number, found.worker, found.where) == (one.number, 1, "worker 1")
    assert found.reason == (
        "first in line; its inputs are there; worker 1 of node A is free"
    )
    pool.let(1)
    assert one.worker == 1


def test_the_first_submitted_is_next_whatever_it_is(pool):
    actor = pool.submit(kind=CREATION, num_cpus=0.0)
    settle(pool)
    end(pool, actor.number)
    pool.pause()
    call = pool.submit(kind=CALL, actor=actor.number, num_cpus=0.0)
    special = pool.submit(num_cpus=2.0)
    plain = pool.submit()
    order = []
    for _ in range(3):
        order.append(told(pool)[0])
        pool.let(1)
        settle(pool)
        end(pool, order[-1])
    assert order == [call.number, special.number, plain.number]


def test_who_lost_and_why_is_told(pool):
    pool.pause()
    pool.submit(num_cpus=1.5)
    pool.let(1)
    settle(pool)
    big = pool.submit(num_cpus=2.0)
    camera = pool.submit(num_cpus=0.0, resources=(("camera", 1.0),))
    plain = pool.submit()
    free = pool.submit(num_cpus=0.0)
    number, found = told(pool)
    assert number == camera.number
    assert found.reason.startswith("first that can start")
    assert found.losers == (
        (big, "needs 2 CPUs, 0.5 free"),
        (plain, "waits behind one that needs more CPUs than are free"),
        (free, "was submitted later"),
    )
    pool.let(1)
    settle(pool)
    other = pool.submit(num_cpus=0.0, resources=(("camera", 1.0),))
    assert (other, "a resource that it asks for is in use") in told(pool)[1].losers


def test_nothing_can_start_is_told_with_the_reasons(pool):
    pool.pause()
    assert told(pool)[1].reason == "nothing is ready"
    actor = pool.submit(kind=CREATION, num_cpus=0.0)
    calls = [pool.submit(kind=CALL, actor=actor.number, num_cpus=0.0) for _ in range(2)]
    assert told(pool)[1].losers == ((calls[0], "its actor is pending"),)
    pool.let(2)
    settle(pool)
    end(pool, actor.number)
    number, found = told(pool)
    assert (number, found.reason) == (None, "what is ready cannot start now")
    assert found.losers == ((calls[1], "its actor runs another call"),)


def test_beyond_some_the_losers_are_counted(pool):
    pool.pause()
    for _ in range(20):
        pool.submit()
    found = told(pool)[1]
    assert [task.number for task, _ in found.losers] == [2, 3, 4, 5]
    assert pool.scheduler.gate.waiting() == 20


def test_calls_that_lie_in_the_process_come_back_in_their_order(pool):
    actor = pool.submit(kind=CREATION, num_cpus=0.0)
    settle(pool)
    end(pool, actor.number)
    call = {"kind": CALL, "actor": actor.number, "num_cpus": 0.0}
    numbers = [pool.submit(parent=at % 2, **call).number for at in range(6)]
    assert running(pool) == numbers[:1]
    pool.pause()
    settle(pool)
    numbers.append(pool.submit(parent=0, **call).number)
    order = [numbers[0]]
    end(pool, numbers[0])
    for _ in numbers[1:]:
        assert running(pool) == []
        pool.let(1)
        order += running(pool)
        end(pool, order[-1])
    assert order == numbers


def test_spaced_starts_ask_for_a_rest_after_each(pool):
    pool.pause()
    pool.scheduler.gate.is_paced = True
    for _ in range(3):
        pool.submit()
    for number in (1, 2):
        pool.let(1)
        assert number in running(pool)
        assert pool.rests == number
    pool.let(1)  # no CPU is free: no rest before it is used
    assert pool.rests == 2
    end(pool, 1)
    assert pool.rests == 3


def test_a_resumed_node_posts_again(pool):
    pool.pause()
    for _ in range(6):
        pool.submit()
    pool.let(1)
    settle(pool)
    pool.resume()
    assert pool.scheduler.gate is None
    assert len(running(pool)) == 2


def test_an_actor_with_lent_cpus_does_not_ask_for_them_behind_the_gate():
    pool = SlotPool(1)
    actor = pool.submit(kind=CREATION, num_cpus=1.0)
    pool.scheduler.actors[actor.number].slots = 2
    pool.run_to_quiescence()
    call = {"kind": CALL, "actor": actor.number, "num_cpus": 0.0}
    first = pool.submit(**call)
    pool.pause()
    second = pool.submit(**call)
    pool.say("block", first)
    pool.hear()
    mailbox = pool.scheduler.actors[actor.number]
    assert mailbox.is_lent
    assert mailbox.recall is None
    pool.let(1)
    assert second.state == states.POSTED
    check_invariants(pool.scheduler)
