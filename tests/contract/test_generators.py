"""Generators as tasks: eager, items as IDs one at a time."""

import asyncio
import threading

import pytest
from looks import log, stored, values


async def one_turn():
    """Let other coroutines run up to their next wait."""
    turn = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(turn.set_result, None)
    await turn


# The surface.


def test_a_generator_function_gives_the_ids_of_its_items_in_order(ray, numbers):
    generator = numbers.remote(4)
    assert isinstance(generator, ray.ObjectIDGenerator)
    ids = list(generator)
    assert all(isinstance(one, ray.ObjectID) for one in ids)
    assert ray.get(ids) == [0, 1, 2, 3]
    assert next(generator, "ended") == "ended"


def test_a_function_that_returns_an_iterator_streams_if_asked_to(ray):
    @ray.remote(num_returns="streaming")
    def pairs():
        return zip("ab", (1, 2), strict=True)

    assert values(ray, pairs.remote()) == [("a", 1), ("b", 2)]


def test_an_empty_generator_ends_at_once(ray, numbers):
    generator = numbers.remote(0)
    assert next(generator, "ended") == "ended"
    assert ray.get(generator.completed()) is None


def test_items_come_one_at_a_time_while_the_task_runs(ray, gate, stepper):
    generator = stepper.remote(3)
    for number in range(3):
        gate.let()
        assert ray.get(next(generator)) == number
    assert next(generator, "ended") == "ended"


def test_a_generator_runs_to_its_end_though_nobody_asks(ray, gate, bell, stepper):
    generator = stepper.remote(3)
    gate.let(3)
    assert bell.hear(3) == ["step-0", "step-1", "step-2"]
    assert ray.get(generator.completed()) is None
    assert values(ray, generator) == [0, 1, 2]


def test_an_item_is_fetched_again_as_often_as_its_id_is_kept(ray, numbers):
    first, *_ = ids = list(numbers.remote(3))
    del ids
    assert ray.get([first, first]) == [0, 0]


def test_items_are_arguments_like_other_ids(ray, numbers):
    @ray.remote
    def add(*parts):
        return sum(parts)

    assert ray.get(add.remote(*numbers.remote(5))) == 10


def test_what_needs_the_completed_id_runs_after_the_last_item(ray, gate, stepper):
    @ray.remote
    def after(_):
        return "after"

    generator = stepper.remote(1)
    one = after.remote(generator.completed())
    assert ray.wait([one], timeout=0) == ([], [one])
    gate.let()
    assert ray.get(one) == "after"


def test_a_generator_is_read_with_async_for(ray, gate, stepper):
    generator = stepper.remote(3)

    async def read():
        found = []
        gate.let()
        async for one in generator:
            found.append(await one)
            gate.let()
        return found

    assert asyncio.run(read()) == [0, 1, 2]


def test_a_cancelled_async_wait_loses_no_item(ray, gate, stepper):
    generator = stepper.remote(1)

    async def read():
        waiting = asyncio.ensure_future(anext(generator))
        await one_turn()  # it begins to wait
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        gate.let()
        return await (await anext(generator))

    assert asyncio.run(read()) == 0


def test_a_generator_tells_what_next_would_do(ray, gate, stepper):
    generator = stepper.remote(1)
    assert not generator.next_ready()
    gate.let()
    ray.get(generator.completed())
    assert generator.next_ready()
    assert not generator.is_finished()
    next(generator)
    assert not generator.next_ready()
    assert generator.is_finished()


def test_wait_takes_generators_whose_next_item_is_there_as_ready(ray, gate, stepper):
    slow, quick = stepper.remote(1), ray.put(1)
    assert ray.wait([slow, quick]) == ([quick], [slow])
    assert ray.wait([slow], timeout=0) == ([], [slow])
    gate.let()
    assert ray.wait([slow]) == ([slow], [])
    assert ray.get(next(slow)) == 0
    assert ray.wait([slow]) == ([slow], [])  # its end does not wait either


def test_threads_that_share_a_generator_get_each_item_once(ray, numbers):
    generator = numbers.remote(60)
    found = []

    def read():
        found.extend(ray.get(one) for one in generator)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(60))


def test_a_generator_stays_in_its_process(ray, numbers):
    generator = numbers.remote(2)

    @ray.remote
    def read(given):
        return list(given)

    for attempt in (lambda: read.remote(generator), lambda: ray.put([generator])):
        with pytest.raises(TypeError, match=r"Pass the IDs .* list\(generator\)"):
            attempt()
    with pytest.raises(ValueError, match="it gives IDs"):
        ray.get(generator)


def test_options_go_with_generators(ray, numbers):
    special = numbers.options(num_cpus=0.5, name="half", max_retries=1)
    ids = list(special.remote(2))
    assert [repr(one) for one in ids] == ["ObjectID(half-1[1])", "ObjectID(half-1[2])"]
    assert ray.get(ids) == [0, 1]


