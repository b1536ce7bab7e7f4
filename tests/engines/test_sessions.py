"""One session after another: nothing of the first has a meaning in the second."""

import os
import stat
from pathlib import Path

import psutil
import pytest

from rayteach.runtime import session_dir


def test_an_old_handle_never_reaches_a_new_actor(ray):
    @ray.remote
    class Actor:
        def call(self):
            return "called"

    old = Actor.remote()
    assert ray.get(old.call.remote()) == "called"
    ray.shutdown()
    ray.init(num_cpus=1)
    new = Actor.remote()
    assert ray.get(new.call.remote()) == "called"
    with pytest.raises(ray.RayteachError, match="shut down"):
        old.call.remote()
    with pytest.raises(ray.RayteachError, match="shut down"):
        ray.kill(old)


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_an_old_id_is_an_error_wherever_it_is_used(ray, size):
    @ray.remote
    def echo(value):
        return value

    old = ray.put(bytes(size))
    ray.shutdown()
    ray.init(num_cpus=1)
    uses = [
        lambda: ray.get(old),
        lambda: ray.wait([old]),
        lambda: echo.remote(old),
        lambda: echo.remote([old]),
        lambda: ray.put([old]),
    ]
    for use in uses:
        with pytest.raises(ray.RayteachError, match="shut down"):
            use()


def test_an_old_pending_id_is_an_error_and_no_wait(ray, gate):
    @ray.remote
    def never():
        gate.pass_()

    old = never.remote()
    ray.shutdown()
    with pytest.raises(ray.RayteachError, match="shut down"):
        ray.get(old)


def test_nothing_listens(ray):
    @ray.remote
    def one():
        return 1

    ray.get([one.remote() for _ in range(4)])
    me = psutil.Process()
    for process in (me, *me.children(recursive=True)):
        listening = psutil.CONN_LISTEN
        assert [c for c in process.net_connections() if c.status == listening] == []


def test_the_directory_is_private_and_gone_after_shutdown(ray, engine):
    directory = Path(engine.directory)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    ray.put(bytes(1 << 20))
    ray.shutdown()
    assert not directory.exists()


def test_no_descriptor_stays_open_after_shutdown(ray):
    @ray.remote
    def one():
        return 1

    ray.shutdown()
    before = set(os.listdir("/proc/self/fd"))
    ray.init(num_cpus=2)
    ray.get([one.remote() for _ in range(8)])
    ray.shutdown()
    assert set(os.listdir("/proc/self/fd")) <= before


def test_no_child_stays_after_shutdown(ray):
    @ray.remote
    def one():
        return 1

    ray.get([one.remote() for _ in range(8)])
    ours = psutil.Process().children(recursive=True)
    assert ours
    ray.shutdown()
    assert [child for child in ours if child.is_running()] == []


@pytest.mark.parametrize("place", ["RAYTEACH_SHM_DIR", "RAYTEACH_SPILL_DIR"])
def test_directories_of_dead_processes_are_swept_at_init(
    ray, tmp_path, monkeypatch, place
):
    ray.shutdown()
    monkeypatch.setenv(place, str(tmp_path))
    stale = tmp_path / f"rayteach-{os.getuid()}-4194304-00ff00ff"
    other = tmp_path / f"rayteach-{os.getuid() + 1}-4194304-00ff00ff"
    mine = tmp_path / session_dir.choose().name
    session_dir.make(mine)
    for folder in (stale, other):
        folder.mkdir()
    ray.init(num_cpus=1)
    ray.shutdown()
    assert not stale.exists()
    assert other.exists()
    assert mine.exists()


def test_a_base_folder_that_cannot_be_written_is_named(ray, tmp_path, monkeypatch):
    ray.shutdown()
    monkeypatch.setenv("RAYTEACH_SHM_DIR", str(tmp_path / "missing"))
    with pytest.raises(OSError, match="RAYTEACH_SHM_DIR"):
        ray.init(num_cpus=1)
    assert not ray.is_initialized()


def test_a_shutdown_while_all_workers_are_busy_ends_them(ray, gate, bell):
    @ray.remote
    def busy():
        bell.ring()
        gate.pass_()

    ids = [busy.remote() for _ in range(10)]
    workers = [psutil.Process(int(pid)) for pid in bell.hear(2)]
    ray.shutdown()
    assert not any(worker.is_running() for worker in workers)
    assert len(ids) == 10
