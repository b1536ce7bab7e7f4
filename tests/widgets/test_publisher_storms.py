from __future__ import annotations

from typing import Any

import pytest

from rayteach.trace.tape import Tape
from rayteach.widgets.link import Link
from rayteach.widgets.pace import MOST, MOST_IN_STORM, REST
from rayteach.widgets.publisher import INTERVAL_S, Publisher, Subscription


def told_by(publish: Any, work: list[float]) -> tuple[Publisher, list[Any]]:
    """A publisher whose thread does not run, and what it tells a view of run 1."""
    publisher, told = publish(), []

    def send(message: dict[str, Any]) -> None:
        told.append(message)
        work[0] += 0.01

    publisher._subscriptions[0] = Subscription(Link(send), 1, owed=True)
    return publisher, told


def test_in_a_storm_it_works_at_most_a_twentieth_of_the_time(
    publish: Any, tape: Tape, work: list[float]
) -> None:
    publisher, told = told_by(publish, work)
    _ = [tape.submit("f") for _ in range(2 * MOST_IN_STORM)]
    assert publisher.tick() == pytest.approx(REST * 0.01)
    first = len(told[0]["tables"]["tasks"]["rows"])
    assert MOST_IN_STORM / 2 < first <= MOST_IN_STORM, "the picture stays behind"
    assert told[0]["now_s"] < 9.0, "and does not pretend to be of now"


def test_after_a_storm_the_rest_is_told_soon(
    publish: Any, tape: Tape, work: list[float]
) -> None:
    publisher, told = told_by(publish, work)
    _ = [tape.submit("f") for _ in range(2 * MOST_IN_STORM)]
    publisher.tick()
    assert publisher.tick() == INTERVAL_S
    rows = [row for message in told for row in message["tables"]["tasks"]["rows"]]
    assert len(rows) == 2 * MOST_IN_STORM
    assert told[-1]["now_s"] == 9.0


def test_the_end_of_a_session_tells_all_at_once(
    publish: Any, session: Any, tape: Tape, work: list[float]
) -> None:
    publisher, told = told_by(publish, work)
    _ = [tape.submit("f") for _ in range(3 * MOST)]
    session.closed = True
    publisher.tick()
    assert len(told[0]["tables"]["tasks"]["rows"]) == 3 * MOST
