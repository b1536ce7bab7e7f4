from __future__ import annotations

import pytest

from rayteach.api.run import Run
from rayteach.core import events
from rayteach.trace.recording import Recording
from rayteach.trace.tape import Tape


def asked(tape: Tape) -> Run:
    return Run(Recording(tape.events(), tape.origin_s))


def in_line() -> Tape:
    """Five tasks of half a second on two CPUs."""
    tape = Tape(num_cpus=2)
    tasks = [tape.submit("f", line=3) for _ in range(5)]
    for place, task in enumerate(tasks):
        start_s = place // 2 * 0.5
        tape.run_task(task, start_s, start_s + 0.5, worker=1 + place % 2)
    return tape


def test_a_task_that_stood_in_line_says_behind_whom() -> None:
    run = asked(in_line())
    assert run.why("f-1") == "f-1 started at once: a CPU was free."
    assert run.why("f-3") == (
        "f-3 waited 0.50 s: both CPUs were busy with f-1 and f-2; it was first in line."
    )
    assert run.why(5).endswith("it was third in line.")
    with pytest.raises(ValueError, match="no task or function 'g'"):
        run.why("g")


def test_a_task_that_came_with_others_names_those_before_it() -> None:
    tape = Tape(num_cpus=1)
    tasks = [tape.submit("f") for _ in range(3)]
    for place, task in enumerate(tasks):
        tape.run_task(task, 0.1 + place, 1.1 + place)
    assert asked(tape).why("f-3") == (
        "f-3 waited 2.10 s: f-1 and f-2 came first; it was third in line."
    )


def test_a_task_that_waited_for_an_input_names_it() -> None:
    tape = Tape(num_cpus=1)
    f = tape.submit("f")
    g = tape.submit("g", f)
    h = tape.submit("h")
    tape.run_task(f, 0.0, 0.5)
    tape.run_task(h, 0.5, 0.75)
    tape.run_task(g, 0.75, 1.0)
    assert asked(tape).why("g-1") == (
        "g-1 waited 0.50 s for f-1, its last input, then waited 0.25 s: the CPU was "
        "busy with h-1; it was first in line."
    )


def test_a_call_names_what_its_actor_had_to_do() -> None:
    tape = Tape()
    pot = tape.actor("Pot")
    calls = [tape.call(pot, "add") for _ in range(2)]
    tape.run_task(pot, 0.0, 0.25, worker=3)
    tape.append(events.ActorStarted(100.25, pot, 3))
    late = tape.call(pot, "add")
    for place, call in enumerate([*calls, late]):
        tape.run_task(call, 0.25 + place / 4, 0.5 + place / 4, worker=3)
    run = asked(tape)
    assert run.why("Pot-1.add-1") == "Pot-1.add-1 waited 0.25 s: Pot-1 was being made."
    assert run.why("Pot-1.add-3").endswith("Pot-1 had add-1 and add-2 to do first.")


def test_a_task_that_has_not_begun_says_what_it_waits_for() -> None:
    tape = Tape(num_cpus=1)
    tape.start(tape.submit("f"))
    tape.at(0.5).submit("g")
    assert asked(tape).why("g-1") == (
        "g-1: Queued, first in line: the CPU is busy with f-1."
    )


def test_a_lost_attempt_is_told() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.start(f)
    tape.at(0.5).lose(f)
    tape.start(f, attempt=1)
    tape.at(1.0).finish(f)
    assert asked(tape).why("f-1") == (
        "f-1 started at once: a CPU was free; attempt 2 is the last, earlier ones "
        "were lost."
    )


def sentences(text: str) -> list[str]:
    return [one for one in text.replace(". ", ".\n").split("\n") if one]


def test_a_run_is_told_in_five_to_ten_sentences() -> None:
    tape = in_line()
    told = sentences(asked(tape).explain())
    assert 5 <= len(told) <= 10
    assert told == [
        "Cell [1] started 5 tasks on 2 CPUs; it took 1.50 s.",
        (
            "None needs the result of another; as far as that goes, 5 could run at "
            "the same time, and 2 did."
        ),
        (
            "All work together is 2.50 s, and the longest chain (f-1) takes 0.50 s "
            "however many CPUs there are."
        ),
        (
            "The CPUs were in use for 83% of the time; the most that was lost, 0.50 s "
            "of CPU time, is: nothing was left to submit."
        ),
        (
            "Longest in line: f-5 waited 1.00 s: both CPUs were busy with f-1 and f-2; "
            "it was third in line."
        ),
        "On 4 CPUs it would take about 1.00 s, 1.5 times as fast.",
    ]


def test_failures_stragglers_and_actors_are_told() -> None:
    tape = Tape(num_cpus=2)
    bad = tape.submit("bad")
    user = tape.submit("g", bad)
    slow = [tape.submit("f") for _ in range(4)]
    pot = tape.actor("Pot", num_cpus=0)
    calls = [tape.call(pot, "add") for _ in range(3)]
    tape.at(0.0).start(bad)
    tape.at(0.1).fail(bad)
    tape.drop(user, bad)
    for place, task in enumerate(slow):
        tape.run_task(task, place / 10, place / 10 + (0.8 if place == 3 else 0.1))
    tape.run_task(pot, 0.0, 0.1, worker=3)
    for place, call in enumerate(calls):
        tape.run_task(call, 0.1 + place / 10, 0.2 + place / 10, worker=3)
    text = asked(tape).explain()
    assert "started 6 tasks, 1 actor and 3 calls on 2 CPUs" in text
    assert (
        "bad-1 failed with ValueError: no in line 3, and 1 other did not end well "
        "either." in text
    )
    assert "f-4 took more than twice as long as is usual for its function." in text
    assert "Pot-1 had the most calls, 3, one after the other; up to 3 stood" in text
    assert 5 <= len(sentences(text)) <= 10


def test_a_run_without_tasks_and_one_that_goes_on_are_told_too() -> None:
    assert asked(Tape()).explain() == "No task was started in this run."
    tape = Tape()
    tape.submit("f")
    assert "1 task not at the end yet" in asked(tape).explain()
    assert "Nothing has run so far." in asked(tape).explain()
