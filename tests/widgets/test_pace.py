"""How much the publisher reads, and how long it rests."""

from __future__ import annotations

import pytest

from rayteach.widgets.pace import MOST, MOST_IN_STORM, REST, STORM_PER_S, Pace


def test_some_thousand_events_a_second_are_no_storm() -> None:
    now = [0.0]
    pace, count = Pace(lambda: now[0]), 0
    for _ in range(20):
        now[0] += 0.1
        count += STORM_PER_S // 20
        assert pace.most(count) == MOST
    assert pace.rest(0.01) == 0.01
    now[0] += 0.1
    assert pace.most(count + STORM_PER_S) == MOST_IN_STORM
    assert pace.rest(0.01) == pytest.approx(REST * 0.01)
