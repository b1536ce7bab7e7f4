"""No check depends on the machine: 1, 2 and 8 CPUs, idle or under full load."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import rayteach as ray
from rayteach import checks as check
from rayteach.api.run import Run
from rayteach.checks import Evidence


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


@ray.remote
def first(n: int) -> int:
    return n


@ray.remote
def then(n: int) -> int:
    return n + 1


@ray.remote
def use(grid: list[int], n: int) -> int:
    return grid[n]


@ray.remote
class Total:
    def add(self, *values: int) -> int:
        return sum(values)


Answer = tuple[Run, dict[str, Any]]


def good() -> Answer:
    with ray.observe() as run:
        total = Total.remote()
        parts = [then.remote(first.remote(n)) for n in range(4)]
        ray.wait(parts, num_returns=2)
        grid = ray.put([1, 2, 3])
        uses = [use.remote(grid, n) for n in range(3)]
        answer = ray.get(total.add.remote(*parts, *uses))
    guess = ray.predict("How many gets?", number=True, preset=1)
    guess.reveal(sum(wait.kind == "get" for wait in run.waits))
    return run, {"answer": answer, "grid": grid, "guess": guess}


def window() -> Answer:
    """Two in flight, each handled as soon as it is there."""
    seen = []
    with ray.observe() as run:
        flying = [first.remote(n) for n in range(2)]
        for n in range(2, 6):
            ready, flying = ray.wait(flying)
            seen += ray.get(ready)
            flying.append(first.remote(n))
        while flying:
            ready, flying = ray.wait(flying)
            seen += ray.get(ready)
    return run, {"seen": sorted(seen)}


def loop() -> Answer:
    with ray.observe() as run:
        for n in range(4):
            ray.get(first.remote(n))
        grids = [ray.put([1, 2, 3]) for _ in range(2)]
        ray.get([use.remote(grids[-1], 0), then.remote(1)])
    guess = ray.predict("How many gets?", number=True, preset=1)
    guess.reveal(sum(wait.kind == "get" for wait in run.waits))
    return run, {"answer": 1, "grid": grids[-1], "guess": guess}


def failing() -> Evidence:
    with ray.observe() as run:
        try:
            ray.get(use.remote([], 1))
        except IndexError as error:
            return Evidence(run.rows, {}, error, 3, "ray.get(use.remote([], 1))")
    raise AssertionError


def has_no_actor(evidence: Evidence) -> bool:
    return not evidence.rows.actors


#: for each program checks that it passes
RIGHT = {
    good: {
        "started": check.started("first", at_least=4),
        "parallel": check.parallel(at_least=4),
        "no_get_in_loop": check.no_get_in_loop(),
        "depth": check.depth(at_least=3, at_most=3),
        "gets": check.gets(at_most=1),
        "takes_ids": check.takes_ids("then", at_least=4),
        "actors": check.actors("Total", at_least=1, at_most=1),
        "waits": check.waits(at_least=1),
        "result": check.result("answer", 16),
        "order": check.order("first", "then", "Total.add"),
        "one_copy_of": check.one_copy_of("grid", function="use"),
        "predicted": check.predicted("guess", right=True),
        "that": check.that(lambda e: len(e.rows.actors) == 1, expected="one actor"),
        "mistake": check.mistake(has_no_actor, "no actor"),
        "raised": check.raised(IndexError, "an index too far"),
    },
    window: {
        "as_they_come": check.as_they_come(),
        "in_flight": check.in_flight(at_most=2),
        "result": check.result("seen", list(range(6))),
    },
}
#: for each check that the loop does not pass what it finds
WRONG = {
    "started": (check.started("first", at_least=5), "started 4 tasks of first"),
    "parallel": (check.parallel(at_least=3), "at most 2 could run"),
    "no_get_in_loop": (check.no_get_in_loop(), "a get inside the loop: 4 times"),
    "depth": (check.depth(at_least=2), "the longest chain has 1 task"),
    "gets": (check.gets(at_most=1), "5 gets"),
    "takes_ids": (check.takes_ids("then"), "0 tasks of then got an ID"),
    "actors": (check.actors("Total"), "made 0 actors"),
    "waits": (check.waits(), "0 calls of it"),
    "result": (check.result("answer", 2), "answer is 1"),
    "order": (check.order("then", "use"), "wait for then-"),
    "one_copy_of": (check.one_copy_of("grid"), "puts a value 2 times"),
    "predicted": (check.predicted("guess", right=True), "think why"),
    "that": (check.that(lambda e: bool(e.rows.actors), expected="one"), "not so"),
    "mistake": (check.mistake(has_no_actor, "no actor"), "no actor"),
    "as_they_come": (check.as_they_come(), "that no wait has returned"),
    "in_flight": (check.in_flight(at_most=1), "2 tasks in flight at once"),
}
#: no questions to a run
OTHERS = {
    *("Check", "CheckFailedError", "Evidence", "Problem", "all_of", "verify"),
    *("looking", "most_in_flight"),
}


def ask_all() -> None:
    for program, asked in RIGHT.items():
        run, names = program()
        check.verify(run, *asked.values(), names=names)
    run, names = loop()
    for one, text in WRONG.values():
        with pytest.raises(check.CheckFailedError, match=re.escape(text)):
            check.verify(run, one, names=names)
    with pytest.raises(check.CheckFailedError, match="an index too far"):
        check.verify(failing(), check.raised(IndexError, "an index too far"))


def test_every_check_is_asked_here() -> None:
    right = {name for asked in RIGHT.values() for name in asked}
    assert right == set(check.__all__) - OTHERS
    assert set(WRONG) | {"raised"} == right


@pytest.mark.usefixtures("load", "cpus")
def test_checks_say_the_same_on_any_machine() -> None:
    for _ in range(2):
        ask_all()


@pytest.mark.soak
@pytest.mark.usefixtures("load", "cpus")
def test_checks_say_the_same_a_hundred_times() -> None:
    for _ in range(100):
        ask_all()
