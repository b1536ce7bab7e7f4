"""What a run would have been on other CPUs, in another order, with other times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rayteach.core.task import TASK
from rayteach.simulate.cluster import HOME, Cluster, of_run
from rayteach.simulate.program import Program, program_of
from rayteach.simulate.replay import Replay
from rayteach.trace import measures, strands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rayteach.core.task import Task
    from rayteach.trace.recording import Recording
    from rayteach.trace.views.rows import Rows

FIFO = "fifo"
POLICIES = (FIFO, "lifo", "longest", "shortest")
"""Who goes first in a node's queue: the first or last that came, or by own work."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A run that would have been."""

    machines: Cluster
    #: seconds from the first submission to the last end
    makespan_s: float
    #: seconds below which no order of the tasks can get: max(work / CPUs, span)
    bound_s: float
    #: seconds that tasks hold CPUs, and that the longest chain takes
    work_s: float
    span_s: float
    recording: Recording

    @property
    def num_cpus(self) -> float:
        """CPUs of all nodes."""
        return self.machines.num_cpus


def predict(
    program: Program, machines: Cluster | float, policy: str = FIFO
) -> Prediction:
    """Run a program through the scheduler of ``core`` on a virtual clock.

    Args:
        program: what the run did.
        machines: the nodes, or the CPUs of the only one.
        policy: one of ``POLICIES``.

    Raises:
        ValueError: the policy is unknown, or a task asks for more CPUs.
        RayteachError: on so few CPUs the program never ends.
    """
    if not isinstance(machines, Cluster):
        machines = Cluster({HOME: machines})
    _check(program, machines, policy)
    recording = Replay(program, machines, _order(program, policy)).run()
    rows = recording.rows
    span_s, work_s = strands.span(rows), cpu_work(program)
    return Prediction(
        machines,
        measures.makespan(rows),
        max(span_s, work_s / machines.num_cpus),
        work_s,
        span_s,
        recording,
    )


def changed(
    rows: Rows,
    task_time: Mapping[str, float] | None = None,
    drop_dependency: tuple[str, str] | Iterable[tuple[str, str]] = (),
) -> Program:
    """Return the program of a run, with other times and fewer dependencies.

    Raises:
        ValueError: a name stands for nothing in the run.
    """
    program = program_of(rows).job_times(task_time or {})
    for pair in _pairs(drop_dependency):
        program = program.without(*pair)
    return program


def cpu_work(program: Program) -> float:
    """Return the CPU seconds that tasks hold; calls hold none of their own."""
    return sum(
        job.busy_s * job.row.num_cpus
        for job in program.jobs.values()
        if job.row.kind == TASK
    )


def cpus_of(rows: Rows) -> float:
    """Return how many CPUs a run had."""
    return sum(of_run(rows).values())


def _pairs(
    given: tuple[str, str] | Iterable[tuple[str, str]],
) -> list[tuple[str, str]]:
    pairs = [given] if _is_pair(given) else list(given)
    for pair in pairs:
        if not _is_pair(pair):
            raise ValueError(
                f"drop_dependency={given!r}: give (maker, user), two labels or "
                "functions, or a list of such pairs"
            )
    return pairs  # type: ignore[return-value]  # each was looked at


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, tuple)
        and len(value) == 2  # noqa: PLR2004 (a pair)
        and all(isinstance(one, str) for one in value)
    )


def _check(program: Program, machines: Cluster, policy: str) -> None:
    if policy not in POLICIES:
        known = ", ".join(repr(one) for one in POLICIES)
        raise ValueError(f"policy={policy!r}: it must be one of {known}")
    for num_cpus in machines.nodes.values():
        if not 0 < num_cpus < float("inf"):
            raise ValueError(f"num_cpus={num_cpus!r}: it must be above 0")
    most = max(machines.nodes.values())
    for job in program.jobs.values():
        if job.row.num_cpus > most:
            raise ValueError(
                f"num_cpus={most:g}: {job.row.label} asks for "
                f"{job.row.num_cpus:g} CPUs; begin there"
            )


def _order(program: Program, policy: str) -> Callable[[Task], float] | None:
    if policy == FIFO:
        return None
    if policy == "lifo":
        return lambda task: -task.number
    sign = -1.0 if policy == "longest" else 1.0
    return lambda task: sign * program.jobs[task.number].busy_s
