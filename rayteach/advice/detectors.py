"""All detectors, in the order in which their findings are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.advice import code, sizes, waits, work
from rayteach.advice.model import Advice, Case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rayteach.core.events import Event
    from rayteach.trace.views.rows import Rows

DETECTORS: tuple[Callable[[Case], Iterator[Advice]], ...] = (
    waits.get_in_loop,
    waits.get_too_early,
    waits.result_order,
    waits.returned_ids,
    work.tiny_tasks,
    work.too_many_in_flight,
    work.unneeded_puts,
    work.idle_parents,
    work.busy_actors,
    sizes.same_argument,
    sizes.large_closure,
    code.global_state,
    code.redefined,
)


def advise(rows: Rows, events: Sequence[Event] = ()) -> list[Advice]:
    """Return what cost something in a run, what cost most time first.

    Args:
        rows: the run.
        events: its events, for the source of its cells.
    """
    case = Case(rows, events)
    found = [advice for detect in DETECTORS for advice in detect(case)]
    return sorted(found, key=lambda advice: -(advice.cost_s or 0.0))
