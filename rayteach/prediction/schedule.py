"""A question whose answer is a schedule: which bar begins when, on which CPU."""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rayteach.prediction.choices import known

if TYPE_CHECKING:
    from rayteach.trace.views.rows import Rows

_TYPED = re.compile(r"\s*([^=\s]+)\s*=\s*(?:(\d+)\s*:\s*)?(\d+)\s*")
_TOLD = 3
"""So many bars are named in the difference."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When does each of these run, and where?

    An answer is ``{name: (CPU, start)}``, with CPUs from 1 and starts in steps
    from 0. What counts are the starts: CPUs are alike.
    """

    #: how many steps each bar is long, by name
    lengths: Mapping[str, int]
    cpus: int = 2
    unit: str = "steps"

    def checked(self, answer: Any) -> dict[str, tuple[int, int]]:
        """Return the place of each bar, in the order of the question."""
        names = list(self.lengths)
        if not isinstance(answer, Mapping):
            msg = f"the answer is {{name: (CPU, start)}}, e.g. {{{names[0]!r}: (1, 0)}}"
            raise TypeError(msg)
        places = {known(name, names): self._place(answer[name]) for name in answer}
        missing = [name for name in names if name not in places]
        if missing:
            msg = f"every bar has a place: {', '.join(missing)} left out"
            raise ValueError(msg)
        found = {name: places[name] for name in names}
        self._forbid_overlap(found)
        return found

    def _place(self, place: Any) -> tuple[int, int]:
        try:
            cpu, start = place
        except (TypeError, ValueError):
            msg = f"a place is (CPU, start), e.g. (1, 0), not {place!r}"
            raise TypeError(msg) from None
        if any(isinstance(one, bool) or not isinstance(one, int) for one in place):
            msg = f"CPU and start are whole numbers, not {place!r}"
            raise TypeError(msg)
        if not 1 <= cpu <= self.cpus or start < 0:
            msg = f"CPUs go from 1 to {self.cpus}, starts from 0: {place!r} does not"
            raise ValueError(msg)
        return cpu, start

    def _forbid_overlap(self, places: dict[str, tuple[int, int]]) -> None:
        free: dict[int, tuple[int, str]] = {}
        for name, (cpu, start) in sorted(places.items(), key=lambda one: one[1][1]):
            end, other = free.get(cpu, (0, ""))
            if start < end:
                msg = f"{other} and {name} are on CPU {cpu} at the same time"
                raise ValueError(msg)
            free[cpu] = start + self.lengths[name], name

    def read(self, text: str) -> dict[str, tuple[int, int]]:
        """Return the places in a line like ``f-1=1:0, f-2=2:0``; ``CPU:start``."""
        found = [_TYPED.fullmatch(one) for one in text.split(",")]
        if not all(found):
            msg = "write NAME=CPU:START with commas between, e.g. f-1=1:0, f-2=2:0"
            raise ValueError(msg)
        return self.checked(
            {one[1]: (int(one[2] or 1), int(one[3])) for one in found if one}
        )

    def shown(self, answer: dict[str, tuple[int, int]]) -> str:
        """Return each bar's start and end."""
        return ", ".join(
            f"{name} {start}-{start + self.lengths[name]}"
            for name, (_, start) in answer.items()
        )

    def compared(
        self, answer: dict[str, tuple[int, int]], truth: dict[str, tuple[int, int]]
    ) -> str:
        """Say which bars began at another time, and when all was over."""
        moved = [
            f"{name} began at {truth[name][1]}, not at {answer[name][1]}"
            for name in truth
            if truth[name][1] != answer[name][1]
        ]
        if len(moved) > _TOLD:
            moved[_TOLD:] = [f"{len(moved) - _TOLD} more began at another time"]
        ends = self._end(truth), self._end(answer)
        if ends[0] != ends[1]:
            moved.append(f"all was over at {ends[0]}, not at {ends[1]}")
        return "; ".join(moved)

    def _end(self, places: dict[str, tuple[int, int]]) -> int:
        return max(start + self.lengths[name] for name, (_, start) in places.items())

    @property
    def hint(self) -> str:
        """Name the bars and the room."""
        bars = ", ".join(f"{name} ({size})" for name, size in self.lengths.items())
        return f"Place on {self.cpus} CPUs, lengths in {self.unit}: {bars}"

    def spec(self) -> dict[str, Any]:
        """Return kind, bars, CPUs and unit."""
        return {
            "kind": "schedule",
            "names": list(self.lengths),
            "lengths": list(self.lengths.values()),
            "cpus": self.cpus,
            "unit": self.unit,
        }

    def seen(self, rows: Rows) -> dict[str, tuple[int, int]]:
        """Return what a run did, in steps of the question.

        A step is what the tasks took for each of theirs, in the middle; starts
        are rounded to whole ones.

        Raises:
            ValueError: a bar is no task that ran in it.
        """
        ran = {}
        for task in rows.tasks.values():
            if task.label in self.lengths and task.attempts:
                ran[task.label] = task.attempts[-1]
        missing = [name for name in self.lengths if name not in ran]
        if missing:
            msg = f"{', '.join(missing)} did not run: reveal() after the tasks, or "
            msg += "say what happened: reveal({name: (CPU, start)})"
            raise ValueError(msg)
        first_s = min(one.start_s for one in ran.values())
        now_s = rows.now_s
        step_s = statistics.median(
            ((now_s if one.end_s is None else one.end_s) - one.start_s)
            / self.lengths[name]
            for name, one in ran.items()
        )
        workers = list(dict.fromkeys(ran[name].worker for name in self.lengths))
        return {
            name: (
                workers.index(ran[name].worker) + 1,
                round((ran[name].start_s - first_s) / (step_s or 1.0)),
            )
            for name in self.lengths
        }


def checked_schedule(lengths: Any, cpus: int, unit: str) -> Schedule:
    """Return the question.

    Raises:
        TypeError: the lengths are no mapping of names to whole numbers.
        ValueError: one is below 1, or there is none, or no CPU.
    """
    if not isinstance(lengths, Mapping) or not all(
        isinstance(name, str) and isinstance(size, int) and not isinstance(size, bool)
        for name, size in lengths.items()
    ):
        msg = (
            'predict(schedule=...) takes names with lengths, e.g. {"f-1": 2, "f-2": 1}'
        )
        raise TypeError(msg)
    if not lengths or min(lengths.values()) < 1 or cpus < 1:
        msg = (
            "predict(schedule=...) takes bars of 1 step or more, and cpus= of 1 or more"
        )
        raise ValueError(msg)
    return Schedule(dict(lengths), cpus, unit)
