"""``make test`` counts what its suites print, and fails when one does."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "tools" / "suites.py"


@pytest.fixture(scope="module")
def suites() -> ModuleType:
    spec = importlib.util.spec_from_file_location("suites", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["suites"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_node_counts_are_read_in_both_of_its_notations(suites: ModuleType) -> None:
    lines = ["# pass 12\n", "# fail 1\n", "\u2139 pass 3\n", "\u2139 cancelled 1\n"]
    assert str(suites.read_node(lines)) == "15 passed, 2 failed"


def test_junit_errors_are_failures_and_skips_are_named(
    suites: ModuleType, tmp_path: Path
) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        "<testsuites><testsuite tests='9' failures='1' errors='2' skipped='1'/>"
        "</testsuites>"
    )
    assert str(suites.read_junit(report)) == "5 passed, 3 failed, 1 skipped"


def test_a_suite_without_any_test_has_failed(
    suites: ModuleType, tmp_path: Path
) -> None:
    assert str(suites.Runner(tmp_path).pytest(str(tmp_path))) == "0 passed, 1 failed"


def test_a_failing_suite_does_not_keep_the_next_from_running(
    suites: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def bad(_: object) -> object:
        return suites.Counts(passed=1, failed=1)

    def good(_: object) -> object:
        return suites.Counts(passed=2)

    monkeypatch.setattr(suites, "SUITES", (bad, good))
    monkeypatch.setattr(sys, "argv", ["suites.py"])
    assert suites.main() == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed == ["bad: 1 passed, 1 failed", "good: 2 passed, 0 failed"]


def test_an_unknown_suite_is_named() -> None:
    command = [sys.executable, str(SCRIPT), "dance"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no suite dance" in done.stderr
