"""Check the options that people give to ``remote`` and ``.options``."""

from __future__ import annotations

import difflib
import inspect
from typing import Any

from rayteach.engines.base import DYNAMIC, STREAMING, ActorOptions, TaskOptions
from rayteach.engines.retries import class_name

TASK_OPTIONS = (
    "max_retries", "name", "node", "num_cpus", "num_returns", "resources",
    "retry_exceptions", "scheduling_strategy",
)  # fmt: skip
ACTOR_OPTIONS = (
    "get_if_exists", "lifetime", "max_concurrency", "max_restarts",
    "max_task_retries", "name", "namespace", "node", "num_cpus", "resources",
    "scheduling_strategy",
)  # fmt: skip
CALL_OPTIONS = ("max_task_retries", "name", "num_returns")
_STRATEGIES = (None, "DEFAULT", "PACK", "SPREAD")
_LIFETIMES = (None, "detached", "non_detached")
_MOST = 65_535
"""Results of one task: they are counted in 16 bits."""


class WrongResults(ValueError, TypeError):  # noqa: N818 (named for what it is)
    """Nothing that ``num_returns`` can be; for a wrong type Ray has a TypeError."""


def task_options(given: dict[str, Any], allowed: tuple[str, ...]) -> TaskOptions:
    """Return the options of a task or call.

    Raises:
        ValueError: an unknown name, or a value out of range.
        TypeError: a value of the wrong type.
    """
    _check_names(given, allowed)
    num_returns, stream = _results(given.get("num_returns"))
    return TaskOptions(
        num_cpus=_amount(given.get("num_cpus", 1.0), "num_cpus"),
        num_returns=num_returns,
        max_retries=_whole(given.get("max_retries", 3), "max_retries", -1),
        resources=_resources(given.get("resources")),
        name=_text(given.get("name", ""), "name"),
        retry_exceptions=_exceptions(given.get("retry_exceptions", False)),
        max_task_retries=_maybe_whole(given.get("max_task_retries")),
        stream=stream,
        node=_text(given.get("node", ""), "node"),
        strategy=_strategy(given),
    )


def _yields(target: Any) -> bool:
    return inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target)


