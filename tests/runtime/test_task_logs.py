"""What tasks have printed stays readable, within bounds."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rayteach.runtime import task_logs
from rayteach.runtime.task_logs import TaskLogs


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[TaskLogs]:
    made = TaskLogs(str(tmp_path))
    yield made
    made.close()


def test_each_task_reads_its_own_prints_in_order(logs) -> None:
    for number in range(3):
        logs.add(1, f"one {number}\n")
        logs.add(2, f"two {number}\n")
    assert logs.read(1) == "one 0\none 1\none 2\n"
    assert logs.read(2) == "two 0\ntwo 1\ntwo 2\n"
    assert logs.read(3) == ""


def test_what_went_to_the_tasks_own_file_follows(logs, tmp_path) -> None:
    logs.add(1, "shown ö\n")
    (tmp_path / "task-1.log").write_text("not shown\n")
    assert logs.read(1) == "shown ö\nnot shown\n"


def test_a_full_log_says_so_and_takes_no_more(logs, monkeypatch) -> None:
    monkeypatch.setattr(task_logs, "KEPT_BYTES", 20)
    logs.add(1, "0123456789\n")
    for _ in range(3):
        logs.add(1, "too much for it\n")
    first, second = logs.read(1).splitlines()
    assert first == "0123456789"
    assert "log of prints is full" in second


def test_without_room_the_task_goes_on(logs, monkeypatch) -> None:
    def no_room(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    logs.add(1, "kept\n")
    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", no_room)
        logs.add(1, "lost\n")
    logs.add(1, "kept too\n")
    assert logs.read(1) == "kept\nkept too\n"


def test_the_earliest_tasks_are_forgotten(logs, monkeypatch) -> None:
    monkeypatch.setattr(task_logs, "KEPT_TASKS", 2)
    for task in (1, 2, 3):
        logs.add(task, f"{task}\n")
    assert [task in logs for task in (1, 2, 3)] == [False, True, True]
    assert logs.read(1) == ""
