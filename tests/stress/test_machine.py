"""The public calls in any order, with workers killed: nothing wrong, nothing left.

Every ID that the machine holds is known with its value, or with what may stand in
its place after a ``cancel`` or a kill. At the end of each example every ID is asked
for, then all are dropped, and the session must be as empty as it was.
"""

import contextlib
import gc
import os
import signal
import time

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from model import GUARD_MS, GUARD_S, Boxed, Held
from odd_jobs import (
    Boom,
    Box,
    add,
    big,
    big_value,
    drain,
    fail,
    inside,
    items,
    leave_child,
    nest,
    number_of,
)

import rayteach as ray
from rayteach.api import session
from rayteach.core.invariants import check_invariants
from rayteach.runtime.segments import is_value

picks = st.integers(0, 1 << 16)
small = st.integers(1, 1_000)
MOST_KILLS = 3
MOST_ACTORS = 3


@pytest.fixture(scope="module", autouse=True)
def one_session():
    ray.shutdown()
    ray.init(num_cpus=2)
    yield
    ray.shutdown()


class Calls(RuleBasedStateMachine):
    """Whoever uses the public API, in any order."""

    def __init__(self):
        super().__init__()
        self.held = []
        self.generators = []
        self.boxes = []
        self.kills = 0
        self.tags = 0

    def hold(self, one, value, sources=(), **known):
        self.held.append(Held(one, value, list(sources), **known))

    def pick(self, picked, of=None):
        among = self.held if of is None else of
        return among[picked % len(among)] if among else None

    def some(self, picked):
        """Return up to four of the IDs."""
        recent = self.held[-6:]
        return [held for at, held in enumerate(recent) if picked >> at & 1][:4]

    # Tasks and values.

    @rule(first=small, second=small)
    def submit(self, first, second):
        self.hold(add.remote(first, second), first + second)

    @rule(count=st.integers(2, 40))
    def submit_many(self, count):
        for number in range(count):
            self.hold(add.remote(number), number)

    @rule(number=small, cpus=st.sampled_from([0, 0.5, 1, 2]))
    def submit_with_cpus(self, number, cpus):
        self.hold(add.options(num_cpus=cpus).remote(number), number)

    @rule(picked=picks)
    def chain(self, picked):
        sources = [held for held in self.some(picked) if is_number(held)]
        self.hold(add.remote(*ids(sources)), total(sources), sources)

    @rule(picked=picks)
    def pass_in_a_list(self, picked):
        sources = [held for held in self.some(picked) if is_number(held)]
        self.hold(inside.remote(ids(sources)), total(sources), sources)

    @rule(depth=st.integers(0, 3), number=small)
    def nested(self, depth, number):
        self.hold(nest.remote(depth, number), number * 2**depth)

    @rule(count=st.integers(1, 8))
    def drain_in_a_task(self, count):
        self.hold(drain.remote(count), sum(range(count)))

    @rule()
    def submit_what_fails(self):
        self.hold(fail.remote(), None, errors={Boom})

    @rule(number=small)
    def submit_big(self, number):
        self.hold(big.remote(number), big_value(number))

    @rule(number=small)
    def put(self, number):
        self.hold(ray.put(number), number, is_put=True)

    @rule(number=small)
    def put_big(self, number):
        self.hold(ray.put(big_value(number)), big_value(number), is_put=True)

    @rule(number=small)
    def take_ids_out_of_a_result(self, number):
        child, value = ray.get(leave_child.remote(number), timeout=GUARD_MS)
        self.hold(child, number)
        self.hold(value, big_value(number), is_put=True)

    # Generators.

    @rule(count=st.integers(0, 12))
    def generate(self, count):
        self.generators.append(Held(items.remote(count), [0, count]))

    @precondition(lambda self: self.generators)
    @rule(picked=picks, most=st.integers(1, 8))
    def take_items(self, picked, most):
        known = self.pick(picked, self.generators)
        for _ in range(most):
            ready, _ = ray.wait([known.one], timeout=GUARD_MS)
            assert ready, known
            at, count = known.value
            one = next(known.one, None)
            if one is None:
                assert at == count or known.errors, known
                self.generators.remove(known)
                return
            # After a cancel the last one stands for what ended the task.
            assert at < count or known.errors, known
            known.value[0] += 1
            self.hold(one, big_value(at) if at % 4 == 3 else at, [known])

    @precondition(lambda self: self.generators)
    @rule(picked=picks)
    def drop_a_generator(self, picked):
        self.generators.remove(self.pick(picked, self.generators))

    # Actors.

    @precondition(lambda self: len(self.boxes) < MOST_ACTORS)
    @rule(picked=picks, restarts=st.sampled_from([0, 0, -1]), retries=st.booleans())
    def create_actor(self, picked, restarts, retries):
        sources = [held for held in self.some(picked)[:1] if is_number(held)]
        first = sources[0].one if sources else 1
        task_retries = -1 if restarts and retries else 0
        options = {"max_restarts": restarts, "max_task_retries": task_retries}
        handle = Box.options(**options).remote(first)
        box = Boxed(handle, restarts, task_retries, sources)
        if sources and (sources[0].may_raise() or sources[0].value is None):
            box.errors.add(ray.ActorDiedError)
        self.boxes.append(box)

    @precondition(lambda self: self.boxes)
    @rule(picked=picks, count=st.integers(1, 10))
    def call(self, picked, count):
        box = self.pick(picked, self.boxes)
        for _ in range(count):
            self.tags += 1
            box.calls.append(self.tags)
            self.hold(box.handle.step.remote(self.tags), (self.tags,), [box], box=box)

    @precondition(lambda self: self.boxes)
    @rule(picked=picks, which=picks)
    def call_with_an_id(self, picked, which):
        box, sources = self.pick(picked, self.boxes), self.some(which)[:1]
        self.tags += 1
        box.calls.append(self.tags)
        one = box.handle.step.remote(self.tags, *ids(sources))
        self.hold(one, (self.tags,), [box, *sources], box=box)
        if sources and sources[0].value is None:
            self.held[-1].value = None

    @precondition(lambda self: self.boxes)
    @rule(picked=picks, number=small)
    def call_that_nests(self, picked, number):
        box = self.pick(picked, self.boxes)
        first = total(box.sources) if box.sources else 1
        value = None if first is None else number + first
        self.hold(box.handle.ask.remote(number), value, [box])

    @precondition(lambda self: self.boxes)
    @rule(picked=picks, which=picks)
    def let_an_actor_keep_ids(self, picked, which):
        box = self.pick(picked, self.boxes)
        sources = [held for held in self.some(which) if is_number(held)]
        box.handle.keep.remote(ids(sources))
        if not box.restarts and not box.is_odd:
            self.hold(box.handle.read.remote(), total(sources), [box, *sources])

    @precondition(lambda self: self.boxes)
    @rule(picked=picks)
    def drop_a_handle(self, picked):
        self.boxes.remove(self.pick(picked, self.boxes))

    @precondition(lambda self: self.boxes)
    @rule(picked=picks)
    def kill_an_actor(self, picked):
        box = self.pick(picked, self.boxes)
        box.is_odd = True
        box.errors.add(ray.ActorDiedError)
        ray.kill(box.handle)

    # What goes wrong.

    @precondition(lambda self: self.held)
    @rule(picked=picks, force=st.booleans(), recursive=st.booleans())
    def cancel(self, picked, force, recursive):
        known = self.pick(picked, self.held + self.generators)
        if known.is_put:
            return
        known.errors |= {ray.TaskCancelledError}
        if known.box is not None:
            known.box.is_odd = True
        try:
            ray.cancel(known.one, force=force, recursive=recursive)
        except ValueError:  # force, for a call of an actor
            assert force
            ray.cancel(known.one, recursive=recursive)

    @precondition(lambda self: self.kills < MOST_KILLS)
    @rule(picked=picks)
    def kill_a_process(self, picked):
        engine = session.current().engine
        with engine._lock:
            workers = [w for w in engine._pool.workers.values() if w.pid]
            worker = self.pick(picked, workers)
            if worker is None:
                return
            self.kills += 1
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)
            if worker.actor is not None:
                self.strike(worker.actor)

    def strike(self, actor):
        boxes = {held.box for held in self.held} | set(self.boxes)
        boxes |= {one for held in self.held for one in held.sources}
        for box in boxes:
            if isinstance(box, Boxed) and box.handle.actor_id.task == actor:
                box.struck()

    # What one asks.

    @precondition(lambda self: self.held)
    @rule(picked=picks)
    def get_one(self, picked):
        self.pick(picked).check()

    @precondition(lambda self: self.held)
    @rule(picked=picks)
    def get_many(self, picked):
        known = [held for held in self.some(picked) if held.value is not None]
        known = [held for held in known if not held.may_raise() and not held.box]
        values = ray.get(ids(known) * 2, timeout=GUARD_MS)
        assert values == [held.value for held in known] * 2

    @precondition(lambda self: self.held)
    @rule(picked=picks, least=picks, now=st.booleans())
    def wait(self, picked, least, now):
        some = ids(self.some(picked))
        if not some:
            return
        count = 1 + least % len(some)
        ready, rest = ray.wait(some, count, timeout=0 if now else GUARD_MS)
        assert [one for one in some if one in ready] == ready
        assert [one for one in some if one not in ready] == rest
        assert now or len(ready) == count

    @precondition(lambda self: self.held)
    @rule(picked=picks, count=st.integers(1, 10))
    def drop(self, picked, count):
        at = picked % len(self.held)
        del self.held[at : at + count]

    # What must hold.

    @invariant()
    def books(self):
        engine = session.current().engine
        with engine._shield, engine._lock:
            engine._dispatcher.settle()
            check_invariants(engine._state.scheduler)

    def teardown(self):
        check_all(self.held)  # elsewhere, so that no local name holds one of them
        self.held, self.generators, self.boxes = [], [], []
        gc.collect()
        until_empty()


