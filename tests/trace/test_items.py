"""The items of generator tasks as rows."""

from rayteach.trace.tape import Tape
from rayteach.widgets.text import structure


def test_the_items_of_a_generator_are_rows_from_when_they_exist() -> None:
    tape = Tape()
    task = tape.submit("steps")
    tape.at(1.0).start(task)
    tape.at(2.0).created((task, 1), 80)
    tape.at(3.0).created((task, 2), 90)
    rows = tape.rows().objects
    assert [(row.label, row.created_s, row.size_bytes) for row in rows.values()] == [
        ("steps-1", None, None),
        ("steps-1[1]", 2.0, 80),
        ("steps-1[2]", 3.0, 90),
    ]


def test_an_error_stands_among_the_items_at_its_position() -> None:
    tape = Tape()
    task = tape.submit("steps")
    tape.at(1.0).start(task)
    tape.at(2.0).created((task, 1))
    tape.wait((task, 2))
    tape.at(3.0).fail(task)
    rows = tape.rows()
    assert list(rows.objects) == [f"{task}.0", f"{task}.1", f"{task}.2"]
    assert rows.objects[f"{task}.2"].created_s is None
    [wait] = rows.waits.values()
    assert wait.ready_s == [3.0]


def test_a_wait_that_met_the_end_has_nothing_ready() -> None:
    tape = Tape()
    task = tape.submit("steps")
    tape.at(1.0).start(task)
    tape.at(2.0).created((task, 1))
    number = tape.wait((task, 2), kind="wait")
    tape.at(3.0).finish(task)
    tape.returned(number, reason="ended")
    rows = tape.rows()
    [wait] = rows.waits.values()
    assert wait.outcome == ["pending"]
    assert wait.reason == "ended"
    assert list(rows.objects) == [f"{task}.0", f"{task}.1"]
    assert "steps-1[2]" in structure(rows)


def test_an_item_that_another_cell_waits_for_is_its_guest() -> None:
    tape = Tape()
    task = tape.submit("steps")
    tape.start(task)
    second = tape.cell("[2]")
    tape.wait((task, 1))
    tape.created((task, 1))
    assert [row.label for row in tape.rows(second).objects.values()] == ["steps-1[1]"]
