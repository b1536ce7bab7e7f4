"""``%%remote --node B``: definitions, statements and calls on another node."""

from __future__ import annotations

import pytest
from IPython.core.completer import provisionalcompleter

import rayteach

HERE = "ray.get_runtime_context().get_node_id()"


@pytest.fixture
def nodes(live):
    """The shell with a second node, B."""
    rayteach.add_node()
    return live


def test_a_task_of_statements_runs_on_its_node(nodes) -> None:
    nodes.do(f"%%remote --node B\nimport rayteach as ray\nplace = {HERE}")
    assert nodes.do("ray.get(place)") == "B"


def test_functions_and_actors_of_a_cell_run_on_its_node(nodes) -> None:
    nodes.do(
        "%%remote --node B\n"
        f"def place():\n    import rayteach as ray\n    return {HERE}\n"
        "class Place:\n    def of(self):\n        return place()"
    )
    assert nodes.do("ray.get(place.remote())") == "B"
    assert nodes.do("ray.get(Place.remote().of.remote())") == "B"


def test_one_call_runs_on_its_node(nodes) -> None:
    nodes.do(f"def place():\n    return {HERE}")
    nodes.do("%remote -o there --node B place()")
    assert nodes.do("ray.get(there)") == "B"


@pytest.mark.parametrize(
    "line", ["%%remote --node C\nx = 1", "%remote --node C sum([1])"]
)
def test_a_node_that_never_was_is_named_with_those_that_are(nodes, line) -> None:
    nodes.run(line)
    assert "--node C: there is no such node; there are A, B" in str(nodes.errors[-1])
    assert "x" not in nodes.ip.user_ns


def test_a_function_for_a_node_that_never_was_says_so_when_called(nodes) -> None:
    nodes.do("%%remote --node C\ndef f():\n    return 1")
    nodes.run("f.remote()")
    assert "'C'" in str(nodes.errors[-1])


def test_a_method_has_no_node_of_its_own(nodes) -> None:
    nodes.do("%%remote\nclass Box:\n    def get(self): return 7")
    nodes.do("box = Box.remote()")
    nodes.run("%remote --node B box.get()")
    assert "--node has no meaning" in str(nodes.errors[-1])


def test_the_option_and_the_nodes_are_completed_and_told(nodes) -> None:
    with provisionalcompleter():
        for line, word in (("%%remote --nod", "--node"), ("%%remote --node ", "B")):
            found = nodes.ip.Completer.completions(line, len(line))
            assert word in {one.text for one in found}
    assert "--node NODE" in nodes.ip.find_cell_magic("remote").__doc__
