"""Restarts of actors in the rows."""

from rayteach.core import events
from rayteach.trace.tape import Tape


def test_an_actors_restarts_are_intervals_from_death_to_life() -> None:
    tape = Tape()
    counter = tape.actor("Counter")
    tape.append(events.ActorStarted(100.1, counter, 1))
    tape.append(events.ActorRestarting(100.2, counter, "was killed", 1))
    tape.append(events.ActorRestarting(100.3, counter, "was killed", 0))
    assert tape.rows().actors[counter].restarts == [[0.2, None]]
    tape.append(events.ActorStarted(100.4, counter, 2))
    row = tape.rows().actors[counter]
    assert row.restarts == [[0.2, 0.4]]
    assert (row.worker, row.started_s, row.ended_s) == (2, 0.1, None)


def test_an_actor_that_was_never_alive_has_no_restart() -> None:
    tape = Tape()
    counter = tape.actor("Counter")
    tape.append(events.ActorRestarting(100.2, counter, "was killed", 1))
    tape.append(events.ActorStarted(100.4, counter, 2))
    assert tape.rows().actors[counter].restarts == []
