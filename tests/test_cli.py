"""The command ``rayteach``: its words, and one line for whatever is in the way."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest

from rayteach import cli
from rayteach.trace import storage
from rayteach.trace.recording import Recording
from rayteach.trace.tape import Tape

ROOT = Path(__file__).resolve().parent.parent


class Replaced(BaseException):
    """What ``os.execv`` would have become."""


@pytest.fixture
def replaced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    command: list[str] = []

    def execv(_: str, words: list[str]) -> None:
        command.extend(words)
        raise Replaced

    monkeypatch.setattr(os, "execv", execv)
    return command


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed course, and an empty directory to stand in."""
    lesson = tmp_path / "installed" / cli.LESSON
    lesson.parent.mkdir(parents=True)
    lesson.write_text("as installed")
    monkeypatch.setattr(cli, "COURSE", tmp_path / "installed")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def one_line(error: str) -> str:
    assert error.count("\n") == 1
    assert error.startswith("rayteach: ")
    return error


def test_lab_serves_the_notebooks_of_a_checkout(
    replaced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT / "tests")
    with pytest.raises(Replaced):
        cli.main(["lab", "--no-browser"])
    assert replaced[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={ROOT / 'notebooks'}" in replaced
    assert "--LabApp.default_url=/lab" in replaced


def test_lab_copies_the_installed_course_elsewhere(
    replaced: list[str], course: Path
) -> None:
    with pytest.raises(Replaced):
        cli.main(["lab", "--no-browser"])
    assert (course / cli.COPY / cli.LESSON).read_text() == "as installed"
    assert f"--ServerApp.root_dir={course / cli.COPY}" in replaced


def test_lab_never_overwrites_a_learners_file(
    replaced: list[str], course: Path
) -> None:
    mine = course / cli.COPY / cli.LESSON
    mine.parent.mkdir(parents=True)
    mine.write_text("my answers")
    with pytest.raises(Replaced):
        cli.main(["lab", "--no-browser"])
    assert replaced
    assert mine.read_text() == "my answers"


def test_lab_copies_the_course_to_a_folder_of_ones_choosing(
    replaced: list[str], course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Replaced):
        cli.main(["lab", "--no-browser", "--course", "mine"])
    assert f"--ServerApp.root_dir={course / 'mine'}" in replaced
    lesson = course / "mine" / cli.LESSON
    lesson.write_text("my answers")
    (cli.COURSE / cli.LESSON).write_text("a newer one")
    with pytest.raises(Replaced):
        cli.main(["lab", "--no-browser", "--course", "mine"])
    assert lesson.read_text() == "my answers"
    assert "is yours and stays" in capsys.readouterr().err


def test_lab_serves_one_folder(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course.is_dir()
    assert cli.main(["lab", "--course", "a", "--root-dir", "b"]) == 2
    assert "exclude each other" in one_line(capsys.readouterr().err)


def test_lab_passes_jupyterlabs_own_options_on_and_last(
    replaced: list[str], course: Path
) -> None:
    with pytest.raises(Replaced):
        cli.main(["lab", "--no-browser", "--ip", "127.0.0.1", "--root-dir", "."])
    assert replaced[-2:] == ["--ip", "127.0.0.1"]
    assert f"--ServerApp.root_dir={course}" in replaced


def test_lab_without_a_browser_says_so_and_serves(
    replaced: list[str],
    course: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def none() -> None:
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "get", none)
    with pytest.raises(Replaced):
        cli.main(["lab", "--root-dir", str(course)])
    assert "--no-browser" in replaced
    assert "open the address below" in capsys.readouterr().err


def test_lab_names_a_taken_port(
    course: Path, taken_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["lab", "--root-dir", str(course), "--port", str(taken_port)]) == 2
    assert f"port {taken_port} is taken" in one_line(capsys.readouterr().err)


def test_lab_says_how_to_get_jupyterlab(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    assert cli.main(["lab"]) == 2
    assert "pip install 'rayteach[lab]'" in one_line(capsys.readouterr().err)


def test_lab_in_a_read_only_directory_says_where_to_go(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Not by chmod: root, who runs the tests in containers, may write anywhere.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert cli.main(["lab", "--root-dir", str(course)]) == 2
    assert f"cannot write to {course}" in one_line(capsys.readouterr().err)


def test_lab_that_cannot_copy_the_course_says_where_to_go(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (course / cli.COPY).write_text("a file where the course would go")
    assert cli.main(["lab"]) == 2
    assert "--root-dir" in one_line(capsys.readouterr().err)


def test_lab_names_a_directory_that_is_not_there(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course.is_dir()
    assert cli.main(["lab", "--root-dir", "nowhere"]) == 2
    assert "is no directory" in one_line(capsys.readouterr().err)


@pytest.mark.parametrize("target", ["nowhere/page.html", "."])
def test_demo_says_before_the_run_that_it_cannot_write(
    course: Path, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course.is_dir()
    assert cli.main(["demo", "-o", target]) == 2
    assert "name another file with -o" in one_line(capsys.readouterr().err)


def test_demo_runs_the_tour_and_writes_one_self_contained_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "tour.html"
    assert cli.main(["demo", "-o", str(page), "--no-open"]) == 0
    printed = capsys.readouterr().out
    assert printed.endswith(f"The same run as a page: {page}\n")
    assert "done" in printed
    assert "\x1b" not in printed
    assert 'id="rayteach-run"' in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [["--help"], ["lab", "--help"], ["demo", "--help"]])
def test_help_says_what_it_does(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_info:
        cli.main(words)
    assert exit_info.value.code == 0
    assert "usage: rayteach" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["demo", "--frobnicate"], ["dance"]])
def test_a_wrong_command_line_is_refused_in_words(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_info:
        cli.main(words)
    assert exit_info.value.code == 2
    assert "usage: rayteach" in capsys.readouterr().err


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A run of one task, saved."""
    tape = Tape()
    tape.run_task(tape.submit("f"), 0.1, 0.2)
    path = tmp_path / "x.rayteach"
    storage.save(Recording(tape.events(), tape.origin_s), path)
    return path


def test_report_prints_a_saved_run(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["report", str(saved)]) == 0
    printed = capsys.readouterr().out
    assert "f-1" in printed
    assert "Timeline" in printed
    assert "In short\n  Cell [1] started 1 task on 2 CPUs" in printed
    assert "cut off" not in printed


def test_a_reader_that_has_enough_ends_a_report_without_a_word(saved: Path) -> None:
    enough, written = os.pipe()
    os.close(enough)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "rayteach", "report", str(saved)],
            stdout=written,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(written)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_report_says_that_a_file_was_cut_off(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved.write_bytes(saved.read_bytes()[:-20])
    assert cli.main(["report", str(saved)]) == 0
    assert "was cut off; its end is missing" in capsys.readouterr().out


def test_open_writes_a_page_beside_the_run(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["open", "--no-open", str(saved)]) == 0
    page = saved.with_suffix(".html")
    assert f"The run as a page: {page}" in capsys.readouterr().out
    assert "f-1" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["report", "open"])
def test_a_missing_or_foreign_run_is_one_line(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, str(tmp_path / "none.rayteach")]) == 2
    assert "none.rayteach" in one_line(capsys.readouterr().err)
    foreign = tmp_path / "notes.txt"
    foreign.write_text("hello")
    assert cli.main([command, str(foreign)]) == 2
    assert "is no saved run" in one_line(capsys.readouterr().err)


def test_open_never_writes_over_the_run(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["open", "-o", str(saved), str(saved)]) == 2
    assert "name another page" in one_line(capsys.readouterr().err)
    assert storage.load(saved).is_whole


def test_what_if_prints_the_curve_of_a_saved_run(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["what-if", str(saved), "--num-cpus", "1,2"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "What if?   recorded on 2 CPUs: 0.20 s"
    assert [line.split()[0] for line in printed[2:4]] == ["1", "2"]


def test_what_if_needs_numbers_above_0(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["what-if", str(saved), "--num-cpus", "0"]) == 2
    assert "above 0" in one_line(capsys.readouterr().err)
    with pytest.raises(SystemExit):
        cli.main(["what-if", str(saved), "--num-cpus", "two"])
    assert "'two' are no numbers; write 1,2,4" in capsys.readouterr().err
