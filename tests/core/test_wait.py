"""Which IDs ``wait`` returns as ready."""

from hypothesis import given
from hypothesis import strategies as st

from rayteach.core.wait import choose


def test_the_first_ready_in_input_order_are_chosen():
    assert choose([False, True, True, True], 2) == [1, 2]


def test_fewer_ready_than_asked_gives_those():
    assert choose([False, True, False], 2) == [1]


def test_none_ready_gives_none():
    assert choose([False, False], 1) == []


@given(st.lists(st.booleans()), st.integers(1, 50))
def test_any_choice_is_ready_in_order_and_no_larger_than_asked(ready, asked):
    chosen = choose(ready, asked)
    assert chosen == sorted(set(chosen))
    assert all(ready[position] for position in chosen)
    assert len(chosen) == min(asked, sum(ready))
