"""Run the test suites one after another, each closed by one line of counts.

A suite that fails does not keep the next from running. The closing line stands
alone, ``python: 412 passed, 0 failed``; the exit code is 1 if anything failed.
Only the standard library is used here: this script starts the other tools.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LINTERS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
)


@dataclass(slots=True)
class Counts:
    """What a suite came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Sum two parts of one suite."""
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
        )

    def __str__(self) -> str:
        """Return the closing words; skipped tests are named only if there are any."""
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text


def environment(scratch: Path) -> dict[str, str]:
    """Return our environment with this venv first and Jupyter's files in scratch."""
    own = {
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_CONFIG_DIR": str(scratch / "jupyter-config"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "jupyter-runtime"),
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    return {**os.environ, **own}


@dataclass(frozen=True, slots=True)
class Runner:
    """Starts the tools of a suite; ``scratch`` is gone when all suites ended."""

    scratch: Path

    def command(self, *words: str) -> Counts:
        """Run one command that counts as one test."""
        print("$", *words, flush=True)
        code = subprocess.call(
            [str(BIN / words[0]), *words[1:]], cwd=ROOT, env=self.env
        )
        return Counts(passed=int(code == 0), failed=int(code != 0))

    @property
    def env(self) -> dict[str, str]:
        """The environment of every tool."""
        return environment(self.scratch)

    def pytest(self, *words: str) -> Counts:
        """Run pytest and read its counts from its own report."""
        report = self.scratch / "pytest.xml"
        report.unlink(missing_ok=True)
        print("$ pytest", *words, flush=True)
        command = [str(BIN / "pytest"), f"--junitxml={report}", "-q", *words]
        code = subprocess.call(command, cwd=ROOT, env=self.env)
        counts = read_junit(report) if report.exists() else Counts()
        # No test at all, or an error outside of any test, is a failure too.
        return counts + Counts(failed=int(code != 0 and counts.failed == 0))

    def node(self, folder: Path) -> Counts:
        """Run ``npm test`` with the Node of this venv."""
        npm = str(BIN / "npm")
        lock, installed = folder / "package-lock.json", folder / "node_modules"
        marker = installed / ".package-lock.json"
        if not marker.exists() or marker.stat().st_mtime < lock.stat().st_mtime:
            subprocess.call(
                [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, env=self.env
            )
        print("$ npm test", flush=True)
        with subprocess.Popen(
            [npm, "test"], cwd=folder, env=self.env, stdout=subprocess.PIPE, text=True
        ) as process:
            lines = list(echo(process))
        counts = read_node(lines)
        failed = process.returncode != 0 or counts.passed == 0
        return counts + Counts(failed=int(failed and counts.failed == 0))


def echo(process: subprocess.Popen[str]) -> Sequence[str]:
    """Print the lines of a process as they come and return them."""
    lines = []
    for line in process.stdout or ():
        print(line, end="", flush=True)
        lines.append(line)
    return lines


def read_junit(report: Path) -> Counts:
    """Return the counts of a JUnit report that our own pytest wrote."""
    total = Counts()
    for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 (our own file)
        tests, failures, errors, skipped = (
            int(suite.get(name, "0"))
            for name in ("tests", "failures", "errors", "skipped")
        )
        bad = failures + errors
        total += Counts(max(0, tests - bad - skipped), bad, skipped)
    return total


def read_node(lines: Sequence[str]) -> Counts:
    """Return the counts of node's test runner: ``# pass 12``, or so behind an i."""
    found = dict.fromkeys(("pass", "fail", "cancelled", "skipped"), 0)
    for line in lines:
        match = re.match(r"^[#\u2139] (\w+) (\d+)$", line.strip())
        if match and match[1] in found:
            found[match[1]] += int(match[2])
    return Counts(found["pass"], found["fail"] + found["cancelled"], found["skipped"])


def python(run: Runner) -> Counts:
    """Linters and the Python tests."""
    total = Counts()
    for linter in LINTERS:
        total += run.command(*linter)
    return total + run.pytest("tests", "--ignore=tests/e2e")


def typescript(run: Runner) -> Counts:
    """Type check and unit tests of the front end."""
    return run.node(ROOT / "labextension")


def notebooks(run: Runner) -> Counts:
    """Every lesson and solution, each output compared."""
    folders = [f"notebooks/{name}" for name in ("tutorial", "solutions")]
    present = [folder for folder in folders if any((ROOT / folder).glob("*.ipynb"))]
    return run.pytest("--nbval", "--nbval-current-env", *present)


def browser(run: Runner) -> Counts:
    """JupyterLab in headless Chromium."""
    return run.pytest("tests/e2e")


SUITES: tuple[Callable[[Runner], Counts], ...] = (
    python,
    typescript,
    notebooks,
    browser,
)


def soak(run: Runner) -> Counts:
    """Run what takes long: many kills, many rounds."""
    return run.pytest("tests", "-m", "soak")


def lint(run: Runner) -> Counts:
    """Run the linters only."""
    total = Counts()
    for linter in LINTERS:
        total += run.command(*linter)
    return total


def main() -> int:
    """Run the suites that were asked for; all of them without an argument."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="python, browser, …")
    parser.add_argument("--soak", action="store_true", help="the long runs")
    parser.add_argument("--lint", action="store_true", help="ruff and mypy")
    options = parser.parse_args()
    known = {suite.__name__: suite for suite in (*SUITES, soak, lint)}
    names = list(options.suites) or [suite.__name__ for suite in SUITES]
    names = ["soak"] if options.soak else ["lint"] if options.lint else names
    unknown = sorted(set(names) - set(known))
    if unknown:
        parser.error(f"no suite {', '.join(unknown)}; there are {', '.join(known)}")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="rayteach-tests-") as scratch:
        for name in names:
            counts = known[name](Runner(Path(scratch)))
            print(f"{name}: {counts}", flush=True)
            failed += counts.failed
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