def test_a_generator_can_fill_a_number_of_results(ray, numbers):
    assert ray.get(numbers.options(num_returns=3).remote(3)) == [0, 1, 2]
    with pytest.raises(ValueError, match="num_returns=2, but the task returned 3"):
        ray.get(numbers.options(num_returns=2).remote(3))


@pytest.mark.parametrize("wrong", ["stream", "", 2.5, True, [1]])
def test_a_wrong_num_returns_names_what_it_can_be(ray, numbers, wrong):
    allowed = '0 to 65,535, "streaming" or "dynamic"'
    for kind in (ValueError, TypeError):
        with pytest.raises(kind, match=allowed):
            numbers.options(num_returns=wrong)
    with pytest.raises(ValueError, match=allowed):
        ray.method(num_returns=wrong)


def test_an_async_generator_belongs_in_an_actor(ray):
    async def ticks():
        yield 1

    with pytest.raises(ValueError, match="actor class"):
        ray.remote(ticks)


# Dynamic.


def test_a_dynamic_task_has_one_id_whose_value_gives_the_ids_of_the_items(ray, numbers):
    one = numbers.options(num_returns="dynamic").remote(3)
    assert isinstance(one, ray.ObjectID)
    generator = ray.get(one)
    assert isinstance(generator, ray.DynamicObjectIDGenerator)
    assert len(generator) == 3
    assert values(ray, generator) == [0, 1, 2]
    assert values(ray, ray.get(one)) == [0, 1, 2]


def test_the_items_of_a_dynamic_task_live_as_long_as_its_id(ray):
    @ray.remote(num_returns="dynamic")
    def blocks():
        for _ in range(3):
            yield bytes(1 << 18)

    before = stored(ray)
    one = blocks.remote()
    ray.get(one)
    assert len(stored(ray) - before) == 3
    last = list(ray.get(one))[-1]
    del one
    assert len(stored(ray) - before) == 1
    assert len(ray.get(last)) == 1 << 18


def test_a_dynamic_task_can_be_passed_on(ray, numbers):
    @ray.remote
    def total(generator):
        return sum(ray.get(list(generator)))

    assert ray.get(total.remote(numbers.options(num_returns="dynamic").remote(4))) == 6


def test_a_dynamic_task_that_fails_has_its_error_as_value(ray):
    @ray.remote(num_returns="dynamic")
    def breaks():
        yield 1
        raise KeyError("two")

    with pytest.raises(KeyError, match="two"):
        ray.get(breaks.remote())


# What is written down.


def test_each_item_stands_in_the_log_between_start_and_end_of_its_task(ray, numbers):
    from rayteach.core import events  # noqa: PLC0415 (once there is a session)

    generator = numbers.remote(2)
    list(generator)
    number = generator.completed().task
    ray.get(generator.completed())
    kinds = (events.TaskStarted, events.ObjectCreated, events.TaskFinished)
    mine = [
        (type(event).__name__, getattr(event, "object", (number, None))[1])
        for event in log(ray)
        if isinstance(event, kinds)
        and getattr(event, "task", getattr(event, "object", [0])[0]) == number
    ]
    assert mine == [
        ("TaskStarted", None),
        ("ObjectCreated", 1),
        ("ObjectCreated", 2),
        ("TaskFinished", None),
    ]


def test_items_and_the_waits_for_them_are_rows(ray, gate, stepper):
    with ray.observe() as run:
        generator = stepper.options(name="row").remote(2)
        gate.let(2)
        list(generator)
    rows = run.rows
    labels = [row.label for row in rows.objects.values()]
    assert labels == ["row-1", "row-1[1]", "row-1[2]"]
    assert all(row.created_s is not None for row in rows.objects.values())
    assert [wait.reason for wait in rows.waits.values()] == [
        "enough ready",
        "enough ready",
        "ended",
    ]


def test_a_run_looks_the_same_however_late_its_items_came(ray, gate, stepper):
    from rayteach.widgets.text import structure  # noqa: PLC0415 (one test needs it)

    def look(*, late):
        with ray.observe() as run:
            generator = stepper.options(name=f"look{late:d}").remote(2)
            if not late:
                gate.let(2)
                ray.wait([generator.completed()])
            else:
                ray.wait([generator.completed()], timeout=0)
            for _ in range(2):
                if late:
                    gate.let()
                next(generator)
            assert next(generator, "ended") == "ended"
        text = structure(run.rows)
        return [line for line in text.splitlines() if "[" in line]

    early, late = look(late=False), look(late=True)
    assert len(early) >= 6
    assert [line.replace("look0", "look1") for line in early] == late
