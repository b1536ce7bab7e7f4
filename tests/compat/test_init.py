"""``init`` takes Ray's options: those that mean nothing here are let through."""

import sys

import pytest


def test_init_takes_rays_options(closed):
    closed.init("local", num_cpus=1, include_dashboard=False, log_to_driver=True)
    assert closed.is_initialized()
    assert closed.cluster_resources()["CPU"] == 1


def test_init_again_needs_the_flag(ray):
    with pytest.raises(RuntimeError, match="open already"):
        ray.init()
    ray.init(ignore_reinit_error=True, num_gpus=0, runtime_env=None)


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ({"num_gpus": 1}, "resources"),
        ({"runtime_env": {"pip": ["x"]}}, "workers share it"),
    ],
)
def test_what_rayteach_does_not_have_is_refused_with_advice(closed, options, advice):
    with pytest.raises(NotImplementedError, match=advice):
        closed.init(**options)
    assert not closed.is_initialized()


def test_an_option_that_ray_has_not_is_a_type_error(closed):
    with pytest.raises(TypeError, match="num_cpu'"):
        closed.init(num_cpu=2)


@pytest.mark.parametrize("tool", ["queue.Queue", "multiprocessing.Pool"])
def test_a_tool_before_init_opens_a_session(closed, tool):
    module, name = tool.split(".")
    made = getattr(getattr(closed.util, module), name)()
    assert closed.is_initialized()
    del made


def test_an_address_needs_real_ray(closed, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)  # as if it were not installed
    with pytest.raises(ImportError, match=r"pip install 'rayteach\[ray\]'"):
        closed.init(address="auto")
    assert not closed.is_initialized()
