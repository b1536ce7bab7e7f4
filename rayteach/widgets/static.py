"""The built front end, as files of the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


class FrontEndMissingError(RuntimeError):
    """The front end was not built into this installation."""


@cache
def load(name: str) -> str:
    """Return the text of ``rayteach/static/<name>``.

    Raises:
        FrontEndMissingError: the file was not built.
    """
    path = files("rayteach") / "static" / name
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FrontEndMissingError(
            f"rayteach/static/{name} is missing: build the front end with "
            "`pip install .` in the project's folder"
        ) from None
