"""The link of the side panel."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from rayteach.notebook import panel as panels
from rayteach.notebook.panel import Panel


class FakeComm:
    def __init__(self, comm_id: str = "one") -> None:
        self.comm_id = comm_id
        self.sent: list[dict[str, Any]] = []
        self.arrived = threading.Condition()
        self.closed = False

    def send(self, data: dict[str, Any]) -> None:
        with self.arrived:
            self.sent.append(data)
            self.arrived.notify_all()

    def close(self) -> None:
        self.closed = True

    def on_msg(self, callback: Any) -> None:
        self.message = callback

    def on_close(self, callback: Any) -> None:
        self.close_message = callback

    def wait_for(self, count: int) -> dict[str, Any]:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.sent) >= count, 10)
            return self.sent[count - 1]


class FakeManager:
    def __init__(self) -> None:
        self.targets: dict[str, Any] = {}

    def register_target(self, name: str, callback: Any) -> None:
        self.targets[name] = callback

    def unregister_target(self, name: str, _callback: Any) -> None:
        del self.targets[name]


@pytest.fixture
def comm(shell, monkeypatch):
    """The comm that the kernel opens, with the panel behind it."""
    made = FakeComm()
    monkeypatch.setattr("comm.create_comm", lambda _target: made)
    shell.ip.kernel = type("Kernel", (), {"comm_manager": FakeManager()})()
    made.manager = shell.ip.kernel.comm_manager
    made.panel = Panel(shell.ip, shell.sessions)
    made.panel.attach()
    yield made
    made.panel.detach()
    del shell.ip.kernel


def test_loading_tells_the_page_that_there_is_no_session(comm) -> None:
    assert comm.sent[0] == panels.NO_SESSION


def test_a_session_is_told_at_once_and_only_when_it_changes(shell, comm) -> None:
    session = shell.sessions.open()
    comm.panel.wake()
    while not (last := comm.wait_for(len(comm.sent)))["session"]:
        comm.wait_for(len(comm.sent) + 1)
    assert last == {**panels.NO_SESSION, **session.status(), "session": True}
    assert len({str(sent) for sent in comm.sent[1:]}) == len(comm.sent[1:])


def test_hello_is_answered_with_the_status(comm) -> None:
    before = len(comm.sent)
    comm.message({"content": {"data": {"type": "hello", "version": 1}}})
    assert comm.wait_for(before + 1)["type"] == "status"
    assert comm.panel.answered


def test_a_page_may_open_the_link_itself(comm) -> None:
    second = FakeComm("two")
    comm.manager.targets[panels.TARGET](second, {})
    assert second.sent[0] == panels.NO_SESSION


def test_detaching_closes_all_and_ends_the_thread(comm) -> None:
    comm.panel.detach()
    assert comm.closed
    assert comm.manager.targets == {}
    assert not any(t.name == "rayteach-panel" for t in threading.enumerate())


def test_a_page_that_is_gone_is_forgotten(shell, comm) -> None:
    def broken(_data: object) -> None:
        raise RuntimeError("socket closed")

    second = FakeComm("two")
    comm.manager.targets[panels.TARGET](second, {})
    comm.send = broken
    shell.sessions.open()
    comm.panel.wake()
    second.wait_for(2)
    assert list(comm.panel._comms) == ["two"]


def test_a_shell_without_a_kernel_has_no_panel(shell) -> None:
    panel = Panel(shell.ip, shell.sessions)
    panel.attach()
    panel.detach()
    assert not panel.answered
