"""A real kernel, spoken to as JupyterLab does, with real workers behind it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from kernels import OTHER, WIDGET, Kernel, of_type, printed

pytestmark = pytest.mark.timeout(60)  # kernels start slowly on a busy machine


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path_factory.mktemp("ipython"))
    yield kernel
    kernel.stop()


@pytest.fixture
def kernel(started: Kernel) -> Kernel:
    """The kernel with the extension loaded anew and a session of two CPUs."""
    started.load()
    return started


def test_the_view_appears_before_the_cell_is_over(kernel) -> None:
    messages = kernel.run("print(ray.get(double.remote(4)))", "cell-a")
    kinds = [message["msg_type"] for message in messages]
    shown = of_type(messages, "display_data")
    assert WIDGET in shown[0]["data"]
    assert kinds.index("display_data") < kinds.index("stream")
    assert printed(messages) == "8\n"


def test_running_a_cell_again_leaves_one_widget_its_layout_and_the_library(
    kernel,
) -> None:
    for _ in range(3):
        kernel.run("ray.get(double.remote(4))", "cell-a")
    counted = kernel.printed(
        "import ipywidgets\nprint(len(ipywidgets.widget._instances))"
    )
    assert counted == "3\n"


def test_unloading_leaves_no_widget(kernel) -> None:
    kernel.run("ray.get(double.remote(4))", "cell-a")
    kernel.run("%unload_ext rayteach")
    counted = kernel.printed(
        "import ipywidgets\nprint(len(ipywidgets.widget._instances))"
    )
    assert counted == "0\n"


def test_loading_opens_the_panel_and_says_how_things_stand(kernel) -> None:
    messages = kernel.run("%reload_ext rayteach")
    opened = of_type(messages, "comm_open")
    assert [content["target_name"] for content in opened] == ["rayteach.panel"]
    sent = of_type(messages, "comm_msg")
    statuses = [c["data"] for c in sent if c["comm_id"] == opened[0]["comm_id"]]
    assert statuses[0]["type"] == "status"
    assert statuses[0]["num_cpus"] == 2


def test_a_panel_may_open_the_link_after_a_reload_of_the_page(kernel) -> None:
    content = {"comm_id": "page-1", "target_name": "rayteach.panel", "data": {}}
    messages = list(kernel.output_of(kernel.send("comm_open", content, {})))
    answers = [c for c in of_type(messages, "comm_msg") if c["comm_id"] == "page-1"]
    assert answers[0]["data"]["session"] is True


def test_a_failed_task_shows_the_learners_lines_alone(kernel) -> None:
    kernel.run("@ray.remote\ndef parse(row):\n    return int(row)")
    messages = kernel.run("rows = ['x']\nray.get(parse.remote(rows[0]))", "cell-b")
    error = of_type(messages, "error")[0]
    shown = re.sub(r"\d+", "N", "\n".join(error["traceback"]))
    assert "cell [N], line N, in parse" in shown
    assert "---->   N     return int(row)" in shown
    assert "---->   N ray.get(parse.remote(rows[N]))" in shown
    assert "rayteach/" not in shown
    assert "ipykernel" not in shown


def test_remote_definitions_fail_with_lines_of_their_cell(kernel) -> None:
    inner = "def _inner(x):\n    return 1 / x\n"
    kernel.run(f"%%remote\n\n{inner}\ndef outer(x):\n    return _inner(x)")
    error = of_type(kernel.run("ray.get(outer.remote(0))"), "error")[0]
    shown = "\n".join(error["traceback"])
    assert "line 7, in outer" in shown
    assert "line 4, in _inner" in shown
    assert "---->   4     return 1 / x" in shown


def test_an_interrupted_cell_leaves_the_session_usable(kernel) -> None:
    kernel.run("import time\n@ray.remote\ndef long():\n    time.sleep(600)")
    sent = kernel.start("refs = [long.remote()]\nprint('now')\nray.get(refs)", "cell-c")
    messages = []
    for message in kernel.output_of(sent):
        messages.append(message)
        if message["content"].get("text", "").startswith("now"):
            kernel.manager.interrupt_kernel()  # once: the line may come in two parts
    error = of_type(messages, "error")[0]
    assert error["ename"] == "KeyboardInterrupt"
    assert "rayteach/" not in "\n".join(error["traceback"])
    assert kernel.printed("print(ray.get(double.remote(4)))") == "8\n"


def test_an_interrupt_cancels_the_work_of_its_cell_alone(kernel, gate) -> None:
    kernel.run(GATED)
    kernel.run(f"other = talk.remote({str(gate)!r})", "cell-other")
    kernel.run("import time\n@ray.remote\ndef long():\n    time.sleep(600)")
    sent = kernel.start("mine = [long.remote()]\nprint('now')\nray.get(mine)", "cell-c")
    messages = []
    for message in kernel.output_of(sent):
        messages.append(message)
        if message["content"].get("text", "").startswith("now"):
            kernel.manager.interrupt_kernel()
    assert "1 task or call of this cell was cancelled" in printed(messages)
    shown = kernel.run(
        "try: ray.get(mine)\nexcept ray.TaskCancelledError: print('yes')"
    )
    assert printed(shown) == "yes\n"
    gate.write_text("")
    assert "True" in kernel.printed("print(ray.get(other) is None)")


def test_a_cell_that_runs_again_ends_its_earlier_tasks(kernel) -> None:
    kernel.run("import time\n@ray.remote\ndef long():\n    time.sleep(600)")
    for _ in range(2):
        kernel.run("refs = [long.remote() for _ in range(2)]", "cell-g")
    kernel.run("refs = [double.remote(n) for n in range(2)]", "cell-g")
    assert kernel.printed("print(ray.get(refs))") == "[0, 2]\n"


def test_an_unchanged_function_is_shipped_once(kernel) -> None:
    source = "@ray.remote\ndef f(): return 1\nprint(ray.get(f.remote()))"
    count = (
        "from rayteach.api import session\n"
        "log = session.current().log.events()\n"
        "print(sum(getattr(e, 'name', '') == 'f' for e in log))"
    )
    for _ in range(3):
        kernel.run(source, "cell-h")
    assert kernel.printed(count) == "1\n"


def test_statements_become_a_task_of_their_cell(kernel) -> None:
    kernel.run("%%remote\nsix = 2 * 3\nten = six + 4", "cell-i")
    assert kernel.printed("print(ray.get([six, ten]))") == "[6, 10]\n"


def test_without_a_front_end_one_output_follows_the_run(kernel) -> None:
    messages = kernel.run("print(ray.get(double.remote(4)))")
    shown = of_type(messages, "display_data")
    assert len(shown) == 1
    assert set(shown[0]["data"]) == {"text/html", "text/plain"}
    kinds = [message["msg_type"] for message in messages]
    assert kinds.index("stream") < kinds.index("display_data")


def test_show_prints_the_structure_of_the_last_run(kernel) -> None:
    kernel.run("ray.get([double.remote(n) for n in range(3)])", "cell-d")
    first = kernel.printed("%rayteach show --text")
    kernel.run("ray.get([double.remote(n) for n in range(3)])", "cell-d")
    assert kernel.printed("%rayteach show --text") == first
    assert first.splitlines()[0] == "3 tasks"
    assert "double-1, double-2, double-3" in first


def test_what_a_task_printed_comes_before_its_error(kernel) -> None:
    kernel.run("%%remote\ndef talk():\n    print('here')\n    return 1 / 0")
    messages = kernel.run("ray.get(talk.remote())", "cell-e")
    kinds = [message["msg_type"] for message in messages]
    assert printed(messages) == "(talk-1) here\n"
    assert kinds.index("stream") < kinds.index("error")


def test_status_counts_real_cpus(kernel) -> None:
    assert "0 of 2 in use, 2 free" in kernel.printed("%rayteach status")


GATED = """
%%remote
def talk(gate):
    print("here")
    open(gate).read()
    print("late")
