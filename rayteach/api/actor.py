"""``@remote`` on classes: actors, their handles and methods."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, NoReturn

from rayteach.api import session
from rayteach.api.generators import result_of
from rayteach.api.options import (
    CALL_OPTIONS,
    actor_options,
    for_target,
    namespace_of,
    task_options,
)
from rayteach.api.place import caller_line
from rayteach.api.signature import Signature
from rayteach.runtime.calls import has_async_methods

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.engines.base import ActorOptions, Function, TaskOptions
    from rayteach.object_id import ObjectID

_OPTIONS = "__rayteach_method_options__"


class ActorClass:
    """A class whose instances live in processes of their own."""

    def __init__(self, cls: type, given: dict[str, Any]) -> None:
        """Wrap ``cls``; ``given`` are the options as written."""
        functools.update_wrapper(self, cls, updated=())
        self._cls = cls
        self._given = given
        self._is_async = has_async_methods(cls)
        self._options = actor_options(given, is_async=self._is_async)
        self._name = cls.__name__
        constructor = _constructor(cls)
        self._signature = (
            Signature(constructor, self._name, skip=1)
            if constructor is not None
            else Signature(lambda: None, self._name)
        )
        self._methods = _methods(cls)
        self._shipped: Function | None = None
        self._engine: Any = None

    def remote(self, *args: Any, **kwargs: Any) -> ActorHandle:
        """Create an actor; return its handle at once.

        Raises:
            TypeError: the constructor does not take these arguments.
            ActorAlreadyExistsError: the name is taken (a ``ValueError`` too).
        """
        return self._create(args, kwargs, self._options)

    def options(self, **given: Any) -> ActorClassOptions:
        """Return the same class with other options.

        Args:
            **given: ``num_cpus``, ``resources``, ``name``, ``namespace``,
                ``get_if_exists``, ``lifetime``, ``max_restarts``,
                ``max_task_retries``, ``max_concurrency``.
        """
        options = actor_options({**self._given, **given}, is_async=self._is_async)
        return ActorClassOptions(self, options)

    def __call__(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse a direct call."""
        msg = (
            f"{self._name} is an actor class: create an actor with "
            f"{self._name}.remote(...). The plain class is {self._name}.__wrapped__"
        )
        raise TypeError(msg)

    def __repr__(self) -> str:
        """Show the name."""
        return f"<actor class {self._name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as the plain class and its options."""
        return ActorClass, (self._cls, self._given)

    def _create(
        self, args: Any, kwargs: dict[str, Any], options: ActorOptions
    ) -> ActorHandle:
        self._signature.check(args, kwargs)
        engine = session.engine()
        if self._engine is not engine:
            self._shipped = engine.register(self._cls, self._name)
            self._engine = engine
        meta = (self._name, self._methods)
        ref, meta = engine.create_actor(
            self._shipped, args, kwargs, options, caller_line(3), meta
        )
        return ActorHandle(ref, meta)


class ActorClassOptions:
    """An actor class with options of its own."""

    def __init__(self, cls: ActorClass, options: ActorOptions) -> None:
        """Made by ``Class.options(...)``."""
        self._class = cls
        self._options = options

    def remote(self, *args: Any, **kwargs: Any) -> ActorHandle:
        """Create an actor with these options."""
        return self._class._create(args, kwargs, self._options)  # noqa: SLF001


