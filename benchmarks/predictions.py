"""How far predictions are off: record on one CPU, predict two, run on two.

    python -m benchmarks.predictions

Ten programs whose tasks sleep, so that the machine's own load matters little. One
line each: the time on one CPU, what was predicted for two, what two took, and the
error. The last line is the median of the errors.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import rayteach as ray

_S = 0.02


@ray.remote
def nap(seconds: float, *_: Any) -> float:
    """Sleep."""
    time.sleep(seconds)
    return seconds


@ray.remote
def family(children: int) -> float:
    """Start children, sleep, get them."""
    ids = [nap.remote(_S) for _ in range(children)]
    time.sleep(_S)
    return float(sum(ray.get(ids)))


@ray.remote
class Napper:
    """Sleeps for others, one after the other."""

    def nap(self, seconds: float, *_: Any) -> float:
        """Sleep."""
        time.sleep(seconds)
        return seconds


def fan() -> None:
    """Start independent tasks of the same length."""
    ray.get([nap.remote(_S) for _ in range(20)])


def uneven() -> None:
    """Start independent tasks of many lengths."""
    chance = random.Random(0)  # noqa: S311 (no secret)
    ray.get([nap.remote(chance.random() * 3 * _S) for _ in range(16)])


def straggler() -> None:
    """Start short tasks, and a long one last."""
    ray.get([nap.remote(_S) for _ in range(10)] + [nap.remote(10 * _S)])


def chain() -> None:
    """Let each task need the one before."""
    one = nap.remote(_S)
    for _ in range(9):
        one = nap.remote(_S, one)
    ray.get(one)


def tree() -> None:
    """Join results two by two."""
    level = [nap.remote(_S) for _ in range(8)]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [nap.remote(_S, *pair) for pair in pairs]
    ray.get(level[0])


def get_in_loop() -> None:
    """Wait for each task before the next."""
    for _ in range(10):
        ray.get(nap.remote(_S))


def rounds() -> None:
    """Start four tasks, look at them, start four more."""
    for _ in range(4):
        ray.get([nap.remote(_S) for _ in range(4)])
        time.sleep(_S / 2)


def window() -> None:
    """Keep three tasks in flight."""
    flying = [nap.remote(_S) for _ in range(3)]
    for _ in range(9):
        _, flying = ray.wait(flying, num_returns=1)
        flying.append(nap.remote(_S))
    ray.get(flying)


def nested() -> None:
    """Let tasks start tasks."""
    ray.get([family.remote(3) for _ in range(3)])


def actors() -> None:
    """Let tasks feed two actors."""
    nappers = [Napper.remote() for _ in range(2)]  # type: ignore[attr-defined]
    parts = [nap.remote(_S) for _ in range(8)]
    ray.get([nappers[i % 2].nap.remote(_S, part) for i, part in enumerate(parts)])


PROGRAMS: tuple[Callable[[], None], ...] = (
    *(fan, uneven, straggler, chain, tree),
    *(get_in_loop, rounds, window, nested, actors),
)


def measured(program: Callable[[], None], num_cpus: int) -> ray.Run:
    """Run a program on a warm session and return its run."""
    ray.init(num_cpus=num_cpus)
    ray.get([nap.remote(0.0) for _ in range(2 * num_cpus)])
    with ray.observe() as run:
        program()
    ray.shutdown()
    return run


def main() -> None:
    """Print the table."""
    print("program       1 CPU   predicted 2   2 CPUs   error")
    errors = []
    for program in PROGRAMS:
        recorded = measured(program, 1)
        guess_s = recorded.what_if(num_cpus=2)[2].makespan
        real_s = measured(program, 2).makespan
        errors.append(abs(guess_s - real_s) / real_s)
        print(
            f"{program.__name__:<12}{recorded.makespan:>6.3f} s{guess_s:>12.3f} s"
            f"{real_s:>7.3f} s{errors[-1]:>8.1%}"
        )
    print(f"median error {median(errors):.1%}")


if __name__ == "__main__":
    main()
