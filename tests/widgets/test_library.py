from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from rayteach.trace.tape import Tape
from rayteach.widgets import library
from rayteach.widgets.run_widget import RunWidget

pytestmark = pytest.mark.usefixtures("built")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No library from another test, and none left to the next."""
    library.close()
    library.parts.cache_clear()
    yield
    library.close()
    library.parts.cache_clear()


def test_ten_widgets_hold_the_code_once(tape: Tape) -> None:
    widgets = [RunWidget(tape.rows) for _ in range(10)]
    states = [widget.get_state() for widget in widgets]
    named = {state["library"] for state in states}
    assert named == {f"IPY_MODEL_{library.library().model_id}"}
    code = library.library().get_state()["parts"]["views-0.js"]
    assert gzip.decompress(base64.b64decode(code)).startswith(b"// views/views-0.js")
    assert not any(code in str(state) for state in states)


def test_a_host_that_keeps_widgets_apart_is_answered(
    tape: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(RunWidget, "send", lambda _self, message: sent.append(message))
    RunWidget(tape.rows)._handle_custom_msg({"type": "code"}, [])
    assert sent == [{"type": "code", "parts": library.parts()}]
