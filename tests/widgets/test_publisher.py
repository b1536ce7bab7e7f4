from __future__ import annotations

from collections.abc import Callable
from threading import Event, current_thread
from typing import Any

import pytest

from rayteach.core import events
from rayteach.trace.tape import Tape
from rayteach.widgets.alarm import Alarm
from rayteach.widgets.link import Link
from rayteach.widgets.publisher import (
    INTERVAL_S,
    QUIET_INTERVAL_S,
    Publisher,
)

HELLO = {"type": "hello", "version": 1}


def slept(alarm: Any) -> float | None:
    return alarm.sleeps.get(timeout=10)


def test_nothing_is_read_before_a_view_says_hello(
    publish: Any, alarm: Any, session: Any, tape: Tape
) -> None:
    tape.submit("f")
    publisher = publish()
    publisher.attach(Link(lambda _m: None), 1)
    assert slept(alarm) is None
    assert session.samples == 0


def test_a_hello_is_answered_by_a_snapshot_from_the_one_thread(
    publish: Any, alarm: Any, tape: Tape, make_view: Any
) -> None:
    tape.submit("f")
    view, threads = make_view(), set()

    def send(message: dict[str, Any]) -> None:
        threads.add(current_thread().name)
        view.take(message)

    link = Link(send)
    publish().attach(link, 1)
    slept(alarm)
    link.receive(HELLO)
    assert slept(alarm) == INTERVAL_S
    assert view.tables["tasks"] == tape.rows().tasks
    assert view.live
    assert view.now_s == 9.0
    assert threads == {"rayteach-publisher"}


def test_changes_are_coalesced_into_one_message(
    publish: Any, alarm: Any, tape: Tape, make_view: Any
) -> None:
    view = make_view()
    link = Link(view.take)
    publish().attach(link, 1)
    slept(alarm)
    link.receive(HELLO)
    slept(alarm)
    for _ in range(100):
        tape.submit("f")
    alarm.ring()
    slept(alarm)
    assert [message["type"] for message in view.messages] == ["snapshot", "changes"]
    assert len(view.tables["tasks"]) == 100


def test_the_last_word_is_confirmed_and_then_the_thread_sleeps_for_good(
    publish: Any, alarm: Any, tape: Tape, session: Any, make_view: Any
) -> None:
    f = tape.submit("f")
    tape.run_task(f, 0.1, 0.2)
    tape.at(0.3).end_cell()
    view = make_view()
    link = Link(view.take)
    publish().attach(link, 1)
    slept(alarm)
    link.receive(HELLO)
    assert slept(alarm) == INTERVAL_S
    alarm.ring()  # the interval is over
    assert slept(alarm) is None
    assert [message["seq"] for message in view.messages] == [1, 2]
    assert view.messages[1]["tables"] == {}
    assert view.now_s == 0.3
    assert session.samples == 2


def test_a_run_in_which_nothing_happens_is_looked_at_less_often(
    publish: Any, alarm: Any, tape: Tape, make_view: Any
) -> None:
    tape.submit("f")
    view = make_view()
    link = Link(view.take)
    publish().attach(link, 1)
    slept(alarm)
    link.receive(HELLO)
    seen = []
    for _ in range(8):
        seen.append(slept(alarm))
        alarm.ring()
    assert seen[0] == INTERVAL_S
    assert seen[-1] == QUIET_INTERVAL_S
    assert len(view.messages) == 2


def test_each_view_gets_its_own_run(publish: Any, tape: Tape, make_view: Any) -> None:
    tape.submit("f")
    second = tape.cell("[8]")
    tape.submit("g")
    one, two = make_view(), make_view()
    links = Link(one.take), Link(two.take)
    publisher = publish()
    publisher.attach(links[0], 1)
    publisher.attach(links[1], second)
    for link in links:
        link.receive(HELLO)
    publisher.close()
    assert [t.label for t in one.tables["tasks"].values()] == ["f-1"]
    assert [t.label for t in two.tables["tasks"].values()] == ["g-1"]


def test_closing_sends_the_final_rows_and_ends_the_thread(
    publish: Any, alarm: Any, tape: Tape, session: Any, make_view: Any
) -> None:
    f = tape.submit("f")
    view = make_view()
    link = Link(view.take)
    publisher = publish()
    publisher.attach(link, 1)
    slept(alarm)
    link.receive(HELLO)
    slept(alarm)
    tape.run_task(f, 0.1, 0.2)
    tape.append(events.SessionEnded(tape.origin_s + 1.0))
    session.closed = True
    publisher.close()
    assert view.tables["tasks"][f].end == "done"
    assert view.live is False
    assert view.run["end_s"] == 1.0
    assert not publisher._thread.is_alive()


def test_a_view_that_comes_after_the_end_is_answered(
    publish: Any, tape: Tape, session: Any, make_view: Any
) -> None:
    tape.submit("f")
    publisher = publish()
    link = Link((view := make_view()).take)
    publisher.attach(link, 1)
    session.closed = True
    publisher.close()
    link.receive(HELLO)
    assert len(view.tables["tasks"]) == 1
    assert view.live is False
    assert view.controls == []


