"""The tests with a real kernel, on each ipykernel that is promised."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TESTS = ("test_replies.py", "test_kernel.py", "test_kernel_cells.py")


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("version", ["6.31.0", "7.3.0", "7.4.0"])
def test_cells_behave_alike_on(version: str) -> None:
    make = [sys.executable, str(ROOT / "tools" / "kernels.py"), version]
    folder = subprocess.run(make, check=True, capture_output=True, text=True)
    env = {**os.environ, "RAYTEACH_TEST_IPYKERNEL": folder.stdout.strip()}
    tests = [str(HERE / name) for name in TESTS]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    ran = subprocess.run(
        command, check=False, cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout[-5000:]
