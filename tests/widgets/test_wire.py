from __future__ import annotations

import json
from dataclasses import fields

from rayteach.trace.tape import Tape
from rayteach.trace.views import rows as row_types
from rayteach.widgets import wire


def test_a_snapshot_has_every_table_with_its_columns(tape: Tape) -> None:
    f = tape.submit("f")
    tape.run_task(f, 0.1, 0.2)
    message = wire.snapshot(tape.rows(), 3, live=True, controls=("cancel",))
    assert (message["type"], message["seq"], message["live"]) == ("snapshot", 3, True)
    assert message["controls"] == ["cancel"]
    names = "nodes workers tasks objects actors waits"
    assert list(message["tables"]) == names.split()
    task = message["tables"]["tasks"]
    assert task["columns"] == [one.name for one in fields(row_types.TaskRow)]
    assert task["rows"][0][task["columns"].index("attempts")] == [[0.1, 0.2, 1, "done"]]


def test_changes_leave_out_tables_without_any(tape: Tape) -> None:
    fold = tape.fold()
    before = fold.revision
    tape.submit("f")
    fold.advance()
    message = wire.changes(fold.changes(1, before), 8, live=True)
    assert (message["seq"], message["base"]) == (8, 7)
    assert list(message["tables"]) == ["tasks", "objects"]


def test_a_run_travels_whole(tape: Tape) -> None:
    run = wire.snapshot(tape.rows(), 1, live=True)["run"]
    assert list(run) == [one.name for one in fields(row_types.RunRow)]
    assert run["cell"] == "[7]"


def test_messages_are_plain_json(tape: Tape) -> None:
    f = tape.submit("f")
    tape.at(0.1).start(f)
    tape.block(f)
    tape.wait(f)
    message = wire.snapshot(tape.rows(), 1, live=True)
    assert json.loads(json.dumps(message, allow_nan=False)) == message


def test_a_message_does_not_change_when_the_fold_goes_on(tape: Tape) -> None:
    f = tape.submit("f")
    tape.at(0.1).start(f)
    fold = tape.fold()
    message = wire.snapshot(fold.rows(1), 1, live=True)
    before = json.dumps(message)
    tape.block(f)
    tape.at(0.2).finish(f)
    fold.advance()
    assert json.dumps(message) == before
