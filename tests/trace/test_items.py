"""The items of generator tasks as rows."""

from rayteach.trace.tape import Tape


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


def test_a_wait_for_an_item_that_never_comes_ends_with_its_generator() -> None:
    tape = Tape()
    task = tape.submit("steps")
    tape.at(1.0).start(task)
    tape.at(2.0).created((task, 1))
    tape.wait((task, 2))
    tape.at(3.0).fail(task)
    [wait] = tape.rows().waits.values()
    assert wait.ready_s == [3.0]


def test_an_item_that_another_cell_waits_for_is_its_guest() -> None:
    tape = Tape()
    task = tape.submit("steps")
    tape.start(task)
    second = tape.cell("[2]")
    tape.wait((task, 1))
    tape.created((task, 1))
    assert [row.label for row in tape.rows(second).objects.values()] == ["steps-1[1]"]
