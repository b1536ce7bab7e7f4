"""How many calls of an actor may run at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core import events
from rayteach.engines.state import clock

if TYPE_CHECKING:
    from rayteach.engines.state import EngineState


def give(state: EngineState, actor: int, slots: int) -> None:
    """Let a new actor run ``slots`` calls at once; 0 leaves it as it is."""
    if slots:
        state.scheduler.actors[actor].slots = state.pool.slots[actor] = slots
        state.add(events.SlotsGiven(clock(), actor, slots))
