from __future__ import annotations

from rayteach.widgets.late_log import KEPT_LINES, LateLog


def test_lines_are_numbered_per_run() -> None:
    log = LateLog()
    log.add(1, "f-1", "stdout", "a\n\nb\n")
    log.add(2, "g-1", "stderr", "c\n")
    assert log.since(1) == (0, [("f-1", "stdout", line) for line in ("a", "", "b")])
    assert log.since(1, 2) == (2, [("f-1", "stdout", "b")])
    assert log.since(2) == (0, [("g-1", "stderr", "c")])


def test_nothing_new_is_nothing() -> None:
    log = LateLog()
    log.add(1, "f-1", "stdout", "a\n")
    assert log.since(1, 1) == (1, [])
    assert log.since(7) == (0, [])
    assert log.since(None) == (0, [])


def test_the_latest_lines_are_kept() -> None:
    log = LateLog()
    for number in range(KEPT_LINES + 5):
        log.add(1, "f-1", "stdout", f"{number}\n")
    start, lines = log.since(1)
    assert start == 5
    assert len(lines) == KEPT_LINES
    assert lines[0][2] == "5"
