from __future__ import annotations

import re
from base64 import b64decode
from xml.etree import ElementTree as ET

import pytest

import rayteach as ray
from rayteach.api.run import Run
from rayteach.core import events
from rayteach.trace.recording import Recording
from rayteach.trace.tape import Tape


def eight_tasks() -> Run:
    tape = Tape(num_cpus=1)
    tasks = [tape.submit("f") for _ in range(8)]
    for place, task in enumerate(tasks):
        tape.run_task(task, place / 4, place / 4 + 0.25)
    return Run(Recording(tape.events(), tape.origin_s))


def test_the_curve_stands_in_a_table_with_its_bounds() -> None:
    found = eight_tasks().what_if(num_cpus=[1, 2, 8, 16])
    assert found.curve == [(1, 1.0), (2, 2.0), (8, 8.0), (16, 8.0)]
    assert found.to_text().splitlines() == [
        "What if?   recorded on 1 CPU: 2.00 s",
        "  CPUs       time   speed-up   at best",
        "     1     2.00 s       1.00    2.00 s   ████████████████████████",
        "     2     1.00 s       2.00    1.00 s   ████████████",
        "     8     0.25 s       8.00    0.25 s   ███",
        "    16     0.25 s       8.00    0.25 s   ███",
        (
            "At best is the larger of 2.00 s of work over the CPUs, and the longest "
            "chain, 0.25 s."
        ),
        "8 CPUs are enough: more change next to nothing.",
    ]
    assert repr(found) == found.to_text()


def test_in_a_notebook_the_curve_is_drawn() -> None:
    html = eight_tasks().what_if(num_cpus=[1, 2, 4])._repr_html_()
    assert "Predicted speed-up: 1 CPU 1.00, 2 CPUs 2.00, 4 CPUs 4.00" in html
    data = re.search(r"base64,([^\"]+)", html)
    assert data is not None
    picture = ET.fromstring(b64decode(data[1]))  # noqa: S314 (our own)
    circles = picture.findall("{http://www.w3.org/2000/svg}circle")
    heights = [float(circle.attrib["cy"]) for circle in circles]
    assert heights == sorted(heights, reverse=True)
    assert len(circles) == 3


def test_choices_of_as_many_cpus_have_names_of_their_own_on_the_curve() -> None:
    html = eight_tasks().what_if(num_cpus=[1, 2], nodes=[1, 2])._repr_html_()
    assert "2 CPUs 2.00, 2 nodes of 1 CPU 2.00" in html
    data = re.search(r"base64,([^\"]+)", html)
    assert data is not None
    drawn = b64decode(data[1]).decode()
    assert ">2 x 1<" in drawn
    assert ">2 x 2<" in drawn


def test_a_predicted_run_answers_as_any_run_and_can_be_saved(tmp_path) -> None:
    run = eight_tasks().what_if(num_cpus=2)[2]
    assert (run.makespan, run.work, run.max_parallelism) == (1.0, 2.0, 2)
    assert "f-8" in run.to_text()
    assert run._repr_html_().startswith("<figure")
    assert run.what_if(num_cpus=4)[4].makespan == 0.5
    run.save(tmp_path / "x.rayteach")
    assert ray.load(tmp_path / "x.rayteach").makespan == 1.0


def test_the_runs_own_cpus_are_the_default() -> None:
    found = eight_tasks().what_if(task_time={"f": 0.5})
    assert [(one.num_cpus, one.makespan_s) for one in found.predictions] == [(1, 4.0)]
    with pytest.raises(KeyError):
        found[2]


def two_large_inputs() -> Run:
    """Four tasks of a second each on one CPU that all take 100 MB."""
    tape = Tape(num_cpus=1)
    grid = tape.put()
    now_s = tape.origin_s
    tape.append(events.ObjectCreated(now_s, (grid, 0), 100_000_000, True, "A"))
    for place, task in enumerate([tape.submit("f", grid) for _ in range(4)]):
        tape.run_task(task, float(place), place + 1.0)
    return Run(Recording(tape.events(), tape.origin_s))


