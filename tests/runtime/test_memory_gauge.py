"""Which memory is the shortest, in words and numbers."""

from __future__ import annotations

import os

import psutil
import pytest

from rayteach.runtime.memory_gauge import Level, MemoryGauge, in_words


def test_a_level_above_its_threshold_is_short() -> None:
    assert Level(96, 100, 0.95, "the machine's").share > 1
    assert Level(94, 100, 0.95, "the machine's").share < 1


def test_a_level_says_how_things_stand() -> None:
    level = Level(3 << 30, 4 << 30, 0.95, "the container's")
    assert level.words == "75 % of the container's 4.0 GB are in use"


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (2048, "2 KB"), (5 << 20, "5 MB"), (1 << 30, "1.0 GB")],
)
def test_sizes_are_for_people(size, words) -> None:
    assert in_words(size) == words


def test_without_a_limit_the_machines_memory_counts() -> None:
    level = MemoryGauge().level([os.getpid()], os.getpid())
    assert level.most <= psutil.virtual_memory().total
    assert 0 < level.used < level.most


def test_a_limit_of_the_workers_that_is_nearer_counts(monkeypatch) -> None:
    monkeypatch.setenv("RAYTEACH_MEMORY_LIMIT", "1KB")
    level = MemoryGauge().level([os.getpid()], 0)
    assert level.most == 1024
    assert level.share > 1


def test_a_process_that_is_gone_uses_nothing() -> None:
    assert MemoryGauge().used_by(2**22 + 1, os.getpid()) == 0
