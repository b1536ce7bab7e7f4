"""What a submission may use."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a submission may use."""

    #: seconds for one cell
    cell_s: float = 60.0
    #: seconds for all cells of a notebook
    notebook_s: float = 600.0
    #: bytes for all its processes together, and for each
    memory_bytes: int = 2048 * MB
    #: characters that one cell may print
    printed: int = 1_000_000
    #: processes alive at once
    processes: int = 200
