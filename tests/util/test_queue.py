"""A queue between processes: order, room, waiting, and its end."""

import threading

import pytest

from rayteach.util.queue import Empty, Full, Queue


@pytest.fixture
def queue(ray):
    assert ray.is_initialized()
    return Queue()


def calls(name):
    """Return how many calls of a method the session's log knows."""
    from rayteach.api import session  # noqa: PLC0415 (once one is open)
    from rayteach.core.events import FunctionDefined, TaskSubmitted  # noqa: PLC0415

    log = session.current().log.events()
    of_name = {
        event.function
        for event in log
        if isinstance(event, FunctionDefined) and event.name == name
    }
    submitted = [event for event in log if isinstance(event, TaskSubmitted)]
    return sum(event.function in of_name for event in submitted)


def test_items_come_out_in_the_order_in_which_they_went_in(queue):
    for item in "abc":
        queue.put(item)
    assert [queue.get() for _ in range(3)] == ["a", "b", "c"]


def test_sizes_are_told(ray):
    queue = Queue(maxsize=2)
    assert ray.is_initialized()
    assert queue.empty()
    queue.put(1)
    assert (queue.size(), queue.qsize(), len(queue)) == (1, 1, 1)
    assert not queue.full()
    queue.put(2)
    assert queue.full()
    assert not queue.empty()


def test_without_waiting_an_empty_queue_is_an_error(queue):
    with pytest.raises(Empty):
        queue.get_nowait()
    with pytest.raises(Empty):
        queue.get(block=False)
    assert queue


def test_without_waiting_a_full_queue_is_an_error(ray):
    assert ray.is_initialized()
    queue = Queue(maxsize=1)
    queue.put_nowait(1)
    with pytest.raises(Full, match="1 items"):
        queue.put_nowait(2)
    assert queue.get() == 1


def test_waiting_ends_at_the_timeout(ray):
    assert ray.is_initialized()
    queue = Queue(maxsize=1)
    with pytest.raises(Empty):
        queue.get(timeout=0.01)
    queue.put(1)
    with pytest.raises(Full):
        queue.put(2, timeout=0.01)


def test_a_negative_timeout_is_refused(queue):
    with pytest.raises(ValueError, match="seconds"):
        queue.get(timeout=-1)
    with pytest.raises(ValueError, match="seconds"):
        queue.put(1, timeout=-1)


def test_a_task_waits_for_an_item(ray, queue, bell):
    @ray.remote
    def consume(queue):
        bell.ring()
        return queue.get()

    result = consume.remote(queue)
    bell.hear()
    queue.put("at last")
    assert ray.get(result) == "at last"


def test_a_thread_of_the_driver_waits_for_an_item(queue):
    found = []
    thread = threading.Thread(target=lambda: found.append(queue.get()))
    thread.start()
    queue.put(1)
    thread.join()
    assert found == [1]


def test_the_driver_waits_for_a_task_to_put(ray, queue, gate):
    @ray.remote
    def produce(queue):
        gate.pass_()
        queue.put("made")

    produce.remote(queue)
    with pytest.raises(Empty):
        queue.get(timeout=0.01)
    gate.let()
    assert queue.get() == "made"


def test_a_producer_waits_for_room(ray):
    queue = Queue(maxsize=2)

    @ray.remote
    def produce(queue):
        for number in range(20):
            queue.put(number)

    done = produce.remote(queue)
    assert [queue.get() for _ in range(20)] == list(range(20))
    assert ray.get(done) is None


def test_producers_and_consumers_wait_on_one_queue_at_once(ray):
    queue = Queue(maxsize=1)

    @ray.remote
    def produce(queue, start):
        for number in range(start, start + 10):
            queue.put(number)

    @ray.remote
    def consume(queue):
        return [queue.get() for _ in range(10)]

    made = [produce.remote(queue, start) for start in (0, 100)]
    first, second = ray.get([consume.remote(queue), consume.remote(queue)])
    ray.get(made)
    assert sorted(first + second) == [*range(10), *range(100, 110)]


def test_a_waiting_consumer_does_not_keep_the_producer_from_its_cpu(ray):
    queue = Queue()

    @ray.remote(num_cpus=2)
    def consume(queue):
        return queue.get()

    @ray.remote(num_cpus=2)
    def produce(queue):
        queue.put(7)

    result = consume.remote(queue)
    produce.remote(queue)
    assert ray.get(result) == 7


