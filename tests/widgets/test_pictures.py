from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from rayteach.core import events
from rayteach.trace.tape import Tape
from rayteach.widgets import pictures


def program() -> Tape:
    """Three tasks, a wait that holds one back, an actor, a spilled value."""
    tape = Tape(cell="[7]", source="ready, rest = ray.wait(ids, num_returns=1)")
    data = tape.put(line=1, size_bytes=24_000_000)
    made = events.ObjectCreated(tape.origin_s, (data, 0), 24_000_000, True, "A")
    tape.append(made)
    tape.append(events.ObjectSpilled(tape.origin_s + 0.1, (data, 0), 24_000_000))
    ids = [tape.submit("parse", data, line=1) for _ in range(3)]
    counter = tape.actor("Counter", line=1)
    wait = tape.wait(*ids, kind="wait", num_returns=1, line=1)
    for task in ids[:2]:
        tape.run_task(task, 0.1, 0.4)
    tape.returned(wait, 0)
    tape.call(counter, "add")
    tape.end_cell()
    return tape


@pytest.mark.parametrize("view", pictures.VIEWS)
def test_each_view_is_one_well_formed_picture(view: str) -> None:
    picture = pictures.svg(program().rows(), view)
    assert ET.fromstring(picture).tag.endswith("svg")  # noqa: S314 (our own)
    assert picture == pictures.svg(program().rows(), view), "the same at every call"


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("actors", "Counter-1"),
        ("wait", "held"),
        ("objects", "disk"),
        ("graph", "parse"),
        ("timeline", "cell"),
    ],
)
def test_a_picture_says_what_its_view_is_about(view: str, words: str) -> None:
    assert words in pictures.svg(program().rows(), view)


def test_a_view_that_has_nothing_says_so() -> None:
    rows = Tape(cell="[7]").rows()
    assert "has made no actor" in pictures.svg(rows, "actors")
    assert "has called no wait" in pictures.svg(rows, "wait")


def test_an_unknown_view_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(ValueError, match="graph, timeline, actors, wait, objects"):
        pictures.svg(Tape(cell="[7]").rows(), "mailbox")
