"""Two runs side by side: what differs, in words and as a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rayteach.trace import idle, measures, query, strands
from rayteach.trace.views import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.trace.views.rows import Rows, TaskRow

ALIKE = 0.1
"""Times that differ by less than this share are called alike: machines vary."""
_WORTH_S = 0.01


@dataclass(frozen=True, slots=True)
class Difference:
    """One number of two runs."""

    #: what it is, e.g. "work"
    name: str
    first: float
    second: float
    #: "s" for seconds, "%" for a share, "" for a count
    unit: str = ""

    @property
    def is_alike(self) -> bool:
        """Say whether the two count as the same."""
        if not self.unit:
            return self.first == self.second
        if self.unit == "%":
            return abs(self.first - self.second) < ALIKE
        larger = max(self.first, self.second)
        return abs(self.first - self.second) <= max(ALIKE * larger, _WORTH_S)

    def row(self) -> str:
        """Return it as a line of a table."""
        mark = " " if self.is_alike else "≠"
        first, second = (self._shown(value) for value in (self.first, self.second))
        return f"  {self.name:<22}{first:>10}{second:>10}  {mark}".rstrip()

    def _shown(self, value: float) -> str:
        if self.unit == "s":
            return words.duration(value) if value else "0 s"
        return f"{value:.0%}" if self.unit == "%" else f"{value:g}"


_NUMBERS: tuple[tuple[str, str, Callable[[Rows], float]], ...] = (
    ("time", "s", measures.makespan),
    ("CPUs", "", lambda rows: sum(node.num_cpus for node in rows.nodes.values())),
    ("tasks and calls", "", lambda rows: len(_work(rows))),
    ("work", "s", measures.work),
    ("longest chain", "s", strands.span),
    ("at the same time", "", query.max_parallelism),
    ("could overlap", "", query.could_overlap),
    ("use of the CPUs", "%", measures.cpu_use),
    ("CPU time lost", "s", lambda rows: sum(_lost(rows).values())),
    ("gets in a loop", "", lambda rows: len(query.gets_inside_loop(rows))),
    ("copies of objects", "", lambda rows: len(measures.transfers(rows))),
    ("failures", "", lambda rows: sum(t.end == "failed" for t in rows.tasks.values())),
)


class Comparison:
    """What differs between two runs; its text says it.

    Attributes:
        differences: the numbers of both, in a fixed order.
    """

    def __init__(self, first: Rows, second: Rows) -> None:
        """Compare the second run with the first."""
        self._first, self._second = first, second
        self.differences = [
            Difference(name, float(ask(first)), float(ask(second)), unit)
            for name, unit, ask in _NUMBERS
        ]

    def __getitem__(self, name: str) -> Difference:
        """Return the number of that name, e.g. "work"; ``KeyError`` for another."""
        for one in self.differences:
            if one.name == name:
                return one
        raise KeyError(name)

    def to_text(self) -> str:
        """Return sentences, and below them the table; ≠ marks what differs."""
        head = f"  {'':<22}{'first':>10}{'second':>10}"
        table = [one.row() for one in self.differences]
        return "\n".join([*self.sentences(), "", head, *table])

    __repr__ = to_text

    def sentences(self) -> list[str]:
        """Return what differs, in words."""
        found = [self._speed(), *self._tasks(), self._overlap(), self._cause()]
        return [sentence for sentence in found if sentence]

    def _speed(self) -> str:
        time = self["time"]
        if time.is_alike:
            took = words.duration(time.second)
            return f"Both runs took about as long ({took})."
        faster = time.second < time.first
        slow_s, quick_s = sorted((time.first, time.second), reverse=True)
        times = f"{slow_s / quick_s:.1f} times as " if quick_s else "much "
        return (
            f"The second run took {words.duration(time.second)} instead of "
            f"{words.duration(time.first)}: {times}{'fast' if faster else 'long'}."
        )

    def _tasks(self) -> list[str]:
        counts = [Counter(t.function for t in _work(r)) for r in self._both]
        changes = [
            f"{counts[0][name]} → {counts[1][name]} of {name}"
            for name in dict.fromkeys([*counts[0], *counts[1]])
            if counts[0][name] != counts[1][name]
        ]
        found = [f"Tasks: {words.listing(changes)}."] if changes else []
        work, cpus = self["work"], self["CPUs"]
        if not work.is_alike:
            found.append(
                f"The work is {words.duration(work.second)} instead of "
                f"{words.duration(work.first)}."
            )
        if not cpus.is_alike:
            found.append(f"It had {cpus.second:g} CPUs instead of {cpus.first:g}.")
        return found

    def _overlap(self) -> str:
        could, most = self["could overlap"], self["at the same time"]
        if not could.is_alike:
            return (
                f"{could.second:g} tasks could run at the same time instead of "
                f"{could.first:g}; {most.second:g} did instead of {most.first:g}."
            )
        if most.is_alike:
            return ""
        return (
            f"{most.second:g} tasks ran at the same time instead of {most.first:g}, "
            f"though {could.first:g} could in both."
        )

    def _cause(self) -> str:
        """Say for which cause CPUs lay idle longer, or no longer."""
        before, after = (_lost(rows) for rows in self._both)
        change = {
            cause: after.get(cause, 0.0) - before.get(cause, 0.0)
            for cause in (*before, *after)
        }
        cause = max(change, key=lambda one: abs(change[one]), default="")
        shorter = min(self["time"].first, self["time"].second)
        if not cause or abs(change[cause]) < max(ALIKE * shorter, _WORTH_S):
            return ""
        word = "more" if change[cause] > 0 else "less"
        amount = words.duration(abs(change[cause]))
        return f"{amount} {word} CPU time was lost because: {cause}."

    @property
    def _both(self) -> tuple[Rows, Rows]:
        return self._first, self._second


def _work(rows: Rows) -> list[TaskRow]:
    return [task for task in rows.tasks.values() if task.kind != "creation"]


def _lost(rows: Rows) -> dict[str, float]:
    """Return the idle CPU seconds by cause."""
    found: dict[str, float] = {}
    for one in idle.idle_intervals(rows):
        lost_s = (one.end_s - one.start_s) * one.cpus
        found[one.cause] = found.get(one.cause, 0.0) + lost_s
    return found
