"""Code that travels keeps what a traceback finds its lines by."""

import pytest

from rayteach.runtime import serialization

CELL = "<cell 7>"
SOURCE = """
def outer(n):
    def inner():
        return [1 / m for m in (n,)]
    return inner

class Learner:
    def method(self): return outer(1)
"""


@pytest.fixture
def cell():
    names = {"__name__": "__main__"}
    exec(compile(SOURCE, CELL, "exec"), names)  # noqa: S102 (as IPython does)
    return names


def _sent(target):
    data, _ = serialization.dumps_code(target)
    return serialization.loads(data)


def test_a_function_and_those_inside_it_keep_their_file(cell) -> None:
    outer = _sent(cell["outer"])
    assert outer.__code__.co_filename == CELL
    assert outer(2).__code__.co_filename == CELL
    assert outer(2)() == [0.5]


def test_a_class_and_what_it_calls_keep_their_file(cell) -> None:
    learner = _sent(cell["Learner"])
    assert learner.method.__code__.co_filename == CELL
    assert learner().method().__code__.co_filename == CELL


def test_a_function_as_a_value_keeps_its_file(cell) -> None:
    data = serialization.dumps({"f": cell["outer"]}).to_bytes()
    assert serialization.loads(data)["f"].__code__.co_filename == CELL
