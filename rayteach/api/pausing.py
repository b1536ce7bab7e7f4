"""``pause``, ``step``, ``speed``, ``resume`` and ``paused``: one start at a time."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rayteach.api import session
from rayteach.engines.gating import checked_count, checked_speed
from rayteach.errors import RayteachError
from rayteach.object_id import get_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.engines.gating import Gating


def pause() -> None:
    """Start nothing from here on, until :func:`step` or :func:`resume`.

    What runs goes on. What was handed out and not begun is taken back; when this
    returns, no task or call begins any more. A ``get`` that cannot return without a
    start, where no live view answers, says so in one line and lets the session go on.

    Raises:
        RayteachError: no session is open, or this is a task.

    Source: ours.
    """
    _gating("pause").pause()


def step(n: int = 1) -> None:
    """Let the next ``n`` starts through: of a task, an actor or an actor's call.

    Returns at once; those that cannot start yet do as soon as they can. A session
    that is not paused is paused first.

    Args:
        n: how many, from 1.

    Raises:
        ValueError: ``n`` is no whole number from 1.
        RayteachError: no session is open, or this is a task.

    Source: ours.
    """
    count = checked_count(n)
    _gating("step").step(count)


def speed(per_second: float) -> None:
    """Space starts out: at most ``per_second`` of them, until :func:`resume`.

    Args:
        per_second: starts per second; 0.5 is one every two seconds.

    Raises:
        ValueError: it is no number above 0.
        RayteachError: no session is open, or this is a task.

    Source: ours.
    """
    rate = checked_speed(per_second)
    _gating("speed").speed(rate)


def resume() -> None:
    """Start everything as usual again; does nothing if everything does.

    Raises:
        RayteachError: no session is open, or this is a task.

    Source: ours.
    """
    _gating("resume").resume()


@contextmanager
def paused() -> Iterator[None]:
    """Be paused inside of a ``with`` block, and go on at its end in any case.

    Raises:
        RayteachError: no session is open, or this is a task.

    Source: ours.
    """
    pause()
    try:
        yield
    finally:
        with suppress(RayteachError):  # the block has closed the session
            resume()


def _gating(name: str) -> Gating:
    found = session.current()
    if found is not None:
        gating: Gating = found.engine.gating
        return gating
    if get_client() is not None:
        msg = f"{name}() works in the driver: a task cannot hold the session it is in"
        raise RayteachError(msg)
    msg = (
        f"{name}() needs an open session: call rayteach.init() first, or submit a "
        "task with .remote()"
    )
    raise RayteachError(msg)
