"""The same meeting points as the contract's, and a session per test."""

import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent.parent / "contract")
if HERE not in sys.path:
    sys.path.insert(0, HERE)  # workers import ``gates`` by name, as we do

from gates import Bell, Gate, Tally  # noqa: E402 (found just above)


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


@pytest.fixture
def gate(tmp_path):
    made = Gate(tmp_path / "gate")
    yield made
    made.let(64)  # a failed test leaves no task behind it
    made.close()


@pytest.fixture
def bell(tmp_path):
    made = Bell(tmp_path / "bell")
    yield made
    made.close()


@pytest.fixture
def tally(tmp_path):
    return Tally(tmp_path / "tally")
