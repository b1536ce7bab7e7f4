"""Jobs that may wait run in threads that come and go."""

import threading
from queue import SimpleQueue

from rayteach.runtime.completions import Completions


def test_every_job_runs_once():
    completions, done = Completions(), SimpleQueue()
    for number in range(500):
        completions.put(lambda n=number: done.put(n))
    assert sorted(done.get() for _ in range(500)) == list(range(500))


def test_a_job_that_waits_holds_up_no_other():
    completions, gates = Completions(), [threading.Event() for _ in range(5)]
    done = SimpleQueue()

    def job(number):
        if number:
            gates[number].wait()
        for gate in gates[: number + 2]:
            gate.set()
        done.put(number)

    for number in reversed(range(5)):  # each waits for the one behind it
        completions.put(lambda n=number: job(n))
    assert sorted(done.get() for _ in range(5)) == list(range(5))


def test_its_threads_end_when_there_is_nothing_to_do():
    completions, done = Completions(), SimpleQueue()
    for _ in range(3):
        completions.put(lambda: done.put(threading.current_thread()))
    for thread in {done.get() for _ in range(3)}:
        thread.join()
        assert not thread.is_alive()
