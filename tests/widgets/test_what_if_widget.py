"""The widget of a what-if: sliders ask, the prediction is shown."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from rayteach.api.run import Run
from rayteach.trace.recording import Recording
from rayteach.trace.tape import Tape
from rayteach.widgets import static


@pytest.fixture
def widget(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A widget over four tasks of half a second on one CPU; no front end is needed."""
    monkeypatch.setattr(static, "load", lambda _: "export default {}")
    made = Tape(num_cpus=1, workers=1)
    tasks = [made.submit("f") for _ in range(4)]
    for place, task in enumerate(tasks):
        made.run_task(task, place / 2, place / 2 + 0.5)
    run = Run(Recording(made.events(), made.origin_s))
    shown = run.what_if(num_cpus=[1, 2, 4]).widget()
    yield shown
    shown.close()


def test_it_begins_with_the_first_number_of_cpus(widget: Any) -> None:
    assert widget.spec == {"cpus": [1, 2, 4], "functions": [["f", 0.5]]}
    assert widget.shown["cpus"] == 1
    assert repr(widget) == (
        "On 1 CPU: 2.00 s, 1.00 times as fast as recorded (2.00 s); at best 2.00 s."
    )
    data = widget.shown["picture"].partition(",")[2]
    assert b"<svg" in b64decode(data)


def test_a_moved_slider_is_predicted(widget: Any) -> None:
    widget._heard(None, {"type": "ask", "cpus": 2, "times": {}}, [])
    assert repr(widget).startswith("On 2 CPUs: 1.00 s, 2.00 times as fast")
    widget._heard(None, {"type": "ask", "cpus": 4, "times": {"f": 0.1}}, [])
    assert repr(widget).startswith("On 4 CPUs with f 0.10 s each: 0.10 s, 20.00 times")
    assert widget.shown["times"] == {"f": 0.1}


@pytest.mark.parametrize(
    "message",
    [
        None,
        {"type": "other"},
        {"type": "ask"},
        {"type": "ask", "cpus": 0, "times": {}},
        {"type": "ask", "cpus": 2, "times": {"g": 1}},
    ],
)
def test_what_cannot_be_predicted_breaks_nothing(widget: Any, message: Any) -> None:
    picture = widget.shown["picture"]
    widget._heard(None, message, [])
    assert widget.shown["picture"] == picture
