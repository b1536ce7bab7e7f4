"""A log that became too long: what is over is counted, and the run says so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from rayteach.api.run import Run
from rayteach.core import events
from rayteach.trace import recording
from rayteach.trace.fold import RowFold
from rayteach.trace.log import EventLog
from rayteach.trace.tape import Tape

TASKS = 2_000


def opened(limit_bytes: int = 1 << 40) -> EventLog:
    """Return a log that is condensed when a test says so."""
    log = EventLog(limit_bytes)
    log.append(events.SessionStarted(0.0, 0.0))
    log.append(events.NodeAdded(0.0, "A", 2.0))
    log.append(events.FunctionDefined(0.0, 1, "f"))
    log.append(events.TaskSubmitted(0.0, 1, 1, 1, 0, 2, None, (), 1, "creation"))
    return log


def work(log: EventLog, first: int, count: int = TASKS, run: int = 0) -> None:
    """Run tasks of 1 ms, one per 10 ms, each got; each tenth fails."""
    for number in range(first, first + count):
        now_s = number / 100
        log.submitted(now_s, number, 1, number, run, 3)
        log.wait_began(now_s, number, "get", run, 4, [(number, 0)], 1, None, "ms")
        end_s = now_s + 0.002
        if number % 10:
            log.finished(end_s, number, 0, 1, now_s + 0.001, end_s, 8)
        else:
            log.append(
                events.TaskFailed(
                    end_s, number, 0, 1, now_s + 0.001, end_s, "ValueError", "no"
                )
            )
        log.wait_ended(end_s, number, [0], "enough ready")


def rows_of(log: EventLog) -> Run:
    return Run(recording.Recording(log.events(), 0.0))


def test_what_is_over_is_counted_and_the_rest_is_as_it_was() -> None:
    log = opened()
    log.submitted(0.5, 7, 1, 7, 0, 2)  # never ends
    work(log, 100)
    before, size = rows_of(log), log.size_bytes
    log.condense()
    after = rows_of(log)
    assert log.size_bytes < size * 0.6
    gone = after.rows.run.left_out
    assert TASKS / 3 < gone < TASKS * 2 / 3
    assert len(after.tasks) + gone == len(before.tasks)
    assert after.tasks[0].kind == "creation"
    assert after.tasks[1].id == 7
    assert after.tasks[2:] == before.tasks[2 + gone :]
    assert after.work == pytest.approx(before.work)
    failed = [
        sum(task.end == "failed" for task in run.tasks) for run in (before, after)
    ]
    assert after.rows.run.left_out_failed == failed[0] - failed[1] > 0
    assert after.rows.run.left_out_from_s == 1.0
    assert f"{gone:,} earlier ones are only counted" in repr(after)
    assert after.explain().startswith(f"{gone:,} earlier tasks are only counted")


def test_condensing_again_adds_up() -> None:
    log = opened()
    for turn in range(4):
        work(log, 100 + turn * TASKS)
        log.condense()
    run = rows_of(log)
    tasks = [task for task in run.tasks if task.kind == "task"]
    assert len(tasks) + run.rows.run.left_out == 4 * TASKS
    assert run.work == pytest.approx(4 * TASKS * 0.001)
    assert tasks[-1].id == 99 + 4 * TASKS


def test_a_reader_that_follows_ends_with_the_same_rows_as_a_new_one() -> None:
    log = opened()
    live = RowFold(log, 0.0)
    for turn in range(3):
        work(log, 100 + turn * TASKS, TASKS // 2, run=1)
        live.advance()
        work(log, 100 + turn * TASKS + TASKS // 2, TASKS // 2, run=2)
        log.condense()
        live.advance()
    fresh = RowFold(log, 0.0)
    fresh.advance()
    for run in (None, 1, 2):
        one, other = live.rows(run), fresh.rows(run)
        assert list(one.tasks) == list(other.tasks)
        assert list(one.waits) == list(other.waits)
        assert list(one.objects) == list(other.objects)
        assert one.run.left_out == other.run.left_out > 0
    assert list(live.changes(1, live.revision).tasks) == []


def test_a_block_that_is_condensed_away_says_so() -> None:
    log = opened()
    work(log, 100)
    start = len(log)
    work(log, 100 + TASKS)
    stop = len(log)
    work(log, 100 + 2 * TASKS, 3 * TASKS)
    for _ in range(2):
        log.condense()
    members = recording.members_of(log.numbered(start), stop)
    assert members == (set(), set())
    fold = RowFold(log, 0.0)
    fold.advance()
    block = recording.only(fold, *members, between=(22.0, 41.0))
    assert block.tasks == {}
    assert block.run.left_out >= TASKS
    after = recording.only(fold, *members, between=(1e6, 2e6))
    assert after.run.left_out == 0


def test_sequence_numbers_stay() -> None:
    log = opened()
    log.submitted(0.5, 7, 1, 7, 0, 2)
    work(log, 100)
    tail = list(log.numbered(len(log) - 500))
    log.condense()
    numbers = [number for number, _ in log.numbered()]
    assert numbers == sorted(set(numbers))
    assert numbers[:5] == [0, 1, 2, 3, 4]
    assert numbers[-1] == len(log) - 1
    assert list(log.numbered(tail[0][0]))[:500] == tail


def test_a_long_log_condenses_itself_while_others_write_and_read() -> None:
    log = opened(limit_bytes=60_000)

    def follow(number: int) -> None:
        for turn in range(4):
            work(log, 1_000 + number * 4 * TASKS + turn * TASKS)
            log.events(max(0, len(log) - 10))

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(follow, range(3)))
    log.condense()
    run = rows_of(log)
    tasks = [task for task in run.tasks if task.kind == "task"]
    assert len(tasks) + run.rows.run.left_out == 12 * TASKS
    assert run.work == pytest.approx(12 * TASKS * 0.001)
    assert run.rows.run.left_out > 0


def test_the_summary_of_a_run_is_saved_with_it(tmp_path) -> None:
    log = opened()
    work(log, 100)
    log.condense()
    run = rows_of(log)
    run.save(tmp_path / "run.rayteach")
    from rayteach.api.observe import load  # noqa: PLC0415 (it is asked here only)

    again = load(tmp_path / "run.rayteach")
    assert again.rows.run.left_out == run.rows.run.left_out
    assert again.work == pytest.approx(run.work)


def test_a_tape_has_nothing_left_out() -> None:
    made = Tape()
    made.run_task(made.submit("f"), 0.0, 1.0)
    assert made.rows().run.left_out == 0
