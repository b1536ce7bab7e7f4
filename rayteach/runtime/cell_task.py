"""What the task of a ``%%remote`` cell sends back: one value per name it assigned."""

from __future__ import annotations

from typing import Any, NoReturn

from rayteach.runtime import serialization

VALUE = "_rt_value"
"""The local name of the final expression's value."""
_SENDABLE = (bool, int, float, complex, str, bytes, type(None))
_TRIED = 1000
"""Containers with more items are not pickled twice only to name a culprit."""


class Results:
    """Turns the local names of a finished body into what the task returns."""

    def __init__(self, names: dict[str, int], values: int) -> None:
        """Return ``names``, then ``values`` values of the final expression.

        Args:
            names: the names to send back, with the line that assigns each.
            values: how many IDs the final expression has; with more than one it
                must be a tuple or list of that length.
        """
        self._names = names
        self._values = values

    def __call__(self, local: dict[str, Any]) -> Any:
        """Return one value, or a tuple of several.

        Raises:
            TypeError: a value cannot be sent; names it and its line.
            ValueError: the final expression has another number of values.
        """
        found = [
            _checked(name, line, local[name])
            if name in local
            else Unassigned(name, line)
            for name, line in self._names.items()
        ]
        if self._values == 1:
            found.append(local[VALUE])
        elif self._values:
            found += self._spread(local[VALUE])
        if not found:
            return None
        return found[0] if len(found) == 1 else tuple(found)

    def _spread(self, value: Any) -> list[Any]:
        if not isinstance(value, (tuple, list)):
            msg = (
                f"--num-returns {self._values}, but the last line gives "
                f"{type(value).__name__}: write a tuple"
            )
            raise TypeError(msg)
        if len(value) != self._values:
            msg = f"--num-returns {self._values}, but the last line gives {len(value)}"
            raise ValueError(msg)
        return list(value)


class Unassigned:
    """Stands for a name that the body did not come to assign.

    Reading it is an error, wherever that is: the other names of the task have
    their values.
    """

    def __init__(self, name: str, line: int) -> None:
        """Remember the name and the line that would have assigned it."""
        self._name = name
        self._line = line

    def __reduce__(self) -> tuple[Any, ...]:
        """Become a ``NameError`` in the process that reads it."""
        return _raise_name_error, (self._name, self._line)


def _raise_name_error(name: str, line: int) -> NoReturn:
    msg = (
        f"name '{name}' is not defined: the task of its %%remote cell never came to "
        f"line {line}, which assigns it"
    )
    raise NameError(msg, name=name)


def _checked(name: str, line: int, value: Any) -> Any:
    if type(value) in _SENDABLE or hasattr(value, "__array_interface__"):
        return value
    if isinstance(value, (list, tuple, dict, set)) and len(value) > _TRIED:
        return value
    try:
        serialization.dumps(value)
    except Exception as error:
        msg = (
            f"`{name}` (line {line}, {type(value).__name__}) cannot be sent back to "
            f"the notebook: {error}. Call it `_{name}` if only the task needs it"
        )
        raise TypeError(msg) from error
    return value
