from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any

import pytest

from rayteach.trace.tape import Tape
from rayteach.trace.views.rows import Attempt
from rayteach.widgets import static, wire
from rayteach.widgets.alarm import Alarm
from rayteach.widgets.link import Link
from rayteach.widgets.publisher import Publisher


class View:
    """A view that keeps rows as labextension/src/model/store.ts does."""

    def __init__(self, link: Link | None = None) -> None:
        self.link = link
        self.seq: int | None = None
        self.live: bool | None = None
        self.now_s = 0.0
        self.run: dict[str, Any] = {}
        self.controls: list[str] = []
        self.absent: dict[str, str] = {}
        self.replies: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.tables: dict[str, dict[Any, Any]] = {n: {} for n in wire.ROW_TYPES}

    def take(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        if message["type"] == "reply":
            self.replies.append(message)
        elif message["type"] == "ask":
            return  # a test answers, or does not
        elif message["type"] == "snapshot":
            self.tables = {name: {} for name in wire.ROW_TYPES}
            self.controls = message["controls"]
            self.absent = message.get("absent", {})
            self._apply(message)
        elif self.seq is None or message["base"] > self.seq:
            assert self.link is not None
            self.link.receive({"type": "resync"})
        elif message["base"] == self.seq:
            self._apply(message)

    def _apply(self, message: dict[str, Any]) -> None:
        self.seq, self.live = message["seq"], message["live"]
        self.now_s, self.run = message["now_s"], message["run"]
        for name, table in message["tables"].items():
            for values in table["rows"]:
                row = dict(zip(table["columns"], values, strict=True))
                if name == "tasks":
                    row["attempts"] = [Attempt(*one) for one in row["attempts"]]
                self.tables[name][row["id"]] = wire.ROW_TYPES[name](**row)


class Session:
    """What a publisher needs of a session, around a tape."""

    def __init__(self, tape: Tape) -> None:
        self.log = tape
        self.start_s = tape.origin_s
        self.closed = False
        self.samples = 0

    def sample(self) -> None:
        self.samples += 1


class Commands:
    """Controls that take "cancel" of task 1 and nothing else."""

    def __init__(self) -> None:
        self.done: list[tuple[str, dict[str, Any]]] = []

    def names(self) -> tuple[str, ...]:
        return ("cancel",)

    def absent(self) -> dict[str, str]:
        return {"step": "nothing can be held here"}

    def watched_by(
        self, ask: Callable[[], None], has_answered: Callable[[float], bool]
    ) -> None:
        self.ask, self.has_answered = ask, has_answered

    def command(self, name: str, args: dict[str, Any]) -> None:
        if args != {"task": 1}:
            raise ValueError("there is no such task: pick one of the picture")
        self.done.append((name, args))


class HandAlarm(Alarm):
    """Sleeps only when a test says so: it reports each sleep and waits for a ring."""

    def __init__(self) -> None:
        super().__init__()
        self.sleeps: Queue[float | None] = Queue()

    def wait(self, timeout_s: float | None) -> None:
        self.sleeps.put(timeout_s)
        super().wait(None)


@pytest.fixture
def tape() -> Tape:
    return Tape(cell="[7]")


@pytest.fixture
def session(tape: Tape) -> Session:
    return Session(tape)


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def make_view() -> type[View]:
    return View


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"parts.json": '["views-0.js"]'}
    monkeypatch.setattr(
        static, "load", lambda name: files.get(name, f"// {name}\nexport default {{}}")
    )


@pytest.fixture
def alarm() -> HandAlarm:
    return HandAlarm()


@pytest.fixture
def work() -> list[float]:
    """CPU seconds that a publisher's thread has worked, as the test says."""
    return [0.0]


@pytest.fixture
def publish(
    session: Any, commands: Any, alarm: HandAlarm, work: list[float]
) -> Iterator[Callable[[], Publisher]]:
    made: list[Publisher] = []

    def make() -> Publisher:
        publisher = Publisher(
            session,
            commands,
            alarm,
            clock=lambda: session.start_s + 9.0,
            cost=lambda: work[0],
        )
        made.append(publisher)
        return publisher

    yield make
    for publisher in made:
        publisher.close()
