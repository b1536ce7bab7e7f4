"""Ship functions and classes: once each, by content."""

from __future__ import annotations

import dis
import hashlib
import inspect
import os
import types
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cloudpickle

from rayteach.engines.base import Function
from rayteach.runtime.object_store import write_file
from rayteach.runtime.protocol import FRESH
from rayteach.runtime.serialization import dumps_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType

    from rayteach.object_id import ObjectID

_HARMLESS = (
    int, float, complex, bool, str, bytes, type(None), type, types.ModuleType,
    types.BuiltinFunctionType, range, slice,
)  # fmt: skip


class FunctionStore:
    """Writes each function's pickle into the session's directory."""

    def __init__(
        self,
        directory: str,
        new: Callable[[Function], None],
        export: Callable[[tuple[ObjectID, ...]], object],
    ) -> None:
        """Call ``new`` for every function seen for the first time.

        ``export`` is told which IDs leave inside a function.
        """
        self._directory = directory
        self._new = new
        self._export = export
        self._seen: set[int] = set()
        #: changes when tasks must load their functions anew
        self._salt = b""
        #: called before a function is shipped for the first time
        self.before_new: Callable[[], None] = lambda: None
        #: functions that hold IDs go with the last that uses them
        self._holding: weakref.WeakValueDictionary[int, Function] = (
            weakref.WeakValueDictionary()
        )
        self._by_number: dict[int, Function] = {}
        self._by_target: weakref.WeakKeyDictionary[Any, tuple[str, Function]] = (
            weakref.WeakKeyDictionary()
        )

    def register(self, target: Callable[..., Any], name: str) -> Function:
        """Return the target's number, shipping it if need be.

        Raises:
            TypeError: it does not pickle; the text names what it captures.
        """
        known = self._by_target.get(target)
        if known is not None and known[0] == name:
            return known[1]
        self.before_new()
        try:
            data, captured = dumps_code(target)
        except Exception as error:
            msg = f"{name} cannot be sent to a worker: {error}"
            culprit = culprit_of(target)
            if culprit:
                msg += f". It uses {culprit}: make that inside the function instead"
            raise TypeError(msg) from error
        number = number_of(name, data, self._salt)
        function = self._by_number.get(number) or self._holding.get(number)
        if function is None:
            write_file(self._path(number), data)
            function = describe(target, name, number)
            function.size_bytes = len(data)
            if captured:
                function.captured = captured
                self._export(captured)
                self._holding[number] = function
            else:
                self._by_number[number] = function
            self._announce(function)
        self._by_target[target] = (name, function)
        return function

    def adopt(self, function: Function) -> Function:
        """Know a function that a worker shipped."""
        known = self._by_number.get(function.number)
        if known is None:
            self._by_number[function.number] = known = function
            self._announce(function)
        return known

    def renew(self, salt: bytes) -> None:
        """Give every function another number: workers load them as if new."""
        self._salt = salt
        for table in (self._by_number, self._holding):
            for old, function in list(table.items()):
                number = number_of(str(old), b"", salt)
                try:
                    os.link(self._path(old), self._path(number))
                except OSError:  # a method: it has no file
                    continue
                del table[old]
                table[number] = function
                function.number = number
                self._announce(function)

    def _path(self, number: int) -> str:
        return f"{self._directory}/f{number:016x}"

    def _announce(self, function: Function) -> None:
        if function.number not in self._seen:
            self._seen.add(function.number)
            self._new(function)


def number_of(name: str, data: bytes, salt: bytes) -> int:
    """Return the number of a function: the same content has the same."""
    content = salt + name.encode() + b"\0" + data
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little")


def describe(target: Callable[..., Any], name: str, number: int) -> Function:
    """Return the shippable description of a function or class."""
    code = getattr(target, "__code__", None)
    where, line = "", 0
    if code is not None:
        where, line = Path(code.co_filename).name, code.co_firstlineno
    flags = FRESH if _captures_mutable(target) else 0
    return Function(number, name, flags, where, line)


def _captured(target: Callable[..., Any]) -> Iterable[tuple[str, Any]]:
    if not inspect.isfunction(target):
        return
    found = inspect.getclosurevars(target)
    yield from found.nonlocals.items()
    if target.__module__ == "__main__":
        yield from found.globals.items()
    for position, value in enumerate(target.__defaults__ or ()):
        yield f"default {position}", value


def _captures_mutable(target: Any, seen: frozenset[int] = frozenset()) -> bool:
    """Tell whether a task could change something that the next task would see."""
    seen |= {id(target)}
    if inspect.isfunction(target) and _rebinds(target.__code__):
        return True
    return any(not _is_harmless(value, seen) for _, value in _captured(target))


def _rebinds(code: CodeType) -> bool:
    """Tell whether a function assigns to a global or a name around it."""
    return any(
        one.opname in ("STORE_GLOBAL", "DELETE_GLOBAL")
        or (one.opname == "STORE_DEREF" and one.argval in code.co_freevars)
        for one in dis.get_instructions(code)
    ) or any(_rebinds(one) for one in code.co_consts if isinstance(one, types.CodeType))


def _is_harmless(value: Any, seen: frozenset[int]) -> bool:
    if id(value) in seen:
        return True
    if isinstance(value, tuple):
        return all(_is_harmless(one, seen) for one in value)
    if inspect.isfunction(value):
        foreign = value.__module__ != "__main__"
        return foreign or not _captures_mutable(value, seen)
    return isinstance(value, _HARMLESS) or callable(getattr(value, "remote", None))


def culprit_of(target: Callable[..., Any]) -> str:
    """Return what a function uses that does not pickle, "" if that is not known."""
    for name, value in _captured(target):
        try:
            cloudpickle.dumps(value)
        except Exception:  # noqa: BLE001 (any error names it)
            return f"'{name}' ({type(value).__name__})"
    return ""