def test_the_driver_waits_while_tasks_hold_all_cpus(ray, queue, gate, bell):
    @ray.remote(num_cpus=2)
    def produce(queue):
        bell.ring()
        gate.pass_()
        queue.put("made")

    produce.remote(queue)
    bell.hear()
    with pytest.raises(Empty):
        queue.get(timeout=0.01)
    queue.put("mine")
    assert queue.get() == "mine"
    gate.let()
    assert queue.get() == "made"


def test_nobody_polls_while_waiting(ray, queue, bell):
    @ray.remote
    def consume(queue):
        with pytest.raises(Empty):
            queue.get(timeout=0.2)
        bell.ring()
        return queue.get()

    result = consume.remote(queue)
    bell.hear()
    queue.put(1)
    assert ray.get(result) == 1
    assert 1 <= calls("Queue.take") <= 4


def test_timeouts_in_a_row_leave_one_question_open(queue):
    for _ in range(5):
        with pytest.raises(Empty):
            queue.get(timeout=0)
    assert calls("QueueBell.wait_beyond") == 1


def test_a_bell_that_dies_is_replaced(queue):
    from rayteach.util.queue import ITEMS  # noqa: PLC0415 (one test needs it)

    queue._actor.ask("bell", ITEMS).kill()
    for _ in range(2):
        with pytest.raises(Empty):
            queue.get(timeout=0.05)
    queue.put(1)
    assert queue.get() == 1
    assert calls("Queue.forget") == 1


def test_a_batch_goes_in_whole_or_not_at_all(ray):
    assert ray.is_initialized()
    queue = Queue(maxsize=3)
    queue.put_nowait_batch([1, 2])
    with pytest.raises(Full, match="2 of 3"):
        queue.put_nowait_batch([3, 4])
    assert queue.qsize() == 2
    with pytest.raises(TypeError, match="iterable"):
        queue.put_nowait_batch(5)


def test_a_batch_comes_out_whole_or_not_at_all(queue):
    queue.put_nowait_batch("abc")
    with pytest.raises(Empty):
        queue.get_nowait_batch(4)
    assert queue.get_nowait_batch(3) == ["a", "b", "c"]


def test_a_batch_has_a_whole_size(queue):
    with pytest.raises(TypeError, match="whole number"):
        queue.get_nowait_batch("2")
    with pytest.raises(ValueError, match="0 or more"):
        queue.get_nowait_batch(-1)


def test_ids_inside_items_stay_ids(ray, queue):
    queue.put([ray.put("kept")])
    [one] = queue.get()
    assert ray.get(one) == "kept"


def test_after_shutdown_calls_say_that_the_actor_is_dead(ray, queue):
    queue.put(1)
    queue.shutdown()
    queue.shutdown()
    with pytest.raises(ray.ActorDiedError):
        queue.get()


def test_who_waits_when_the_queue_is_shut_down_gets_an_error(ray, queue, bell):
    @ray.remote
    def consume(queue):
        bell.ring()
        return queue.get()

    result = consume.remote(queue)
    bell.hear()
    queue.shutdown(force=True)
    with pytest.raises(ray.TaskError, match="killed"):
        ray.get(result)


def test_a_queue_ends_with_its_last_name_also_when_somebody_had_to_wait(ray, engine):
    @ray.remote
    def tick():
        pass

    queue = Queue()
    with pytest.raises(Empty):
        queue.get(timeout=0)
    assert engine.status()["actors"] == 2
    del queue
    while engine.status()["actors"]:  # the engine learns of ends while it works
        ray.get(tick.remote())


def test_the_actor_takes_options(ray):
    queue = Queue(actor_options={"num_cpus": 1, "name": "box"})
    queue.put(1)
    assert ray.available_resources()["CPU"] == 1
    with pytest.raises(ValueError, match="unknown actor option"):
        Queue(actor_options={"cpus": 1})


def test_without_a_session_the_error_says_what_to_do(ray, monkeypatch):
    from rayteach.util import door  # noqa: PLC0415 (one test needs it)

    ray.shutdown()
    monkeypatch.setattr(door, "_opener", None)
    with pytest.raises(RuntimeError, match=r"rayteach\.init\(\)"):
        Queue()
