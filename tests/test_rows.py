"""The row types in Python and in TypeScript are the same, field by field."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from rayteach.trace.views import rows

MODEL = Path(__file__).resolve().parent.parent / "labextension/src/model"
MIRRORS = (MODEL / "rows.ts", MODEL / "rows_places.ts")

#: a Python annotation -> how TypeScript writes it
TYPES = {
    "int": "number",
    "float": "number",
    "str": "string",
    "bool": "boolean",
    "int | None": "number | null",
    "float | None": "number | null",
    "list[str]": "string[]",
    "list[Attempt]": "Attempt[]",
    "list[float | None]": "(number | null)[]",
    "list[int]": "number[]",
    "list[list[float | None]]": "[number, number | null][]",
    "list[list[str | float]]": "[string, number][]",
    "list[tuple[str, str, str, int, float, float]]": "Received[]",
}

ROW_TYPES = [
    rows.Attempt,
    rows.TaskRow,
    rows.ObjectRow,
    rows.ActorRow,
    rows.WaitRow,
    rows.WorkerRow,
    rows.NodeRow,
    rows.RunRow,
]


def interface(name: str) -> list[tuple[str, str]]:
    """Return the (field, type) pairs of an interface, in order."""
    text = "".join(path.read_text(encoding="utf-8") for path in MIRRORS)
    body = re.search(
        rf"^export interface {name} {{\n(.*?)^}}", text, re.MULTILINE | re.DOTALL
    )
    assert body is not None, f"rows.ts has no interface {name}"
    return re.findall(r"^  (?:readonly )?(\w+): (.+);$", body[1], re.MULTILINE)


@pytest.mark.parametrize("row_type", ROW_TYPES, ids=lambda row_type: row_type.__name__)
def test_a_row_has_the_same_fields_in_both_languages(row_type: type) -> None:
    ours = [(f.name, TYPES[str(f.type)]) for f in dataclasses.fields(row_type)]
    assert ours == interface(row_type.__name__)
