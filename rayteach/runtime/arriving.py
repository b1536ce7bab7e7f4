"""Payloads that come from elsewhere while they are stored."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Arriving(ABC):
    """Pieces of a payload that write themselves to a file, as they come."""

    @abstractmethod
    def fill(self, fd: int) -> None:
        """Write all bytes to the start of the file.

        Raises:
            OSError: no room, or not all of it came.
        """
