"""An actor's mailbox: order per caller, and who goes next."""

import pytest

from rayteach.core import states
from rayteach.core.mailbox import IN_FLIGHT, Mailbox
from rayteach.core.task import CALL, CREATION, Task


@pytest.fixture
def mailbox():
    return Mailbox(Task(1, None, kind=CREATION))


def call(number, caller=None, *, missing=0):
    task = Task(number, None, kind=CALL, actor=1, parent=caller)
    task.missing = missing
    task.state = states.NEEDS_INPUT if missing else states.QUEUED
    return task


def numbers(tasks):
    return [task.number for task in tasks]


def arrive(mailbox, task):
    task.missing, task.state = 0, states.QUEUED
    mailbox.ready(task)


def test_calls_of_one_caller_go_in_the_order_in_which_they_were_made(mailbox):
    for number in (2, 3, 4):
        mailbox.add(call(number))
    assert numbers(mailbox.take()) == [2, 3, 4]


def test_a_missing_input_holds_back_later_calls_of_that_caller(mailbox):
    mailbox.add(call(2, missing=1))
    mailbox.add(call(3))
    assert mailbox.take() == []


def test_a_missing_input_holds_back_no_other_caller(mailbox):
    mailbox.add(call(2, caller=10, missing=1))
    mailbox.add(call(3, caller=11))
    assert numbers(mailbox.take()) == [3]


def test_when_the_input_comes_the_caller_goes_on_in_order(mailbox):
    held = call(2, missing=1)
    mailbox.add(held)
    mailbox.add(call(3))
    arrive(mailbox, held)
    assert numbers(mailbox.take()) == [2, 3]


def test_between_callers_the_call_that_was_made_first_goes_first(mailbox):
    for number, caller in ((2, 10), (3, 11), (4, 10), (5, 12)):
        mailbox.add(call(number, caller))
    assert numbers(mailbox.take()) == [2, 3, 4, 5]


def test_an_input_that_comes_behind_the_head_changes_nothing(mailbox):
    head, second = call(2, missing=1), call(3, missing=1)
    mailbox.add(head)
    mailbox.add(second)
    arrive(mailbox, second)
    assert mailbox.take() == []
    arrive(mailbox, head)
    assert numbers(mailbox.take()) == [2, 3]


def test_a_removed_head_lets_the_next_go(mailbox):
    head = call(2, missing=1)
    mailbox.add(head)
    mailbox.add(call(3))
    mailbox.remove(head)
    assert numbers(mailbox.take()) == [3]


def test_no_more_than_the_bound_are_in_flight_and_each_end_makes_room(mailbox):
    for number in range(2, IN_FLIGHT + 4):
        mailbox.add(call(number))
    taken = mailbox.take()
    assert len(taken) == IN_FLIGHT
    mailbox.remove(taken[0])
    assert numbers(mailbox.take()) == [IN_FLIGHT + 2]


def test_its_length_counts_calls_that_have_not_ended(mailbox):
    for number in (2, 3):
        mailbox.add(call(number))
    mailbox.remove(mailbox.take()[0])
    assert len(mailbox) == 1


def test_all_calls_are_those_in_flight_first(mailbox):
    mailbox.add(call(2))
    mailbox.take()
    mailbox.add(call(3, missing=1))
    assert numbers(mailbox.all_calls()) == [2, 3]


def test_with_slots_no_more_calls_are_sent_than_may_run_at_once(mailbox):
    mailbox.slots = 2
    for number in range(2, 6):
        mailbox.add(call(number))
    first = mailbox.take()
    assert numbers(first) == [2, 3]
    assert mailbox.take() == []
    mailbox.remove(first[1])
    assert numbers(mailbox.take()) == [4]


def test_of_an_actor_without_slots_only_the_oldest_call_is_at_work(mailbox):
    mailbox.state = "alive"
    for number in (2, 3):
        mailbox.add(call(number))
    mailbox.take()
    assert numbers(mailbox.at_work()) == [2]
    mailbox.slots = 4
    assert numbers(mailbox.at_work()) == [2, 3]


def test_it_waits_when_all_that_is_at_work_is_blocked():
    mailbox = Mailbox(Task(1, None, kind=CREATION, num_cpus=1.0))
    mailbox.state, mailbox.slots = "alive", 2
    for number in (2, 3):
        mailbox.add(call(number))
    one, two = mailbox.take()
    one.state = states.BLOCKED
    assert not mailbox.waits
    two.state = states.RESUMING
    assert mailbox.waits
