"""One view under each cell that starts tasks, and when."""

from __future__ import annotations

import pytest

from rayteach.notebook.profile import profile


def test_the_view_appears_while_the_cell_still_runs(shell) -> None:
    shell.load()
    seen = shell.ip.user_ns["seen"] = []
    shell.ip.user_ns["shown"] = shell.shown
    shell.run("submit()\nseen += shown()", "cell-a")
    assert seen == ["'the view of run 1'"]


def test_a_cell_without_tasks_shows_nothing(shell) -> None:
    shell.sessions.open()
    shell.load()
    shell.run("1", "cell-a")
    assert shell.shown() == []


def test_running_a_cell_again_replaces_its_view(shell) -> None:
    shell.load()
    for _ in range(3):
        shell.run("submit()", "cell-a")
    assert [view.closed for view in shell.views] == [True, True, False]


def test_the_end_of_a_cell_lets_its_output_keep_the_picture(shell) -> None:
    shell.load()
    shell.run("submit()", "cell-a")
    shell.run("1", "cell-b")
    assert shell.views[0].kept == [True, False]  # whether its own cell ended


def test_another_cell_keeps_its_view(shell) -> None:
    shell.load()
    shell.run("submit()", "cell-a")
    shell.run("submit()", "cell-b")
    assert [view.closed for view in shell.views] == [False, False]


def test_a_cell_that_starts_no_task_any_more_loses_its_view(shell) -> None:
    shell.load()
    shell.run("submit()", "cell-a")
    shell.run("1", "cell-a")
    assert shell.views[0].closed


def test_without_a_front_end_one_picture_is_made_after_the_run(shell) -> None:
    shell.load()
    shell.run("submit()\nprint('still running')")
    assert shell.views == []
    assert len(shell.shown()) == 1


def test_text_makes_no_output_at_all(shell, monkeypatch) -> None:
    monkeypatch.setenv("RAYTEACH_VIEW", "text")
    shell.load()
    shell.run("submit()", "cell-a")
    assert shell.shown() == []


def test_auto_off_makes_no_view(shell) -> None:
    shell.load()
    shell.run("%rayteach auto off")
    shell.run("submit()", "cell-a")
    assert shell.shown() == []


def test_a_view_that_was_answered_makes_the_next_cells_live(shell, monkeypatch) -> None:
    monkeypatch.setenv("RAYTEACH_VIEW", "live")
    shell.load()
    shell.run("submit()")
    shell.views[0].answered = True
    monkeypatch.delenv("RAYTEACH_VIEW")
    shell.run("submit( )")
    assert len(shell.views) == 2


def test_a_view_that_breaks_does_not_break_the_run(shell, monkeypatch, caplog) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("no widgets here")

    monkeypatch.setattr("rayteach.notebook.runviews.LiveView", broken)
    shell.load()
    assert shell.run("submit()", "cell-a").success
    assert "the view of cell [1]" in caplog.text


def test_views_of_one_session_share_the_thread_that_feeds_them(shell) -> None:
    shell.load()
    shell.run("submit()", "cell-a")
    shell.run("submit()", "cell-b")
    assert shell.views[0].publisher is shell.views[1].publisher


def test_closing_the_session_ends_that_thread_and_keeps_the_views(shell) -> None:
    shell.load()
    shell.run("submit()", "cell-a")
    shell.sessions.close()
    assert shell.views[0].publisher.closed
    assert not shell.views[0].closed


def test_the_next_session_has_a_thread_of_its_own(shell) -> None:
    shell.load()
    shell.run("submit()", "cell-a")
    shell.sessions.close()
    shell.run("submit()", "cell-b")
    assert shell.views[1].publisher is not shell.views[0].publisher


def test_unloading_closes_every_view(shell) -> None:
    shell.load()
    shell.run("submit()", "cell-a")
    shell.unload()
    assert shell.views[0].closed
    assert shell.views[0].publisher.closed


@pytest.mark.parametrize(
    ("has_id", "answered", "expected"),
    [(True, False, "live"), (False, True, "live"), (False, False, "still")],
)
def test_the_profile_follows_who_may_be_looking(
    monkeypatch, has_id, answered, expected
) -> None:
    monkeypatch.delenv("RAYTEACH_VIEW", raising=False)
    assert profile(cell_has_id=has_id, front_end_answered=answered) == expected


def test_a_wrong_word_in_the_environment_is_named(monkeypatch) -> None:
    monkeypatch.setenv("RAYTEACH_VIEW", "tezt")
    with pytest.raises(ValueError, match="set it to live, still or text"):
        profile(cell_has_id=False, front_end_answered=False)
