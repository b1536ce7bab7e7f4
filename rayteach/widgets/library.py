"""The code of the views, held once per kernel: one model that all widgets name.

    every RunWidget: loader, 2 kB ──names──► Library: all parts, packed, once

A notebook that is saved with its widgets holds the library once too. A host that
keeps widgets apart (marimo) finds no library and asks with ``{"type": "code"}``.
"""

from __future__ import annotations

import base64
import gzip
import json
from functools import cache

from ipywidgets import Widget
from traitlets import Dict

from rayteach.widgets import static


@cache
def parts() -> dict[str, str]:
    """Return the parts by name, each gzip in base64, in the order of loading.

    Raises:
        FrontEndMissingError: the front end was not built.
    """
    names: list[str] = json.loads(static.load("parts.json"))
    return {name: _packed(static.load(f"views/{name}")) for name in names}


def _packed(code: str) -> str:
    return base64.b64encode(gzip.compress(code.encode(), mtime=0)).decode("ascii")


class Library(Widget):  # type: ignore[misc]  # ipywidgets has no types
    """A model without a view; its state is the code."""

    parts = Dict().tag(sync=True)

    def __repr__(self) -> str:
        """Name it, without an address."""
        return "<rayteach's views>"


_library: Library | None = None


def library() -> Library:
    """Return this process's library; made at the first call."""
    global _library  # noqa: PLW0603 (one per kernel)
    if _library is None or _library.comm is None:
        _library = Library(parts=parts())
    return _library


def close() -> None:
    """Close the library with the last view that needs it."""
    global _library  # noqa: PLW0603
    if _library is not None:
        _library.close()
        _library = None
