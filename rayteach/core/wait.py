"""The rule of ``wait``: which IDs are returned as ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def choose(is_ready: Iterable[bool], num_returns: int) -> list[int]:
    """Return the positions that ``wait`` gives back as ready.

    The first ``num_returns`` ready IDs in input order. Any other ready ID is
    *held*: it stays in the rest. Looks no further than it must. Source: Ray's
    ``wait`` returns at most ``num_returns``; differs: Ray leaves open which ones,
    here a lesson repeats.
    """
    chosen = []
    for position, ready in enumerate(is_ready):
        if ready:
            chosen.append(position)
            if len(chosen) == num_returns:
                break
    return chosen
