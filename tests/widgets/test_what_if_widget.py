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
    asked = run.what_if(num_cpus=[1, 2, 4])
    asked.predictions += run.what_if(2, nodes=2).predictions
    shown = asked.widget()
    yield shown
    shown.close()


def test_it_begins_with_the_first_number_of_cpus(widget: Any) -> None:
    assert widget.spec == {
        "machines": ["1", "2", "4", "2 x 2"],
        "functions": [["f", 0.5]],
        "network": True,
    }
    assert widget.shown["choice"] == 0
    assert repr(widget) == (
        "On 1 CPU: 2.00 s, 1.00 times as fast as recorded (2.00 s); at best 2.00 s."
    )
    data = widget.shown["picture"].partition(",")[2]
    assert b"<svg" in b64decode(data)


def test_a_moved_slider_is_predicted(widget: Any) -> None:
    widget._heard(None, {"type": "ask", "choice": 1, "times": {}}, [])
    assert repr(widget).startswith("On 2 CPUs: 1.00 s, 2.00 times as fast")
    widget._heard(None, {"type": "ask", "choice": 2, "times": {"f": 0.1}}, [])
    assert repr(widget).startswith("On 4 CPUs with f 0.10 s each: 0.10 s, 20.00 times")
    assert widget.shown["times"] == {"f": 0.1}


def test_several_nodes_are_predicted_with_a_network(widget: Any) -> None:
    ask = {"type": "ask", "choice": 3, "times": {}, "network": 1e8}
    widget._heard(None, ask, [])
    assert repr(widget).startswith(
        "On 2 nodes of 2 CPUs with 100 MB a second between nodes: 0.50 s, 4.00 times"
    )
    widget._heard(None, {**ask, "network": 0}, [])
    assert repr(widget).startswith("On 2 nodes of 2 CPUs: 0.50 s")


@pytest.mark.parametrize(
    "message",
    [
        None,
        {"type": "other"},
        {"type": "ask"},
        {"type": "ask", "choice": 9, "times": {}},
        {"type": "ask", "choice": 1, "times": {"g": 1}},
        {"type": "ask", "choice": 3, "times": {}, "network": "fast"},
    ],
)
def test_what_cannot_be_predicted_breaks_nothing(widget: Any, message: Any) -> None:
    picture = widget.shown["picture"]
    widget._heard(None, message, [])
    assert widget.shown["picture"] == picture
