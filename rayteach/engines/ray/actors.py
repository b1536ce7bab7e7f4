"""Actors on Ray: their options, their names, and how a method is called."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import ray

from rayteach.engines.ray import recorder as recorders
from rayteach.engines.ray.hosts import AsyncHost, Host
from rayteach.errors import ActorAlreadyExistsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rayteach.engines.base import ActorOptions, TaskOptions
    from rayteach.engines.ray.client import RayClient
    from rayteach.engines.ray.shipping import Shipped
    from rayteach.engines.ray.spec import Spec
    from rayteach.object_id import ActorID

_FREE_S = 3.0
"""Ray frees the name of an actor that ends a moment later: wait for it so long."""
_LOOK_S = 0.02


def create(
    client: RayClient,
    spec: Spec,
    shipped: Shipped,
    args: Sequence[Any],
    kwargs: dict[str, Any],
    options: ActorOptions,
    meta: Any,
) -> tuple[Any, Any]:
    """Return Ray's handle, and what is known of it if the actor was there before.

    Raises:
        ActorAlreadyExistsError: the name belongs to a living actor.
    """
    kind: Any = AsyncHost if options.is_async else Host
    given = _given(options)
    made = (ray.remote(**given) if given else ray.remote)(kind)
    if not options.name:
        return made.remote(spec, shipped, *args, **kwargs), None
    space = options.namespace or client.namespace
    named = made.options(
        name=options.name, namespace=space, get_if_exists=options.get_if_exists
    )
    key = (space, options.name)
    handle = _named(client, named, key, (spec, shipped, *args), kwargs, options)
    own = (spec.number, spec.label, meta)
    known = ray.get(client.recorder.name.remote(_hex(handle), key, own))
    return handle, known if known[0] != spec.number else None


def _named(
    client: RayClient,
    named: Any,
    key: tuple[str, str],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    options: ActorOptions,
) -> Any:
    deadline = time.monotonic() + _FREE_S
    while True:
        try:
            return named.remote(*args, **kwargs)
        except ValueError as error:
            if "already" not in str(error):
                raise
            leaving = client.book.is_leaving(key)
            if not leaving or time.monotonic() > deadline:
                raise _taken(options) from None
            time.sleep(_LOOK_S)


def _taken(options: ActorOptions) -> ActorAlreadyExistsError:
    name, place = options.name, ""
    if options.namespace:
        place = f", namespace={options.namespace!r}"
    return ActorAlreadyExistsError(
        f"an actor named {name!r} exists already: use get_actor({name!r}{place}), "
        "options(get_if_exists=True), or another name"
    )


def _given(options: ActorOptions) -> dict[str, Any]:
    given: dict[str, Any] = {
        "max_restarts": options.max_restarts,
        "max_task_retries": options.max_task_retries,
    }
    if options.num_cpus is not None:
        given["num_cpus"] = options.num_cpus
    if options.resources:
        given["resources"] = dict(options.resources)
    if options.max_concurrency is not None:
        given["max_concurrency"] = options.max_concurrency
    if options.is_detached:
        given["lifetime"] = "detached"
    return given


def method_of(handle: Any, options: TaskOptions) -> Any:
    """Return what submits a call with these options."""
    streams = options.stream != ""
    method = handle.stream if streams else handle.call
    given: dict[str, Any] = {}
    if streams or options.num_returns != 1:
        given["num_returns"] = options.stream or options.num_returns
    if options.max_task_retries is not None:
        given["max_task_retries"] = options.max_task_retries
    return method.options(**given) if given else method


def find(client: RayClient, name: str, namespace: str) -> tuple[ActorID, Any]:
    """Return the living actor of that name, and what its handle must know.

    Raises:
        ValueError: there is none.
    """
    space = namespace or client.namespace
    known = None
    if not client.book.is_leaving((space, name)):
        try:
            handle = ray.get_actor(name, space)
            known = ray.get(client.recorder.named.remote((space, name)))
        except ValueError:
            known = None
    if known is None:
        raise ValueError(_unknown(client, name, space))
    return client.arrive_actor(known[0], known[1], handle), known[2]


def _unknown(client: RayClient, name: str, space: str) -> str:
    msg = f"no living actor is named {name!r}"
    if space != client.namespace:
        msg += f" in namespace {space!r}"
    names = [one for _, one in listed(client, space)]
    if names:
        return f"{msg}; there are {', '.join(map(repr, names))}"
    others = sorted(place for place, one in listed(client, None) if one == name)
    if others:
        msg += f"; there is one in another: namespace={others[0]!r}"
    return msg


def listed(client: RayClient, namespace: str | None) -> list[tuple[str, str]]:
    """Return (namespace, name) of all living named actors, sorted."""
    space = client.namespace if namespace == "" else namespace
    found = [
        (one["namespace"], one["name"])
        for one in ray.util.list_named_actors(all_namespaces=True)
    ]
    return sorted(
        key
        for key in found
        if key[0] != recorders.NAMESPACE
        and (space is None or key[0] == space)
        and not client.book.is_leaving(key)
    )


def _hex(handle: Any) -> str:
    found: str = handle._actor_id.hex()  # noqa: SLF001 (there is no public way)
    return found
