"""Hand-made scenes: the scheduler and a node whose workers the test moves."""

import pytest
from fake_pool import FakePool

from rayteach.core import states
from rayteach.core.invariants import check_invariants
from rayteach.core.node_state import ALONE
from rayteach.core.task import CALL, CREATION


@pytest.fixture
def pool():
    made = FakePool(2, 1, {"camera": 1.0})
    yield made
    made.run_to_quiescence()
    check_invariants(made.scheduler)


def greet(pool):
    for worker in list(pool.workers.values()):
        if not worker.greeted:
            pool.hello(worker)
            pool.read(worker)


def begin(pool):
    """Let every free worker start one task."""
    greet(pool)
    for worker in pool.workers.values():
        if pool.can_take(worker):
            pool.take(worker)
        if worker.running is None and worker.todo:
            pool.start(worker)
    return [worker for worker in pool.workers.values() if worker.running]


def end(pool, worker, how="done"):
    pool.finish(worker, how)
    while worker.outbox:
        pool.read(worker)


def running(pool):
    return sorted(w.running.number for w in pool.workers.values() if w.running)


def test_no_more_workers_are_started_than_there_are_cpus(pool):
    for _ in range(10):
        pool.submit()
    assert len(pool.workers) == 2


def test_no_worker_is_started_for_nothing(pool):
    pool.submit()
    assert len(pool.workers) == 1


def test_tasks_that_come_one_at_a_time_leave_one_reader_in_the_queue(pool):
    pool.submit()
    pool.submit()
    for worker in begin(pool):
        end(pool, worker)
    assert pool.node.readers == 2
    for _ in range(ALONE):
        pool.submit()
        pool.run_to_quiescence()
    assert pool.node.readers == 1
    pool.submit()
    assert pool.node.readers == 1
    pool.submit()
    assert pool.node.readers == 2
    assert len(pool.workers) == 2


def test_tasks_start_first_in_first_out(pool):
    for _ in range(4):
        pool.submit()
    first, second = begin(pool)
    assert running(pool) == [1, 2]
    end(pool, second)
    end(pool, first)
    begin(pool)
    assert running(pool) == [3, 4]


def test_a_task_waits_for_all_its_inputs(pool):
    one, two = pool.submit(), pool.submit()
    three = pool.submit(after=[one, two])
    first, second = begin(pool)
    end(pool, first)
    assert three.state == states.NEEDS_INPUT
    end(pool, second)
    assert three.state == states.POSTED


def test_a_failure_reaches_all_descendants_once(pool):
    root = pool.submit()
    left, right = pool.submit(after=[root]), pool.submit(after=[root])
    pool.submit(after=[left, right])
    [worker] = begin(pool)
    end(pool, worker, "failed")
    assert pool.ended == {1: "failed", **dict.fromkeys((2, 3, 4), "cannot run")}


def test_a_parent_that_gets_its_child_finishes_on_one_cpu():
    pool = FakePool(1, 1, {})
    parent = pool.submit()
    [worker] = begin(pool)
    child = pool.submit(parent=parent.number)
    pool.block(worker)
    pool.read(worker)
    [other] = begin(pool)[1:]
    assert other.running is child
    end(pool, other)
    pool.unblock(parent)
    pool.run_to_quiescence()
    assert parent.state == child.state == states.DONE


def test_a_lent_cpu_comes_back_before_the_task_goes_on():
    pool = FakePool(1, 1, {})
    parent = pool.submit()
    [worker] = begin(pool)
    pool.submit()
    pool.block(worker)
    pool.read(worker)
    begin(pool)
    pool.unblock(parent)
    assert worker.blocked
    pool.run_to_quiescence()
    assert parent.state == states.DONE


def test_a_task_with_two_cpus_runs_alone(pool):
    pool.submit()
    pool.submit(num_cpus=2.0)
    pool.submit()
    [worker] = begin(pool)
    assert running(pool) == [1]
    end(pool, worker)
    for _ in range(4):
        begin(pool)
        for one in list(pool.workers.values()):
            while one.outbox:
                pool.read(one)
    assert running(pool) == [2]


def test_two_halves_share_one_cpu():
    pool = FakePool(1, 1, {})
    pool.submit(num_cpus=0.5)
    pool.submit(num_cpus=0.5)
    for _ in range(3):
        begin(pool)
    assert running(pool) == [1, 2]


