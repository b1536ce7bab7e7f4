"""The benchmark command measures, and its ratios promise no more than it saw."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*words: str) -> str:
    command = [sys.executable, "-m", "benchmarks", *words]
    return subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def test_one_row_of_two_peers_makes_a_table_with_a_ratio() -> None:
    printed = run(
        *("--rounds", "1", "--rows", "tasks-1k"),
        *("--peers", "rayteach,concurrent.futures"),
    )
    table = [line for line in printed.splitlines() if line.startswith("|")]
    assert table[0].endswith("| vs concurrent.futures |")
    assert table[2].startswith("| tasks-1k | tasks/s |")
    assert table[2].endswith("x) |")


def test_the_page_names_the_machine_and_its_command(tmp_path: Path) -> None:
    written = tmp_path / "performance.md"
    run(
        *("--rounds", "1", "--rows", "nested-child", "--peers", "rayteach"),
        *("--count", "nested-child=5", "--write", str(written)),
    )
    text = written.read_text(encoding="utf-8")
    assert "python -m benchmarks --write" in text
    assert "CPUs" in text
    assert "| nested-child | us |" in text


def test_a_ratio_is_our_worst_round_over_the_peers_best() -> None:
    code = (
        "from benchmarks.table import ratio; from benchmarks.rows import ROWS;"
        "print(ratio(ROWS[0], [10.0, 20.0], [40.0, 100.0, None]),"
        " ratio(ROWS[2], [90.0, 60.0], [30.0, 10.0]))"
    )
    out = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    assert out.split() == ["2.0x", "2.0x"]
