from __future__ import annotations

import re
from typing import Any

import ipywidgets
import pytest

from rayteach.trace.tape import Tape
from rayteach.widgets.publisher import Publisher
from rayteach.widgets.run_widget import RunWidget

pytestmark = pytest.mark.usefixtures("built")


@pytest.fixture
def widget(tape: Tape) -> Any:
    return RunWidget(tape.rows)


def test_the_repr_names_the_run_and_has_no_address(widget: Any, tape: Tape) -> None:
    f = tape.submit("f")
    tape.run_task(f, 0.1, 0.2)
    assert repr(widget) == "<run of cell [7]: 1 done>"


def test_the_output_has_a_live_view_a_picture_and_text(widget: Any, tape: Tape) -> None:
    tape.submit("f")
    data, _ = widget._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert data["text/html"].startswith("<figure")
    assert data["text/plain"] == "1 task\n  f-1"


def test_the_state_holds_fixed_facts_only(widget: Any, tape: Tape) -> None:
    before = widget.get_state()
    tape.submit("f")
    assert widget.get_state() == before
    assert before["_esm"].startswith("// widget.js")
    assert not any(re.search("rows|tasks", key) for key in before)


def test_closing_leaves_no_model_behind(widget: Any) -> None:
    models = ipywidgets.widgets.widget._instances
    before = set(models)
    widget.close_all()
    assert len(before - set(models)) == 2


def test_the_front_end_is_heard_and_answered(
    session: Any, monkeypatch: pytest.MonkeyPatch, tape: Tape
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(RunWidget, "send", lambda _self, message: sent.append(message))
    tape.submit("f")
    publisher = Publisher(session)
    widget = RunWidget.of(publisher, 1)
    widget._handle_custom_msg({"type": "hello", "version": 1}, [])
    publisher.close()
    assert sent[0]["type"] == "snapshot"
    assert widget.link.last_hello_s is not None
    widget.close_all()
    assert not publisher._subscriptions