def for_target(target: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options as meant for ``target``: a generator function streams."""
    if given.get("num_returns") is None and _yields(target):
        return {**given, "num_returns": STREAMING}
    return given


def actor_options(given: dict[str, Any], *, is_async: bool = False) -> ActorOptions:
    """Return the options of an actor; errors as in ``task_options``."""
    _check_names(given, ACTOR_OPTIONS)
    cpus = given.get("num_cpus")
    options = ActorOptions(
        num_cpus=None if cpus is None else _amount(cpus, "num_cpus"),
        resources=_resources(given.get("resources")),
        name=_text(given.get("name", ""), "name"),
        get_if_exists=bool(given.get("get_if_exists", False)),
        namespace=namespace_of(given.get("namespace")),
        is_detached=_lifetime(given.get("lifetime")) == "detached",
        max_restarts=_whole(given.get("max_restarts", 0), "max_restarts", -1),
        max_task_retries=_maybe_whole(given.get("max_task_retries")) or 0,
        max_concurrency=_concurrency(given.get("max_concurrency")),
        is_async=is_async,
        node=_text(given.get("node", ""), "node"),
        strategy=_strategy(given),
    )
    if options.get_if_exists and not options.name:
        msg = "get_if_exists=True needs a name: options(name=..., get_if_exists=True)"
        raise ValueError(msg)
    return options


def _strategy(given: dict[str, Any]) -> str:
    """Return how the node is chosen, "" for the default.

    Raises:
        ValueError: there is no such strategy, or a node is named as well.
    """
    value = given.get("scheduling_strategy")
    if value not in _STRATEGIES:
        msg = (
            f'scheduling_strategy={value!r}: it can be "SPREAD" (the next node in '
            'turn), "PACK" (the first node with room) or "DEFAULT" (near its inputs)'
        )
        raise ValueError(msg)
    if value in (None, "DEFAULT"):
        return ""
    if given.get("node"):
        msg = f"node={given['node']!r} and scheduling_strategy={value!r}: give one"
        raise ValueError(msg)
    return str(value)


def namespace_of(value: Any) -> str:
    """Return a namespace as given, "" for None: the session's own.

    Raises:
        TypeError: not a str.
        ValueError: an empty one.
    """
    if value == "":
        msg = "namespace='': give it a name, or None for the session's own"
        raise ValueError(msg)
    return _text(value, "namespace")


def _lifetime(value: Any) -> Any:
    if value not in _LIFETIMES:
        msg = (
            f"lifetime={value!r}: it can be 'detached' (lives until kill() or the end "
            "of the session), 'non_detached' or None (ends with its last handle)"
        )
        raise ValueError(msg)
    return value


def _concurrency(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        msg = (
            f"max_concurrency={value!r}: it is how many calls of the actor may run at "
            "once, a whole number from 1"
        )
        raise ValueError(msg)
    return value


def _maybe_whole(value: Any) -> int | None:
    return None if value is None else _whole(value, "max_task_retries", -1)


def _results(value: Any) -> tuple[int, str]:
    """Return how many IDs a task has, and how its items come if it has some.

    Raises:
        WrongResults: nothing that ``num_returns`` can be.
    """
    if value is None:
        return 1, ""
    if isinstance(value, str) and value in (STREAMING, DYNAMIC):
        return 1, value
    if type(value) is int and 0 <= value <= _MOST:
        return value, ""
    msg = (
        f"num_returns={value!r}: it can be a whole number from 0 to {_MOST:,}, "
        f'"{STREAMING}" or "{DYNAMIC}"'
    )
    raise WrongResults(msg)


def _check_names(given: dict[str, Any], allowed: tuple[str, ...]) -> None:
    for name in given:
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, 1)
            hint = f"did you mean {near[0]!r}?" if near else ""
            msg = (
                f"unknown option {name!r}; {hint or 'there are ' + ', '.join(allowed)}"
            )
            raise ValueError(msg)


def _amount(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        msg = f"{name} must be a number, not {type(value).__name__}"
        raise TypeError(msg)
    if not 0 <= value < float("inf"):
        msg = f"{name}={value!r}: it must be 0 or more"
        raise ValueError(msg)
    return float(value)


def _whole(value: Any, name: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        msg = f"{name} must be a whole number, not {value!r}"
        raise TypeError(msg)
    if value < least:
        ever = " (-1: for ever)" if least < 0 else ""
        msg = f"{name}={value}: it must be {least} or more{ever}"
        raise ValueError(msg)
    return value


def _resources(value: Any) -> tuple[tuple[str, float], ...]:
    if value is None:
        return ()
    if not isinstance(value, dict):
        msg = f"resources must be a dict of name: amount, not {type(value).__name__}"
        raise TypeError(msg)
    if "CPU" in value:
        msg = "resources={'CPU': ...}: use num_cpus"
        raise ValueError(msg)
    return tuple(
        (str(name), _amount(amount, f"resources[{name!r}]"))
        for name, amount in sorted(value.items())
        if amount
    )


def _exceptions(value: Any) -> bool | tuple[str, ...]:
    if isinstance(value, bool):
        return value
    if isinstance(value, (list, tuple)):
        if all(isinstance(o, type) and issubclass(o, BaseException) for o in value):
            return tuple(class_name(one) for one in value)
        msg = f"retry_exceptions={value!r}: the list may hold exception classes only"
        raise TypeError(msg)
    msg = f"retry_exceptions must be True, False or a list of classes, not {value!r}"
    raise TypeError(msg)


def _text(value: Any, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        msg = f"{name} must be a str, not {type(value).__name__}"
        raise TypeError(msg)
    return value
