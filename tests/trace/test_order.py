"""What is bound to come after what: facts of the program, not of the machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayteach.core import events
from rayteach.trace.order import Order
from rayteach.trace.tape import Tape


def test_inputs_bind_and_chains_of_them_too() -> None:
    tape = Tape()
    first = tape.submit("f")
    second = tape.submit("g", first)
    third = tape.submit("h", second)
    apart = tape.submit("f")
    bound = Order(tape.rows())
    assert bound.before(third) == {first, second}
    assert bound.before(apart) == set()


def test_a_get_binds_what_is_submitted_after_it() -> None:
    tape = Tape()
    first = tape.submit("f")
    early = tape.submit("g")
    tape.run_task(first, 0.0, 0.5)
    tape.get(first, until_s=0.5)
    late = tape.submit("g")
    bound = Order(tape.rows())
    assert bound.before(late) == {first}
    assert bound.before(early) == set()


@pytest.mark.parametrize(("wanted", "binds"), [(1, False), (2, True)])
def test_a_wait_binds_only_if_it_waits_for_all(wanted: int, *, binds: bool) -> None:
    tape = Tape()
    both = [tape.submit("f"), tape.submit("f")]
    wait = tape.wait(*both, kind="wait", num_returns=wanted)
    for task in both:
        tape.run_task(task, 0.0, 0.5, worker=task)
    tape.at(0.5).returned(wait, *range(wanted))
    late = tape.submit("g")
    assert Order(tape.rows()).before(late) == (set(both) if binds else set())


def test_a_wait_that_timed_out_binds_nothing() -> None:
    tape = Tape()
    task = tape.submit("f")
    wait = tape.wait(task, kind="wait", timeout_s=0.1)
    tape.at(0.1).returned(wait, reason="timeout")
    late = tape.submit("g")
    assert Order(tape.rows()).before(late) == set()


def test_calls_of_one_caller_keep_their_line_at_an_actor() -> None:
    tape = Tape()
    pot, other = tape.actor("Pot"), tape.actor("Pot")
    first, apart = tape.call(pot, "add"), tape.call(other, "add")
    second = tape.call(pot, "add")
    bound = Order(tape.rows())
    assert bound.before(second) == {pot, first}
    assert bound.before(apart) == {other}


def test_an_actor_that_runs_several_at_once_binds_no_line() -> None:
    tape = Tape()
    pot = tape.actor("Pot")
    tape.append(events.SlotsGiven(100.0, pot, 2))
    tape.call(pot, "add")
    second = tape.call(pot, "add")
    assert Order(tape.rows()).before(second) == {pot}


def test_a_child_that_its_parent_gets_comes_before_what_needs_the_parent() -> None:
    tape = Tape()
    outer = tape.submit("outer")
    tape.start(outer)
    child = tape.submit("f", parent=outer)
    loose = tape.submit("f", parent=outer)
    wait = tape.wait(child, task=outer)
    tape.block(outer)
    tape.run_task(child, 0.1, 0.2, worker=2)
    tape.returned(wait, 0)
    tape.resume(outer)
    second = tape.submit("g", parent=outer)
    tape.at(0.5).finish(outer)
    user = tape.submit("h", outer)
    bound = Order(tape.rows())
    assert bound.before(user) == {outer, child}
    assert bound.before(second) == {child}
    assert loose not in bound.before(user)


@given(
    st.lists(
        st.tuples(st.sets(st.integers(0, 9), max_size=3), st.booleans()),
        min_size=1,
        max_size=10,
    )
)
def test_it_agrees_with_a_closure_by_brute_force(
    program: list[tuple[set[int], bool]],
) -> None:
    """Tasks with inputs; after some of them a get of all that there is so far."""
    tape, numbers = Tape(), []
    before: dict[int, set[int]] = {}
    got: set[int] = set()
    for place, (inputs, gets) in enumerate(program):
        makers = {numbers[i] for i in inputs if i < place}
        number = tape.at(float(place)).submit("f", *sorted(makers))
        numbers.append(number)
        direct = makers | got
        before[number] = direct.union(*(before[one] for one in direct))
        tape.run_task(number, float(place), place + 0.25)
        if gets:
            tape.get(number, until_s=place + 0.5)
            got = got | {number}
    bound = Order(tape.rows())
    assert {one: bound.before(one) for one in numbers} == before
