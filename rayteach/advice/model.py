"""What a piece of advice is, and what detectors look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rayteach.errors import RayteachError
from rayteach.simulate import what_if
from rayteach.simulate.program import program_of
from rayteach.trace import measures
from rayteach.trace.views import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rayteach.core.events import Event
    from rayteach.simulate.program import Program
    from rayteach.trace.views.rows import Rows, TaskRow, WaitRow

WORTH = 0.2
"""A pattern is reported if it cost at least this share of the run …"""
WORTH_S = 0.02
"""… and this many seconds."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A pattern that cost something in a run."""

    #: the pattern's name, e.g. "get in a loop"
    pattern: str
    #: what the run did
    found: str
    #: the better form
    better: str
    #: cell and line of the code, "" and 0 if unknown
    cell: str = ""
    line: int = 0
    #: text of that line
    source: str = ""
    #: seconds that it cost in this run, None if that is not about time
    cost_s: float | None = None

    def __str__(self) -> str:
        """Say it in words, over three lines at most."""
        place = f"cell {self.cell}, " if self.cell else ""
        where = f" ({place}line {self.line})" if self.line else ""
        cost = ""
        if self.cost_s is not None:
            cost = f" It cost about {words.duration(self.cost_s)}."
        code = f"\n    {self.source}" if self.source else ""
        what = f"{self.pattern}{where}: {self.found}.{cost}{code}"
        return f"{what}\n  Better: {self.better}."


class Case:
    """A run, and what it would have been otherwise."""

    def __init__(self, rows: Rows, events: Sequence[Event] = ()) -> None:
        """Look at these rows; ``events`` tell what rows leave out."""
        self.rows = rows
        self.events = events

    @cached_property
    def program(self) -> Program:
        """What the run did, step by step."""
        return program_of(self.rows)

    @cached_property
    def cpus(self) -> float:
        """CPUs of the run; with one nothing could overlap, so two are looked at."""
        return max(2.0, what_if.cpus_of(self.rows))

    @cached_property
    def as_it_was_s(self) -> float:
        """What the replay of the run itself takes."""
        return self._predicted(self.program) or measures.makespan(self.rows)

    def saved(self, program: Program) -> float:
        """Return the seconds that another program would have saved."""
        predicted_s = self._predicted(program)
        return 0.0 if predicted_s is None else self.as_it_was_s - predicted_s

    def is_worth(self, seconds: float) -> bool:
        """Say whether so much is worth a word in this run."""
        return seconds >= WORTH_S and seconds >= WORTH * self.as_it_was_s

    def _predicted(self, program: Program) -> float | None:
        try:
            return what_if.predict(program, self.cpus).makespan_s
        except (RayteachError, ValueError):
            return None  # it cannot run there: nothing to say


def at(row: TaskRow | WaitRow) -> dict[str, str | int]:
    """Return where a row's call stands, as arguments of :class:`Advice`."""
    return {"cell": row.cell, "line": row.line, "source": row.source}
