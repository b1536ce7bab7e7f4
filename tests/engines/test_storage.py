"""The book of stored values, with real processes."""

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from rayteach.runtime.segments import DRAFT, FREE, is_value

MB = 1_000_000


def names(engine, is_wanted=is_value):
    """Return the names of stored files of a kind, once all is released."""
    engine.storage.settle()
    return sorted(p.name for p in engine.storage.files() if is_wanted(p.name))


def used(engine):
    return engine.storage.store.ledger.read()[1]


def is_spare(name):
    return name.endswith(FREE)


def test_repeated_puts_use_the_same_memory(ray, engine):
    data = np.ones(5 * MB, np.uint8)
    for _ in range(10):
        ray.put(data)
        engine.storage.settle()
    assert len(names(engine, is_spare)) == 1
    assert 5 * MB <= used(engine) < 6 * MB


def test_repeated_large_arguments_and_results_use_the_same_memory(ray, engine):
    @ray.remote
    def echo(values):
        return values + 1

    data = np.ones(5 * MB, np.uint8)
    for _ in range(10):
        assert ray.get(echo.remote(data))[0] == 2
        engine.storage.settle()
    assert names(engine) == []
    assert used(engine) < 31 * MB  # two or three of each at most, whoever is quicker


def test_spare_memory_has_a_bound(ray, engine):
    for size in range(1, 40):  # none fits another's place twice over
        ray.put(np.ones(size * size * 1_000 + 200_000, np.uint8))
    engine.storage.limit = MB  # the bound is a share of it
    engine.storage.settle()
    ray.put(np.ones(200_000, np.uint8))
    engine.storage.settle()
    engine.storage._tick()
    assert used(engine) <= MB // 4


def test_a_value_of_a_dead_worker_stays_and_its_drafts_go(ray, engine, bell, gate):
    @ray.remote(max_retries=0)
    def make():
        one = ray.put(np.ones(MB, np.uint8))
        bell.ring()
        bell.ring()  # flushes nothing, but the put is on its way
        gate.pass_()
        return [one]

    one = make.remote()
    [pid, _] = bell.hear(2)
    [number] = [w for w, h in engine._pool.workers.items() if h.pid == int(pid)]
    path = f"{engine.directory}/w{number}-99-10{DRAFT}"
    with open(path, "wb") as file:  # noqa: PTH123 (what a kill in mid-write leaves)
        file.write(bytes(16))
    os.kill(int(pid), signal.SIGKILL)
    with pytest.raises(ray.WorkerCrashedError):
        ray.get(one)
    del one
    assert names(engine) == []
    assert names(engine, lambda name: name.endswith(DRAFT)) == []


def test_the_result_of_a_cancelled_task_is_given_back(ray, engine, bell, gate):
    @ray.remote
    def stubborn():
        try:
            bell.ring()
            while True:
                pass
        except KeyboardInterrupt:
            bell.ring()
        gate.pass_()
        return np.ones(MB, np.uint8)

    one = stubborn.remote()
    bell.hear()
    ray.cancel(one)
    bell.hear()
    gate.let()
    with pytest.raises(ray.TaskCancelledError):
        ray.get(one)
    assert names(engine) == []


def test_interrupts_during_puts_leave_nothing(ray, engine, storm):
    data, caught = np.ones(40 * MB, np.uint8), 0
    storm.start(0.013)
    while caught < 15:
        try:
            storm.armed = True
            ray.put(data)
        except KeyboardInterrupt:
            caught += 1
    storm.end()
    assert names(engine) == []
    assert names(engine, lambda name: DRAFT in name) == []
    assert ray.get(ray.put(data)).sum() == 40 * MB


def test_the_threads_of_the_store_end_with_the_session(ray):
    array = ray.get(ray.put(np.ones(2 * MB, np.uint8)))
    ray.shutdown()
    assert "rayteach-store" not in [t.name for t in threading.enumerate()]
    assert array.sum() == 2 * MB


TINY = """
import numpy as np, rayteach as ray
ray.init(num_cpus=2)
make = ray.remote(lambda n: np.full(10_000_000, n, np.uint8))
ids = [ray.put(np.full(10_000_000, n, np.uint8)) for n in range(10)]
ids += [make.remote(n) for n in range(10, 20)]
look = ray.remote(lambda v: int(v[-1]))
assert [int(v[0]) for v in ray.get(ids)] == list(range(20))
assert ray.get([look.remote(one) for one in ids]) == list(range(20))
ray.shutdown()
"""


@pytest.fixture
def tiny(tmp_path):
    """Mount 64 MB of shared memory, as containers have; needs the right to."""
    folder = tmp_path / "shm"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, check=False, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no mount command here")
    if mounted.returncode:
        pytest.skip(f"cannot mount a tmpfs: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("others", [0, 55 * MB])
def test_64_mb_of_shared_memory_are_enough_for_any_size(tiny, tmp_path, others):
    (tmp_path / "spill").mkdir()
    program = TINY
    if others:  # somebody else fills the folder after the limit was chosen
        fill = f"open({str(tiny / 'other')!r}, 'wb').write(bytes({others}))"
        program = TINY.replace("make =", f"{fill}\nmake =")
    env = {
        **os.environ,
        "RAYTEACH_SHM_DIR": str(tiny),
        "RAYTEACH_SPILL_DIR": str(tmp_path / "spill"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    assert list((tmp_path / "spill").iterdir()) == []
    assert [path.name for path in tiny.iterdir() if path.name != "other"] == []
