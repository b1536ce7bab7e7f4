"""IDs, handles and functions as the last expression of a cell."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import ipywidgets
import pytest
from IPython.display import display

from rayteach.notebook import extension
from rayteach.widgets import static
from rayteach.widgets.card_widget import CardWidget

DEFINE = """
@ray.remote(num_cpus=1)
def f(n, scale=2):
    return n * scale

@ray.remote
class Counter:
    def add(self, n): return n
"""


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"parts.json": "[]"}
    monkeypatch.setattr(
        static, "load", lambda name: files.get(name, f"// {name}\nexport default {{}}")
    )


def cards() -> list[dict[str, Any]]:
    models = ipywidgets.widgets.widget._instances.values()
    return [one.card for one in models if isinstance(one, CardWidget)]


def wait_for(live: Any, word: str) -> dict[str, Any]:
    """Let the publisher look until the one card says so."""
    publisher = live.extension.views._publisher[1]
    while word not in cards()[0]["state"]:
        publisher.tick()
    return cards()[0]


@pytest.fixture
def noted(live, monkeypatch):
    monkeypatch.setenv("RAYTEACH_VIEW", "live")
    live.extension = extension.active()
    live.ip.user_ns["display"] = display
    live.do(DEFINE, "define")
    return live


def test_an_id_shows_its_state_and_the_text_stays_the_short_repr(noted, capsys) -> None:
    noted.do("f.remote(3)", "cell-a")
    card = wait_for(noted, "ready")
    assert card["title"] == "ObjectID(f-1)"
    names = [name for name, _ in card["facts"]]
    assert names == ["made by", "size", "where"]
    assert "Out[2]: ObjectID(f-1)" in capsys.readouterr().out


def test_running_the_cell_again_closes_its_card(noted) -> None:
    for _ in range(3):
        noted.do("f.remote(3)", "cell-a")
    assert len(cards()) == 1


def test_a_card_keeps_no_id_and_no_value(noted) -> None:
    noted.do("x = f.remote(3)\ndisplay(x)", "cell-a")
    wait_for(noted, "ready")
    known = weakref.ref(noted.ip.user_ns["x"])
    noted.do("del x", "cell-b")
    gc.collect()
    assert known() is None
    assert len(cards()) == 1


def test_a_handle_shows_its_actor(noted) -> None:
    noted.do("c = Counter.remote()\nray.get(c.add.remote(1))\nc", "cell-a")
    lines = dict(map(tuple, wait_for(noted, "alive")["facts"]))
    assert lines["class"] == "Counter"
    assert lines["methods"] == "add"
    assert lines["calls"] == "1 done"


def test_functions_and_classes_say_how_to_call_them(noted) -> None:
    noted.do("f", "cell-a")
    noted.do("Counter", "cell-b")
    found = {card["title"]: dict(map(tuple, card["facts"])) for card in cards()}
    assert found["<remote function f>"] == {
        "call it": "f.remote(n, scale=2)",
        "options": "num_cpus=1",
    }
    assert "Counter.remote" in found["<actor class Counter>"]["call it"]


def test_without_a_front_end_it_is_a_table_of_now(noted, monkeypatch) -> None:
    monkeypatch.setenv("RAYTEACH_VIEW", "still")
    noted.do("x = f.remote(3)\nray.get(x)\ndisplay(x)", "cell-a")
    assert cards() == []
    bundles = [out["data"] for out in noted.ip.display_pub.outputs]
    assert any("<caption>ObjectID(f-1)" in one.get("text/html", "") for one in bundles)


def test_as_text_there_is_only_the_repr(noted, monkeypatch, capsys) -> None:
    monkeypatch.setenv("RAYTEACH_VIEW", "text")
    noted.do("f.remote(3)", "cell-a")
    assert cards() == []
    assert "ObjectID(f-1)" in capsys.readouterr().out


def test_unloading_leaves_the_plain_reprs(noted) -> None:
    noted.do("f.remote(3)", "cell-a")
    noted.unload()
    assert cards() == []
    noted.do("f.remote(4)", "cell-b")
    assert cards() == []
