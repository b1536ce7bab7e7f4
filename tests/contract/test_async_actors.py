"""Async actors: methods that are coroutines run in one event loop, in turn."""

import asyncio

import pytest

FOREVER_S = 3600


@pytest.fixture
def loop_actor(ray, bell):
    """Return an actor class with an event that its calls wait for."""

    @ray.remote
    class Loop:
        def __init__(self):
            self.event = asyncio.Event()
            self.began = []
            self.ended = []

        async def hold(self, name=""):
            self.began.append(name)
            bell.ring(name)
            try:
                await self.event.wait()
            except asyncio.CancelledError:
                self.ended.append(name)
                raise
            return name

        async def let(self):
            self.event.set()

        def lists(self):
            return self.began, self.ended

        async def fail(self, text):
            await asyncio.sleep(0)  # the task's work
            raise KeyError(text)

        async def leave(self):
            ray.exit_actor()

    return Loop


def events_of(kind):
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    return [e for e in session.current().log.events() if isinstance(e, kind)]


def died(ray, object_id, match):
    with pytest.raises(ray.ActorDiedError, match=match):
        ray.get(object_id)


def cancelled(ray, object_id):
    with pytest.raises(ray.TaskCancelledError):
        ray.get(object_id)


def test_calls_run_in_turn_in_one_loop(ray, loop_actor, bell):
    actor = loop_actor.remote()
    calls = [actor.hold.remote(f"call{n}") for n in range(50)]
    assert bell.hear(50) == [f"call{n}" for n in range(50)]
    ray.get(actor.let.remote())
    assert ray.get(calls) == [f"call{n}" for n in range(50)]


def test_a_thousand_calls_run_at_once_unless_it_says_how_many(ray, loop_actor):
    actor = loop_actor.remote()
    calls = [actor.hold.remote() for _ in range(999)]
    ray.get(actor.let.remote())
    assert len(ray.get(calls)) == 999
    from rayteach.core.events import SlotsGiven  # noqa: PLC0415 (as above)

    (given,) = [e for e in events_of(SlotsGiven) if e.actor == actor.actor_id.task]
    assert given.slots == 1000


def test_max_concurrency_bounds_them(ray, loop_actor, bell):
    actor = loop_actor.options(max_concurrency=2).remote()
    calls = [actor.hold.remote(name) for name in "abc"]
    assert bell.hear(2) == ["a", "b"]
    ray.cancel(calls[0])
    assert bell.hear() == ["c"]
    cancelled(ray, calls[0])


def test_with_one_slot_calls_follow_one_another(ray):
    @ray.remote(max_concurrency=1)
    class One:
        def __init__(self):
            self.inside = 0

        async def step(self):
            self.inside += 1
            await asyncio.sleep(0)  # the task's work
            most, self.inside = self.inside, self.inside - 1
            return most

    one = One.remote()
    assert ray.get([one.step.remote() for _ in range(20)]) == [1] * 20


def test_the_constructor_and_plain_methods_run_in_the_loop(ray):
    @ray.remote
    class Where:
        def __init__(self):
            self.loop = asyncio.get_running_loop()

        async def coroutine(self):
            return asyncio.get_running_loop() is self.loop

        def plain(self):
            return asyncio.get_running_loop() is self.loop

    where = Where.remote()
    assert ray.get([where.coroutine.remote(), where.plain.remote()]) == [True, True]


def test_an_error_has_the_frames_of_the_coroutine(ray, loop_actor):
    with pytest.raises(KeyError) as raised:
        ray.get(loop_actor.remote().fail.remote("wrong"))
    frames = raised.value.remote.frames
    assert [frame.name for frame in frames] == ["fail"]
    assert frames[0].source == "raise KeyError(text)"
    assert raised.value.remote.task_label.endswith(".fail-1")


def test_a_running_coroutine_is_cancelled(ray, loop_actor, bell):
    actor = loop_actor.remote()
    call, other = actor.hold.remote("call"), actor.hold.remote("other")
    bell.hear(2)
    ray.cancel(call)
    cancelled(ray, call)
    assert ray.get(actor.lists.remote()) == (["call", "other"], ["call"])
    ray.get(actor.let.remote())
    assert ray.get(other) == "other"


def test_a_coroutine_that_awaits_a_task_is_cancelled(ray, gate, bell):
    @ray.remote
    def hold():
        bell.ring()
        gate.pass_()
        return "held"

    @ray.remote
    class Asker:
        async def ask(self):
            try:
                return await hold.remote()
            finally:
                bell.ring("over")

    call = Asker.remote().ask.remote()
    bell.hear()
    ray.cancel(call, recursive=False)
    assert bell.hear() == ["over"]
    cancelled(ray, call)
    gate.let()


