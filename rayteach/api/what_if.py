"""The answer of ``run.what_if(...)``: predicted runs, and the speed-up curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

from rayteach.core import sizes
from rayteach.simulate import what_if
from rayteach.simulate.cluster import HOME, Cluster, of_nodes, of_run
from rayteach.simulate.copies import rate_of
from rayteach.trace import measures
from rayteach.trace.views import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rayteach.api.run import Run
    from rayteach.simulate.program import Program
    from rayteach.simulate.what_if import Prediction
    from rayteach.trace.recording import Recording
    from rayteach.trace.views.rows import Rows
    from rayteach.widgets.what_if_widget import WhatIfWidget

    Numbers = float | Iterable[float]

_BAR = 24
_ALMOST = 1.02
"""Within two percent a time is as good as the best."""


class WhatIf:
    """Predicted runs, one for each number of CPUs or nodes, and how they compare.

    Attributes:
        predictions: for each choice of machines, ``makespan_s``, and ``bound_s``,
            below which no order of the tasks can get: max(work / CPUs, span), in
            seconds.
        runs: for each choice the predicted run, which all views can show.
    """

    def __init__(
        self,
        rows: Rows,
        predictions: list[Prediction],
        runs: list[Run],
        program: Program,
        policy: str,
    ) -> None:
        """Keep what was predicted from a run with these rows."""
        self._program, self._policy = program, policy
        self.predictions = predictions
        self.runs = runs
        self._real_s = measures.makespan(rows)
        self._recorded = Cluster(of_run(rows)).words

    def __getitem__(self, num_cpus: float) -> Run:
        """Return the first predicted run on so many CPUs, those of all its nodes.

        Raises:
            KeyError: it was not asked for.
        """
        for prediction, run in zip(self.predictions, self.runs, strict=True):
            if prediction.num_cpus == num_cpus:
                return run
        raise KeyError(num_cpus)

    def __len__(self) -> int:
        """Return the number of predictions."""
        return len(self.runs)

    @property
    def curve(self) -> list[tuple[float, float]]:
        """(CPUs of all nodes, speed-up) of each prediction; the first one's is 1.

        Source: speed-up is T1 / TP; here T1 is the first prediction's time.
        """
        first_s = self.predictions[0].makespan_s
        return [
            (one.num_cpus, first_s / one.makespan_s if one.makespan_s else 1.0)
            for one in self.predictions
        ]

    def to_text(self) -> str:
        """Return the table and the bounds in words."""
        return "\n".join(self._lines())

    __repr__ = to_text

    def _repr_html_(self) -> str:
        """Show the curve and the table in a notebook."""
        from rayteach.widgets import still_curve  # noqa: PLC0415 (only notebooks ask)

        first_s = self.predictions[0].makespan_s
        points = [
            still_curve.Point(
                one.machines.label,
                one.machines.words,
                speed_up,
                first_s / one.bound_s if one.bound_s else 1.0,
            )
            for one, (_, speed_up) in zip(self.predictions, self.curve, strict=True)
        ]
        return still_curve.html_figure(points, self.to_text())

    def widget(self) -> WhatIfWidget:
        """Return sliders for CPUs or nodes, the network, and how long functions take.

        The predicted run is shown as a timeline and in words; the words are also
        the widget's text.

        Raises:
            FrontEndMissingError: the front end was not built.
        """
        from rayteach.widgets.what_if_widget import (  # noqa: PLC0415 (only on demand)
            WhatIfWidget,
        )

        times: dict[str, list[float]] = {}
        for job in self._program.jobs.values():
            times.setdefault(job.row.function, []).append(job.busy_s)
        machines = [one.machines for one in self.predictions]
        spec = {
            "machines": [one.label for one in machines],
            "functions": [[name, fmean(own)] for name, own in times.items()],
            "network": any(one.has_links for one in machines),
        }
        return WhatIfWidget(spec, self._ask)

    def _ask(
        self, choice: int, times: Mapping[str, float], network: float | None
    ) -> tuple[Rows, str]:
        """Predict once more; return the rows, and the result in words."""
        program = self._program.job_times(times)
        machines = self.predictions[choice].machines
        if network is not None:
            machines = replace(machines, bytes_per_s=network or float("inf"))
        found = what_if.predict(program, machines, self._policy)
        changed = [f"{name} {words.duration(s)}" for name, s in times.items()]
        beside = f" with {words.listing(changed)} each" if changed else ""
        gain = self._real_s / found.makespan_s if found.makespan_s else 1.0
        where = f"{machines.words}{_network(machines)}{beside}"
        return found.recording.rows, (
            f"On {where}: {words.duration(found.makespan_s)}, {gain:.2f} "
            f"times as fast as recorded ({words.duration(self._real_s)}); at best "
            f"{words.duration(found.bound_s)}."
        )

    def _lines(self) -> Iterator[str]:
        yield (
            f"What if?   recorded on {self._recorded}: {words.duration(self._real_s)}"
        )
        width = max(4, *(len(one.machines.label) for one in self.predictions))
        yield f"  {'CPUs':>{width}}       time   speed-up   at best"
        longest_s = max(one.makespan_s for one in self.predictions)
        for one, (_, speed_up) in zip(self.predictions, self.curve, strict=True):
            share = one.makespan_s / longest_s if longest_s else 0.0
            bar = "█" * max(1, round(share * _BAR))
            time, bound = words.duration(one.makespan_s), words.duration(one.bound_s)
            label = f"{one.machines.label:>{width}}"
            yield f"  {label} {time:>10}   {speed_up:>8.2f} {bound:>9}   {bar}"
        yield from self._in_words()

    def _in_words(self) -> Iterator[str]:
        last = self.predictions[-1]
        yield (
            f"At best is the larger of {words.duration(last.work_s)} of work over the "
            f"CPUs, and the longest chain, {words.duration(last.span_s)}."
        )
        yield from self._about_copies()
        best_s = min(one.makespan_s for one in self.predictions)
        enough = next(
            one for one in self.predictions if one.makespan_s <= best_s * _ALMOST
        )
        if enough is not last:
            verb = "is" if enough.num_cpus == 1 else "are"
            yield f"{enough.machines.words} {verb} enough: more change next to nothing."

    def _about_copies(self) -> Iterator[str]:
        """Say what the network carries, and how much of it was used."""
        last = next((o for o in self.predictions[::-1] if o.machines.has_links), None)
        if last is None:
            return
        found = measures.transfers(last.recording.rows)
        moved = sizes.human(sum(one.size_bytes for one in found))
        many = "1 copy" if len(found) == 1 else f"{len(found)} copies"
        took = "take no time: give network_bytes_per_s"
        if last.machines.bytes_per_s < float("inf"):
            took = f"go at {sizes.human(int(last.machines.bytes_per_s))} a second"
        text = f"{many} of {moved}" if found else "no copy"
        yield f"On {last.machines.words}: {text} from node to node; copies {took}."


def _network(machines: Cluster) -> str:
    if not machines.has_links or machines.bytes_per_s == float("inf"):
        return ""
    return f" with {sizes.human(int(machines.bytes_per_s))} a second between nodes"


def machines_of(
    num_cpus: Numbers | None,
    nodes: Numbers | Mapping[str, float] | None,
    network_bytes_per_s: float | None,
    rows: Rows,
) -> list[Cluster]:
    """Return the machines that were asked for, the run's own by default.

    Raises:
        ValueError: none was given, or a number is too small.
        TypeError: one is no number.
    """
    rate = rate_of(rows) if network_bytes_per_s is None else network_bytes_per_s
    if not isinstance(rate, int | float) or not rate > 0:
        raise ValueError(
            f"network_bytes_per_s={rate!r}: bytes a second from node to node, above 0"
        )
    own = of_run(rows)
    if isinstance(nodes, Mapping):
        return [_by_name(nodes, num_cpus, rate)]
    if nodes is None:
        if num_cpus is None:
            return [Cluster(own, rate)]
        return [Cluster({HOME: one}) for one in _numbers("num_cpus", num_cpus)]
    each = _numbers(
        "num_cpus", next(iter(own.values())) if num_cpus is None else num_cpus
    )
    many = _numbers("nodes", nodes)
    for one in many:
        if not isinstance(one, int) or one < 1:
            raise ValueError(f"nodes={one!r}: a whole number from 1 on")
    return [of_nodes(int(count), cpus, rate) for count in many for cpus in each]


def _by_name(
    nodes: Mapping[str, float],
    num_cpus: Numbers | None,
    rate: float,
) -> Cluster:
    if num_cpus is not None:
        raise ValueError("nodes={...} says the CPUs of each node: leave num_cpus out")
    if not nodes:
        raise ValueError("nodes={}: give at least one node")
    return Cluster(
        dict(zip(map(str, nodes), _numbers("nodes", nodes.values()), strict=True)), rate
    )


def _numbers(what: str, given: Numbers) -> list[float]:
    numbers = [given] if isinstance(given, int | float) else list(given)
    unit = "CPUs" if what == "num_cpus" else "nodes or CPUs"
    for one in numbers:
        if isinstance(one, bool) or not isinstance(one, int | float):
            raise TypeError(f"{what}: {one!r} is no number of {unit}")
    if not numbers:
        raise ValueError(f"{what}=[]: give at least one number of CPUs")
    return numbers


def answer(
    rows: Rows,
    make: Callable[[Recording], Run],
    machines: tuple[Numbers | None, Numbers | Mapping[str, float] | None, float | None],
    task_time: Mapping[str, float] | None,
    drop_dependency: tuple[str, str] | Iterable[tuple[str, str]],
    policy: str,
) -> WhatIf:
    """Return a prediction for each choice of machines, as runs that ``make`` makes."""
    if not any(task.attempts for task in rows.tasks.values()):
        raise ValueError("no task of this run has run: there is nothing to predict")
    program = what_if.changed(rows, task_time, drop_dependency)
    found = [
        what_if.predict(program, one, policy) for one in machines_of(*machines, rows)
    ]
    runs = [make(one.recording) for one in found]
    return WhatIf(rows, found, runs, program, policy)
