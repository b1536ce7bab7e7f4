"""What the machine has done: small tasks of every kind, and an actor."""

import rayteach as ray

#: more than travels inline
BIG = 150_000


class Boom(Exception):
    """What the failing task raises."""


@ray.remote(max_retries=-1)
def add(*numbers):
    return sum(map(number_of, numbers))


@ray.remote(max_retries=-1)
def fail():
    raise Boom


@ray.remote(max_retries=-1)
def big(number):
    return big_value(number)


@ray.remote(max_retries=-1)
def nest(depth, number):
    """Children that have children: 2 ** depth leaves, each gives ``number``."""
    if depth == 0:
        return number
    return sum(ray.get([nest.remote(depth - 1, number) for _ in range(2)]))


@ray.remote(max_retries=-1)
def drain(count):
    """Wait for children one by one."""
    left, total = [add.remote(n) for n in range(count)], 0
    while left:
        ready, left = ray.wait(left)
        total += ray.get(ready[0])
    return total


@ray.remote(max_retries=-1)
def inside(ids):
    """Get what a list holds."""
    return sum(map(number_of, ray.get(ids)))


@ray.remote(max_retries=-1)
def leave_child(number):
    """Give away the ID of a child and of a value."""
    return [add.remote(number), ray.put(big_value(number))]


@ray.remote(max_retries=-1)
def items(count):
    for number in range(count):
        yield big_value(number) if number % 4 == 3 else number


@ray.remote
class Box:
    """Counts its steps, and keeps IDs."""

    def __init__(self, first):
        self.steps = 0
        self.ids = []
        self.first = number_of(first)

    def step(self, tag, _=None):
        self.steps += 1
        return (tag, self.steps)

    def keep(self, ids):
        self.ids = ids

    def read(self):
        return sum(map(number_of, ray.get(self.ids)))

    def ask(self, number):
        return ray.get(add.remote(number, self.first))


def big_value(number):
    return number.to_bytes(4, "little") * (BIG // 4)


def number_of(value):
    if isinstance(value, bytes):
        number = int.from_bytes(value[:4], "little")
        assert value == big_value(number)
        return number
    return value