class ActorHandle:
    """Names an actor; its methods are called with ``handle.method.remote(...)``.

    A handle can be passed to tasks and actors. The actor ends when its last
    handle is gone and its queued calls are done.
    """

    def __init__(self, actor_id: ObjectID, meta: Any) -> None:
        """Made by ``Class.remote()`` and ``get_actor``."""
        #: the identity of the actor
        self.actor_id = actor_id
        self._meta = meta

    @property
    def _class_name(self) -> str:
        """The name of the actor's class."""
        name: str = self._meta[0]
        return name

    def __getattr__(self, name: str) -> ActorMethod:
        """Return the method of that name."""
        if name.startswith("_") or name == "actor_id":
            raise AttributeError(name)
        class_name, methods = self._meta
        if name not in methods:
            has = ", ".join(sorted(methods)) or "none"
            msg = f"actor {class_name} has no method {name!r}; it has {has}"
            raise AttributeError(msg)
        return ActorMethod(self, name, methods[name])

    def __dir__(self) -> list[str]:
        """List the methods, for completion."""
        return sorted(self._meta[1])

    def __repr__(self) -> str:
        """Show the actor's label."""
        return f"ActorHandle({self.actor_id.label})"

    def __eq__(self, other: object) -> bool:
        """Handles of one actor are equal."""
        if not isinstance(other, ActorHandle):
            return NotImplemented
        return self.actor_id == other.actor_id

    def __hash__(self) -> int:
        """Hash the actor's identity."""
        return hash(self.actor_id)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as the identity."""
        return ActorHandle, (self.actor_id, self._meta)


_DEFAULTS = task_options({}, CALL_OPTIONS)


class ActorMethod:
    """One method of one actor."""

    __slots__ = ("_given", "_handle", "_name", "_spec")

    def __init__(
        self, handle: ActorHandle, name: str, spec: Any, given: Any = None
    ) -> None:
        """Made by ``handle.method``; ``spec`` is (signature parts, options)."""
        self._handle = handle
        self._name = name
        self._spec = spec
        self._given: TaskOptions | None = given

    def remote(self, *args: Any, **kwargs: Any) -> Any:
        """Queue a call; return its ObjectID (or its generator) at once.

        Calls that one caller makes run in the order in which they were made.
        """
        needed, most, shown, options = self._spec
        if kwargs or not needed <= len(args) <= most:
            self._check(args, kwargs, shown)
        chosen = self._given or (
            task_options(options, CALL_OPTIONS) if options else _DEFAULTS
        )
        ids = session.engine().call(
            self._handle.actor_id, self._name, args, kwargs, chosen, caller_line()
        )
        if chosen.stream:
            return result_of(ids, chosen)
        if chosen.num_returns == 1:
            return ids[0]
        return ids or None

    def options(self, **given: Any) -> ActorMethod:
        """Return the method with other options.

        Args:
            **given: ``num_returns``, ``name``, ``max_task_retries``.
        """
        merged = {**self._spec[3], **given}
        options = task_options(merged, CALL_OPTIONS)
        return ActorMethod(self._handle, self._name, self._spec, options)

    def __call__(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse a direct call."""
        msg = (
            f"{self._name} is an actor's method: call "
            f"handle.{self._name}.remote(...) and fetch the value with get()"
        )
        raise TypeError(msg)

    def _check(self, args: Any, kwargs: Any, shown: Any) -> None:
        if shown is None:
            return
        try:
            shown.bind(*args, **kwargs)
        except TypeError as error:
            msg = f"{self._name}.remote(): {error}; it takes {shown}"
            raise TypeError(msg) from None


def method(**options: Any) -> Callable[[Any], Any]:
    """Give a method of an actor class options of its own.

    Args:
        **options: ``num_returns``, and ``max_task_retries``: how often a call runs
            again after the actor's process died under it; -1 for ever.

    Raises:
        ValueError: an unknown option, or a value out of range.
    """
    task_options(options, CALL_OPTIONS)

    def mark(function: Any) -> Any:
        setattr(function, _OPTIONS, options)
        return function

    return mark


def get_actor(name: str, namespace: str | None = None) -> ActorHandle:
    """Return a handle of the living actor of that name.

    Args:
        name: as given in the option ``name``.
        namespace: where the name counts; None: the session's own.

    Raises:
        ValueError: no living actor has that name there.
    """
    if not isinstance(name, str) or not name:
        msg = f"get_actor() takes the name of an actor, not {name!r}"
        raise ValueError(msg)
    space = namespace_of(namespace)
    return ActorHandle(*session.engine().get_actor(name, space))


def list_named_actors(*, all_namespaces: bool = False) -> list[Any]:
    """Return the names of the living actors that have one, sorted.

    Args:
        all_namespaces: not only those of the session's own namespace; then each
            is a dictionary with ``name`` and ``namespace``.

    Source: Ray 2.60 ``ray.util.list_named_actors``.
    """
    found = session.engine().named_actors(None if all_namespaces else "")
    if all_namespaces:
        return [{"name": name, "namespace": space} for space, name in found]
    return [name for _, name in found]


def _constructor(cls: type) -> Any:
    constructor = inspect.getattr_static(cls, "__init__")
    return constructor if constructor is not object.__init__ else None


def _methods(cls: type) -> dict[str, Any]:
    found = {}
    for name, function in inspect.getmembers(cls, callable):
        if name.startswith("_"):
            continue
        needed, most, shown = 0, -1, None
        raw = inspect.getattr_static(cls, name)
        skip = 0 if isinstance(raw, staticmethod) else 1
        if isinstance(raw, classmethod):
            skip = 0
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            signature = None
        if signature is not None:
            kept = list(signature.parameters.values())[skip:]
            shown = signature.replace(
                parameters=[
                    one.replace(
                        annotation=inspect.Parameter.empty,
                        default=one.default
                        if one.default is inspect.Parameter.empty
                        else None,
                    )
                    for one in kept
                ],
                return_annotation=inspect.Signature.empty,
            )
            kinds = (
                inspect.Parameter.POSITIONAL_ONLY,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
            )
            if all(one.kind in kinds for one in kept):
                most = len(kept)
                needed = sum(one.default is inspect.Parameter.empty for one in kept)
        options = for_target(function, getattr(function, _OPTIONS, {}))
        found[name] = (needed, most, shown, options)
    return found
