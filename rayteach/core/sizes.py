"""Numbers of bytes in people's words."""

from __future__ import annotations

_UNITS = (("GB", 10**9), ("MB", 10**6), ("KB", 10**3))


def human(size: int) -> str:
    """Return a number of bytes for people: 1.5 GB."""
    for unit, factor in _UNITS:
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"
