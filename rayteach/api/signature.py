"""Refuse wrong arguments at the call, not in a worker a second later."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Signature:
    """Checks argument lists of one callable; plain positional calls cost 50 ns."""

    __slots__ = ("_bind", "_most", "_name", "_needed")

    def __init__(self, target: Callable[..., Any], name: str, *, skip: int = 0) -> None:
        """Leave out the first ``skip`` parameters (``self``)."""
        self._name = name
        self._bind: inspect.Signature | None = None
        self._needed, self._most = 0, -1
        try:
            signature = inspect.signature(target)
        except (TypeError, ValueError):  # a builtin that does not tell
            return
        kept = list(signature.parameters.values())[skip:]
        self._bind = signature.replace(parameters=kept)
        kinds = (
            inspect.Parameter.POSITIONAL_ONLY,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
        )
        if all(one.kind in kinds for one in kept):
            self._most = len(kept)
            self._needed = sum(one.default is inspect.Parameter.empty for one in kept)

    def check(self, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """Raise ``TypeError`` if the call could not run."""
        if not kwargs and self._needed <= len(args) <= self._most:
            return
        if self._bind is None:
            return
        try:
            self._bind.bind(*args, **kwargs)
        except TypeError as error:
            msg = f"{self._name}.remote(): {error}; it takes {self._bind}"
            raise TypeError(msg) from None
