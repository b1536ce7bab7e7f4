"""No check depends on the machine: 1, 2 and 8 CPUs, idle or under full load."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

import rayteach as ray
from rayteach import checks as check
from rayteach.api.run import Run


@pytest.fixture(params=["idle", "under load"])
def load(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep every core busy, or none."""
    count = (os.cpu_count() or 1) if request.param == "under load" else 0
    busy = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(count)
    ]
    yield
    for process in busy:
        process.kill()
        process.wait()


@pytest.fixture(params=[1, 2, 8])
def cpus(request: pytest.FixtureRequest) -> Iterator[None]:
    ray.init(num_cpus=request.param)
    yield
    ray.shutdown()


def good() -> Run:
    @ray.remote
    def first(n: int) -> int:
        return n

    @ray.remote
    def then(n: int) -> int:
        return n + 1

    @ray.remote
    class Total:
        def add(self, *values: int) -> int:
            return sum(values)

    with ray.observe() as run:
        total = Total.remote()
        parts = [then.remote(first.remote(n)) for n in range(4)]
        ray.wait(parts, num_returns=2)
        assert ray.get(total.add.remote(*parts)) == 10
    return run


def loop() -> Run:
    @ray.remote
    def first(n: int) -> int:
        return n

    with ray.observe() as run:
        for n in range(4):
            ray.get(first.remote(n))
    return run


RIGHT = (
    check.started("first", at_least=4),
    check.parallel(at_least=4),
    check.no_get_in_loop(),
    check.depth(at_least=2, at_most=3),
    check.gets(at_most=1),
    check.takes_ids("then", at_least=4),
    check.actors("Total", at_least=1, at_most=1),
    check.waits(at_least=1),
)
WRONG = (
    check.parallel(at_least=2),
    check.no_get_in_loop(),
    check.depth(at_least=2),
    check.gets(at_most=1),
    check.takes_ids("first"),
    check.actors("Total"),
    check.waits(),
)


@pytest.mark.usefixtures("load", "cpus")
def test_checks_say_the_same_on_any_machine() -> None:
    for _ in range(2):
        check.verify(good(), *RIGHT)
        run = loop()
        for one in WRONG:
            with pytest.raises(check.CheckFailedError):
                check.verify(run, one)
