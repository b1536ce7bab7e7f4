"""Widgets of several kinds meet in one page: their styles must not mix."""

from __future__ import annotations

import re
from pathlib import Path

import rayteach

STATIC = Path(rayteach.__file__).parent / "static"
_SET = re.compile(r"(--r\w+):([^;{}]+);")


def test_a_variable_of_the_styles_means_the_same_in_every_bundle() -> None:
    meanings: dict[str, dict[str, str]] = {}
    for path in sorted(STATIC.rglob("*.js")):
        for name, value in _SET.findall(path.read_text(encoding="utf-8")):
            meanings.setdefault(name, {}).setdefault(path.name, value)
    assert len(meanings) > 10
    mixed = {
        name: found for name, found in meanings.items() if len({*found.values()}) > 1
    }
    assert mixed == {}
