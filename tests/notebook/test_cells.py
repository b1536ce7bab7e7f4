"""Which cell runs, and what happens around it."""

from __future__ import annotations

from rayteach.notebook.cells import cell_key


def test_the_key_is_the_id_the_notebook_gives() -> None:
    assert cell_key("abc", "1 + 1") == "abc"


def test_without_an_id_white_space_makes_no_other_key() -> None:
    assert cell_key(None, "\na = 1  \n\n") == cell_key(None, "a = 1")
    assert cell_key(None, "a = 1") != cell_key(None, "a = 2")


def test_a_cell_run_is_opened_and_closed(shell) -> None:
    session = shell.sessions.open()
    shell.load()
    shell.run("1 + 1", "cell-a")
    assert session.calls == [
        ("begin", "cell-a", "[1]", "1 + 1"),
        ("flush",),
        ("end", "done"),
    ]


def test_labels_count_like_the_notebook(shell) -> None:
    session = shell.sessions.open()
    shell.load()
    for _ in range(3):
        shell.run("1")
    labels = [call[2] for call in session.calls if call[0] == "begin"]
    assert labels == ["[1]", "[2]", "[3]"]


def test_an_error_ends_the_run_as_failed(shell) -> None:
    session = shell.sessions.open()
    shell.load()
    shell.run("1 / 0")
    assert session.calls[-1] == ("end", "failed")


def test_a_syntax_error_ends_the_run_as_failed(shell) -> None:
    session = shell.sessions.open()
    shell.load()
    shell.run("1 +")
    assert session.calls[-1] == ("end", "failed")


def test_an_interrupt_ends_the_run_as_interrupted(shell) -> None:
    session = shell.sessions.open()
    shell.load()
    result = shell.run("raise KeyboardInterrupt")
    assert session.calls[-1] == ("end", "interrupted")
    assert isinstance(result.error_in_exec, KeyboardInterrupt)


def test_an_empty_cell_is_no_run(shell) -> None:
    session = shell.sessions.open()
    shell.load()
    shell.run("   ")
    assert session.calls == []


def test_a_cell_run_from_a_cell_belongs_to_it(shell) -> None:
    session = shell.sessions.open()
    shell.load()
    shell.run("get_ipython().run_cell('2 + 2')\n3")
    assert [call[0] for call in session.calls] == ["begin", "flush", "end"]


def test_a_session_that_opens_in_a_cell_learns_of_it(shell) -> None:
    shell.load()
    shell.run("submit()", "cell-a")
    session = shell.sessions.session
    assert session.calls[0] == ("begin", "cell-a", "[1]", "submit()")
    assert session.calls[-1] == ("end", "done")


def test_the_cell_that_loads_the_extension_owns_its_tasks(shell) -> None:
    shell.ip.user_ns["load"] = shell.load
    shell.run("load()\nsubmit()")
    session = shell.sessions.session
    assert session.calls[0][2:] == ("[1]", "load()\nsubmit()")
    assert session.calls[-1] == ("end", "done")


def test_unloading_in_a_cell_ends_its_run_for_us(shell) -> None:
    shell.load()
    shell.ip.user_ns["unload"] = shell.unload
    shell.run("submit()\nunload()")
    assert shell.sessions.session.calls[-1] == ("end", "done")
