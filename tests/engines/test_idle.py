"""Parked workers that nobody needs are let go; a few stay for the next time."""

import os

import psutil
import pytest

from rayteach.engines import idle


@pytest.fixture
def tree(ray):
    @ray.remote
    def tree(depth):
        return 1 + ray.get(tree.remote(depth - 1)) if depth else 0

    return tree


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(idle, "IDLE_S", 0.05)


def pool_processes(engine):
    workers = engine._pool.workers.values()
    return [psutil.Process(w.pid) for w in workers if w.pid and w.actor is None]


def test_the_workers_of_a_deep_recursion_end_when_it_is_over(
    impatient, ray, engine, tree, still_alive
):
    assert ray.get(tree.remote(20)) == 20
    before = pool_processes(engine)
    ended = len(before) - 4  # two that read the queue, and as many in reserve
    while len(before) - len([p for p in before if p.is_running()]) < ended:
        still_alive(before[:1], 0.05)
    assert ray.get([tree.remote(0) for _ in range(50)]) == [0] * 50
    assert ray.get(tree.remote(20)) == 20


def test_as_many_workers_as_cpus_stay_in_reserve(impatient, ray, engine, tree):
    assert ray.get(tree.remote(6)) == 6
    node = engine._state.scheduler.nodes["A"]
    for _ in range(5):
        node.retire(2)
    assert len(node.parked) <= 2
    assert all(node.roles[worker] == "parked" for worker in node.parked)


def test_tasks_of_all_kinds_go_on_while_workers_are_let_go(impatient, ray, tree):
    @ray.remote
    def pid():
        return os.getpid()

    for _ in range(10):
        ids = [tree.remote(5), pid.options(num_cpus=2).remote()]
        ids += [pid.options(num_cpus=0).remote() for _ in range(5)]
        assert ray.get(ids)[0] == 5
