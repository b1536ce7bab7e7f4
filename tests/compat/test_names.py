"""Ray's names lead to the same things, and what is missing says so."""

import importlib
import importlib.util
import json
import pickle
import subprocess
import sys

import pytest

import rayteach


def test_both_import_lines_give_the_same_module():
    import rayteach.compat.ray as one  # noqa: PLC0415 (the line under test)
    from rayteach.compat import ray as other  # noqa: PLC0415 (the line under test)

    assert one is other


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("RayError", "RayteachError"),
        ("RayTaskError", "TaskError"),
        ("RayActorError", "ActorError"),
        ("GetTimeoutError", "GetTimeoutError"),
        ("ActorDiedError", "ActorDiedError"),
        ("UnserializableException", "UnserializableException"),
    ],
)
def test_errors_are_the_same_classes_under_rays_names(closed, theirs, ours):
    from rayteach import errors  # noqa: PLC0415 (one test needs it)

    assert getattr(closed.exceptions, theirs) is getattr(errors, ours)


def test_every_error_of_ours_has_a_name_there(closed):
    from rayteach import errors  # noqa: PLC0415 (one test needs it)

    ours = {
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.RayteachError)
    }
    theirs = {getattr(closed.exceptions, name) for name in closed.exceptions.__all__}
    assert {one.__name__ for one in ours - theirs} == {
        "InvalidTransition",
        "RunFileError",
    }


def test_the_tools_are_where_ray_has_them(closed):
    from rayteach.compat.ray.util.multiprocessing import Pool  # noqa: PLC0415
    from rayteach.compat.ray.util.queue import Empty, Full, Queue  # noqa: PLC0415

    assert closed.util.ActorPool is closed.util.actor_pool.ActorPool
    assert closed.util.queue.Queue is Queue
    assert closed.util.multiprocessing.Pool is Pool
    assert {Empty.__name__, Full.__name__} == {"Empty", "Full"}


@pytest.mark.parametrize("module", ["", ".actor", ".exceptions", ".util"])
def test_every_name_that_is_promised_is_there(module):
    found = importlib.import_module(f"rayteach.compat.ray{module}")
    assert [name for name in found.__all__ if not hasattr(found, name)] == []


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("data", "real Ray"),
        ("exceptions.NodeDiedError", "RayError"),
        ("util.placement_group", "num_cpus"),
    ],
)
def test_a_name_of_ray_that_is_missing_says_what_to_do(closed, path, advice):
    *parents, name = path.split(".")
    module = closed
    for parent in parents:
        module = getattr(module, parent)
    with pytest.raises(AttributeError, match=f"rayteach has no .*{name}.*{advice}"):
        getattr(module, name)


def test_a_name_that_ray_has_not_either_is_an_ordinary_error(closed):
    with pytest.raises(AttributeError, match="'ray' has no attribute 'remoet'"):
        _ = closed.remoet


def test_an_id_is_an_object_ref_also_inside_a_task(ray):
    @ray.remote
    def is_ref(container):
        return isinstance(container[0], ray.ObjectRef)

    ref = ray.put(1)
    assert isinstance(ref, ray.ObjectRef)
    assert ray.get(is_ref.remote([ref]))


def test_a_handle_is_an_actor_handle(ray):
    @ray.remote
    class Counter:
        pass

    assert isinstance(Counter.remote(), ray.actor.ActorHandle)


def test_the_plain_namespace_and_this_one_share_the_session(ray):
    assert rayteach.is_initialized()
    assert rayteach.get(ray.put([1])) == [1]
    ray.shutdown()
    assert not rayteach.is_initialized()


def test_errors_pickle_under_either_name(closed):
    error = closed.exceptions.RayActorError("gone")
    assert isinstance(pickle.loads(pickle.dumps(error)), rayteach.ActorError)


def test_a_generator_task_returns_rays_generator(ray):
    @ray.remote
    def numbers(count):
        yield from range(count)

    assert isinstance(numbers.remote(1), ray.ObjectRefGenerator)
    dynamic = numbers.options(num_returns="dynamic").remote(1)
    assert isinstance(ray.get(dynamic), ray.DynamicObjectRefGenerator)


def test_the_timeline_is_that_of_the_session(ray):
    assert ray.get(ray.put(1)) == 1
    assert "put-1" in {event["name"] for event in ray.timeline()}


_NAMES = """
import json, ray, ray.util
errors = [one.__name__ for one in ray.exceptions.RAY_EXCEPTION_TYPES]
found = {"ray": ray.__all__, "ray.util": ray.util.__all__, "ray.exceptions": errors}
print(json.dumps(found))
"""


@pytest.mark.timeout(60)
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs Ray")
def test_every_public_name_of_ray_is_there_or_says_what_to_do(closed):
    command = [sys.executable, "-c", _NAMES]
    found = subprocess.run(command, check=True, capture_output=True)
    unknown = []
    for module, names in json.loads(found.stdout).items():
        ours = importlib.import_module(f"rayteach.compat.{module}")
        unknown += [f"{module}.{name}" for name in names if not _is_known(ours, name)]
    assert unknown == []
    assert not closed.is_initialized()


def _is_known(module, name):
    try:
        getattr(module, name)
    except AttributeError as error:
        return "rayteach has no" in str(error)
    return True
