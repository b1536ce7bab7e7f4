"""How a name that Ray has and rayteach has not answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn


def missing(module: str, name: str, advice: Mapping[str, str]) -> NoReturn:
    """Raise the ``AttributeError`` of ``module.name``.

    ``advice`` holds the names that Ray has there, each with what to do instead.
    """
    if name in advice:
        msg = f"rayteach has no {module}.{name}: {advice[name]}"
    else:
        msg = f"module '{module}' has no attribute {name!r}"
    raise AttributeError(msg)