def test_queued_calls_that_are_cancelled_never_run(ray, loop_actor, bell):
    actor = loop_actor.options(max_concurrency=1).remote()
    held = actor.hold.remote("held")
    queued = [actor.hold.remote("queued") for _ in range(20)]
    bell.hear()
    for call in queued:
        ray.cancel(call)
    for call in queued:
        cancelled(ray, call)
    ray.cancel(held)
    assert ray.get(actor.lists.remote()) == (["held"], ["held"])


def test_calls_behind_a_loop_that_is_held_up_are_cancelled_at_once(ray, gate, bell):
    @ray.remote
    class Slow:
        def __init__(self):
            self.ran = []

        def hold(self):
            bell.ring()
            gate.pass_()

        async def note(self, n):
            self.ran.append(n)

        def notes(self):
            return self.ran

    slow = Slow.remote()
    held = slow.hold.remote()
    bell.hear()
    calls = [slow.note.remote(n) for n in range(10)]
    for call in calls[::2]:
        ray.cancel(call)
    for call in calls[::2]:
        cancelled(ray, call)
    gate.let()
    ray.get([held, *calls[1::2]])
    assert ray.get(slow.notes.remote()) == [1, 3, 5, 7, 9]


def test_a_cancelled_coroutine_may_clean_up_but_its_value_is_dropped(ray, bell):
    @ray.remote
    class Stubborn:
        async def stay(self):
            try:
                bell.ring("began")
                await asyncio.sleep(FOREVER_S)  # the task's work
            except asyncio.CancelledError:
                bell.ring("cancelled")
            return "a value that nobody wants"

    call = Stubborn.remote().stay.remote()
    assert bell.hear() == ["began"]
    ray.cancel(call)
    assert bell.hear() == ["cancelled"]
    cancelled(ray, call)


def test_force_is_refused(ray, loop_actor, bell):
    actor = loop_actor.remote()
    call = actor.hold.remote("call")
    bell.hear()
    with pytest.raises(ValueError, match="kill"):
        ray.cancel(call, force=True)


def test_kill_and_exit_actor_end_all_calls(ray, loop_actor, bell):
    actor = loop_actor.remote()
    calls = [actor.hold.remote("a"), actor.hold.remote("b")]
    bell.hear(2)
    ray.kill(actor)
    for call in calls:
        died(ray, call, "killed")
    actor = loop_actor.remote()
    calls = [actor.hold.remote("a"), actor.leave.remote(), actor.hold.remote("b")]
    for call in calls:
        died(ray, call, r"exit_actor\(\) in Loop-\d+.leave-1")


def test_exit_actor_in_a_task_of_a_call_names_the_call(ray):
    @ray.remote
    class Nested:
        async def leave(self):
            async def go():
                ray.exit_actor()

            await asyncio.gather(go())

    died(ray, Nested.remote().leave.remote(), r"exit_actor\(\) in Nested-\d+.leave-1")


def test_each_call_knows_its_own_context_and_prints_under_its_name(ray, shown):
    @ray.remote
    class Who:
        async def am_i(self):
            found = []
            for _ in range(3):
                found.append(ray.get_runtime_context().get_task_id())
                print(found[-1], end=" ")  # noqa: T201 (what is tested)
                await asyncio.sleep(0)  # the task's work
            return found

    who = Who.remote()
    calls = [who.am_i.remote() for _ in range(5)]
    assert ray.get(calls) == [[call.task_id()] * 3 for call in calls]
    said = {}
    for label, _, _, text in shown():
        said.setdefault(label, []).extend(text.split())
    assert said == {str(call.label): [call.task_id()] * 3 for call in calls}


def test_an_async_function_as_a_task_is_refused(ray):
    async def work():
        return 1

    async def stream():
        yield 1

    for function in (work, stream):
        with pytest.raises(ValueError, match="asyncio.run"):
            ray.remote(function)


def test_an_async_generator_streams_its_items(ray, bell):
    @ray.remote
    class Stream:
        def __init__(self):
            self.more = asyncio.Event()

        async def count(self, most):
            for number in range(most):
                yield number
                await self.more.wait()

        async def let(self):
            self.more.set()

    stream = Stream.remote()
    items = stream.count.remote(4)
    assert ray.get(next(items)) == 0
    ray.get(stream.let.remote())
    assert [ray.get(item) for item in items] == [1, 2, 3]


def test_several_results_of_a_coroutine(ray):
    @ray.remote
    class Pair:
        @ray.method(num_returns=2)
        async def pair(self):
            await asyncio.sleep(0)  # the task's work
            return "left", "right"

    assert ray.get(Pair.remote().pair.remote()) == ["left", "right"]
