"""The plugin that keeps notebooks under nbval to text."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from rayteach.notebook.pytest_plugin import pytest_configure


@pytest.mark.parametrize("option", ["nbval", "nbval_lax"])
def test_under_nbval_kernels_make_text_only(monkeypatch, option) -> None:
    monkeypatch.setenv("RAYTEACH_VIEW", "")
    monkeypatch.delenv("RAYTEACH_VIEW")
    monkeypatch.setenv("RAYTEACH_PROGRESS", "")
    monkeypatch.delenv("RAYTEACH_PROGRESS")
    pytest_configure(SimpleNamespace(option=SimpleNamespace(**{option: True})))
    assert os.environ["RAYTEACH_VIEW"] == "text"
    assert os.environ["RAYTEACH_PROGRESS"] == "off"


def test_without_nbval_nothing_is_set(monkeypatch) -> None:
    monkeypatch.setenv("RAYTEACH_VIEW", "")
    monkeypatch.delenv("RAYTEACH_VIEW")
    pytest_configure(SimpleNamespace(option=SimpleNamespace()))
    assert "RAYTEACH_VIEW" not in os.environ


def test_a_value_that_is_set_stays(monkeypatch) -> None:
    monkeypatch.setenv("RAYTEACH_VIEW", "still")
    pytest_configure(SimpleNamespace(option=SimpleNamespace(nbval=True)))
    assert os.environ["RAYTEACH_VIEW"] == "still"
