"""docs/protocol.md names every trait that travels."""

from __future__ import annotations

from pathlib import Path

import pytest
from ipywidgets import Widget

from rayteach.widgets.card_widget import CardWidget
from rayteach.widgets.library import Library
from rayteach.widgets.predict_widget import PredictWidget
from rayteach.widgets.run_widget import RunWidget
from rayteach.widgets.what_if_widget import WhatIfWidget

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "model", [RunWidget, Library, PredictWidget, CardWidget, WhatIfWidget]
)
def test_every_trait_of_ours_is_told(model: type[Widget]) -> None:
    own = {name for name in model.class_traits(sync=True) if name in vars(model)}
    assert own
    assert [name for name in own if f"`{name}`" not in TEXT] == []
