"""The table of states."""

import pytest

from rayteach.core import states
from rayteach.core.scheduler import Scheduler
from rayteach.core.task import Task
from rayteach.errors import InvalidTransition

ALL = {state for pair in states.TRANSITIONS for state in pair}


def reachable(start):
    found, line = {start}, [start]
    while line:
        here = line.pop()
        new = {end for begin, end in states.TRANSITIONS if begin == here} - found
        found |= new
        line.extend(new)
    return found


def test_every_state_can_be_reached():
    assert reachable(states.NEEDS_INPUT) == ALL


@pytest.mark.parametrize("state", sorted(states.END_STATES))
def test_nothing_follows_an_end(state):
    assert reachable(state) == {state}


@pytest.mark.parametrize("state", sorted(ALL - states.END_STATES))
def test_every_living_state_can_come_to_each_bad_end(state):
    assert {states.CANCELLED, states.UNRUNNABLE} <= reachable(state)


def test_nothing_runs_before_its_inputs_exist():
    after = {end for begin, end in states.TRANSITIONS if begin == states.NEEDS_INPUT}
    assert after == {states.QUEUED, states.CANCELLED, states.UNRUNNABLE}


def test_an_impossible_change_names_the_task_and_tells_its_story():
    scheduler = Scheduler(story=lambda task: [f"submitted {task.number}"])
    task = Task(7, None)
    with pytest.raises(InvalidTransition, match="task 7: needs input -> done") as info:
        scheduler.finish(task)
    assert info.value.story == ("submitted 7",)
