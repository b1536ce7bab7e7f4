"""Pytest plugin: under nbval, kernels make no automatic output, keep no progress.

nbval compares outputs as text, so a live view would never compare equal. The
kernels inherit the environment of pytest; nothing else is done or imported.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Ask for text output in kernels when nbval is active; a set value stays."""
    options = ("nbval", "nbval_lax")
    if any(getattr(config.option, name, False) for name in options):
        os.environ.setdefault("RAYTEACH_VIEW", "text")
        os.environ.setdefault("RAYTEACH_PROGRESS", "off")
