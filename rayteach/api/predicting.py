"""``rayteach.predict``: ask before, reveal after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.prediction.choices import (
    Number,
    Order,
    Pick,
    Question,
    checked_names,
)
from rayteach.prediction.hosts import TextHost, has_terminal
from rayteach.prediction.prediction import Host, Prediction
from rayteach.prediction.schedule import checked_schedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rayteach.api.run import Run

_terminal = TextHost(has_terminal)

#: who asks; a notebook puts its own here
_host: Host = _terminal


def set_host(host: Host | None) -> None:
    """Let ``host`` ask from here on; None puts the terminal back."""
    global _host  # noqa: PLW0603 (one place to sit per process)
    _host = host or _terminal


def predict(
    question: str,
    *,
    pick: Iterable[str] | None = None,
    count: int | None = None,
    order: Iterable[str] | None = None,
    number: bool = False,
    unit: str = "",
    within: float = 0.0,
    schedule: Mapping[str, int] | None = None,
    cpus: int = 2,
    preset: Any = None,
) -> Prediction:
    """Ask the learner what will happen; ``reveal`` on the result tells what did.

    In a notebook a widget takes the answer, in a terminal a typed line; where
    nobody can answer (nbval, nbconvert, CI) ``preset`` is the answer. Nothing
    waits for a widget: the cell ends, and the learner answers before the next::

        p = rayteach.predict("Which two are ready first?",
                             pick=["f-1", "f-2", "f-3"], count=2)
        ...
        p.reveal(["f-1", "f-3"])

    Args:
        question: what is asked, one sentence.
        pick: names to choose from; the answer is a list of some.
        count: how many to pick; any number without it.
        order: names to put in order, the first one first.
        number: ask for a number.
        unit: of the number, or of the lengths of a schedule ("steps").
        within: a number this near counts as right.
        schedule: bars to place in time, ``{name: length}``, whole lengths; the
            answer is ``{name: (CPU, start)}``, CPUs from 1 and starts from 0.
        cpus: how many CPUs the schedule has.
        preset: the answer where nobody can give one.

    Returns:
        The prediction; ``.answer`` is what the learner said, None before.

    Raises:
        TypeError: not exactly one of ``pick``, ``order``, ``number``, ``schedule``.
        ValueError: names twice, a count that cannot be, a preset that is no answer.

    Source: ours.
    """
    if not isinstance(question, str) or not question.strip():
        msg = 'predict("...") takes the question as text first'
        raise TypeError(msg)
    _forbid_strays(pick, order, schedule, number=number)
    if pick is not None:
        asked: Question = _pick(pick, count)
    elif order is not None:
        asked = Order(checked_names(order, "order"))
    elif number:
        asked = Number(unit, within)
    else:
        asked = checked_schedule(schedule, cpus, unit or "steps")
    made = Prediction(question.strip(), asked, preset, _host, _latest)
    _host.ask(made)
    return made


def _forbid_strays(*kinds: object, number: bool) -> None:
    given = sum(kind is not None for kind in kinds) + bool(number)
    if given != 1:
        msg = (
            "predict() takes one of pick=[...], order=[...], number=True and "
            f"schedule={{...}}, not {given}"
        )
        raise TypeError(msg)


def _pick(names: Iterable[str], count: int | None) -> Pick:
    found = checked_names(names, "pick")
    if count is not None and not 1 <= count <= len(found):
        msg = f"predict(pick=..., count={count!r}): count is from 1 to {len(found)}"
        raise ValueError(msg)
    return Pick(found, count)


def _latest() -> Run:
    from rayteach.api.observe import last_run  # noqa: PLC0415 (only who asks a run)

    return last_run()
