"""The output profile: live, still or text, and who may be looking."""

from __future__ import annotations

import os
import sys
from typing import Literal, TypeAlias

Profile: TypeAlias = Literal["live", "still", "text"]

#: environment variable that sets the profile
VARIABLE = "RAYTEACH_VIEW"


def profile(*, cell_has_id: bool, front_end_answered: bool) -> Profile:
    """Return what a cell shows by itself.

    ``live``: a view under the cell while it runs. ``still``: one output, made
    after the cell ran. ``text``: no output unless it is asked for.

    Args:
        cell_has_id: the host named the cell; JupyterLab, Notebook and VS Code
            do, nbclient and a terminal do not.
        front_end_answered: a view or the panel has said hello in this session.

    Raises:
        ValueError: the variable holds another word.
    """
    word = os.environ.get(VARIABLE, "")
    if word in ("live", "still", "text"):
        return word  # type: ignore[return-value]
    if word:
        message = f"{VARIABLE} is {word!r}; set it to live, still or text"
        raise ValueError(message)
    if cell_has_id or front_end_answered or "google.colab" in sys.modules:
        return "live"
    return "still"
