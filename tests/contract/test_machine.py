"""Laptops, hubs and containers: what a task finds on its machine."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import rayteach

ROOT = str(Path(rayteach.__file__).parents[1])
LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
several_cpus = pytest.mark.skipif(psutil.cpu_count() < 2, reason="needs two CPUs")


def run(script, **environment):
    """Run a script in an environment without our own wishes."""
    env = {name: value for name, value in os.environ.items() if name not in LIMITS}
    env.pop("RAYTEACH_NUM_CPUS", None)
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**env, "PYTHONPATH": ROOT, **environment},
    )
    return done.stdout, done.stderr


ON_ONE_CPU = """
import os
os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:1])
import rayteach as ray

@ray.remote
def leaf(x):
    return len(os.sched_getaffinity(0)), x * x

@ray.remote
def tree(n):
    return sum(square for _, square in ray.get([leaf.remote(i) for i in range(n)]))

@ray.remote
class Counter:
    count = 0
    def add(self):
        self.count += 1
        return self.count

counter = Counter.remote()
print(ray.get([leaf.remote(i) for i in range(3)]))
print(ray.get([tree.remote(n) for n in (3, 4)]))
print(ray.get([counter.add.remote() for _ in range(3)]))
"""


@several_cpus
def test_with_an_affinity_of_one_cpu_one_line_says_so_and_all_works():
    out, err = run(ON_ONE_CPU)
    assert out.splitlines() == ["[(1, 0), (1, 1), (1, 4)]", "[5, 14]", "[1, 2, 3]"]
    count = psutil.cpu_count()
    [line] = [line for line in err.splitlines() if "rayteach still offers" in line]
    assert f"may use 1 of {count} CPUs; rayteach still offers {count}" in line
    assert "Set RAYTEACH_NUM_CPUS=1 or init(num_cpus=1)" in line


@several_cpus
def test_who_says_how_many_cpus_reads_no_warning():
    out, err = run(ON_ONE_CPU + "print(ray.cluster_resources())", RAYTEACH_NUM_CPUS="1")
    assert out.splitlines()[-1] == "{'CPU': 1.0}"
    assert err == ""


COUNT_THREADS = """
import rayteach as ray

ray.init(num_cpus=4)

@ray.remote
def threads():
    import os
    before = len(os.listdir("/proc/self/task"))
    import numpy
    numpy.ones((200, 200)) @ numpy.ones((200, 200))
    return len(os.listdir("/proc/self/task")) - before + 1

print(ray.get([{call} for _ in range(2)]))
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts in /proc")
@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("threads.remote()", 1),
        pytest.param("threads.options(num_cpus=2).remote()", 2, marks=several_cpus),
        ("threads.options(num_cpus=0.5).remote()", 1),
    ],
)
def test_a_task_has_as_many_blas_threads_as_cpus(call, wanted):
    pytest.importorskip("numpy")
    out, _ = run(COUNT_THREADS.replace("{call}", call))
    first = int(out.strip("[]\n").split(",")[0])
    assert first == wanted


@several_cpus
def test_the_users_choice_of_threads_stays():
    pytest.importorskip("numpy")
    script = COUNT_THREADS.replace("{call}", "threads.remote()")
    out, _ = run(script, OMP_NUM_THREADS="2")
    assert out.startswith("[2, ")


def test_threads_follow_the_task_in_a_worker_that_has_loaded_numpy(closed):
    pytest.importorskip("numpy")

    @closed.remote
    def threads():
        import ctypes  # noqa: PLC0415 (a worker's)

        import numpy as np  # noqa: PLC0415 (a worker's)

        np.ones((2, 2)) @ np.ones((2, 2))
        maps = Path("/proc/self/maps").read_text().splitlines()
        paths = {line.partition("/")[2] for line in maps if "openblas" in line}
        for path in paths:
            library = ctypes.CDLL(f"/{path}")
            for name in (
                "scipy_openblas_get_num_threads64_",
                "openblas_get_num_threads",
            ):
                if hasattr(library, name):
                    return getattr(library, name)()
        return None

    closed.init(num_cpus=2)
    if closed.get(threads.remote()) is None:
        pytest.skip("this NumPy has another library")
    many = [threads.options(num_cpus=2).remote(), threads.remote()]
    assert closed.get(many) == [2, 1]
    assert closed.get(threads.remote()) == 1


def test_eight_tasks_draw_eight_different_numbers(closed):
    pytest.importorskip("numpy")

    @closed.remote
    def draw():
        import random  # noqa: PLC0415 (a worker's)

        import numpy as np  # noqa: PLC0415 (a worker's)

        return np.random.rand(), random.random(), os.getpid()  # noqa: NPY002, S311 (the global ones)

    @closed.remote
    class Drawer:
        def draw(self):
            return closed.get(draw.remote())

    closed.init(num_cpus=4)
    drawers = [Drawer.remote() for _ in range(4)]
    calls = [draw.remote() for _ in range(8)] + [d.draw.remote() for d in drawers]
    numpys, pythons, _ = zip(*closed.get(calls), strict=True)
    assert len(set(numpys)) == 12
    assert len(set(pythons)) == 12
