"""Awaiting an ID, and futures of IDs: in an async actor and in the driver."""

import asyncio

import pytest


@pytest.fixture
def square(ray):
    """Return a task."""

    @ray.remote
    def square(x):
        return x * x

    return square


def events_of(kind):
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    return [e for e in session.current().log.events() if isinstance(e, kind)]


def test_an_id_can_be_awaited_inside(ray, square):
    @ray.remote
    class Asker:
        async def one(self, n):
            return await square.remote(n)

        async def many(self, ids):
            return await asyncio.gather(*ids)

        async def both(self, n):
            done, pending = await asyncio.wait([square.remote(n), square.remote(n)])
            return [await one for one in done], len(pending)

        async def first(self, ids):
            done, pending = await asyncio.wait(ids, return_when=asyncio.FIRST_COMPLETED)
            return len(done), len(pending)

    asker = Asker.remote()
    assert ray.get(asker.one.remote(7)) == 49
    assert ray.get(asker.many.remote([square.remote(n) for n in range(20)])) == [
        n * n for n in range(20)
    ]
    assert ray.get(asker.both.remote(3)) == ([9, 9], 0)
    never = ray.remote(lambda: None).options(num_cpus=99).remote()
    assert ray.get(asker.first.remote([square.remote(2), never])) == (1, 1)
    ray.cancel(never)


def test_many_calls_await_at_once(ray, square):
    @ray.remote
    class Asker:
        async def add(self, n):
            first = await square.remote(n)
            return first + await square.remote(n + 1)

    asker = Asker.remote()
    calls = [asker.add.remote(n) for n in range(200)]
    assert ray.get(calls) == [n * n + (n + 1) ** 2 for n in range(200)]


def test_an_awaited_error_is_raised_at_the_await(ray):
    @ray.remote
    def fail():
        raise LookupError("not here")

    @ray.remote
    class Asker:
        async def ask(self):
            try:
                await fail.remote()
            except LookupError as error:
                return type(error).__name__, str(error.cause)

    assert ray.get(Asker.remote().ask.remote()) == (
        "TaskError(LookupError)", "not here",
    )  # fmt: skip


def test_an_await_with_a_timeout_lets_go(ray, gate):
    from rayteach.core.events import WaitReturned  # noqa: PLC0415 (as above)

    @ray.remote
    def hold():
        gate.pass_()
        return "held"

    @ray.remote
    class Asker:
        async def ask(self, ids):
            try:
                await asyncio.wait_for(asyncio.ensure_future(own(ids[0])), 0.01)
            except asyncio.TimeoutError:
                return await ids[0]

    async def own(one):
        return await one

    held = hold.remote()
    call = Asker.remote().ask.remote([held])
    while not any(e.reason == "interrupted" for e in events_of(WaitReturned)):
        ray.wait([call], timeout=100)
    gate.let()
    assert ray.get(call) == "held"


def test_get_inside_works_and_warns_once(ray, square, shown):
    @ray.remote
    class Blocking:
        async def one(self):
            return ray.get(square.remote(3))

        async def several(self):
            ids = [square.remote(n) for n in range(3)]
            ray.wait(ids, num_returns=3)
            return ray.get(ids)

    actor = Blocking.remote()
    assert ray.get(actor.one.remote()) == 9
    assert ray.get(actor.several.remote()) == [0, 1, 4]
    said = "".join(t for _, _, _, t in shown())
    assert said.count("get() in an async actor") == 1
    assert said.count("wait() in an async actor") == 1


def test_get_in_a_callback_of_a_future_works(ray, square, bell):
    one, two = square.remote(2), square.remote(3)

    def hear(future):
        bell.ring(f"{future.result()}-{ray.get(square.remote(4))}")
        bell.ring(str(two.future().result()))

    one.future().add_done_callback(hear)
    assert bell.hear(2) == ["4-16", "9"]


def test_a_callback_that_waits_holds_up_no_other(ray, gate, bell):
    @ray.remote
    def answer(n):
        gate.pass_()
        return n

    ids = [answer.remote(n) for n in range(4)]
    last = ids[3].future()
    ids[0].future().add_done_callback(lambda _: bell.ring(str(last.result())))
    gate.let(4)
    assert bell.hear() == ["3"]