def test_a_view_is_told_what_is_not_available_and_why(
    publish: Any, alarm: Any, make_view: Any
) -> None:
    link = Link((view := make_view()).take)
    publish().attach(link, 1)
    link.receive(HELLO)
    slept(alarm)
    assert view.controls == ["cancel"]
    assert view.absent == {"step": "nothing can be held here"}


def test_a_command_is_carried_out_and_answered(
    publish: Any, alarm: Any, commands: Any, make_view: Any
) -> None:
    view = make_view()
    link = Link(view.take)
    publish().attach(link, 1)
    slept(alarm)
    command = {"type": "command", "id": 5, "name": "cancel", "args": {"task": 1}}
    link.receive(command)
    slept(alarm)
    assert commands.done == [("cancel", {"task": 1})]
    assert view.replies == [{"type": "reply", "id": 5, "ok": True, "error": ""}]


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"name": "pause", "args": {}}, "this engine has no command 'pause'"),
        ({"name": "step"}, "step is not available: nothing can be held here"),
        ({"name": 3}, "a command needs a name and its arguments"),
        (
            {"name": "cancel", "args": {"task": 2}},
            "there is no such task: pick one of the picture",
        ),
    ],
)
def test_a_command_that_fails_is_answered_with_its_error(
    message: dict[str, Any], error: str, publish: Any, alarm: Any, make_view: Any
) -> None:
    view = make_view()
    link = Link(view.take)
    publish().attach(link, 1)
    slept(alarm)
    link.receive({"type": "command", "id": 1, **message})
    slept(alarm)
    assert view.replies == [{"type": "reply", "id": 1, "ok": False, "error": error}]


def test_a_view_that_is_gone_is_forgotten(publish: Any, alarm: Any, tape: Tape) -> None:
    def send(_message: object) -> None:
        raise OSError

    tape.submit("f")
    link = Link(send)
    publisher = publish()
    publisher.attach(link, 1)
    slept(alarm)
    link.receive(HELLO)
    slept(alarm)
    alarm.ring()
    assert slept(alarm) is None
    assert not publisher._subscriptions


def test_an_engine_that_cannot_be_sampled_does_not_stop_the_views(
    publish: Any, alarm: Any, session: Any, make_view: Any
) -> None:
    def sample() -> None:
        raise RuntimeError

    session.sample = sample
    view = make_view()
    link = Link(view.take)
    publish().attach(link, 1)
    slept(alarm)
    link.receive(HELLO)
    slept(alarm)
    assert view.seq == 1


def test_rows_are_the_callers_own(publish: Any, tape: Tape) -> None:
    f = tape.submit("f")
    publisher = publish()
    rows = publisher.rows(1)
    tape.run_task(f, 0.1, 0.2)
    assert publisher.rows(1).tasks[f].end == "done"
    assert rows.tasks[f].end == ""


def test_an_alarm_keeps_a_ring_until_the_next_sleep() -> None:
    alarm = Alarm()
    alarm.ring()
    alarm.wait(None)


def test_the_real_alarm_lets_a_hello_through_at_once(session: Any, tape: Tape) -> None:
    tape.submit("f")
    publisher, heard = Publisher(session), Event()
    link = Link(lambda _message: heard.set())
    publisher.attach(link, None)
    link.receive(HELLO)
    assert heard.wait(10)
    publisher.close()


def test_a_view_hears_what_was_printed_after_its_cell(publish: Any, alarm: Any) -> None:
    publisher = publish()
    publisher.late.add(1, "f-1", "stdout", "before the hello\n")
    publisher.late.add(2, "f-2", "stdout", "of another run\n")
    heard: list[dict[str, Any]] = []
    link = Link(heard.append)
    publisher.attach(link, 1)
    slept(alarm)
    link.receive(HELLO)
    slept(alarm)
    publisher.late.add(1, "f-1", "stderr", "later\nand later\n")
    publisher.wake()
    slept(alarm)
    publisher.close()
    logs = [message for message in heard if message["type"] == "log"]
    assert heard[0]["type"] == "snapshot"
    assert logs == [
        {"type": "log", "start": 0, "lines": [["f-1", "stdout", "before the hello"]]},
        {
            "type": "log",
            "start": 1,
            "lines": [["f-1", "stderr", "later"], ["f-1", "stderr", "and later"]],
        },
    ]


def test_views_that_are_asked_say_that_they_are_there(
    publish: Callable[[], Publisher], commands: Any, make_view: Any, session: Any
) -> None:
    publisher, now = publish(), [session.start_s]
    view = make_view()
    view.link = Link(view.take, clock=lambda: now[0])
    publisher.attach(view.link, None)
    view.link.receive(HELLO)
    publisher.tick()
    now[0] += 5
    commands.ask()
    publisher.tick()
    assert {"type": "ask"} in view.messages
    assert not commands.has_answered(now[0])
    view.link.receive({"type": "here"})
    assert commands.has_answered(now[0])
    publisher.tick()
    assert {"type": "ask"} in view.messages
