from __future__ import annotations

import re

from rayteach.core import events
from rayteach.trace.tape import Tape
from rayteach.widgets import layout, text


def pipeline(*, swapped: bool = False) -> Tape:
    tape = Tape(cell="[7]")
    load = tape.submit("load", line=2)
    parts = [tape.submit("parse", load, line=3) for _ in range(4)]
    total = tape.submit("total", *parts, line=4)
    wait = tape.at(0.1).wait(*parts, kind="wait", num_returns=2, line=5, timeout_s=0.5)
    tape.run_task(load, 0.1, 0.2)
    for turn, task in enumerate(reversed(parts) if swapped else parts):
        tape.run_task(task, 0.2 + turn, 0.3 + turn, worker=1 + turn % 2)
    tape.returned(wait, 0, 2)
    tape.run_task(total, 5.0, 5.5)
    tape.get(total, line=6, until_s=5.6)
    tape.end_cell()
    return tape


STRUCTURE = """\
6 tasks
  load-1
  parse-1 … parse-4 ← load-1
  total-1 ← parse-1 … parse-4
get and wait
  line 5: wait for 2 of parse-1 … parse-4, timeout 500 ms
    ready:     parse-1, parse-3
    remaining: parse-2, parse-4
  line 6: get total-1"""


def test_the_structure_says_graph_and_waits() -> None:
    assert text.structure(pipeline().rows()) == STRUCTURE


def test_the_structure_does_not_depend_on_times_or_workers() -> None:
    assert text.structure(pipeline(swapped=True).rows()) == STRUCTURE


def test_the_structure_of_nothing_is_one_line() -> None:
    assert text.structure(Tape().rows()) == "no tasks"


def test_children_stand_under_their_parent_whoever_was_first() -> None:
    tape = Tape()
    one, two = tape.submit("outer"), tape.submit("outer")
    tape.submit("f", parent=two)
    tape.submit("f", parent=one)
    lines = text.structure(tape.rows()).splitlines()[1:]
    assert [line.strip() for line in lines] == [
        "outer-1",
        "outer-1/f-1",
        "outer-2",
        "outer-2/f-1",
    ]


def test_a_restart_stands_among_the_failures() -> None:
    tape = Tape()
    counter = tape.actor("Counter")
    tape.append(events.ActorStarted(100.1, counter, 1))
    tape.append(events.ActorRestarting(100.2, counter, "was killed", 1))
    assert "Counter-1 lost its process and restarted 1 time" in text.full(tape.rows())


def test_calls_stand_at_their_actor_by_caller() -> None:
    tape = Tape()
    counter, outer = tape.actor("Counter"), tape.submit("outer")
    for parent in (None, outer, None):
        tape.call(counter, "add", parent=parent)
    assert text.structure(tape.rows()) == (
        "1 task, 1 actor, 3 calls\n"
        "  Counter-1\n"
        "  outer-1\n"
        "order at each actor\n"
        "  Counter-1: add-1, add-2\n"
        "  Counter-1 from outer-1: add-1"
    )


def test_failures_are_named_with_their_cause() -> None:
    tape = Tape()
    f = tape.submit("f")
    g = tape.submit("g", f)
    tape.at(0.1).start(f)
    tape.at(0.2).fail(f)
    tape.drop(g, f)
    lines = text.structure(tape.rows()).splitlines()
    assert "  f-1 failed: ValueError: no (line 3)" in lines
    assert "  g-1 cannot run: f-1 failed" in lines


def test_many_lines_are_counted_instead_of_printed() -> None:
    tape = Tape()
    for _ in range(100):
        tape.submit("g", tape.submit("f"))
    lines = text.structure(tape.rows()).splitlines()
    assert lines[-1] == f"  … and {200 - text.MOST_LINES} more lines"


def test_the_full_text_draws_a_line_per_worker() -> None:
    full = text.full(pipeline().rows(), width=100)
    assert "Run of cell [7]   6 done" in full
    timeline = full.partition("Timeline\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split("  ")[1] for line in timeline[1:]] == [
        "your cell",
        "worker 1",
        "worker 2",
    ]
    assert max(map(len, full.splitlines())) <= 100


def test_colour_adds_nothing_but_colour() -> None:
    rows = pipeline().rows()
    assert "\x1b" not in text.full(rows)
    painted = text.full(rows, color=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", painted)
    assert "✓ parse-1 … parse-4 ← load-1" in plain
    assert painted != plain


def test_a_run_without_tasks_says_so() -> None:
    assert "No task was started." in text.full(Tape().rows())


def test_every_width_and_every_moment_can_be_drawn() -> None:
    tape = pipeline()
    log = tape.events()
    for count in range(len(log)):
        moment = Tape(cell="[7]")
        moment._events = log[: count + 1]
        for width in (10, 40, 200):
            text.full(moment.rows(), width, color=width == 40)


def test_names_are_joined_only_when_their_numbers_follow() -> None:
    labels = ["f-1", "f-2", "f-3", "f-4", "f-6", "g-7"]
    assert layout.names(labels) == "f-1 … f-4, f-6, g-7"
    assert layout.names([]) == ""
