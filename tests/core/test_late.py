"""Work of superseded runs: it goes where a CPU would be idle, and nowhere else."""

from __future__ import annotations

import pytest
from fake_pool import FakePool
from test_gate import end, running, told

from rayteach.core import states
from rayteach.core.invariants import check_invariants

OLD, NEW = 1, 2


@pytest.fixture
def pool():
    made = FakePool(2, 1, {"camera": 1.0})
    yield made
    if made.scheduler.gate is not None:
        made.resume()
    made.run_to_quiescence()
    check_invariants(made.scheduler)
    assert all(task.number in made.ended for task in made.submitted)


def supersede(pool, run):
    """The run's cell runs again; what lay in the node's queue is taken back."""
    pool.node.put_behind(run)
    messages, pool.queue = list(pool.queue), type(pool.queue)()
    for message in reversed(messages):
        if message == "PARK" or message[0].run != run:
            pool.queue.appendleft(message)  # a message holds one task here
        else:
            pool.scheduler.take_back(message[0])
    pool.scheduler.touch(pool.node)
    pool.settle()


def numbers(tasks):
    return [task.number for task in tasks]


def test_everything_of_current_runs_starts_first(pool):
    old = [pool.submit(run=OLD) for _ in range(5)]
    assert running(pool) == [1, 2]
    supersede(pool, OLD)
    new = [pool.submit(run=NEW) for _ in range(3)]
    order = []
    for _ in range(6):
        now = running(pool)
        end(pool, min(now))
        order += [n for n in running(pool) if n not in now]
    assert order[:3] == numbers(new)
    assert order[3:] == numbers(old[2:])


def test_they_go_on_where_a_cpu_would_be_idle(pool):
    old = [pool.submit(run=OLD) for _ in range(4)]
    supersede(pool, OLD)
    running(pool)
    end(pool, 1)
    assert sorted(running(pool)) == [2, 3]
    assert old[3].state == states.QUEUED


def test_no_more_than_there_are_cpus_are_let_go(pool):
    old = [pool.submit(run=OLD) for _ in range(9)]
    supersede(pool, OLD)
    running(pool)
    waiting = [task for task in old if task in pool.node.late]
    assert len(waiting) >= len(old) - 4  # two run, two at most are on their way


def test_a_late_task_that_asks_for_more_than_a_cpu_waits_with_the_others(pool):
    for _ in range(2):
        pool.submit(run=OLD)
    assert set(running(pool)) == {1, 2}
    wide = pool.submit(run=OLD, num_cpus=2.0)
    camera = pool.submit(run=OLD, resources=(("camera", 1.0),))
    supersede(pool, OLD)
    new = [pool.submit(run=NEW) for _ in range(2)]
    end(pool, 1)
    end(pool, 2)
    assert set(running(pool)) == set(numbers(new))
    assert {wide.state, camera.state} == {states.QUEUED}


def test_behind_the_gate_current_work_goes_first_whoever_came_first(pool):
    pool.pause()
    old = [pool.submit(run=OLD) for _ in range(3)]
    supersede(pool, OLD)
    number, _ = told(pool)
    assert number == old[0].number  # nobody else waits
    new = pool.submit(run=NEW)
    number, found = told(pool)
    assert number == new.number
    reasons = {task.number: why for task, why in found.losers}
    assert reasons[old[0].number] == "its cell has run again: current work goes first"
    pool.let(1)
    assert running(pool) == [new.number]
    pool.let(1)
    assert sorted(running(pool)) == [old[0].number, new.number]


def test_a_closed_gate_counts_them_among_those_that_wait(pool):
    pool.pause()
    for _ in range(3):
        pool.submit(run=OLD)
    supersede(pool, OLD)
    pool.submit(run=NEW)
    assert pool.scheduler.gate.waiting() == 4


def test_what_a_pause_takes_back_of_a_superseded_run_stays_behind(pool):
    for _ in range(5):
        pool.submit(run=OLD)
    running(pool)
    supersede(pool, OLD)
    pool.pause()
    new = pool.submit(run=NEW)
    assert told(pool)[0] in (None, new.number)
    end(pool, 1)
    assert told(pool)[0] == new.number
    pool.resume()
    assert new.number in running(pool)