def test_a_custom_resource_is_held_by_one_at_a_time(pool):
    pool.submit(num_cpus=0.0, resources=(("camera", 1.0),))
    pool.submit(num_cpus=0.0, resources=(("camera", 1.0),))
    for _ in range(3):
        begin(pool)
    assert running(pool) == [1]


def test_a_task_that_no_node_can_ever_run_is_told_and_stays_queued(pool):
    task = pool.submit(num_cpus=3.0)
    assert pool.scheduler.infeasible == [task]
    assert task.state == states.QUEUED
    pool.scheduler.infeasible.clear()


def test_a_plain_task_needs_a_whole_cpu():
    pool = FakePool(0.5, 1, {})
    task = pool.submit()
    assert pool.scheduler.infeasible == [task]


def test_a_task_whose_worker_died_before_it_started_is_always_run(pool):
    task = pool.submit(retries=0)
    greet(pool)
    [worker] = pool.workers.values()
    pool.take(worker)
    pool.die(worker)
    pool.run_to_quiescence()
    assert (task.state, task.attempt) == (states.DONE, 0)


def test_a_started_task_without_retries_fails_with_its_worker(pool):
    task = pool.submit(retries=0)
    pool.die(begin(pool)[0])
    assert task.state == states.FAILED


def test_a_started_task_is_tried_again_as_often_as_it_may(pool):
    task = pool.submit(retries=2)
    for _ in range(2):
        pool.die(begin(pool)[0])
        assert task.state == states.POSTED
    pool.die(begin(pool)[0])
    assert task.state == states.FAILED


def test_what_a_blocked_worker_had_not_started_goes_to_others():
    pool = FakePool(1, 3, {})
    for _ in range(3):
        pool.submit()
    pool.queue.clear()
    pool.queue.append(list(pool.submitted))
    [worker] = begin(pool)
    pool.block(worker)
    while worker.outbox:
        pool.read(worker)
    begin(pool)
    assert running(pool) == [1, 2]
    pool.run_to_quiescence()
    assert set(pool.ended.values()) == {"done"}


def test_the_books_stay_right_when_an_idle_reader_asked_to_park_dies(pool):
    pool.submit(num_cpus=0.0)  # leaves a parked worker
    pool.submit()
    pool.submit()
    pool.run_to_quiescence()
    for _ in range(2):
        pool.submit(num_cpus=1.0, resources=(("camera", 1.0),))
    assert pool.node.parks_owed == 1
    pool.die(next(w for w in pool.workers.values() if w.mode == "reading"))
    check_invariants(pool.scheduler)
    pool.run_to_quiescence()
    assert set(pool.ended.values()) == {"done"}


def test_an_actor_is_started_in_a_process_of_its_own(pool):
    actor = pool.submit(kind=CREATION, num_cpus=0.0)
    [worker] = pool.workers.values()
    assert worker.mode == "actor"
    begin(pool)
    assert worker.running is actor


def test_calls_wait_for_the_constructor_and_run_in_order(pool):
    actor = pool.submit(kind=CREATION, num_cpus=0.0)
    for _ in range(3):
        pool.submit(kind=CALL, actor=actor.number, num_cpus=0.0)
    pool.run_to_quiescence()
    assert pool.order == {(1, None): [2, 3, 4]}


def test_calls_of_an_actor_whose_constructor_failed_cannot_run(pool):
    actor = pool.submit(kind=CREATION, num_cpus=0.0)
    call = pool.submit(kind=CALL, actor=actor.number, num_cpus=0.0)
    [worker] = begin(pool)
    end(pool, worker, "failed")
    assert call.state == states.UNRUNNABLE


def test_an_actor_whose_input_failed_takes_its_calls_along(pool):
    bad = pool.submit()
    actor = pool.submit(kind=CREATION, num_cpus=0.0, after=[bad])
    call = pool.submit(kind=CALL, actor=actor.number, num_cpus=0.0)
    end(pool, begin(pool)[0], "failed")
    assert actor.state == call.state == states.UNRUNNABLE


def test_an_actor_that_holds_a_cpu_keeps_others_from_it_until_it_is_gone():
    pool = FakePool(1, 1, {})
    pool.submit(kind=CREATION, num_cpus=1.0)
    task = pool.submit()
    pool.run_to_quiescence()
    assert task.state in (states.QUEUED, states.POSTED)
    pool.end_actor(1)
    pool.die(pool.workers[1])
    pool.run_to_quiescence()
    assert task.state == states.DONE
