"""Notebook globals that changed after the function that reads them was shipped.

A function travels once, with the globals that it reads as they were then. At
the start of each cell the shipped functions are looked through; one that reads
something else by now warns at its next ``.remote()``, once per change.
"""

from __future__ import annotations

import dis
import hashlib
import inspect
import types
import warnings
import weakref
from typing import TYPE_CHECKING, Any

import cloudpickle

if TYPE_CHECKING:
    from rayteach.api.remote_function import RemoteFunction

_MOST_BYTES = 64 << 10
"""Larger values are compared by identity: pickling them would slow each cell."""
_PLAIN = (int, float, complex, bool, str, bytes, type(None), range)

#: shipped functions that read globals, with what these were
_shipped: weakref.WeakKeyDictionary[RemoteFunction, dict[str, Any]] = (
    weakref.WeakKeyDictionary()
)


def note(function: RemoteFunction) -> None:
    """The function is shipped now, or its session is a new one."""
    target = function.__wrapped__  # type: ignore[attr-defined]
    if getattr(target, "__module__", "") != "__main__" or function in _shipped:
        return
    read = _read(target)
    if read:
        _shipped[function] = {name: _print_of(value) for name, value in read.items()}


def look() -> None:
    """Find out which shipped functions read something else by now."""
    for function, before in list(_shipped.items()):
        target = function.__wrapped__  # type: ignore[attr-defined]
        changed = []
        for name, value in _read(target).items():
            now = _print_of(value)
            if name in before and now != before[name]:
                before[name] = now
                changed.append(name)
        if changed:
            function.stale = (*function.stale, *changed)


def warn(function: RemoteFunction) -> None:
    """Say what changed, at the call that would not notice."""
    names, function.stale = dict.fromkeys(function.stale), ()
    code = function.__wrapped__.__code__  # type: ignore[attr-defined]
    parts = [f"`{name}` (line {_line_of(code, name)})" for name in names]
    what = f"{', '.join(parts)} changed after {code.co_name} was sent to the workers"
    warnings.warn(
        f"{what}: its tasks still see the old value. Run the cell that defines "
        f"{code.co_name} again, or pass the value as an argument",
        stacklevel=4,
    )


def _read(target: Any) -> dict[str, Any]:
    """Return the globals that a function reads, with their values."""
    try:
        return dict(inspect.getclosurevars(target).globals)
    except (TypeError, ValueError):  # a builtin
        return {}


def _print_of(value: Any) -> Any:
    """Return what tells a value from another one."""
    if isinstance(value, _PLAIN):
        return type(value), value
    plain = getattr(value, "__wrapped__", value)
    if isinstance(plain, types.FunctionType):
        return plain.__code__
    if isinstance(plain, (type, types.ModuleType)):
        return plain.__name__
    try:
        data = cloudpickle.dumps(value)
    except Exception:  # noqa: BLE001 (whatever cannot be shipped is told elsewhere)
        return id(value)
    if len(data) > _MOST_BYTES:
        return id(value)
    return hashlib.blake2b(data, digest_size=16).digest()


def _line_of(code: types.CodeType, name: str) -> int:
    """Return the first line that reads a global, 0 if none does."""
    line = 0
    for one in dis.get_instructions(code):
        place = getattr(one, "positions", None)  # from Python 3.11 on
        line = (place.lineno if place is not None else one.starts_line) or line
        if one.opname in ("LOAD_GLOBAL", "LOAD_NAME") and one.argval == name:
            return line
    inner = (c for c in code.co_consts if isinstance(c, types.CodeType))
    return next(filter(None, (_line_of(one, name) for one in inner)), 0)
