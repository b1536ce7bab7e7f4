"""A long run under observation: how fast, how much memory, what is left to ask.

    python -m benchmarks.observing [TASKS]

Prints one line each for the run itself and for the first question.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import Any

import rayteach as ray

BATCH = 10_000


@ray.remote
def increment(number: int) -> int:
    """Add one."""
    return number + 1


def memory_mb() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run the tasks in batches, then ask the run."""
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    opened: Any = ray.init(num_cpus=2)
    ray.get([increment.remote(number) for number in range(100)])
    before_mb, start_s, most = memory_mb(), time.monotonic(), 0
    with ray.observe() as run:
        for first in range(0, tasks, BATCH):
            ray.get([increment.remote(n) for n in range(first, first + BATCH)])
            most = max(most, opened.log.size_bytes)
    took_s = time.monotonic() - start_s
    print(
        f"{tasks:,} tasks in {took_s:.1f} s; memory {before_mb:.0f} -> "
        f"{memory_mb():.0f} MB; log at most {most / 2**20:.1f} MiB"
    )
    start_s = time.monotonic()
    text, work_s = repr(run), run.work
    print(
        f"{text} work {work_s:.2f} s; asked in {time.monotonic() - start_s:.1f} s, "
        f"memory {memory_mb():.0f} MB"
    )
    ray.shutdown()


if __name__ == "__main__":
    main()
