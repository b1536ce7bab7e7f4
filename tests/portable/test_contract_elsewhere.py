"""The contract on what any POSIX system has: the way that macOS takes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CONTRACT = HERE.parent / "contract"
SAMPLE = (
    "test_actors.py",
    "test_cancel.py",
    "test_get_wait.py",
)


def _run_elsewhere(*tests: Path) -> str:
    paths = [str(HERE / "other_systems"), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "RAYTEACH_PORTABLE": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-m", "not soak", *map(str, tests)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=HERE.parents[1],
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    return done.stdout


@pytest.mark.timeout(300)
def test_a_sample_of_the_contract_holds_elsewhere():
    assert " passed" in _run_elsewhere(*(CONTRACT / name for name in SAMPLE))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_whole_contract_and_all_faults_hold_elsewhere():
    folders = (CONTRACT, CONTRACT.parent / "engines", CONTRACT.parent / "faults")
    assert " passed" in _run_elsewhere(*folders)
