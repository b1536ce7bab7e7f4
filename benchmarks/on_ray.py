"""What observing costs on real Ray: its own throughput beside that of the engine.

    python -m benchmarks.on_ray [--tasks 1000] [--rounds 7]

Both run in one session of Ray, round by round in turn, so that a slow spell of the
machine hits both. A round submits tasks that do next to nothing and fetches them all;
then, the more usual case, tasks of a millisecond.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING, Any

import ray

import rayteach
from rayteach.api import session

if TYPE_CHECKING:
    from collections.abc import Callable

CPUS = 2
SPIN_S = 0.001


def increment(x: int) -> int:
    """Do next to nothing."""
    return x + 1


def spin(x: int) -> int:
    """Work for a millisecond."""
    end_s = time.perf_counter() + SPIN_S
    while time.perf_counter() < end_s:
        x += 1
    return x


def took(submit: Callable[[int], Any], get: Callable[[Any], Any], tasks: int) -> float:
    """Return the seconds of one round."""
    start_s = time.perf_counter()
    get([submit(number) for number in range(tasks)])
    return time.perf_counter() - start_s


def measure(function: Callable[[int], int], tasks: int, rounds: int) -> list[str]:
    """Return the cells of one row."""
    own, ours = ray.remote(function), rayteach.remote(function)
    bare: list[float] = []
    seen: list[float] = []
    for number in range(rounds + 1):
        bare.append(took(own.remote, ray.get, tasks))
        seen.append(took(ours.remote, rayteach.get, tasks))
        if not number:  # the first round starts workers
            bare.clear()
            seen.clear()
    each = [statistics.median(times) / tasks * 1e6 for times in (bare, seen)]
    cost = each[1] / each[0] - 1
    worst = max(b / a - 1 for a, b in zip(bare, seen, strict=True))
    return [
        function.__name__,
        *(f"{one:.0f} µs" for one in each),
        f"{cost:+.1%}",
        f"{worst:+.1%}",
    ]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    rayteach.init(num_cpus=CPUS, engine="ray")
    print("| task | Ray alone, each | observed, each | cost | worst round |")
    print("|---|---|---|---|---|")
    for function in (increment, spin):
        cells = measure(function, options.tasks, options.rounds)
        print(f"| {' | '.join(cells)} |", flush=True)
    found = session.current()
    if found is not None:
        events, size = len(found.log), found.log.size_bytes
        print(f"\n{events} events in the log, {size / events:.0f} bytes each")
    rayteach.shutdown()


if __name__ == "__main__":
    main()
