"""What a task does to its process is not there for the next task."""

import ctypes
import os
import signal
import sys
import threading
from pathlib import Path

import pytest


@pytest.fixture
def ray(closed):
    """Return the namespace with a session of one CPU: all tasks share a worker."""
    closed.init(num_cpus=1)
    return closed


@pytest.fixture
def is_same_worker(ray):
    """Return a function that tells whether ``pid`` still takes the tasks."""

    @ray.remote
    def pid():
        return os.getpid()

    return lambda other: ray.get(pid.remote()) == other


def test_a_change_of_directory(ray, is_same_worker, tmp_path):
    @ray.remote
    def change(how):
        if how == "chdir":
            os.chdir(tmp_path)
        else:
            fd = os.open(tmp_path, os.O_RDONLY)
            os.fchdir(fd)
            os.close(fd)
        return os.getpid(), str(Path.cwd())

    @ray.remote
    def where():
        return str(Path.cwd())

    for how in ("chdir", "fchdir"):
        pid, moved = ray.get(change.remote(how))
        assert moved == str(tmp_path)
        assert ray.get(where.remote()) == str(Path.cwd())
        assert is_same_worker(pid)


def test_a_change_of_directory_of_an_actor_is_its_own(ray, tmp_path):
    @ray.remote
    class Mover:
        def move(self):
            os.chdir(tmp_path)

        def where(self):
            return str(Path.cwd())

    mover = Mover.remote()
    ray.get(mover.move.remote())
    assert ray.get(mover.where.remote()) == str(tmp_path)


def test_signal_handlers_mask_and_alarms(ray, is_same_worker):
    @ray.remote
    def change():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.signal(signal.SIGUSR1, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        signal.setitimer(signal.ITIMER_REAL, 3600)
        return os.getpid()

    @ray.remote
    def look():
        handlers = [signal.getsignal(n) for n in (signal.SIGCHLD, signal.SIGUSR1)]
        ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        timer = signal.getitimer(signal.ITIMER_REAL)[0]
        return handlers, ignored, mask, timer

    pid = ray.get(change.remote())
    plain = [signal.SIG_DFL] * 2
    assert ray.get(look.remote()) == (plain, False, set(), 0.0)
    assert is_same_worker(pid)


def test_a_task_behind_one_that_blocked_the_interrupt_can_be_cancelled(
    ray, is_same_worker, bell, gate
):
    @ray.remote
    def deaf():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return os.getpid()

    @ray.remote
    def sleeper():
        bell.ring()
        threading.Event().wait()

    pid = ray.get(deaf.remote())
    one = sleeper.remote()
    assert bell.hear() == [str(pid)]
    ray.cancel(one)
    with pytest.raises(ray.TaskCancelledError):
        ray.get(one)
    assert is_same_worker(pid)


def test_a_cancelled_task_that_does_not_listen_is_dropped_when_it_ends(
    ray, is_same_worker, bell, gate
):
    @ray.remote
    def deaf():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        bell.ring()
        gate.pass_()

    @ray.remote
    def after():
        return "unharmed"

    one, later = deaf.remote(), after.remote()
    [pid] = bell.hear()
    ray.cancel(one)
    gate.let()
    with pytest.raises(ray.TaskCancelledError):
        ray.get(one)
    assert ray.get(later) == "unharmed"
    assert is_same_worker(int(pid))


@pytest.mark.parametrize("how", ["one by one", "as a range"])
def test_closed_file_descriptors(ray, is_same_worker, tmp_path, how):
    @ray.remote
    def close():
        if how == "as a range":
            os.closerange(0, 101)
        for fd in range(101):
            try:
                os.close(fd)
            except OSError:
                continue
        return os.getpid()

    @ray.remote
    def write(name):
        sys.stdout.write("printed\n")
        os.write(2, b"by a library\n")
        with (tmp_path / name).open("w") as file:
            file.write("whole")
            return file.fileno()

    @ray.remote
    def double(x):
        return 2 * x

    pid = ray.get(close.remote())
    assert ray.get(write.remote("one")) > 2
    assert (tmp_path / "one").read_text() == "whole"
    assert ray.get([double.remote(x) for x in range(50)]) == list(range(0, 100, 2))
    big = bytes(200_000)
    assert ray.get(double.remote(big)) == 2 * big
    assert is_same_worker(pid)


def test_threads_that_outlive_their_task(ray, is_same_worker, gate, bell):
    @ray.remote
    def start():
        def work():
            gate.pass_()
            bell.ring("late")

        for _ in range(3):
            threading.Thread(target=work).start()
        return os.getpid()

    @ray.remote
    def double(x):
        return 2 * x

    pid = ray.get(start.remote())
    assert ray.get([double.remote(x) for x in range(50)]) == list(range(0, 100, 2))
    gate.let(3)
    assert bell.hear(3) == ["late"] * 3
    assert is_same_worker(pid)


def test_a_child_process_that_outlives_its_task(ray, is_same_worker, gate):
    @ray.remote
    def fork():
        pid = os.fork()
        if not pid:
            gate.pass_()
            os._exit(0)
        return os.getpid()

    @ray.remote
    def double(x):
        return 2 * x

    pid = ray.get(fork.remote())
    assert ray.get([double.remote(x) for x in range(50)]) == list(range(0, 100, 2))
    gate.let()
    assert is_same_worker(pid)


def test_recursion_without_end_is_an_error(ray, is_same_worker):
    @ray.remote
    def deeper(n):
        def down(n):
            return down(n + 1)

        return down(n)

    @ray.remote
    def pid():
        return os.getpid()

    before = ray.get(pid.remote())
    with pytest.raises(RecursionError, match="recursion") as info:
        ray.get(deeper.remote(0))
    assert isinstance(info.value, ray.TaskError)
    assert is_same_worker(before)


def test_a_value_that_nests_without_end_is_an_error(ray, is_same_worker):
    @ray.remote
    def nest():
        value = []
        for _ in range(100_000):
            value = [value]
        return value

    @ray.remote
    def pid():
        return os.getpid()

    before = ray.get(pid.remote())
    with pytest.raises(ray.TaskError, match="recursion"):
        ray.get(nest.remote())
    assert is_same_worker(before)


def test_a_task_may_keep_the_interpreter_for_itself(ray, bell, gate):
    @ray.remote
    def hang():
        bell.ring()
        ctypes.PyDLL(None).pause()  # in C, and never gives the interpreter up

    @ray.remote
    def one():
        return 1

    hanging, later = hang.remote(), [one.remote() for _ in range(20)]
    bell.hear()
    ray.cancel(hanging, force=True)
    with pytest.raises(ray.TaskCancelledError):
        ray.get(hanging)
    assert ray.get(later) == [1] * 20
