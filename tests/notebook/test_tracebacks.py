"""What a learner sees of an error."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from rayteach import errors
from rayteach.notebook import tracebacks


@pytest.fixture
def api(shell, monkeypatch) -> Callable[[BaseException], None]:
    """A function that raises, in a file that counts as one of ours."""
    monkeypatch.setattr(tracebacks, "_OURS", "/ours/")
    names: dict[str, Callable[[BaseException], None]] = {}
    source = "def get(error):\n    raise error\n"
    exec(compile(source, "/ours/api.py", "exec"), names)  # noqa: S102 (a made-up file)
    shell.load()
    shell.ip.user_ns.update(get=names["get"], errors=errors)
    shell.ip.colors = "nocolor"
    return names["get"]


@pytest.fixture
def failed(shell) -> errors.TaskError:
    """A task error whose function stands in cell [1]."""
    shell.run("def parse(row):\n    return int(row)\n")
    code = shell.ip.user_ns["parse"].__code__
    remote = errors.RemoteCause(
        "ValueError",
        "row 3 is empty",
        (errors.Frame(code.co_filename, 2, "parse", "    return int(row)"),),
        "parse-3",
        "cell [2], line 4",
    )
    shell.ip.user_ns["failed"] = error = errors.task_error(remote, ValueError())
    return error


@pytest.mark.usefixtures("api", "failed")
def test_a_failed_task_shows_its_lines_then_the_get_line(shell, capsys) -> None:
    shell.run("rows = 1\nget(failed)")
    shown = capsys.readouterr().out.splitlines()
    assert shown == [
        "ValueError in parse-3, submitted in cell [2], line 4",
        "",
        "cell [1], line 2, in parse",
        "        1 def parse(row):",
        "---->   2     return int(row)",
        "",
        "asked for in cell [2], line 2",
        "        1 rows = 1",
        "---->   2 get(failed)",
        "",
        "ValueError: row 3 is empty",
    ]


@pytest.mark.usefixtures("api", "failed")
def test_the_error_stays_at_hand_for_the_debugger(shell, capsys) -> None:
    shell.run("get(failed)")
    assert sys.last_value is shell.ip.user_ns["failed"]
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("api")
def test_our_frames_are_left_out_of_other_errors(shell, capsys) -> None:
    shell.run("def mine():\n    get(TypeError('no ID'))\nmine()")
    shown = capsys.readouterr().out
    assert "/ours/" not in shown
    assert "get(TypeError('no ID'))" in shown
    assert "TypeError: no ID" in shown


@pytest.mark.usefixtures("api")
def test_full_shows_every_frame(shell, capsys) -> None:
    shell.run("%rayteach tracebacks full")
    shell.run("get(TypeError('no ID'))")
    assert "/ours/api.py" in capsys.readouterr().out


@pytest.mark.usefixtures("api")
def test_short_hides_them_again(shell, capsys) -> None:
    shell.run("%rayteach tracebacks full")
    shell.run("%rayteach tracebacks short")
    shell.run("get(TypeError('no ID'))")
    assert "/ours/" not in capsys.readouterr().out


@pytest.mark.usefixtures("api")
def test_what_an_error_came_from_is_kept_without_our_frames(shell, capsys) -> None:
    shell.run("try:\n    1 / 0\nexcept Exception:\n    get(TypeError('no ID'))")
    shown = capsys.readouterr().out
    assert "ZeroDivisionError" in shown
    assert "/ours/" not in shown


def test_errors_that_are_not_ours_are_shown_as_ever(shell, capsys) -> None:
    shell.run("1 / 0")
    plain = capsys.readouterr().out
    shell.load()
    shell.run("1 / 0")
    assert capsys.readouterr().out.replace("[2]", "[1]") == plain


@pytest.mark.usefixtures("api")
def test_the_frames_of_an_error_are_whole_after_it_was_shown(shell) -> None:
    shell.ip.user_ns["error"] = error = TypeError("no ID")
    shell.run("get(error)")
    names = []
    entry = error.__traceback__
    while entry is not None:
        names.append(entry.tb_frame.f_code.co_filename)
        entry = entry.tb_next
    assert "/ours/api.py" in names


def test_another_wrapper_around_ours_survives_unloading(shell) -> None:
    shell.load()
    ours = shell.ip.showtraceback

    def wrapper(*args: object) -> None:
        ours(*args)

    shell.ip.showtraceback = wrapper
    shell.unload()
    assert shell.ip.showtraceback is wrapper
    shell.run("1 / 0")


def test_a_line_names_the_latest_run_of_its_cell(live, capsys) -> None:
    for _ in range(2):
        live.run("@ray.remote\ndef f(): return 1 / 0\nray.get(f.remote())")
    told = capsys.readouterr().out
    assert "cell [1], line 2, in f" in told
    assert "cell [2], line 2, in f" in told