def check_all(known):
    for held in known:
        held.check()


def ids(known):
    return [held.one for held in known]


def is_number(held):
    """Its value is a number, or bytes that hold one, or an error stands there."""
    return not isinstance(held.value, tuple)


def total(known):
    """Return the sum; None if one of them is an error for sure."""
    if any(held.value is None for held in known):
        return None
    return sum(number_of(held.value) for held in known)


def until_empty():
    """Work on until nothing is left; a guard turns a leak into its description."""
    deadline = time.monotonic() + GUARD_S
    while left := leftovers():
        assert time.monotonic() < deadline, left
        assert ray.get(add.remote(1, 2), timeout=GUARD_MS) == 3


def leftovers():
    """Return what the session still holds, by the name of the table."""
    engine = session.current().engine
    engine.drain_notes()
    engine.storage.settle()
    state = engine._state
    with engine._shield, engine._lock:
        tables = {
            "tasks": list(state.scheduler.tasks),
            "actors": [n for n, a in state.actors.items() if a.failure is None],
            "exported": list(state.exported.keys()),
            "borrowed": [held for held in state.borrowed.values() if held],
            "direct": list(state.direct),
            "replies": list(state.replies),
            "waits": list(state.open_waits),
            "endings": list(state.endings),
            "lenders": list(state.scheduler.lenders),
            "files": [p.name for p in engine.storage.files() if is_value(p.name)],
        }
    return {name: left for name, left in tables.items() if left}


QUICK = settings(
    max_examples=200,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # no example fails twice in the same way
    suppress_health_check=list(HealthCheck),
)

TestCalls = pytest.mark.timeout(600)(Calls.TestCase)
TestCalls.settings = QUICK


@pytest.mark.soak
@pytest.mark.timeout(4 * 3600)
class TestManyCalls(Calls.TestCase):
    settings = settings(
        QUICK, max_examples=10_000, stateful_step_count=40, derandomize=False
    )
