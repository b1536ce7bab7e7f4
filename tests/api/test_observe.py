"""Runs of a real session: observed, last, saved, loaded, exported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

import rayteach as ray


@pytest.fixture(scope="module")
def session() -> Iterator[None]:
    ray.init(num_cpus=2)
    yield
    ray.shutdown()


def program() -> ray.Run:
    """Two tasks, one that needs both, an actor, a put, a wait."""

    @ray.remote
    def load(name):
        return [name] * 10

    @ray.remote
    def join(one, other, extra):
        child = load.remote("child")
        return len(one + other) + extra + len(ray.get(child))

    @ray.remote
    class Counter:
        def add(self, number):
            return number + 1

    with ray.observe() as run:
        parts = [load.remote(name) for name in "ab"]
        ray.wait(parts, num_returns=1)
        total = join.remote(*parts, ray.put(1))
        assert ray.get(Counter.remote().add.remote(total)) == 32
    return run


@pytest.mark.usefixtures("session")
def test_a_saved_run_answers_as_the_run_itself(tmp_path: Path) -> None:
    run = program()
    run.save(tmp_path / "x.rayteach")
    loaded = ray.load(tmp_path / "x.rayteach")
    assert asdict(loaded.rows) == asdict(run.rows)
    assert repr(loaded) == repr(run) == "<run: 5 done>"
    assert loaded.to_text() == run.to_text()
    for name in (
        *("work", "span", "makespan", "depth", "width", "max_parallelism"),
        *("cpu_use", "idle_intervals", "stragglers", "waits", "copies", "transfers"),
        *("critical_path", "mean_parallelism"),
    ):
        assert getattr(loaded, name) == getattr(run, name), name


@pytest.mark.usefixtures("session")
def test_rows_that_were_read_inside_a_block_stay_as_they_were() -> None:
    @ray.remote
    def load(name):
        return name

    with ray.observe() as run:
        ray.get(load.remote("a"))
        before = run.rows
        kept = asdict(before)
        ray.get(load.remote("b"))
        assert len(run.tasks) == 2
    assert len(run.tasks) == 2
    assert asdict(before) == kept


@pytest.mark.usefixtures("session")
def test_the_last_run_is_that_of_the_latest_task() -> None:
    run = program()
    latest = {task.label: task.id for task in ray.last_run().tasks}
    assert {task.id for task in run.tasks} <= set(latest.values())


@pytest.mark.usefixtures("session")
def test_the_last_run_can_be_saved(tmp_path: Path) -> None:
    program()
    last = ray.last_run()
    last.save(tmp_path / "x.rayteach")
    loaded = ray.load(tmp_path / "x.rayteach")
    assert [task.label for task in loaded.tasks] == [task.label for task in last.tasks]


@pytest.mark.usefixtures("session")
def test_the_timeline_of_the_session_is_returned_or_written(tmp_path: Path) -> None:
    program()
    events = ray.timeline()
    assert events is not None
    names = {event["name"] for event in events if event["ph"] == "X"}
    assert {"get", "wait", "put-1", "Counter-1"} <= names
    assert any(event["ph"] == "s" for event in events)
    path = tmp_path / "trace.json"
    assert ray.timeline(path) is None
    assert {e["ph"] for e in json.loads(path.read_text())} == set("MXsfC")


@pytest.mark.usefixtures("session")
def test_a_run_becomes_data_frames() -> None:
    pytest.importorskip("pandas")
    frames = program().to_pandas()
    tasks = frames["tasks"]
    assert len(tasks) == 6
    assert set(frames) == {"tasks", "objects", "actors", "waits", "workers", "nodes"}
    assert (tasks["end_s"] >= tasks["start_s"]).all()


@pytest.mark.usefixtures("session")
def test_a_run_becomes_a_page_and_a_picture(tmp_path: Path) -> None:
    run = program()
    run.to_html(tmp_path / "x.html", title="My run")
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "<h1>My run</h1>" in page
    assert "join-" in page
    assert run._repr_html_().startswith("<figure")


def test_without_a_task_there_is_no_last_run() -> None:
    ray.shutdown()
    ray.init(num_cpus=1)
    with pytest.raises(ray.RayteachError, match="no task has been started yet"):
        ray.last_run()
    ray.shutdown()
