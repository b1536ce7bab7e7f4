"""A sample of the contract holds on real Ray too: what is taught is Ray's."""

import importlib.util
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

CONTRACT = Path(__file__).parent / "contract"
SENTENCES = 40


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.skipif(
    importlib.util.find_spec("ray") is None,
    reason='Ray is not installed; pip install ".[ray]" brings it',
)
def test_forty_sentences_of_the_contract_hold_on_real_ray(tmp_path):
    report = tmp_path / "ray.xml"
    command = [
        *(sys.executable, "-m", "pytest", "-q", "."),
        *("-W", "default", "--timeout", "120", "-p", "no:cacheprovider"),
        f"--junitxml={report}",
    ]
    env = {**os.environ, "RAYTEACH_CONTRACT_ENGINE": "ray"}
    # Ray's workers look for modules where the driver was started.
    ended = subprocess.run(
        command, cwd=CONTRACT, env=env, check=False, capture_output=True
    )
    assert ended.returncode == 0, ended.stdout.decode()[-3000:]
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 (our own file)
    names = {case.get("name", "").partition("[")[0] for case in cases}
    assert len(names) == SENTENCES, names
