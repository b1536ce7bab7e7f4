"""Where in the learner's code a call stands."""

from __future__ import annotations

import sys
from pathlib import Path

_OURS = str(Path(__file__).parent.parent) + "/"


def caller_line(depth: int = 2) -> int:
    """Return the line of the nearest frame that is not ours, 0 if there is none."""
    frame = sys._getframe(depth)  # noqa: SLF001 (the one cheap way)
    while frame.f_code.co_filename.startswith(_OURS):
        if frame.f_back is None:
            return 0
        frame = frame.f_back
    return frame.f_lineno
