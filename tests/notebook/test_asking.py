"""Predictions in a notebook: a widget of their own, typed text, or the preset."""

from __future__ import annotations

from typing import Any

import ipywidgets
import pytest

from rayteach.api import predicting
from rayteach.prediction.hosts import TextHost
from rayteach.widgets import static
from rayteach.widgets.predict_widget import PredictWidget

ASK = """\
import rayteach
p = rayteach.predict("Which two?", pick=["f-1", "f-2", "f-3"], count=2,
                     preset=["f-1", "f-2"])
"""


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"parts.json": "[]"}
    monkeypatch.setattr(
        static, "load", lambda name: files.get(name, f"// {name}\nexport default {{}}")
    )


def widgets() -> list[PredictWidget]:
    models = ipywidgets.widgets.widget._instances.values()
    return [one for one in models if isinstance(one, PredictWidget)]


def say(widget: PredictWidget, answer: Any) -> None:
    """Stand for the learner at the front end."""
    widget._handle_custom_msg({"type": "answer", "answer": answer}, [])


def test_in_a_live_notebook_the_answer_comes_from_the_widget(shell) -> None:
    shell.load()
    shell.run(ASK, "cell-a")
    (widget,) = widgets()
    assert shell.shown() == ["<question 'Which two?'>"]
    assert widget.get_state("_esm")["_esm"].startswith("// predict.js")
    assert shell.ip.user_ns["p"].answer is None
    say(widget, ["f-3", "f-1"])
    assert shell.ip.user_ns["p"].answer == ["f-1", "f-3"]


def test_what_happened_is_laid_over_the_answer_under_both_cells(shell, capsys) -> None:
    shell.load()
    shell.run(ASK, "cell-a")
    say(widgets()[0], ["f-1", "f-3"])
    shell.run("p.reveal(['f-1', 'f-2'])", "cell-b")
    states = [(w.answer, w.truth) for w in widgets()]
    assert states == [(["f-1", "f-3"], ["f-1", "f-2"])] * 2
    assert {w.words for w in widgets()} == {shell.ip.user_ns["p"].difference}
    assert "You predicted f-1, f-3." in capsys.readouterr().out


def test_an_answer_in_code_shows_in_the_widget(shell) -> None:
    shell.load()
    shell.run(ASK, "cell-a")
    shell.run("p.answer = ['f-2', 'f-3']", "cell-b")
    assert [w.answer for w in widgets()] == [["f-2", "f-3"]]


def test_an_answer_that_is_none_is_dropped(shell) -> None:
    shell.load()
    shell.run(ASK, "cell-a")
    for answer in (["f-9", "f-1"], "f-1", None, {"f-1": 1}):
        say(widgets()[0], answer)
    widgets()[0]._handle_custom_msg(["no dictionary"], [])
    assert shell.ip.user_ns["p"].answer is None


def test_nothing_doubles_when_the_cells_run_again(shell) -> None:
    shell.load()
    models = len(ipywidgets.widgets.widget._instances)
    for _ in range(3):
        shell.run(ASK, "cell-a")
        shell.run("p.reveal(['f-1', 'f-2'])", "cell-b")
    assert len(widgets()) == 2
    assert len(shell.ip.user_ns["p"].watchers) == 2
    shell.unload()
    assert len(ipywidgets.widgets.widget._instances) == models


def test_under_nbval_the_preset_answers_and_no_widget_is_made(
    shell, monkeypatch, capsys
) -> None:
    monkeypatch.setenv("RAYTEACH_VIEW", "text")
    shell.load()
    shell.run(ASK + "p.reveal(['f-1', 'f-3'])", "cell-a")
    assert widgets() == []
    assert capsys.readouterr().out == (
        "Which two? Pick 2 of f-1, f-2, f-3.\n"
        "Prediction: f-1, f-2\n"
        "You predicted f-1, f-2. What happened: f-1, f-3; f-3 was missing; "
        "f-2 was not among them.\n"
    )


def test_without_widgets_a_person_types(shell, monkeypatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _prompt: "f-2 f-3")
    shell.load()
    shell.run(ASK)
    assert shell.ip.user_ns["p"].answer == ["f-2", "f-3"]


def test_where_nobody_can_type_the_preset_answers(shell, monkeypatch) -> None:
    def nobody(_prompt: str) -> str:
        raise NotImplementedError

    monkeypatch.setattr("builtins.input", nobody)
    shell.load()
    shell.run(ASK)
    assert shell.ip.user_ns["p"].answer == ["f-1", "f-2"]


def test_unloading_puts_the_terminal_back(shell) -> None:
    shell.load()
    assert not isinstance(predicting._host, TextHost)
    shell.unload()
    assert isinstance(predicting._host, TextHost)