def test_nodes_and_their_network_stand_in_the_table() -> None:
    run = two_large_inputs()
    found = run.what_if(num_cpus=[1, 2], nodes=[1, 2], network_bytes_per_s=100e6)
    assert found.curve == [(1, 1.0), (2, 2.0), (2, pytest.approx(4 / 3)), (4, 2.0)]
    assert found.to_text().splitlines() == [
        "What if?   recorded on 1 CPU: 4.00 s",
        "   CPUs       time   speed-up   at best",
        "      1     4.00 s       1.00    4.00 s   ████████████████████████",
        "      2     2.00 s       2.00    2.00 s   ████████████",
        "  2 x 1     3.00 s       1.33    2.00 s   ██████████████████",
        "  2 x 2     2.00 s       2.00    1.00 s   ████████████",
        (
            "At best is the larger of 4.00 s of work over the CPUs, and the longest "
            "chain, 1.00 s."
        ),
        (
            "On 2 nodes of 2 CPUs: 1 copy of 100 MB from node to node; copies go at "
            "100 MB a second."
        ),
        "2 CPUs are enough: more change next to nothing.",
    ]


def test_nodes_may_differ_and_a_run_of_several_is_replayed_on_its_own() -> None:
    found = two_large_inputs().what_if(nodes={"lab": 1, "B": 3})
    assert [one.machines.words for one in found.predictions] == [
        "node lab of 1 CPU and node B of 3 CPUs"
    ]
    assert "copies take no time: give network_bytes_per_s" in found.to_text()
    run = found.runs[0]
    assert (run.makespan, len(run.transfers), run.copies["put-1"]) == (1.0, 1, 2)
    (again,) = run.what_if().predictions
    assert again.machines.nodes == {"lab": 1, "B": 3}
    assert again.makespan_s == 1.0


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"num_cpus": []}, ValueError, "at least one"),
        ({"num_cpus": 0}, ValueError, "above 0"),
        ({"num_cpus": ["2"]}, TypeError, "'2' is no number of CPUs"),
        ({"num_cpus": 0.5}, ValueError, "f-1 asks for 1 CPUs"),
        ({"drop_dependency": [1]}, ValueError, "give \\(maker, user\\)"),
        ({"nodes": 0}, ValueError, "nodes=0: a whole number from 1 on"),
        ({"nodes": [2, 1.5]}, ValueError, "nodes=1.5"),
        ({"nodes": ["B"]}, TypeError, "'B' is no number of nodes"),
        ({"nodes": {}}, ValueError, "at least one node"),
        ({"nodes": {"A": 0}}, ValueError, "above 0"),
        ({"nodes": {"A": 1}, "num_cpus": 2}, ValueError, "leave num_cpus out"),
        ({"nodes": 2, "network_bytes_per_s": 0}, ValueError, "a second .* above 0"),
    ],
)
def test_what_cannot_be_predicted_is_an_error_that_says_why(
    arguments, error, text
) -> None:
    with pytest.raises(error, match=text):
        eight_tasks().what_if(**arguments)
    with pytest.raises(ValueError, match="no task of this run has run"):
        Run(Recording([], 0.0)).what_if(2)


def test_a_real_run_is_replayed_with_all_that_is_in_it() -> None:
    ray.init(num_cpus=2)

    @ray.remote
    def leaf(number):
        return number

    @ray.remote
    def outer(numbers):
        ready, rest = ray.wait([leaf.remote(n) for n in numbers], num_returns=1)
        return sum(ray.get(ready + rest))

    @ray.remote
    def stream(number):
        yield from range(number)

    @ray.remote
    class Pot:
        def add(self, number):
            return ray.get(leaf.remote(number))

    with ray.observe() as run:
        pot = Pot.remote()
        totals = [outer.remote([1, 2]), outer.remote([3])]
        added = [pot.add.remote(one) for one in totals]
        items = ray.get(list(stream.remote(3)))
        assert ray.get(added) == [3, 3]
    ray.shutdown()
    assert items == [0, 1, 2]
    found = run.what_if(num_cpus=[1, 2, 8])
    labels = sorted(task.label for task in run.tasks)
    for predicted, one in zip(found.runs, found.predictions, strict=True):
        assert sorted(task.label for task in predicted.tasks) == labels
        assert {task.end for task in predicted.tasks} == {"done"}
        assert {len(w.pending) for w in predicted.waits if w.kind == "get"} == {0}
        assert one.makespan_s >= one.bound_s - 1e-9
