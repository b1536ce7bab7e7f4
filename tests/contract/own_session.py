"""Fixtures of folders whose tests want a session of their own."""

import pytest


@pytest.fixture
def ray():
    """Return the namespace with a session of two CPUs of its own."""
    import rayteach  # noqa: PLC0415 (after sys.path is right)

    rayteach.shutdown()
    rayteach.init(num_cpus=2)
    yield rayteach
    rayteach.shutdown()


@pytest.fixture
def engine(ray):
    """Return the engine of that session."""
    from rayteach.api import session  # noqa: PLC0415 (as above)

    assert ray.is_initialized()
    return session.current().engine
