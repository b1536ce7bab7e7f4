"""``%%remote`` and ``%rayteach``."""

from __future__ import annotations

import inspect

import pytest

from rayteach.api import remote_function


class FakeRemote:
    def __init__(self, value: object, options: dict[str, object]) -> None:
        self.value, self.options = value, options


@pytest.fixture(autouse=True)
def remote(monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(value: object = None, **options: object) -> object:
        if value is not None:
            return FakeRemote(value, options)
        return lambda one: FakeRemote(one, options)

    monkeypatch.setattr(remote_function, "remote", fake)


def test_definitions_become_remote(shell) -> None:
    shell.load()
    shell.run("%%remote\nimport math\ndef f():\n  pass\nclass A: ...")
    names = shell.ip.user_ns
    assert all(isinstance(names[name], FakeRemote) for name in ("f", "A"))
    assert inspect.ismodule(names["math"])


def test_a_leading_underscore_stays_a_plain_helper(shell) -> None:
    shell.load()
    shell.run("%%remote\ndef _helper():\n    return 7\nasync def _other(): ...")
    assert shell.ip.user_ns["_helper"]() == 7


def test_a_definition_that_is_remote_already_stays_as_it_is(shell) -> None:
    shell.load()
    shell.ip.user_ns["deco"] = lambda f: FakeRemote(f, {"mine": True})
    shell.run("%%remote --num-cpus 2\n@deco\ndef f(): ...")
    assert shell.ip.user_ns["f"].options == {"mine": True}


def test_options_reach_functions_and_those_that_fit_reach_classes(shell) -> None:
    shell.load()
    shell.run("%%remote --num-cpus 0.5 --num-returns 2\ndef f(): ...\nclass A: ...")
    assert shell.ip.user_ns["f"].options == {"num_cpus": 0.5, "num_returns": 2}
    assert shell.ip.user_ns["A"].options == {"num_cpus": 0.5}


def test_lines_are_those_of_the_cell(shell) -> None:
    shell.load()
    shell.run("%%remote\n\n\ndef f():\n    return 1 / 0\n")
    function = shell.ip.user_ns["f"].value
    assert function.__code__.co_firstlineno == 4
    assert inspect.getsource(function) == "def f():\n    return 1 / 0\n"


def test_lines_are_right_under_another_magic(shell) -> None:
    shell.load()
    shell.run("%%capture\n%%remote\ndef f(): ...")
    assert shell.ip.user_ns["f"].value.__code__.co_firstlineno == 3


def test_a_syntax_error_points_at_the_line_of_the_cell(shell) -> None:
    shell.load()
    result = shell.run("%%remote\ndef f():\n    return (\n")
    assert isinstance(result.error_in_exec, SyntaxError)
    assert result.error_in_exec.lineno == 3


def test_a_syntax_error_is_shown_without_our_frames(shell, capsys) -> None:
    shell.load()
    shell.run("%%remote\ndef f(:\n    pass")
    shown = capsys.readouterr().out
    assert "def f(:" in shown
    assert "rayteach" not in shown


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("%time 1", "% magics, ! lines"),
        ("files = !ls", "% magics, ! lines"),
        ("f?", "% magics, ! lines"),
        ("async def g(): ...", "This is an async def"),
        ("global x", "`global x` has no effect"),
        ("nonlocal x", "nothing can be nonlocal"),
        ("yield 1", "A cell cannot yield"),
        ("return 1", "A cell does not return"),
        ("x = missing + 1", "reads `missing`, which the notebook does not have"),
    ],
)
def test_what_no_task_can_do_is_refused_before_anything_runs(
    shell, statement, word
) -> None:
    shell.load()
    result = shell.run(f"%%remote\ndef f(): ...\n{statement}")
    assert isinstance(result.error_in_exec, SyntaxError)
    assert result.error_in_exec.lineno == 3
    assert word in str(result.error_in_exec)
    assert "Nothing of this cell has run." in str(result.error_in_exec)
    assert "f" not in shell.ip.user_ns


def test_a_docstring_is_no_statement(shell) -> None:
    shell.load()
    assert shell.run('%%remote\n"""About f."""\ndef f(): ...').success


def test_the_second_name_does_the_same(shell) -> None:
    shell.load()
    shell.run("%%rt_remote --num-cpus 3\ndef f(): ...")
    assert shell.ip.user_ns["f"].options == {"num_cpus": 3.0}


def test_an_unknown_option_is_one_line(shell, capsys) -> None:
    shell.load()
    shell.run("%%remote --nun-cpus 3\ndef f(): ...")
    assert "unrecognized arguments: --nun-cpus" in capsys.readouterr().err


def test_an_unknown_command_names_the_nearest(shell, capsys) -> None:
    shell.load()
    shell.run("%rayteach shwo")
    assert "did you mean `%rayteach show`?" in capsys.readouterr().err


def test_a_wrong_argument_says_what_is_allowed(shell, capsys) -> None:
    shell.load()
    shell.run("%rayteach auto maybe")
    assert "choose from" in capsys.readouterr().err


def test_help_reads_like_a_manual(shell, capsys) -> None:
    shell.load()
    shell.run("%rayteach help")
    shown = capsys.readouterr().out
    assert shown.startswith("NAME\n")
    assert "%rayteach show [--text | --full]" in shown


def test_status_without_a_session_says_how_to_open_one(shell, capsys) -> None:
    shell.load()
    shell.run("%rayteach status")
    assert "No session is open." in capsys.readouterr().out


def test_status_says_what_is_going_on(shell, capsys) -> None:
    shell.sessions.open()
    shell.load()
    shell.run("%rayteach")
    shown = capsys.readouterr().out
    assert "2 of 4 in use, 2 free" in shown
    assert "Tasks now:  none" in shown


def test_show_without_a_run_says_so(shell, capsys) -> None:
    shell.load()
    shell.run("%rayteach show --text")
    assert "nothing to show" in capsys.readouterr().out
