"""Functions and classes as Ray ships them: inside a wrapper, once each."""

from __future__ import annotations

import pickle
import weakref
from typing import TYPE_CHECKING, Any

import ray

from rayteach.engines.functions import culprit_of, describe, number_of
from rayteach.engines.ray import worker
from rayteach.engines.ray.failing import Again
from rayteach.engines.ray.spec import unpack_call
from rayteach.runtime.protocol import FRESH
from rayteach.runtime.serialization import dumps_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.engines.base import Function, TaskOptions

_loaded: dict[int, Any] = {}
"""What this worker has loaded, by number."""


class Shipped:
    """A function or class as bytes; loaded once per process unless it must be fresh."""

    __slots__ = ("captured", "data", "flags", "number")

    def __init__(self, number: int, flags: int, data: bytes, captured: Any) -> None:
        """Keep the pickle; ``captured`` are the IDs that it holds."""
        self.number = number
        self.flags = flags
        self.data = data
        #: they travel with it, so that Ray counts them
        self.captured = captured

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel whole."""
        return Shipped, (self.number, self.flags, self.data, self.captured)

    def load(self) -> Any:
        """Return the function."""
        known = _loaded.get(self.number)
        if known is None or self.flags & FRESH:
            known = pickle.loads(self.data)
            if not self.flags & FRESH:
                _loaded[self.number] = known
        return known


def _task(shipped: Shipped) -> Callable[..., Any]:
    def task(packed: bytes, /, *args: Any, **kwargs: Any) -> Any:
        spec, _, args, kwargs = unpack_call(packed, args, kwargs)
        return worker.perform(spec, shipped.load, args, kwargs)

    return task


def _stream(shipped: Shipped) -> Callable[..., Any]:
    def task(packed: bytes, /, *args: Any, **kwargs: Any) -> Any:
        spec, _, args, kwargs = unpack_call(packed, args, kwargs)
        yield from worker.stream(spec, shipped.load, args, kwargs)

    return task


class Shop:
    """Makes Ray's remote functions of ours, each once per set of options."""

    def __init__(self, defined: Callable[[Function], None]) -> None:
        """Call ``defined`` for each function that is new here."""
        self._defined = defined
        self._by_target: weakref.WeakKeyDictionary[Any, tuple[str, Function]] = (
            weakref.WeakKeyDictionary()
        )
        self._shipped: weakref.WeakKeyDictionary[Function, Shipped] = (
            weakref.WeakKeyDictionary()
        )
        self._made: weakref.WeakKeyDictionary[Function, dict[Any, Any]] = (
            weakref.WeakKeyDictionary()
        )
        self._seen: set[int] = set()

    def register(self, target: Callable[..., Any], name: str) -> Function:
        """Return the target's description, shippable from now on.

        Raises:
            TypeError: it does not pickle; the text names what it captures.
        """
        known = self._by_target.get(target)
        if known is not None and known[0] == name:
            return known[1]
        try:
            data, captured = dumps_code(target)
        except Exception as error:
            msg = f"{name} cannot be sent to a worker: {error}"
            culprit = culprit_of(target)
            if culprit:
                msg += f". It uses {culprit}: make that inside the function instead"
            raise TypeError(msg) from error
        number = number_of(name, data, b"")
        function = describe(target, name, number)
        function.captured = captured
        self._by_target[target] = (name, function)
        self._shipped[function] = Shipped(number, function.flags, data, captured)
        self.know(function)
        return function

    def know(self, function: Function) -> None:
        """Tell of a function once."""
        if function.number not in self._seen:
            self._seen.add(function.number)
            self._defined(function)

    def shipped(self, function: Function) -> Shipped:
        """Return what travels."""
        return self._shipped[function]

    def remote(self, function: Function, options: TaskOptions) -> Any:
        """Return Ray's remote function with these options."""
        made = self._made.get(function)
        if made is None:
            made = self._made[function] = {}
        found = made.get(options)
        if found is None:
            found = made[options] = self._make(function, options)
        return found

    def _make(self, function: Function, options: TaskOptions) -> Any:
        streams = options.stream != ""
        wrap = _stream if streams else _task
        task = wrap(self._shipped[function])
        task.__name__ = task.__qualname__ = options.name or function.name
        retried = options.retry_exceptions is not False
        given: dict[str, Any] = {
            "num_cpus": options.num_cpus,
            "num_returns": options.stream or options.num_returns,
            "max_retries": options.max_retries,
            "retry_exceptions": [Again] if retried else False,
        }
        if options.resources:
            given["resources"] = dict(options.resources)
        return ray.remote(**given)(task)