"""


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    path = tmp_path / "gate"
    os.mkfifo(path)
    return path


def test_prints_stand_under_their_cell_while_it_runs(kernel, gate) -> None:
    kernel.run(GATED.strip())
    shown = ""
    for message in kernel.output_of(
        kernel.start(f"print('first')\nray.get(talk.remote({str(gate)!r}))", "cell-f")
    ):
        if message["msg_type"] == "stream":
            shown += message["content"]["text"]
            if shown == "first\n(talk-1) here\n":
                gate.write_text("go on")
    assert shown == "first\n(talk-1) here\n(talk-1) late\n"


def test_prints_after_the_end_of_their_cell_stand_in_no_other(kernel, gate) -> None:
    kernel.run(GATED.strip())
    kernel.run(f"ids = [talk.remote({str(gate)!r})]", "cell-g")
    other = f"open({str(gate)!r}, 'w').close()\nray.get(ids)\nprint('other')"
    assert kernel.printed(other) == "other\n"
    assert kernel.printed("%rayteach log talk-1") == "here\nlate\n"
    assert "the latest last: talk-1\n" in kernel.printed("%rayteach log")
    full = kernel.printed("%rayteach show --full")
    assert "\nPrinted after the cell had ended:\n(talk-1) " in full
    assert full.endswith("(talk-1) late\n")


def test_the_log_of_a_task_that_is_not_there_is_one_line(kernel) -> None:
    messages = kernel.run("%rayteach log nobody-1")
    assert "no task 'nobody-1' has printed anything" in printed(messages)


def test_ten_megabytes_of_prints_do_not_flood_the_page(kernel) -> None:
    kernel.run("%%remote\ndef shout(n):\n    print(('x' * 99 + '\\n') * 2_500, end='')")
    shown = kernel.printed("ray.get([shout.remote(n) for n in range(40)])")
    assert len(shown) < 1_200_000
    assert "this cell has shown 1,000,000 characters" in shown
    assert len(kernel.printed("%rayteach log shout-40")) == 250_000


def test_the_kernel_is_the_one_that_was_asked_for(kernel) -> None:
    version = kernel.printed("import ipykernel\nprint(ipykernel.__version__)").strip()
    assert version == (Path(OTHER).name if OTHER else metadata.version("ipykernel"))


def test_the_output_keeps_the_picture_of_the_whole_run(kernel) -> None:
    messages = kernel.run("ray.get([double.remote(n) for n in range(3)]);", "cell-a")
    [first] = of_type(messages, "display_data")
    [kept] = of_type(messages, "update_display_data")
    assert kept["transient"] == first["transient"]
    assert "3 done" in kept["data"]["text/html"]
    assert kept["data"]["text/plain"].startswith("3 tasks\n")
    assert kept["data"]["application/vnd.rayteach.view+json"]["live"] is False
