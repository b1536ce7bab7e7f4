from __future__ import annotations

import base64
import re
from xml.etree import ElementTree as ET

from rayteach.trace.tape import Tape
from rayteach.widgets import layout, still

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[str]:
    root = ET.fromstring(picture)  # noqa: S314 (our own picture)
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def test_the_picture_names_the_run_its_tasks_and_workers() -> None:
    tape = Tape(cell="[7]")
    f = tape.submit("f")
    tape.submit("g", f)
    tape.run_task(f, 0.1, 0.5)
    words = texts(still.svg(tape.rows()))
    for word in ("Run of cell [7]", "1 queued", "1 done", "f-1", "g-1", "worker 1"):
        assert word in words or word.replace("queued", "needs input") in words


def test_the_picture_escapes_what_it_shows() -> None:
    tape = Tape(cell="[<&>]")
    f = tape.submit("<lambda>")
    tape.at(0.1).start(f)
    tape.at(0.2).fail(f, text="a < b & c")
    assert "ValueError: a < b & c" in texts(still.svg(tape.rows()))


def test_no_text_leaves_the_picture_and_none_is_below_eleven_pixels() -> None:
    tape = Tape(cell="[7]")
    last = tape.submit("load")
    for _ in range(12):
        last = tape.submit("a_function_with_a_long_name", last)
    picture = still.svg(tape.rows())
    root = ET.fromstring(picture)  # noqa: S314 (our own picture)
    width = float(root.get("width", "0"))
    for one in root.iter(f"{SVG}text"):
        assert 0 <= float(one.get("x", "-1")) <= width
        assert float(one.get("font-size", "0")) >= 11


def test_many_alike_tasks_become_one_node_with_counts() -> None:
    tape = Tape()
    tasks = [tape.submit("parse") for _ in range(600)]
    tape.submit("total", *tasks)
    tape.run_task(tasks[0], 0.1, 0.2)
    nodes = layout.graph(tape.rows(), 0.2, 500)
    assert [(node.label, node.note) for node in nodes] == [
        ("parse \N{MULTIPLICATION SIGN} 600", "599 waiting, 1 done"),
        ("total-1", ""),
    ]
    assert nodes[1].parents == [nodes[0].key]


def test_a_hundred_thousand_tasks_give_a_small_picture() -> None:
    tape = Tape()
    for number in range(3000):
        tape.submit(f"f{number}")
    assert len(layout.graph(tape.rows(), 0.0, still.MOST_NODES)) == still.MOST_NODES


def test_layers_go_from_inputs_to_results() -> None:
    tape = Tape()
    made = tape.put()
    f = tape.submit("f", made)
    tape.submit("g", f)
    layers = {n.label: n.layer for n in layout.graph(tape.rows(), 0.0, 500)}
    assert layers == {"put-1": 0, "f-1": 1, "g-1": 2}


def test_a_blocked_task_is_cut_into_stretches_with_one_name() -> None:
    tape = Tape()
    f = tape.submit("f")
    tape.at(0.1).start(f)
    tape.at(0.2).block(f)
    tape.at(0.5).resume(f)
    tape.at(1.0).finish(f)
    [lane, _] = layout.lanes(tape.rows())
    assert [(b.start_s, b.end_s, b.look) for b in lane.bars] == [
        (0.1, 0.2, "done"),
        (0.2, 0.5, "blocked"),
        (0.5, 1.0, "done"),
    ]
    assert [bar.is_named for bar in lane.bars] == [False, False, True]


def test_the_figure_survives_a_sanitiser() -> None:
    tape = Tape(cell="[7]")
    tape.submit("<f>")
    figure = still.html_figure(tape.rows())
    assert "<svg" not in figure
    assert "<script" not in figure
    data = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', figure)
    assert data is not None
    assert base64.b64decode(data[1]).decode() == still.svg(tape.rows())
    assert "&lt;f&gt;-1" in figure
    assert 'alt="Run of cell [7]: 1 waiting' in figure


def test_ticks_are_round_and_labelled_with_a_unit() -> None:
    ticks = layout.ticks(0.0, 0.95, 5)
    labels = [layout.tick_label(one, ticks[1]) for one in ticks]
    assert labels == ["0 s", "0.2", "0.4", "0.6", "0.8"]
    short = layout.ticks(0.0, 0.004, 4)
    assert [layout.tick_label(one, short[1]) for one in short][:2] == ["0 ms", "1"]
