"""What cards say, and that they follow the log without holding anything."""

from __future__ import annotations

from typing import Any

import ipywidgets
import pytest

from rayteach.trace.tape import Tape
from rayteach.widgets.card_widget import CardWidget
from rayteach.widgets.cards import Card, OfActor, OfFunction, OfObject
from rayteach.widgets.publisher import Publisher


def card(tape: Tape, subject: Any) -> Card:
    found: Card = subject.card(tape.fold())
    return found


def of_task(task: int) -> OfObject:
    return OfObject("ObjectID(f-1)", task, 0)


def test_an_id_says_why_its_value_is_not_there_yet(tape: Tape) -> None:
    f = tape.at(0.1).submit("f", line=3)
    shown = card(tape, of_task(f))
    assert shown.state == "not there yet: queued"
    assert not shown.is_settled
    assert shown.lines[0] == ("made by", "f-1, cell [7], line 3")
    assert "now" in dict(shown.lines)


def test_an_id_says_how_large_its_value_is_and_where(tape: Tape) -> None:
    f = tape.submit("f")
    tape.run_task(f, 0.1, 0.2)
    shown = card(tape, of_task(f))
    assert shown.state == "ready"
    assert shown.is_settled
    assert {"size", "where"} <= set(dict(shown.lines))


def test_an_id_without_a_value_says_what_went_wrong(tape: Tape) -> None:
    f = tape.submit("f")
    tape.at(0.1).start(f, worker=1)
    tape.at(0.2).fail(f, "ValueError", "no rows")
    shown = card(tape, of_task(f))
    assert shown.state == "no value: f-1 failed"
    assert ("error", "ValueError: no rows") in shown.lines


def test_an_id_of_another_session_is_named_as_such(tape: Tape) -> None:
    assert card(tape, of_task(999)).state == "of a session that is closed"


def test_a_function_says_how_to_call_it_and_how_its_tasks_stand(tape: Tape) -> None:
    subject = OfFunction("<remote function f>", "f", "f.remote(n)", "num_cpus=2")
    assert card(tape, subject).state == "not called yet"
    tape.submit("f")
    tape.submit("g")
    shown = card(tape, subject)
    assert shown.state == "1 waiting"
    assert shown.lines == (("call it", "f.remote(n)"), ("options", "num_cpus=2"))


def test_an_actor_says_what_it_runs(tape: Tape) -> None:
    actor = tape.actor("Counter")
    subject = OfActor("ActorHandle(Counter-1)", actor, "Counter", ("add", "total"))
    lines = dict(card(tape, subject).lines)
    assert lines["class"] == "Counter"
    assert lines["methods"] == "add, total"
    assert lines["calls"] == "none yet"


def test_what_stands_on_a_card_is_text_and_never_markup() -> None:
    html = Card("<b>", "ready", (("size", "<i>"),)).as_html()
    assert "<b>" not in html
    assert "<i>" not in html


@pytest.mark.usefixtures("built")
def test_a_card_follows_the_log_and_closes_with_its_models(
    tape: Tape, session: Any
) -> None:
    f = tape.submit("f")
    models = len(ipywidgets.widgets.widget._instances)
    publisher = Publisher(session)
    widget = CardWidget(of_task(f), publisher)
    assert widget.card["state"] == "not there yet: queued"
    tape.run_task(f, 0.1, 0.2)
    publisher.tick()
    assert widget.card["state"] == "ready"
    widget.close_all()
    publisher.close()
    assert publisher._watchers == []
    assert len(ipywidgets.widgets.widget._instances) == models
