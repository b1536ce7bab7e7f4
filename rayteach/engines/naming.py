"""Names of actors: one per namespace, free again when the actor is dead.

    state.named     (namespace, name) -> number of the actor

An empty namespace is the session's own. All of it works under the lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.errors import ActorAlreadyExistsError

if TYPE_CHECKING:
    from rayteach.engines.base import ActorOptions
    from rayteach.engines.state import EngineState
    from rayteach.object_id import ActorID


def key_of(state: EngineState, options: ActorOptions) -> tuple[str, str]:
    """Return where ``state.named`` keeps an actor with these options."""
    return options.namespace or state.namespace, options.name


def check_free(state: EngineState, options: ActorOptions) -> None:
    """Refuse the name of a living actor.

    Raises:
        ActorAlreadyExistsError: it is taken in that namespace.
    """
    if options.name and key_of(state, options) in state.named:
        name, place = options.name, ""
        if options.namespace:
            place = f", namespace={options.namespace!r}"
        msg = (
            f"an actor named {name!r} exists already: use get_actor({name!r}{place}), "
            "options(get_if_exists=True), or another name"
        )
        raise ActorAlreadyExistsError(msg)


def is_wanted(state: EngineState, options: ActorOptions) -> bool:
    """Tell whether the present actor of that name is asked for."""
    return options.get_if_exists and key_of(state, options) in state.named


def find(state: EngineState, name: str, namespace: str) -> tuple[ActorID, Any]:
    """Return the living actor of that name, and what its handle must know.

    Raises:
        ValueError: there is none.
    """
    space = namespace or state.namespace
    number = state.named.get((space, name))
    known = state.actors.get(number) if number else None
    ref = known.ref() if known is not None else None
    if known is None or ref is None:
        raise ValueError(_unknown(state, name, space))
    return ref, known.meta


def listed(state: EngineState, namespace: str | None) -> list[tuple[str, str]]:
    """Return (namespace, name) of all living named actors, sorted.

    ``namespace`` is one of them, "" for the session's own, or None for all.
    """
    space = state.namespace if namespace == "" else namespace
    return sorted(key for key in state.named if space is None or key[0] == space)


def _unknown(state: EngineState, name: str, space: str) -> str:
    msg = f"no living actor is named {name!r}"
    if space != state.namespace:
        msg += f" in namespace {space!r}"
    names = [one for _, one in listed(state, space)]
    if names:
        return f"{msg}; there are {', '.join(map(repr, names))}"
    others = sorted(place for place, one in state.named if one == name)
    if others:
        msg += f"; there is one in another: namespace={others[0]!r}"
    return msg
