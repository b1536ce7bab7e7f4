"""Prints of tasks stand under the cell that submitted them, nowhere else."""

from __future__ import annotations

import pytest

from rayteach.engines.outputs import Printed
from rayteach.notebook import output


@pytest.fixture
def opened(shell):
    """The fake session of a loaded shell; ``speak`` hands it what a task printed."""
    session = shell.sessions.open()
    shell.load()
    shell.sessions.session = session

    def speak(text, run=None, label="f-1", stream="stdout"):
        session.show(
            [Printed(label, session.run if run is None else run, stream, text)]
        )

    shell.ip.user_ns["speak"] = speak
    shell.speak = speak
    return session


def late(shell, session, run):
    from rayteach.notebook import extension  # noqa: PLC0415 (the loaded one)

    return extension.active().views.late_log(session).since(run)


def test_what_a_task_prints_stands_under_the_running_cell(shell, opened, capsys):
    shell.run("print('before')\nspeak('one\\n\\ntwo\\n')\nprint('after')")
    assert capsys.readouterr().out == "before\n(f-1) one\n(f-1) \n(f-1) two\nafter\n"
    assert late(shell, opened, 1) == (0, [])


def test_what_comes_after_the_cell_goes_to_its_log(shell, opened, capsys):
    shell.run("pass")
    shell.speak("late\nagain\n", run=1, stream="stderr")
    assert capsys.readouterr() == ("", "")
    lines = [("f-1", "stderr", "late"), ("f-1", "stderr", "again")]
    assert late(shell, opened, 1) == (0, lines)


def test_no_line_lands_in_another_cell(shell, opened, capsys):
    shell.run("pass")
    shell.run("speak('of the first\\n', run=1)\nspeak('of the second\\n')")
    assert capsys.readouterr().out == "(f-1) of the second\n"
    assert late(shell, opened, 1) == (0, [("f-1", "stdout", "of the first")])


def test_a_sentence_of_the_engine_waits_for_a_cell(shell, opened, capsys):
    shell.run("pass")
    opened.show([Printed("", None, "stderr", "rayteach: memory is short\n")])
    assert capsys.readouterr().err == ""
    shell.run("pass")
    assert capsys.readouterr().err == "rayteach: memory is short\n"


def test_a_cell_shows_so_much_and_says_where_the_rest_is(
    shell, opened, capsys, monkeypatch
):
    assert opened.run == 0
    monkeypatch.setattr(output, "CELL_CHARS", 100)
    shell.run("for n in range(50): speak(f'line {n}\\n')\nprint('the end')")
    out = capsys.readouterr().out
    assert out.startswith("(f-1) line 0\n(f-1) line 1\n")
    assert out.endswith("the end\n")
    assert out.count("more stands in their logs only (%rayteach log)") == 1
    assert len(out) < 300


def test_capture_takes_the_prints_of_tasks_too(shell, opened, capsys):
    assert opened.run == 0
    shell.run("%%capture taken\nspeak('caught\\n')")
    shell.run("print(repr(taken.stdout))")
    assert capsys.readouterr().out == "'(f-1) caught\\n'\n"


def test_unloading_gives_the_prints_back_to_the_terminal(shell, opened):
    shell.run("pass")
    shell.unload()
    assert opened.show is None
