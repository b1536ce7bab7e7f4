"""What control groups allow, read from folders as the kernel shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rayteach.runtime.allowance import Allowance


@pytest.fixture
def group(tmp_path: Path):
    """Return a function that writes files below the root and reads the limits."""

    def make(proc: str, files: dict[str, str]) -> Allowance:
        (tmp_path / "proc").write_text(proc)
        root = tmp_path / "root"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n")
        return Allowance(tmp_path / "proc", root)

    return make


def test_without_control_groups_there_is_no_limit(tmp_path: Path) -> None:
    nothing = Allowance(tmp_path / "none", tmp_path)
    assert nothing.cpus() is None
    assert nothing.memory() is None


def test_a_quota_is_a_number_of_cpus(group) -> None:
    made = group("0::/box\n", {"box/cpu.max": "150000 100000"})
    assert made.cpus() == 1.5


def test_no_quota_is_no_limit(group) -> None:
    made = group("0::/box\n", {"box/cpu.max": "max 100000", "box/memory.max": "max"})
    assert made.cpus() is None
    assert made.memory() is None


def test_the_smallest_quota_above_counts(group) -> None:
    files = {
        "cpu.max": "max 1000",
        "a/cpu.max": "1000 1000",
        "a/b/cpu.max": "4000 1000",
    }
    assert group("0::/a/b\n", files).cpus() == 1.0


def test_a_container_that_does_not_see_its_own_folder_reads_the_top(group) -> None:
    made = group("0::/not/here\n", {"cpu.max": "50000 100000"})
    assert made.cpus() == 0.5


def test_the_first_version_has_a_folder_per_controller(group) -> None:
    files = {
        "cpu/box/cpu.cfs_quota_us": "200000",
        "cpu/box/cpu.cfs_period_us": "100000",
        "memory/box/memory.limit_in_bytes": "1000",
        "memory/box/memory.usage_in_bytes": "700",
        "memory/box/memory.stat": "cache 5\ntotal_inactive_file 200",
    }
    made = group("4:memory:/box\n3:cpu,cpuacct:/box\n", files)
    assert made.cpus() == 2.0
    assert made.memory() == (500, 1000)


def test_without_a_quota_the_first_version_says_minus_one(group) -> None:
    files = {
        "cpu/cpu.cfs_quota_us": "-1",
        "cpu/cpu.cfs_period_us": "100000",
        "memory/memory.limit_in_bytes": "9223372036854771712",
        "memory/memory.usage_in_bytes": "700",
    }
    made = group("4:memory:/\n3:cpu:/\n", files)
    assert made.cpus() is None
    assert made.memory() is None


def test_the_memory_where_the_least_is_left_counts(group) -> None:
    files = {
        "a/memory.max": "1000",
        "a/memory.current": "900",
        "a/memory.stat": "file 50\ninactive_file 0",
        "a/b/memory.max": "500",
        "a/b/memory.current": "100",
    }
    assert group("0::/a/b\n", files).memory() == (900, 1000)
