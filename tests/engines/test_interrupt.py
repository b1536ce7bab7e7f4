"""Ctrl-C while the driver waits or submits: the session stays usable."""

import os
import signal
import threading

import pytest


@pytest.fixture
def interrupt(bell):
    """Return a function that sends Ctrl-C as soon as a task rings."""
    threads = []

    def when_it_rings():
        def send():
            bell.hear()
            os.kill(os.getpid(), signal.SIGINT)

        threads.append(threading.Thread(target=send))
        threads[-1].start()

    yield when_it_rings
    for thread in threads:
        thread.join()


@pytest.fixture
def busy(ray, gate, bell):
    @ray.remote
    def busy():
        bell.ring()
        gate.pass_()
        return "done"

    return busy


@pytest.mark.parametrize("timeout", [None, 60_000])
def test_an_interrupted_get_raises_and_the_task_goes_on(
    ray, busy, gate, interrupt, timeout
):
    interrupt()
    one = busy.remote()
    with pytest.raises(KeyboardInterrupt):
        ray.get(one, timeout=timeout)
    gate.let()
    assert ray.get(one) == "done"


def test_an_interrupted_wait_raises_and_the_task_goes_on(ray, busy, gate, interrupt):
    interrupt()
    one = busy.remote()
    with pytest.raises(KeyboardInterrupt):
        ray.wait([one])
    gate.let()
    assert ray.get(one) == "done"


def test_an_interrupt_of_a_get_behind_another_threads_get(ray, busy, gate, interrupt):
    one = busy.remote()
    leader = threading.Thread(target=ray.get, args=(one,))
    leader.start()
    interrupt()
    with pytest.raises(KeyboardInterrupt):
        ray.get(one)
    gate.let()
    leader.join()
    assert ray.get(one) == "done"


def test_interrupts_among_submissions_lose_nothing(ray):
    @ray.remote
    def echo(x):
        return x

    ids, kept, interrupts = [], [], 0
    timer = threading.Event()

    def send():
        while not timer.wait(0.01):
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=send)
    thread.start()
    while interrupts < 20:
        try:
            ids.append((len(ids), echo.remote(len(ids))))
            if len(ids) % 50 == 0:
                kept.append(ray.put(bytes(200_000)))
        except KeyboardInterrupt:
            interrupts += 1
    while thread.is_alive():
        try:
            timer.set()
            thread.join()
        except KeyboardInterrupt:
            continue
    assert ray.get([one for _, one in ids]) == [number for number, _ in ids]


def test_workers_do_not_hear_the_interrupt_of_their_group(ray, busy, gate, bell):
    one = busy.remote()
    [pid] = bell.hear()
    os.kill(int(pid), signal.SIGINT)
    gate.let()
    assert ray.get(one) == "done"


def test_a_handler_that_swallows_the_interrupt_still_ends_the_get(
    ray, busy, gate, interrupt
):
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        interrupt()
        one = busy.remote()
        with pytest.raises(KeyboardInterrupt):
            ray.get(one)
    finally:
        signal.signal(signal.SIGINT, before)
    gate.let()
    assert ray.get(one) == "done"
