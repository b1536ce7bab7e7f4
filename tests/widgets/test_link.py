from __future__ import annotations

from typing import Any

import pytest

from rayteach.trace.tape import Tape
from rayteach.widgets.link import Link, free_clicks
from rayteach.widgets.publisher import Publisher


class Wanted:
    def __init__(self) -> None:
        self.hellos = 0
        self.commands: list[dict[str, Any]] = []

    def hello(self, _link: Link) -> None:
        self.hellos += 1

    def command(self, _link: Link, message: dict[str, Any]) -> None:
        self.commands.append(message)


class PlainComm:
    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.callback: Any = None

    def send(self, data: Any) -> None:
        self.sent.append(data)

    def on_msg(self, callback: Any) -> None:
        self.callback = callback


def test_a_hello_is_passed_on_with_its_time() -> None:
    link, wanted = Link(lambda _m: None, clock=lambda: 42.0), Wanted()
    link.bind(wanted)
    assert link.last_hello_s is None
    link.receive({"type": "hello", "version": 1})
    assert (link.last_hello_s, wanted.hellos) == (42.0, 1)


def test_a_hello_before_anybody_listens_is_kept() -> None:
    link, wanted = Link(lambda _m: None), Wanted()
    link.receive({"type": "hello", "version": 1})
    link.bind(wanted)
    assert wanted.hellos == 1


@pytest.mark.parametrize(
    "message", [None, 7, "hello", [], {}, {"type": 3}, {"type": "nonsense"}]
)
def test_what_is_no_message_is_dropped(message: object) -> None:
    link, wanted = Link(lambda _m: None), Wanted()
    link.bind(wanted)
    link.receive(message)
    assert (wanted.hellos, wanted.commands) == (0, [])


def test_an_error_of_the_receiver_stays_here(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Broken(Wanted):
        def hello(self, _link: Link) -> None:
            raise RuntimeError

    link = Link(lambda _m: None)
    link.bind(Broken())
    link.receive({"type": "hello", "version": 1})
    assert capsys.readouterr() == ("", "")


def test_a_front_end_that_is_gone_breaks_the_link_only() -> None:
    def send(_message: object) -> None:
        raise OSError

    link = Link(send)
    link.send({"type": "changes"})
    assert link.broken


def test_a_plain_comm_carries_messages_both_ways() -> None:
    comm, wanted = PlainComm(), Wanted()
    link = Link.of_comm(comm)
    link.bind(wanted)
    comm.callback({"content": {"data": {"type": "hello", "version": 1}}})
    comm.callback({"content": {}})
    link.send({"type": "reply"})
    assert wanted.hellos == 1
    assert comm.sent == [{"type": "reply"}]


def test_clicks_keep_the_shell_that_the_front_end_chose() -> None:
    class Pinned(PlainComm):
        def _reply_subshell_for(self, _data: object, _default: object) -> str:
            return "the main shell"

    comm = Pinned()
    free_clicks(comm)
    assert comm._reply_subshell_for({}, "a subshell") == "a subshell"
    free_clicks(PlainComm())


@pytest.mark.parametrize("fate", ["lost", "twice", "every third lost", "all but one"])
def test_a_view_is_right_again_whatever_happens_to_messages(
    fate: str, tape: Tape, session: Any, make_view: Any
) -> None:
    view = make_view()
    count = 0

    def carry(message: dict[str, Any]) -> None:
        nonlocal count
        count += 1
        times = {
            "lost": 0 if 2 <= count <= 4 else 1,
            "twice": 2,
            "every third lost": 0 if count % 3 == 2 else 1,
            "all but one": 1 if count in (1, 19) or count > 40 else 0,
        }[fate]
        for _ in range(times):
            view.take(message)

    publisher = Publisher(session)
    view.link = link = Link(carry)
    publisher._stopped = True  # no thread: this test takes the turns
    publisher.attach(link, 1)
    link.receive({"type": "hello", "version": 1})
    for turn in range(30):
        f = tape.at(turn).submit("f")
        publisher.tick()
        tape.run_task(f, turn + 0.1, turn + 0.2)
        publisher.tick()
    tape.at(31).end_cell()
    for _ in range(4):
        publisher.tick()
    rows = tape.rows()
    assert view.tables["tasks"] == rows.tasks
    assert view.tables["objects"] == rows.objects
    assert view.run["outcome"] == "done"
