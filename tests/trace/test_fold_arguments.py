from __future__ import annotations

from rayteach.core import events
from rayteach.trace.tape import Tape


def shipped(tape: Tape, task: int, *marks: int) -> None:
    first, last = marks
    event = events.ArgumentsShipped(tape.origin_s, task, 8_000_000, (first, last))
    tape.append(event)


def test_tasks_with_the_same_large_arguments_name_the_first_of_them() -> None:
    tape = Tape()
    tasks = [tape.submit("fit") for _ in range(4)]
    other = tape.submit("show")
    shipped(tape, tasks[0], 5, 6)
    shipped(tape, tasks[1], 5, 7)  # the same up to a small argument at the end
    shipped(tape, tasks[2], 8, 9)
    shipped(tape, other, 5, 6)  # another function
    rows = tape.rows().tasks
    told = [(row.args_bytes, row.args_like) for row in rows.values()]
    large = 8_000_000
    assert told == [
        (large, None),
        (large, tasks[0]),
        (large, None),
        (0, None),
        (large, None),
    ]


def test_a_task_that_is_handed_over_again_is_not_like_itself() -> None:
    tape = Tape()
    task = tape.submit("fit")
    shipped(tape, task, 5, 6)
    shipped(tape, task, 5, 6)
    assert tape.rows().tasks[task].args_like is None


def test_arguments_without_a_fingerprint_are_like_no_others() -> None:
    tape = Tape()
    tasks = [tape.submit("fit") for _ in range(2)]
    for task in tasks:
        shipped(tape, task, 0, 0)
    assert [row.args_like for row in tape.rows().tasks.values()] == [None, None]
