"""Tasks that end, stop or hang their own process: what is said, and what goes on."""

import ctypes
import os
import signal
import sys

import psutil
import pytest

ENDS = {
    "os._exit(3)": (lambda: os._exit(3), "exited with code 3"),
    "abort": (os.abort, "SIGABRT"),
    "a null pointer": (lambda: ctypes.string_at(0), "SIGSEGV"),
    "a signal to itself": (lambda: os.kill(os.getpid(), signal.SIGTERM), "SIGTERM"),
    "sys.exit": (lambda: sys.exit(4), "exited with code 4"),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_task_that_ends_its_process(ray, others, pool_is_whole, how):
    end, text = ENDS[how]

    @ray.remote(max_retries=1)
    def deadly():
        end()
        signal.pause()  # the signal may come a moment later

    one, right = deadly.remote(), others()
    with pytest.raises(ray.WorkerCrashedError) as info:
        ray.get(one)
    assert text in str(info.value)
    assert "deadly" in str(info.value)
    assert right()
    pool_is_whole()


@pytest.mark.parametrize("how", ["gives the interpreter up", "keeps the interpreter"])
def test_a_hanging_task_is_ended_with_force(ray, others, pool_is_whole, bell, how):
    keeps = how == "keeps the interpreter"

    @ray.remote
    def hang():
        bell.ring()
        library = ctypes.PyDLL(None) if keeps else ctypes.CDLL(None)
        while True:
            library.pause()

    one, right = hang.remote(), others()
    [pid] = bell.hear()
    process = psutil.Process(int(pid))
    ray.cancel(one, force=True)
    with pytest.raises(ray.TaskCancelledError, match="hang"):
        ray.get(one)
    psutil.wait_procs([process])
    assert right()
    pool_is_whole()


def test_a_stopped_task_is_ended_with_force(ray, others, pool_is_whole, bell, gate):
    @ray.remote
    def work():
        bell.ring()
        gate.pass_()

    one, right = work.remote(), others()
    [pid] = bell.hear()
    os.kill(int(pid), signal.SIGSTOP)
    ray.cancel(one, force=True)
    with pytest.raises(ray.TaskCancelledError, match="work"):
        ray.get(one)
    assert right()
    pool_is_whole()


def test_a_worker_that_was_stopped_goes_on(ray, others, pool_is_whole, bell, gate):
    @ray.remote
    def work():
        bell.ring()
        gate.pass_()
        return "done"

    one, right = work.remote(), others()
    [pid] = bell.hear()
    os.kill(int(pid), signal.SIGSTOP)
    gate.let()
    assert right()
    os.kill(int(pid), signal.SIGCONT)
    assert ray.get(one) == "done"
    pool_is_whole()


def test_a_task_that_kills_all_other_workers(ray, others, pool_is_whole):
    @ray.remote
    def kill_others():
        me = psutil.Process()
        for other in me.parent().children():
            if other.pid != me.pid:
                other.kill()
        return "alone"

    right = others()
    assert ray.get(kill_others.remote()) == "alone"
    assert right()
    pool_is_whole()
