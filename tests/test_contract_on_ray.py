"""The contract holds on real Ray too: what is taught is Ray's."""

import importlib.util
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

CONTRACT = Path(__file__).parent / "contract"
SENTENCES = 40
NOT_STARTED = 77

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None,
    reason='Ray is not installed; pip install ".[ray]" brings it where it has a wheel',
)


def run(tmp_path, **settings):
    """Run the contract on real Ray; return the names of what passed."""
    report = tmp_path / "ray.xml"
    command = [
        *(sys.executable, "-m", "pytest", "-q", "."),
        *("-W", "default", "--timeout", "600", "-p", "no:cacheprovider"),
        f"--junitxml={report}",
    ]
    env = {**os.environ, "RAYTEACH_CONTRACT_ENGINE": "ray", **settings}
    # Ray's workers look for modules where the driver was started.
    ended = subprocess.run(
        command, cwd=CONTRACT, env=env, check=False, capture_output=True
    )
    if ended.returncode == NOT_STARTED:
        pytest.skip("this machine is too busy: Ray gave up starting, three times")
    assert ended.returncode == 0, ended.stdout.decode()[-3000:]
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 (our own file)
    return {
        case.get("name", "").partition("[")[0]
        for case in cases
        if case.find("skipped") is None
    }


@pytest.mark.timeout(300)
def test_forty_sentences_of_the_contract_hold_on_real_ray(tmp_path):
    names = run(tmp_path)
    assert len(names) == SENTENCES, names
