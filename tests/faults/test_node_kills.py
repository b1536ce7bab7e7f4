"""A node is killed at random moments: every value is right, or lost by the rules.

The driver submits a few layers of tasks over two nodes, with large and small
values, actors and nested tasks, and kills node after node meanwhile.
"""

import random
import time

import numpy as np
import pytest

import rayteach as ray
from rayteach.errors import ActorDiedError, ActorUnavailableError, ObjectLostError

LARGE = 20_000
"""Floats of a large value: 160 KB, more than travels inline."""

KINDS = ("make", "small", "join", "call", "put", "store", "nested")
WEIGHTS = (20, 20, 50, 15, 5, 2, 1)


@ray.remote
def make(number):
    return np.full(LARGE, float(number))


@ray.remote
def small(number):
    return number


@ray.remote
def join(left, right):
    return left + right


@ray.remote
def nested(number):
    return ray.get(join.remote(make.remote(number), small.remote(1)))


@ray.remote
def store(number):
    return [ray.put(np.full(LARGE, float(number)))]


@ray.remote(max_restarts=-1, max_task_retries=-1)
class Adder:
    def add(self, x, y):
        return x + y


def one_number(value):
    """Return the number that all of the value is."""
    if isinstance(value, np.ndarray):
        assert value.shape == (LARGE,)
        assert (value == value[0]).all()
        return value[0]
    return value


class Program:
    """A random program over two nodes, and what each of its IDs must become."""

    def __init__(self, seed):
        self.chance = random.Random(seed)  # noqa: S311 (repeatable, not secret)
        spread = Adder.options(scheduling_strategy="SPREAD")
        self.adders = [spread.remote() for _ in range(2)]
        self.known = []

    def options(self):
        names = [one["NodeID"] for one in ray.nodes() if one["Alive"]]
        wish = {"node": self.chance.choice(names)}
        return self.chance.choice([{}, {"scheduling_strategy": "SPREAD"}, wish])

    def submit(self):
        number, options = self.chance.randrange(100), self.options()
        (kind,) = self.chance.choices(KINDS, WEIGHTS)
        if kind == "make" or len(self.known) < 4:
            made = make.options(**options).remote(number), number
        elif kind == "small":
            made = small.options(**options).remote(number), number
        elif kind == "nested":
            made = nested.options(**options).remote(number), number + 1
        elif kind == "put":
            made = ray.put(np.full(LARGE, float(number))), number
        elif kind == "store":
            made = ray.get(store.options(**options).remote(number))[0], number
        else:
            (a, x), (b, y) = self.chance.sample(self.known[-12:], 2)
            if kind == "call":
                made = self.chance.choice(self.adders).add.remote(a, b), x + y
            else:
                made = join.options(**options).remote(a, b), x + y
        self.known.append(made)
        if self.chance.random() < 0.3:  # nobody can name it any more
            self.known.pop(self.chance.randrange(max(1, len(self.known) - 12)))

    def check(self):
        right = lost = 0
        for one, expected in self.known:
            try:
                assert one_number(ray.get(one, timeout=60_000)) == expected
                right += 1
            except (ObjectLostError, ActorDiedError, ActorUnavailableError):
                lost += 1
        return right, lost


def kill_at_random_moments(seed, tasks, kills):
    ray.shutdown()
    ray.init(num_nodes=2, num_cpus=2)
    program = Program(seed)
    moments = sorted(program.chance.sample(range(tasks), kills))
    victim = "B"
    for at in range(tasks):
        program.submit()
        if moments and at == moments[0]:
            moments.pop(0)
            ray.kill_node(victim)
            victim = ray.add_node()
    right, lost = program.check()
    assert right > 0
    assert right + lost == len(program.known)
    until_all_is_free()
    return right, lost


def until_all_is_free():
    """Wait for tasks that nobody can name: they run to their end all the same."""
    total = sum(n["Resources"].get("CPU", 0) for n in ray.nodes())
    deadline = time.monotonic() + 60
    while (free := ray.available_resources()["CPU"]) != total:
        assert time.monotonic() < deadline, f"{free} of {total} CPUs came back"
        ray.get(small.options(num_cpus=0).remote(0))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(2))
def test_a_node_may_die_at_any_moment(seed):
    kill_at_random_moments(seed, tasks=100, kills=2)


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(10))
def test_a_node_may_die_at_any_of_fifty_moments(seed):
    kill_at_random_moments(seed + 100, tasks=2_000, kills=5)


@pytest.fixture(autouse=True, scope="module")
def end():
    yield
    ray.shutdown()
