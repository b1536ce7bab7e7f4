"""``@remote`` on functions, and the decorator itself."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from rayteach.api import captured, session
from rayteach.api.actor import ActorClass
from rayteach.api.generators import result_of
from rayteach.api.options import TASK_OPTIONS, for_target, task_options
from rayteach.api.place import caller_line
from rayteach.api.signature import Signature

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.engines.base import Function, TaskOptions
    from rayteach.object_id import ObjectID


class RemoteFunction:
    """A function whose calls become tasks: ``f.remote(...)`` returns an ObjectID."""

    def __init__(
        self, function: Callable[..., Any], options: TaskOptions, given: dict[str, Any]
    ) -> None:
        """Wrap ``function``; ``given`` are the options as written."""
        functools.update_wrapper(self, function)
        self._function = function
        self._options = options
        self._given = given
        self._name = function.__name__
        self._signature = Signature(function, self._name)
        self._shipped: Function | None = None
        self._engine: Any = None
        #: globals that changed since it was shipped, not warned of yet
        self._stale: tuple[str, ...] = ()
        #: made by a ``%%remote`` cell: tasks may call it as a plain function
        self.is_of_cell = False

    def remote(self, *args: Any, **kwargs: Any) -> Any:
        """Submit a task; return at once.

        Returns:
            An ``ObjectID``; a list of them if ``num_returns`` > 1; None if 0; an
            ``ObjectIDGenerator`` if the function is a generator.

        Raises:
            TypeError: the arguments do not fit, or something does not pickle.
        """
        return self._submit(args, kwargs, self._options)

    def options(self, **given: Any) -> RemoteOptions:
        """Return the same function with other options, for one call or many.

        Args:
            **given: ``num_cpus``, ``num_returns``, ``max_retries``,
                ``retry_exceptions``, ``resources``, ``name``.
        """
        merged = for_target(self._function, {**self._given, **given})
        return RemoteOptions(self, task_options(merged, TASK_OPTIONS))

    @property
    def stale(self) -> tuple[str, ...]:
        """Globals that it reads and that changed since it was shipped."""
        return self._stale

    @stale.setter
    def stale(self, names: tuple[str, ...]) -> None:
        self._stale = names
        if names:
            self._engine = None  # the next call takes the long way, and warns

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse a direct call, but for one task's of another of its cell.

        Raises:
            TypeError: names what to write.
        """
        if self.is_of_cell and session.is_in_task():
            return self._function(*args, **kwargs)
        msg = (
            f"{self._name} is a remote function: call {self._name}.remote(...) and "
            f"fetch the value with get(). The plain one is {self._name}.__wrapped__"
        )
        raise TypeError(msg)

    def __repr__(self) -> str:
        """Show the name."""
        return f"<remote function {self._name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as the plain function and its options."""
        parts = (self._function, self._options, self._given, self.is_of_cell)
        return _rebuild, parts

    def _submit(self, args: Any, kwargs: dict[str, Any], options: TaskOptions) -> Any:
        self._signature.check(args, kwargs)
        engine = session.engine()
        if self._engine is not engine:
            self._shipped = engine.register(self._function, self._name)
            self._engine = engine
            captured.note(self)
            if self.stale:
                captured.warn(self)
        ids: list[ObjectID] = engine.submit(
            self._shipped, args, kwargs, options, caller_line(3)
        )
        if options.stream:
            return result_of(ids, options)
        if options.num_returns == 1:
            return ids[0]
        return ids or None


class RemoteOptions:
    """A remote function with options of its own."""

    def __init__(self, function: RemoteFunction, options: TaskOptions) -> None:
        """Made by ``f.options(...)``."""
        self._remote = function
        self._options = options

    def remote(self, *args: Any, **kwargs: Any) -> Any:
        """Submit a task with these options."""
        return self._remote._submit(args, kwargs, self._options)  # noqa: SLF001

    def __repr__(self) -> str:
        """Show the function."""
        return f"{self._remote!r} with options"


def _rebuild(
    function: Callable[..., Any],
    options: TaskOptions,
    given: dict[str, Any],
    is_of_cell: bool = False,
) -> RemoteFunction:
    made = RemoteFunction(function, options, given)
    made.is_of_cell = is_of_cell
    return made


def remote(*args: Any, **options: Any) -> Any:
    """Make a function a remote function, or a class an actor class.

    Use it bare (``@remote``) or with options (``@remote(num_cpus=2)``).

    Args:
        *args: the function or class, when used bare.
        **options: for functions ``num_cpus``, ``num_returns``, ``max_retries``,
            ``retry_exceptions``, ``resources``, ``name``; for classes ``num_cpus``,
            ``resources``, ``name``, ``namespace``, ``get_if_exists``,
            ``lifetime``, ``max_restarts``, ``max_task_retries``,
            ``max_concurrency``.

    Raises:
        TypeError: not a function or class.
        ValueError: an unknown option, or an ``async def`` function.
    """
    if args and not options and len(args) == 1:
        return _make(args[0], {})
    if args:
        msg = "use @remote, or @remote(num_cpus=..., ...) with options by name"
        raise TypeError(msg)
    return lambda target: _make(target, options)


def _make(target: Any, options: dict[str, Any]) -> Any:
    if isinstance(target, (RemoteFunction, ActorClass)):
        msg = f"{target!r} is remote already"
        raise TypeError(msg)
    if inspect.isclass(target):
        return ActorClass(target, options)
    if inspect.isfunction(target) or inspect.isbuiltin(target):
        if inspect.iscoroutinefunction(target) or inspect.isasyncgenfunction(target):
            msg = (
                f"{target.__name__} is async: a task runs alone in its process, so "
                "there is no loop. Make it a method of an actor class, or wrap it in "
                f"a plain function: `return asyncio.run({target.__name__}(...))`"
            )
            raise ValueError(msg)
        chosen = task_options(for_target(target, options), TASK_OPTIONS)
        return RemoteFunction(target, chosen, options)
    msg = f"remote takes a function or a class, not {type(target).__name__}"
    if callable(target):
        msg += "; wrap it: remote(lambda *a: it(*a)) or a def"
    raise TypeError(msg)
