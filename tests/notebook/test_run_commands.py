"""``%rayteach`` cancel, compare, what-if, save, open, reset, restart; help of all."""

from __future__ import annotations

import os
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter

import rayteach
from rayteach.notebook.commands import COMMANDS, completions, manual
from rayteach.notebook.magics import RayteachMagics

DEFINE = """
@ray.remote
def f(n):
    return n

@ray.remote
def stay(path):
    with open(path) as line:
        return line.read()

@ray.remote
class Counter:
    def add(self, n): return n
"""


#: the commands of the design, and log
EVERY = (
    *("init", "status", "show", "pause", "resume", "step", "speed", "cancel"),
    *("history", "compare", "what-if", "save", "open", "auto", "reset", "log"),
    *("tracebacks", "restart", "shutdown", "help", "break"),
)


@pytest.fixture
def notebook(live, capsys, tmp_path):
    live.do(DEFINE, "define")
    live.said = lambda line: _said(live, capsys, line)
    line = tmp_path / "line"  # a task that reads it stays until somebody writes
    os.mkfifo(line)
    live.ip.user_ns["line"] = str(line)
    return live


def _said(live: Any, capsys: Any, line: str) -> str:
    capsys.readouterr()
    live.run(line, "magic")
    shown = capsys.readouterr()
    return shown.out + shown.err


def test_compare_is_of_the_last_two_runs_of_a_cell(notebook) -> None:
    notebook.do("ray.get([f.remote(n) for n in range(2)])", "cell-a")
    notebook.do("ray.get(f.remote(7))", "cell-b")
    notebook.do("ray.get([f.remote(n) for n in range(5)])", "cell-a")
    said = notebook.said("%rayteach compare")
    assert said.startswith("First: cell [2]. Second: cell [4].")
    assert "2 → 5 of f" in said
    assert "could overlap" in said


def test_compare_takes_the_numbers_of_two_cells(notebook) -> None:
    notebook.do("ray.get([f.remote(n) for n in range(2)])", "cell-a")
    notebook.do("ray.get(f.remote(7))", "cell-b")
    assert "2 → 1 of f" in notebook.said("%rayteach compare 2 [3]")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%rayteach compare", "run one again"),
        ("%rayteach compare 2 99", "no run [99] started tasks; those that did: [2]"),
        ("%rayteach compare 2", "two numbers of cells, or none"),
        ("%rayteach what-if", "required: cpus"),
        ("%rayteach what-if 0", "above 0"),
        ("%rayteach cancel g-1", "no unfinished task is called 'g-1'"),
        ("%rayteach open nowhere", "cannot read nowhere"),
        ("%rayteach save /nowhere/run", "cannot write /nowhere/run"),
        ("%rayteach compair", "did you mean `%rayteach compare`?"),
        ("%rayteach save 'run", "No closing quotation"),
    ],
)
def test_what_cannot_be_done_is_one_line_that_says_why(notebook, line, words) -> None:
    notebook.do("ray.get(f.remote(1))", "cell-a")
    assert words in notebook.said(line)


@pytest.mark.parametrize(
    "command", ["cancel", "compare", "reset", "what-if 2", "save run"]
)
def test_without_a_session_there_is_nothing_to_do(notebook, command) -> None:
    rayteach.shutdown()
    said = notebook.said(f"%rayteach {command}")
    assert "no session is open" in said or "no task has been started" in said


def test_cancel_ends_what_is_named_or_all(notebook) -> None:
    ids = notebook.do("ids = [stay.remote(line) for _ in range(4)]; ids", "cell-a")
    assert "stay-3" in notebook.said("%rayteach cancel stay-3")
    with pytest.raises(rayteach.TaskCancelledError):
        rayteach.get(ids[2])
    assert "3 tasks" in notebook.said("%rayteach cancel")
    for one in ids:
        with pytest.raises(rayteach.TaskCancelledError):
            rayteach.get(one)
    assert notebook.said("%rayteach cancel").startswith("Nothing is running")


def test_a_saved_run_opens_again(notebook, tmp_path) -> None:
    notebook.do("f.remote(1)", "cell-a")
    path = tmp_path / "one.rayteach"
    assert "%rayteach open" in notebook.said(f"%rayteach save {path}")
    assert notebook.said(f"%rayteach open {path}") == "1 task\n  f-1\n"


def test_what_if_predicts_the_last_run(notebook) -> None:
    notebook.do("ray.get([f.remote(n) for n in range(4)])", "cell-a")
    said = notebook.said("%rayteach what-if 1 2")
    assert said.startswith("What if?")


def test_reset_ends_tasks_and_actors_and_keeps_values(notebook) -> None:
    value = notebook.do("v = f.remote(3); ray.get(v); v", "cell-a")
    notebook.do("c = Counter.remote(); ray.get(c.add.remote(1))", "cell-b")
    notebook.do("ids = [stay.remote(line) for _ in range(3)]", "cell-c")
    notebook.do("ray.pause()", "cell-d")
    said = notebook.said("%rayteach reset")
    assert said.startswith("Cancelled 3 tasks, ended 1 actor.")
    assert rayteach.get(value) == 3
    assert notebook.do("ray.get(f.remote(4))", "cell-e") == 4
    with pytest.raises(rayteach.ActorDiedError):
        notebook.do("ray.get(c.add.remote(1))", "cell-f")
    assert notebook.said("%rayteach reset").startswith("Cancelled 0 tasks")


def test_restart_opens_a_session_like_the_old_one(notebook) -> None:
    assert "of 2 in use" in notebook.said("%rayteach restart")
    assert notebook.do("ray.get(f.remote(4))", "cell-e") == 4


def test_every_command_has_its_page_and_completes() -> None:
    none: list[str] = []
    assert set(COMMANDS) == set(EVERY)
    for name, command in COMMANDS.items():
        page = manual(name)
        assert page.startswith(f"%rayteach {command.usage}")
        assert name in completions("%rayteach ", lambda: none)
        assert name in completions("%rayteach help ", lambda: none)
        for word in command.words:
            assert word in completions(f"%rayteach {name} ", lambda: none)


def test_the_shell_completes_names_of_unfinished_tasks(notebook) -> None:
    notebook.do("ids = [stay.remote(line) for _ in range(2)]", "cell-a")
    line = "%rayteach cancel "
    with provisionalcompleter():
        found = notebook.ip.Completer.completions(line, len(line))
        assert {"stay-1", "stay-2"} <= {one.text for one in found}
    notebook.said("%rayteach cancel")


def test_a_question_mark_shows_the_manual(notebook) -> None:
    assert "Say what differs between two runs of a cell." in notebook.said("%rayteach?")
    assert RayteachMagics.rayteach.__doc__ == manual()
