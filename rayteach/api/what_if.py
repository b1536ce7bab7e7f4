"""The answer of ``run.what_if(...)``: predicted runs, and the speed-up curve."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from rayteach.simulate import what_if
from rayteach.trace import measures
from rayteach.trace.views import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from rayteach.api.run import Run
    from rayteach.simulate.program import Program
    from rayteach.simulate.what_if import Prediction
    from rayteach.trace.recording import Recording
    from rayteach.trace.views.rows import Rows
    from rayteach.widgets.what_if_widget import WhatIfWidget

_BAR = 24
_ALMOST = 1.02
"""Within two percent a time is as good as the best."""


class WhatIf:
    """Predicted runs, one for each number of CPUs, and how they compare.

    Attributes:
        predictions: for each number of CPUs, ``makespan_s``, and ``bound_s``, below
            which no order of the tasks can get: max(work / CPUs, span), in seconds.
        runs: for each number of CPUs the predicted run, which all views can show.
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
        self._real_cpus = what_if.cpus_of(rows)

    def __getitem__(self, num_cpus: float) -> Run:
        """Return the predicted run on so many CPUs.

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
        """(CPUs, speed-up) of each prediction; the first one's speed-up is 1.

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
            (cpus, speed_up, first_s / one.bound_s if one.bound_s else 1.0)
            for one, (cpus, speed_up) in zip(self.predictions, self.curve, strict=True)
        ]
        return still_curve.html_figure(points, self.to_text())

    def widget(self) -> WhatIfWidget:
        """Return sliders for the CPUs and for the duration of each function.

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
        spec = {
            "cpus": [one.num_cpus for one in self.predictions],
            "functions": [[name, fmean(own)] for name, own in times.items()],
        }
        return WhatIfWidget(spec, self._ask)

    def _ask(self, cpus: float, times: Mapping[str, float]) -> tuple[Rows, str]:
        """Predict once more; return the rows, and the result in words."""
        program = self._program.job_times(times)
        found = what_if.predict(program, cpus, self._policy)
        changed = [f"{name} {words.duration(s)}" for name, s in times.items()]
        beside = f" with {words.listing(changed)} each" if changed else ""
        gain = self._real_s / found.makespan_s if found.makespan_s else 1.0
        return found.recording.rows, (
            f"On {_cpus(cpus)}{beside}: {words.duration(found.makespan_s)}, {gain:.2f} "
            f"times as fast as recorded ({words.duration(self._real_s)}); at best "
            f"{words.duration(found.bound_s)}."
        )

    def _lines(self) -> Iterator[str]:
        yield (
            f"What if?   recorded on {_cpus(self._real_cpus)}: "
            f"{words.duration(self._real_s)}"
        )
        yield "  CPUs       time   speed-up   at best"
        longest_s = max(one.makespan_s for one in self.predictions)
        for one, (_, speed_up) in zip(self.predictions, self.curve, strict=True):
            share = one.makespan_s / longest_s if longest_s else 0.0
            bar = "█" * max(1, round(share * _BAR))
            time, bound = words.duration(one.makespan_s), words.duration(one.bound_s)
            yield (
                f"  {one.num_cpus:>4g} {time:>10}   {speed_up:>8.2f} {bound:>9}   {bar}"
            )
        yield from self._in_words()

    def _in_words(self) -> Iterator[str]:
        last = self.predictions[-1]
        yield (
            f"At best is the larger of {words.duration(last.work_s)} of work over the "
            f"CPUs, and the longest chain, {words.duration(last.span_s)}."
        )
        best_s = min(one.makespan_s for one in self.predictions)
        enough = next(
            one for one in self.predictions if one.makespan_s <= best_s * _ALMOST
        )
        if enough is not last:
            verb = "is" if enough.num_cpus == 1 else "are"
            cpus = _cpus(enough.num_cpus)
            yield f"{cpus} {verb} enough: more change next to nothing."


def _cpus(number: float) -> str:
    return f"{number:g} CPU" + ("" if number == 1 else "s")


def counts(num_cpus: float | Iterable[float] | None, rows: Rows) -> list[float]:
    """Return the numbers of CPUs that were asked for, the run's own by default.

    Raises:
        ValueError: none was given, or one is not above 0.
        TypeError: one is no number.
    """
    if num_cpus is None:
        return [what_if.cpus_of(rows)]
    asked = [num_cpus] if isinstance(num_cpus, int | float) else list(num_cpus)
    for one in asked:
        if isinstance(one, bool) or not isinstance(one, int | float):
            raise TypeError(f"num_cpus: {one!r} is no number of CPUs")
    if not asked:
        raise ValueError("num_cpus=[]: give at least one number of CPUs")
    return asked


def answer(
    rows: Rows,
    make: Callable[[Recording], Run],
    num_cpus: float | Iterable[float] | None,
    task_time: Mapping[str, float] | None,
    drop_dependency: tuple[str, str] | Iterable[tuple[str, str]],
    policy: str,
) -> WhatIf:
    """Return a prediction for each number of CPUs, as runs that ``make`` makes."""
    if not any(task.attempts for task in rows.tasks.values()):
        raise ValueError("no task of this run has run: there is nothing to predict")
    program = what_if.changed(rows, task_time, drop_dependency)
    found = [what_if.predict(program, cpus, policy) for cpus in counts(num_cpus, rows)]
    runs = [make(one.recording) for one in found]
    return WhatIf(rows, found, runs, program, policy)
