"""Ray's names over a session of two CPUs, or without one."""

import pytest


@pytest.fixture
def closed():
    """Return Ray's names without a session; whatever it opens is closed."""
    from rayteach.compat import ray  # noqa: PLC0415 (after sys.path is right)

    ray.shutdown()
    yield ray
    ray.shutdown()


@pytest.fixture
def ray(closed):
    """Return Ray's names with a session of two CPUs of its own."""
    closed.init(num_cpus=2)
    return closed
