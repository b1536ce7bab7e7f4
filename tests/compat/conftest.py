"""Ray's names over a session of two CPUs, and the contract's meeting points."""

import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent.parent / "contract")
if HERE not in sys.path:
    sys.path.insert(0, HERE)  # workers import ``gates`` by name, as we do

from gates import Gate  # noqa: E402 (found just above)


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


@pytest.fixture
def gate(tmp_path):
    made = Gate(tmp_path / "gate")
    yield made
    made.let(64)  # a failed test leaves no task behind it
    made.close()
