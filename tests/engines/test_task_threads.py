"""Threads inside tasks that wait, also when their task is over."""

import threading


def test_the_cpu_of_a_task_that_ends_while_its_thread_waits_is_counted_again(
    ray, gate, engine
):
    @ray.remote
    def child():
        gate.pass_()
        return 1

    @ray.remote
    def parent(ids):
        waiting = threading.Event()

        def wait_for_it():
            waiting.set()
            ray.get(ids[0])

        threading.Thread(target=wait_for_it, daemon=True).start()
        waiting.wait()
        ray.wait([ray.put(1)])
        return "over"

    one = child.remote()
    assert ray.get(parent.remote([one])) == "over"
    gate.let()
    assert ray.get(one) == 1
    assert engine.available() == {"CPU": 2.0}


def test_a_thread_left_by_a_task_still_gets_its_value(ray, gate, bell):
    @ray.remote
    def child():
        gate.pass_()
        return "late"

    @ray.remote
    def parent(ids):
        def wait_for_it():
            bell.ring(ray.get(ids[0]))

        thread = threading.Thread(target=wait_for_it)
        thread.start()
        return "over"

    one = child.remote()
    assert ray.get(parent.remote([one])) == "over"
    gate.let()
    assert bell.hear() == ["late"]
