from __future__ import annotations

import pytest

from rayteach.api.run import Run
from rayteach.trace.recording import Recording
from rayteach.trace.tape import Tape


def asked(tape: Tape) -> Run:
    return Run(Recording(tape.events(), tape.origin_s))


def get_in_loop(took_s: float = 0.25) -> Run:
    tape = Tape(num_cpus=2)
    for turn in range(4):
        task = tape.at(turn * took_s).submit("f", line=4)
        wait = tape.wait(task, line=5)
        tape.run_task(task, turn * took_s, (turn + 1) * took_s)
        tape.returned(wait, 0)
    return asked(tape)


def get_after_loop() -> Run:
    tape = Tape(num_cpus=2)
    tasks = [tape.submit("f", line=4) for _ in range(4)]
    wait = tape.wait(*tasks, line=5)
    for place, task in enumerate(tasks):
        start_s = place // 2 / 4
        tape.run_task(task, start_s, start_s + 0.25, worker=1 + place % 2)
    tape.at(0.5).returned(wait, 0, 1, 2, 3)
    return asked(tape)


def test_a_faster_run_says_how_much_and_why() -> None:
    text = get_in_loop().compare(get_after_loop()).to_text()
    assert text.partition("\n\nfirst")[0].splitlines() == [
        "The second run took 0.50 s instead of 1.00 s: 2.0 times as fast.",
        "4 tasks could run at the same time instead of 1; 2 did instead of 1.",
        (
            "0.75 s less CPU time was lost because: the driver waits, and nothing else "
            "was submitted."
        ),
        "",
        "                             first    second",
        "  time                      1.00 s    0.50 s  ≠",
        "  CPUs                           2         2",
        "  tasks and calls                4         4",
        "  work                      1.00 s    1.00 s",
        "  longest chain             0.25 s    0.25 s",
        "  at the same time               1         2  ≠",
        "  could overlap                  1         4  ≠",
        "  use of the CPUs              50%      100%  ≠",
        "  CPU time lost             1.00 s       0 s  ≠",
        "  gets in a loop                 3         0  ≠",
        "  copies of objects              0         0",
        "  failures                       0         0",
    ]


def test_the_other_way_round_it_is_slower() -> None:
    first, *_ = get_after_loop().compare(get_in_loop()).sentences()
    assert first == "The second run took 1.00 s instead of 0.50 s: 2.0 times as long."


def test_a_run_is_like_itself_and_like_one_a_little_slower() -> None:
    run = get_in_loop()
    assert run.compare(run).sentences() == ["Both runs took about as long (1.00 s)."]
    assert len(run.compare(get_in_loop(0.26)).sentences()) == 1
    assert "≠" not in run.compare(run).to_text()


def test_other_tasks_and_cpus_are_named() -> None:
    tape = Tape(num_cpus=4)
    for place in range(3):
        tape.run_task(tape.at(0.0).submit("g"), place, place + 1.0)
    told = get_in_loop().compare(asked(tape)).sentences()
    assert "Tasks: 4 → 0 of f and 0 → 3 of g." in told
    assert "The work is 3.00 s instead of 1.00 s." in told
    assert "It had 4 CPUs instead of 2." in told


def test_a_number_is_found_by_its_name() -> None:
    found = get_in_loop().compare(get_after_loop())
    assert (found["time"].first, found["time"].second) == (1.0, 0.5)
    with pytest.raises(KeyError):
        found["mood"]


def test_runs_of_nothing_are_alike() -> None:
    nothing = asked(Tape())
    assert nothing.compare(nothing).sentences() == [
        "Both runs took about as long (< 1 ms)."
    ]
