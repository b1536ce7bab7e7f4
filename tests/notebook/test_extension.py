"""Loading, unloading, loading again."""

from __future__ import annotations

import pytest
from IPython.core.completer import provisionalcompleter

from rayteach.notebook import extension


def hooks(shell) -> list[object]:
    events = shell.ip.events.callbacks
    return [
        callback
        for name in ("pre_run_cell", "post_run_cell")
        for callback in events[name]
        if "rayteach" in getattr(callback, "__module__", "")
    ]


def magics(shell) -> set[str]:
    tables = shell.ip.magics_manager.magics
    ours = {"remote", "rt_remote", "rayteach", "check", "hint", "solution"}
    return ours & (set(tables["line"]) | set(tables["cell"]))


def test_loading_adds_hooks_and_magics(shell) -> None:
    shell.load()
    assert len(hooks(shell)) == 2
    assert len(magics(shell)) == 6


def test_loading_twice_doubles_nothing(shell) -> None:
    shell.load()
    shell.load()
    assert len(hooks(shell)) == 2


def test_unloading_leaves_nothing(shell) -> None:
    before = shell.ip.showtraceback
    shell.load()
    shell.unload()
    assert hooks(shell) == []
    assert magics(shell) == set()
    assert shell.ip.showtraceback == before
    assert "%rayteach" not in shell.ip.strdispatchers["complete_command"].strs
    assert extension.active() is None


def test_unloading_twice_is_harmless(shell) -> None:
    shell.load()
    shell.unload()
    shell.unload()


def test_a_session_that_opens_after_unloading_is_left_alone(shell) -> None:
    shell.load()
    shell.unload()
    assert shell.sessions.open().calls == []


def test_loading_again_works_as_at_first(shell) -> None:
    shell.load()
    shell.unload()
    shell.load()
    shell.run("submit()", "cell-a")
    assert len(shell.views) == 1


def test_a_part_that_cannot_be_taken_away_does_not_keep_the_others(
    shell, monkeypatch, caplog
) -> None:
    def broken() -> None:
        raise RuntimeError("stuck")

    loaded = shell.load()
    monkeypatch.setattr(loaded.views, "detach", broken)
    shell.unload()
    assert magics(shell) == set()
    assert "unloading RunViews" in caplog.text


def test_a_magic_that_another_extension_owns_stays_with_it(shell, capsys) -> None:
    def remote(_line: str, _cell: str) -> str:
        return "the other one"

    shell.ip.register_magic_function(remote, "cell", "remote")
    shell.load()
    assert shell.ip.run_cell_magic("remote", "", "x") == "the other one"
    assert "use %%rt_remote" in capsys.readouterr().err
    shell.unload()
    assert shell.ip.run_cell_magic("remote", "", "x") == "the other one"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%rayteach s", {"status", "show", "shutdown"}),
        ("%rayteach auto ", {"on", "off"}),
        ("%rayteach show --", {"--text", "--full"}),
    ],
)
def test_subcommands_complete(shell, line, expected) -> None:
    shell.load()
    with provisionalcompleter():
        found = {one.text for one in shell.ip.Completer.completions(line, len(line))}
    assert expected <= found
