"""Fingerprints of large arguments, and what the log keeps of them."""

import pytest

import rayteach as ray
from rayteach.core.events import ArgumentsShipped, FunctionDefined
from rayteach.engines.arguments import marks_of
from rayteach.runtime.serialization import dumps

LARGE = list(range(300_000))


def marks(*values):
    return marks_of(dumps(([*values], {})))


@pytest.mark.parametrize("small", [1, 300, 10**9, "text"])
def test_a_small_argument_beside_a_large_one_leaves_one_mark_alike(small):
    assert marks(LARGE, small)[0] == marks(LARGE, 0)[0]
    assert marks(small, LARGE)[1] == marks(0, LARGE)[1]


def test_other_large_arguments_have_other_marks():
    found = [marks([start, *LARGE[1:]][start:]) for start in range(0, 90_000, 10_000)]
    assert len({head for head, _ in found}) == len(found)
    assert len({tail for _, tail in found}) == len(found)


def test_an_array_is_marked_by_its_bytes():
    np = pytest.importorskip("numpy")
    array = np.arange(100_000)
    assert marks(array, 1) == marks(1, array) == marks(array.copy(), "x")
    assert marks(array + 1) != marks(array)


def test_sizes_of_large_arguments_and_of_functions_are_in_the_log():
    ray.init(num_cpus=1)
    try:
        captured = bytes(50_000)

        @ray.remote
        def length(value):
            return len(value) + len(captured) * 0

        with ray.observe() as run:
            assert ray.get([length.remote(LARGE), length.remote([1])]) == [300_000, 1]
        events = run.recording().events()
        (shipped,) = [one for one in events if isinstance(one, ArgumentsShipped)]
        assert shipped.task == run.tasks[0].id
        assert shipped.size_bytes > 300_000
        assert shipped.took_s > 0
        (defined,) = [one for one in events if isinstance(one, FunctionDefined)]
        assert 50_000 < defined.size_bytes < 60_000
    finally:
        ray.shutdown()
